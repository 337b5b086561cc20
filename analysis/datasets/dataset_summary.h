// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// Pixels and frames by what the labels say.
struct LabelHistogram {
  std::uint64_t normal = 0;                       ///< pixels
  std::uint64_t anomaly = 0;                      ///< pixels
  std::uint64_t ignored = 0;                      ///< pixels that are void
  std::vector<std::string> framesWithoutAnomaly;  ///< names; they have valid pixels
  std::vector<std::string> framesAllVoid;         ///< names
  std::vector<std::string> findings;              ///< labelFindings of all labels that could be read
};

struct DataSetSummary {
  std::size_t frames = 0;
  std::size_t withLabel = 0;
  std::size_t withRegionOfInterest = 0;
  std::size_t withDistance = 0;  ///< disparity and camera
  std::size_t withClassLabel = 0;
  struct SizeCount {
    Size size;
    std::size_t frames = 0;
  };
  std::vector<SizeCount> sizes;          ///< most frequent first, then wider first
  std::uint64_t pixels = 0;              ///< of the images whose size could be read
  std::vector<Skipped> failed;           ///< frames whose image or label cannot be read, and why
  std::optional<LabelHistogram> labels;  ///< where it was asked for
};

enum class CountLabels { No, Yes };

/// What a set holds. Without labels: the images' headers only. With labels every label is decoded, in parallel; the
/// result does not depend on the number of threads. Unreadable files are listed in `failed`, never thrown.
[[nodiscard]] DataSetSummary summarise(const DataSet& set, CountLabels countLabels = CountLabels::No);

/// What `oodscope-cli info` prints: a few lines of text with layout, encoding, counts, sizes, remarks and what was
/// skipped (at most `mostSkipped` of it, then how many more).
[[nodiscard]] std::string summaryText(const DataSet& set, const DataSetSummary& summary, std::size_t mostSkipped = 20);

}  // namespace oodscope
