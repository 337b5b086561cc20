// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "inference/logits/logits_store.h"
#include "inference/models/model.h"

#include <cstddef>
#include <optional>
#include <stop_token>
#include <vector>

namespace oodscope {

/// For how many of `frames` the network would have to run: those whose logits the store does not have. Empty where
/// stopped. A frame whose image cannot be read counts. Cost: reads each image; an entry that this process meets for the
/// first time is checked whole.
[[nodiscard]] std::optional<std::size_t> framesWithoutLogits(const DataSet& set, const std::vector<std::size_t>& frames,
                                                             const Model& model, const LogitsStore& store,
                                                             const std::stop_token& stop);

}  // namespace oodscope
