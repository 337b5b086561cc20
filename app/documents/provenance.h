// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <string>
#include <utility>
#include <vector>

namespace oodscope {

/// The program's version, as "0.2.0".
[[nodiscard]] std::string programVersion();
/// Versions, threads and SIMD target: what can move a number on another machine.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environmentFacts(int threads);
/// SHA-256 over the contents of every image and label of the set, in order. Cost: reads them all.
[[nodiscard]] std::string dataFingerprint(const DataSet& set);

}  // namespace oodscope
