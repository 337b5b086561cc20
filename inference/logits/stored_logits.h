// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/npy.h"
#include "inference/logits/logits_store.h"
#include "inference/logits/mapped_file.h"

#include <memory>
#include <vector>

namespace oodscope {

struct StoredLogits::Impl {
  MappedFile mapped;  ///< or one of these two
  std::vector<std::uint16_t> ownHalf = {};
  std::vector<float> ownSingle = {};
  LogitsView view = {};
  std::uint64_t bytes = 0;
  std::uint64_t saturated = 0;
  std::shared_ptr<const void> share = nullptr;  ///< of a bound, given back when the logits go
};

/// The logits in a mapped .npy whose header has been read. Copies where the elements are not aligned. Throws Error for
/// another type, order or number of dimensions.
[[nodiscard]] StoredLogits logitsIn(MappedFile mapped, const NpyHeader& header, std::uint64_t saturated,
                                    const std::filesystem::path& file);

}  // namespace oodscope
