// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/half.h"
#include "analysis/formats/npy.h"

#include <algorithm>
#include <cstring>

namespace oodscope {
namespace {

template <class To, class From, class Convert>
std::vector<To> convertAll(const NpyArray& array, Convert convert) {
  std::vector<To> out(array.data.size() / sizeof(From));
  for (std::size_t i = 0; i < out.size(); ++i) {
    From value;
    std::memcpy(&value, array.data.data() + i * sizeof(From), sizeof(From));
    out[i] = convert(value);
  }
  return out;
}

template <class To>
std::vector<To> integersAs(const NpyArray& array) {
  const auto cast = [](auto value) { return static_cast<To>(value); };
  switch (array.header.type) {
    case NpyType::Bool:
      return convertAll<To, std::uint8_t>(array,
                                          [](std::uint8_t value) { return static_cast<To>(value != 0 ? 1 : 0); });
    case NpyType::UInt8:
      return convertAll<To, std::uint8_t>(array, cast);
    case NpyType::Int8:
      return convertAll<To, std::int8_t>(array, cast);
    case NpyType::Int16:
      return convertAll<To, std::int16_t>(array, cast);
    case NpyType::UInt16:
      return convertAll<To, std::uint16_t>(array, cast);
    case NpyType::Int32:
      return convertAll<To, std::int32_t>(array, cast);
    case NpyType::UInt32:
      return convertAll<To, std::uint32_t>(array, cast);
    case NpyType::Int64:
      return convertAll<To, std::int64_t>(array, cast);
    case NpyType::UInt64:
      return convertAll<To, std::uint64_t>(array, cast);
    case NpyType::Float16:
    case NpyType::Float32:
    case NpyType::Float64:
      break;
  }
  throw ContractViolation("npyAsInteger: the array has a floating type");
}

template <class To>
std::vector<To> numbersAs(const NpyArray& array) {
  const auto cast = [](auto value) { return static_cast<To>(value); };
  switch (array.header.type) {
    case NpyType::Float16:
      return convertAll<To, std::uint16_t>(array,
                                           [](std::uint16_t bits) { return static_cast<To>(floatFromHalf(bits)); });
    case NpyType::Float32:
      return convertAll<To, float>(array, cast);
    case NpyType::Float64:
      return convertAll<To, double>(array, cast);
    default:
      return integersAs<To>(array);
  }
}

/// Copies element after element, the index of the source running through `shape` with `strides` (in bytes).
NpyArray rearranged(const NpyArray& array, std::vector<std::size_t> shape, const std::vector<std::size_t>& strides) {
  const auto size = npyTypeSize(array.header.type);
  NpyArray out{array.header, std::vector<std::uint8_t>(array.data.size())};
  std::vector<std::size_t> index(shape.size(), 0);
  std::size_t from = 0;
  for (std::size_t to = 0; to < out.data.size(); to += size) {
    std::memcpy(out.data.data() + to, array.data.data() + from, size);
    for (std::size_t d = index.size(); d-- > 0;) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= shape[d] * strides[d];
      index[d] = 0;
    }
  }
  out.header.shape = std::move(shape);
  return out;
}

std::vector<std::size_t> byteStrides(const NpyHeader& header) {
  std::vector<std::size_t> strides(header.shape.size(), npyTypeSize(header.type));
  for (std::size_t d = strides.size(); d-- > 1;) strides[d - 1] = strides[d] * header.shape[d];
  return strides;
}

}  // namespace

std::vector<float> npyAsFloat(const NpyArray& array) { return numbersAs<float>(array); }
std::vector<double> npyAsDouble(const NpyArray& array) { return numbersAs<double>(array); }
std::vector<std::int64_t> npyAsInteger(const NpyArray& array) { return integersAs<std::int64_t>(array); }

bool fitsFloat(NpyType type) {
  return type == NpyType::Float16 || type == NpyType::Float32 || npyTypeSize(type) == 1 || type == NpyType::Int16 ||
         type == NpyType::UInt16;
}

NpyArray withAxesReversed(const NpyArray& array) {
  auto shape = array.header.shape;
  auto strides = byteStrides(array.header);
  std::reverse(shape.begin(), shape.end());
  std::reverse(strides.begin(), strides.end());
  return rearranged(array, std::move(shape), strides);
}

NpyArray withLastAxisFirst(const NpyArray& array) {
  require(!array.header.shape.empty(), "withLastAxisFirst: a single value has no axis");
  auto shape = array.header.shape;
  auto strides = byteStrides(array.header);
  std::rotate(shape.begin(), shape.end() - 1, shape.end());
  std::rotate(strides.begin(), strides.end() - 1, strides.end());
  return rearranged(array, std::move(shape), strides);
}

void swapBytes(std::span<std::uint8_t> data, std::size_t elementBytes) {
  for (std::size_t at = 0; at + elementBytes <= data.size(); at += elementBytes) {
    const auto element = data.subspan(at, elementBytes);
    std::reverse(element.begin(), element.end());
  }
}

}  // namespace oodscope
