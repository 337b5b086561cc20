// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/zip_archive.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace oodscope::testing {

/// A tensor for torchFile(): elements as bytes, their storage's name ("FloatStorage"), sizes, strides.
struct MadeTensor {
  std::string storage;
  std::size_t width = 4;  ///< bytes of an element
  std::string bytes;
  std::vector<std::size_t> sizes, strides;
};

template <class T>
[[nodiscard]] std::string bytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

/// Opcodes of pickle's protocol 2 that rebuild a tensor, as torch.save writes them.
[[nodiscard]] inline std::string pickledTensor(const MadeTensor& tensor, const std::string& key) {
  const auto whole = [](std::size_t value) {
    std::string out = "J";
    for (unsigned shift = 0; shift < 32; shift += 8) out += static_cast<char>((value >> shift) & 0xFFU);
    return out;
  };
  const auto text = [](const std::string& value) {
    return std::string("X") + static_cast<char>(value.size()) + std::string(3, '\0') + value;
  };
  const auto tuple = [&](const std::vector<std::size_t>& values) {
    std::string out = "(";
    for (const std::size_t value : values) out += whole(value);
    return out + "t";
  };
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\n" + tensor.storage + "\n" + text(key) +
         text("cpu") + whole(tensor.bytes.size() / tensor.width) + "tQ" + whole(0) + tuple(tensor.sizes) +
         tuple(tensor.strides) + "\x89" + "ccollections\nOrderedDict\n)RtR";
}

/// The file that torch.save writes for a dictionary of tensors, or for one tensor alone where its name is empty.
[[nodiscard]] inline std::string torchFile(const std::vector<std::pair<std::string, MadeTensor>>& tensors) {
  std::string pickled = "\x80\x02";
  const bool isDictionary = !tensors.front().first.empty();
  if (isDictionary) pickled += "}(";
  ZipWriter zip;
  const auto bytes = [](const std::string& text) { return std::as_bytes(std::span(text)); };
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const std::string& name = tensors[i].first;
    if (isDictionary) pickled += std::string("X") + static_cast<char>(name.size()) + std::string(3, '\0') + name;
    pickled += pickledTensor(tensors[i].second, std::to_string(i));
  }
  if (isDictionary) pickled += "u";
  pickled += ".";
  zip.add("archive/data.pkl", bytes(pickled));
  const std::string order = "little", version = "3\n";
  zip.add("archive/byteorder", bytes(order));
  for (std::size_t i = 0; i < tensors.size(); ++i)
    zip.add("archive/data/" + std::to_string(i), bytes(tensors[i].second.bytes));
  zip.add("archive/version", bytes(version));
  const std::vector<std::byte> whole = zip.finish();
  return {reinterpret_cast<const char*>(whole.data()), whole.size()};
}

}  // namespace oodscope::testing
