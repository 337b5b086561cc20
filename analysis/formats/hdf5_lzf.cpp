// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/hdf5_lzf.h"

#include <hdf5.h>
#include <algorithm>
#include <cstdlib>

namespace oodscope {
namespace {

constexpr H5Z_filter_t kLzf = 32000;
constexpr std::size_t kMostChunk = std::size_t{1} << 31;

/// h5py's parameters: revision, LibLZF's version, bytes of a chunk.
std::size_t chunkBytes(std::size_t count, const unsigned* parameters) {
  constexpr std::size_t kChunk = 2;
  return count > kChunk && parameters[kChunk] > 0 ? parameters[kChunk] : kMostChunk;
}

std::size_t filter(unsigned flags, std::size_t count, const unsigned* parameters, std::size_t packedBytes,
                   std::size_t* bufferBytes, void** buffer) {
  if ((flags & H5Z_FLAG_REVERSE) == 0) return 0;  // nothing is written so
  const std::span packed(static_cast<const std::uint8_t*>(*buffer), packedBytes);
  const auto content = unpackLzf(packed, chunkBytes(count, parameters));
  if (!content || content->empty()) return 0;
  void* replaced = std::malloc(content->size());
  if (replaced == nullptr) return 0;
  std::copy(content->begin(), content->end(), static_cast<std::uint8_t*>(replaced));
  std::free(*buffer);
  *buffer = replaced;
  *bufferBytes = content->size();
  return content->size();
}

}  // namespace

std::optional<std::vector<std::uint8_t>> unpackLzf(std::span<const std::uint8_t> packed, std::size_t most) {
  constexpr unsigned kFirstCopy = 32, kLongCopy = 7;
  std::vector<std::uint8_t> out;
  for (std::size_t at = 0; at < packed.size();) {
    const unsigned control = packed[at++];
    if (control < kFirstCopy) {
      const std::size_t length = control + 1;
      if (packed.size() - at < length || most - out.size() < length) return std::nullopt;
      out.insert(out.end(), packed.begin() + static_cast<std::ptrdiff_t>(at),
                 packed.begin() + static_cast<std::ptrdiff_t>(at + length));
      at += length;
      continue;
    }
    std::size_t length = (control >> 5U) + 2;
    if (control >> 5U == kLongCopy) {
      if (at >= packed.size()) return std::nullopt;
      length += packed[at++];
    }
    if (at >= packed.size()) return std::nullopt;
    const std::size_t distance = ((control & 0x1FU) << 8U) + packed[at++] + 1;
    if (distance > out.size() || most - out.size() < length) return std::nullopt;
    // Byte by byte: a copy may run into what it writes.
    for (std::size_t i = 0; i < length; ++i) out.push_back(out[out.size() - distance]);
  }
  return out;
}

void registerLzf() {
  static const bool isRegistered = [] {
    if (H5Zfilter_avail(kLzf) > 0) return true;
    static const H5Z_class2_t kClass = {H5Z_CLASS_T_VERS, kLzf, 0, 1, "lzf", nullptr, nullptr, filter};
    return H5Zregister(&kClass) >= 0;
  }();
  static_cast<void>(isRegistered);
}

}  // namespace oodscope
