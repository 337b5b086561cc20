// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/logits_census.h"

#include "app/sources/model_scores.h"

#include <algorithm>

namespace oodscope {
namespace {

bool isInStore(const Frame& frame, const Model& model, const LogitsStore& store) {
  try {
    const std::string address = store.address(imageDigest(frame), model.logitsKey());
    return std::ranges::all_of(model.info().arrays, [&](const OutputArray& array) {
      return store.find(outputAddress(address, array.output)).has_value();
    });
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::optional<std::size_t> framesWithoutLogits(const DataSet& set, const std::vector<std::size_t>& frames,
                                               const Model& model, const LogitsStore& store,
                                               const std::stop_token& stop) {
  std::size_t missing = 0;
  for (const std::size_t frame : frames) {
    if (stop.stop_requested()) return std::nullopt;
    missing += isInStore(set.frames[frame], model, store) ? 0 : 1;
  }
  return missing;
}

}  // namespace oodscope
