// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/published.h"
#include "analysis/tables/result_table.h"
#include "app/sources/score_source.h"

#include <filesystem>
#include <optional>
#include <string>

namespace oodscope {

/// resources/published.json as installed or in the source tree.
[[nodiscard]] std::filesystem::path publishedValuesFile();

/// The value with an AP or an FPR95 that was printed of that set, architecture, method, temperature and protocol; of
/// several the first. `set`: a label, of which the part that tells it from others is left out. Empty where there is
/// none: of finished maps, filtered scores and sums nothing is printed.
[[nodiscard]] std::optional<PublishedValue> publishedValue(const PublishedValues& values, const std::string& set,
                                                           const std::string& architecture,
                                                           const Configuration& configuration, Protocol protocol);

/// The same as columns of a row; columns without a source where nothing is printed.
[[nodiscard]] PublishedColumns publishedColumns(const PublishedValues& values, const std::string& set,
                                                const ScoreSource& source, const Configuration& configuration,
                                                Protocol protocol);

}  // namespace oodscope
