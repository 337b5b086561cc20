// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// By what the first bytes of a file tell their kind, one question a function. Cost: a look at the bytes given.
namespace oodscope::signs {

[[nodiscard]] bool hasAt(std::span<const std::uint8_t> bytes, std::size_t offset, std::string_view text);

/// Of a zip: whether the first member is one of PyTorch's, and what it is otherwise ("a NumPy archive (.npz)").
[[nodiscard]] bool isTorchArchive(std::span<const std::uint8_t> zip);
[[nodiscard]] std::string zipName(std::span<const std::uint8_t> zip);

/// torch.save before 1.6.
[[nodiscard]] bool isLegacyTorch(std::span<const std::uint8_t> bytes);
/// A pickle of protocol 2 or later.
[[nodiscard]] bool isPickle(std::span<const std::uint8_t> bytes);
/// A length, then that much JSON with the tensors' names.
[[nodiscard]] bool isSafetensors(std::span<const std::uint8_t> bytes);
/// A protobuf whose first fields are those of ONNX's ModelProto.
[[nodiscard]] bool isOnnx(std::span<const std::uint8_t> bytes);
[[nodiscard]] bool isTar(std::span<const std::uint8_t> bytes);
[[nodiscard]] bool isMacLeftover(std::span<const std::uint8_t> bytes);
[[nodiscard]] bool isHtml(std::span<const std::uint8_t> bytes);
[[nodiscard]] bool looksLikeJson(std::span<const std::uint8_t> bytes);
/// No control characters but those of text. UTF-8 or any 8-bit encoding; UTF-16 with its mark.
[[nodiscard]] bool isText(std::span<const std::uint8_t> bytes);
/// "a gzip file", …; empty where it is packed by none of the usual.
[[nodiscard]] std::string_view packedName(std::span<const std::uint8_t> bytes);
/// "a JPEG 2000 picture", …, of kinds that the program does not read; else empty.
[[nodiscard]] std::string_view otherPictureName(std::span<const std::uint8_t> bytes);

}  // namespace oodscope::signs
