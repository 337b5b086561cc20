// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Element types of NumPy arrays that the program reads.
enum class NpyType { Float16, Float32, Float64, Bool, Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64 };

[[nodiscard]] std::size_t npyTypeSize(NpyType type);
/// NumPy's name: "float16", "uint8", …
[[nodiscard]] std::string_view npyTypeName(NpyType type);

struct NpyHeader {
  NpyType type = NpyType::Float32;
  std::vector<std::size_t> shape;
  bool isFortranOrder = false;
  bool isBigEndian = false;
  std::size_t dataOffset = 0;  ///< bytes before the first element
  std::size_t dataBytes = 0;   ///< elements times their size; the file holds at least that many after dataOffset

  [[nodiscard]] std::size_t elements() const { return dataBytes / npyTypeSize(type); }
};

/// "19x512x1024" or "a single value", for messages.
[[nodiscard]] std::string npyShapeText(std::span<const std::size_t> shape);
/// "float16 19x512x1024", for messages.
[[nodiscard]] std::string npyText(const NpyHeader& header);

/// Reads the header of a .npy file, format versions 1 to 3. Promises that shape and type fit the file's size.
/// Throws Error: missing, not .npy, a header that is cut off or absurd (a size beyond the file or beyond size_t, a
/// negative dimension), elements that are no numbers (objects, text, records, complex: named). Cost: a few hundred
/// bytes.
[[nodiscard]] NpyHeader readNpyHeader(const std::filesystem::path& file);

/// The same from the file's bytes in memory (a member of an .npz); `name` stands for the file in messages.
[[nodiscard]] NpyHeader parseNpyHeader(std::span<const std::uint8_t> start, std::uint64_t totalBytes,
                                       const std::filesystem::path& name);

/// An array in memory, little-endian and in C order, whatever the file had (which the header goes on to say).
struct NpyArray {
  NpyHeader header;
  std::vector<std::uint8_t> data;  ///< header.dataBytes bytes
};

/// Reads header and elements. Throws Error as readNpyHeader does. Cost: O(bytes).
[[nodiscard]] NpyArray readNpy(const std::filesystem::path& file);
[[nodiscard]] NpyArray parseNpy(std::span<const std::uint8_t> bytes, const std::filesystem::path& name);

/// Elements converted to float (float64 and large integers lose digits). Cost: O(elements).
[[nodiscard]] std::vector<float> npyAsFloat(const NpyArray& array);
/// Elements converted to double; integers beyond 2^53 lose digits. Cost: O(elements).
[[nodiscard]] std::vector<double> npyAsDouble(const NpyArray& array);
/// Elements of an integer or bool array; Requires: not a floating type.
[[nodiscard]] std::vector<std::int64_t> npyAsInteger(const NpyArray& array);
/// Whether every value of the type is a float exactly: float16, float32, bool and integers of up to 16 bits.
[[nodiscard]] bool fitsFloat(NpyType type);

/// The array with its axes in the opposite order: element [i, j, k] becomes [k, j, i].
/// Cost: O(elements), a copy.
[[nodiscard]] NpyArray withAxesReversed(const NpyArray& array);
/// The array with its last axis moved to the front: H x W x C becomes C x H x W. Requires: an axis.
[[nodiscard]] NpyArray withLastAxisFirst(const NpyArray& array);
/// Reverses the bytes of each element of so many bytes.
void swapBytes(std::span<std::uint8_t> data, std::size_t elementBytes);

/// Bytes that go before the elements of a C-order array, a multiple of 64 long as NumPy writes it (version 1).
[[nodiscard]] std::string npyHeaderText(NpyType type, std::span<const std::size_t> shape);

/// Writes a C-order .npy that numpy.load opens, all or nothing (see writeFileAtomically). Requires: `data` holds
/// exactly the shape's elements. Throws Error where it cannot be written.
void writeNpyAtomically(const std::filesystem::path& file, NpyType type, std::span<const std::size_t> shape,
                        std::span<const std::byte> data);

}  // namespace oodscope
