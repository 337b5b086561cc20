// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace oodscope {

/// What one label file holds, before any meaning. -1 counts as 65535.
struct LabelFacts {
  std::map<int, std::uint64_t> pixels = {};  ///< by value
  bool isLossy = false;                      ///< JPEG or lossy WebP
  bool hasMinusOne = false;
  bool isPaletteInverted = false;   ///< index 0 is white and 1 black: read by index all the same
  bool isRefused = false;           ///< lossy, and its values lie too near to be told apart
  std::uint64_t roundedPixels = 0;  ///< of a lossy file: taken as the nearest value that means something
};

/// Masks that are looked at when a set is opened.
inline constexpr std::size_t kLabelsLookedAt = 6;

/// What the label files of a set hold: filled while they are read, each file counted once. Thread-safe.
class LabelCensus {
public:
  void add(const std::filesystem::path& label, LabelFacts facts);
  /// By file, in ascending order of paths. Cost: a copy.
  [[nodiscard]] std::map<std::filesystem::path, LabelFacts> facts() const;

private:
  mutable std::mutex m_mutex;
  std::map<std::filesystem::path, LabelFacts> m_facts;
};

/// What the user must know of the labels that the census saw: values that the encoding does not list, with pixels and
/// frames; labels that are void everywhere; no anomaly anywhere; -1 and 65535; lossy files. Each sentence says of how
/// many of the set's labels it is; the counts are exact for those. Empty where there is nothing to say or nothing was
/// counted. Call it when all labels are read: what openDataSet says is of the labels that it looked at.
[[nodiscard]] std::vector<std::string> labelFindings(const DataSet& set, const LabelCensus& census);

/// Counts the values of some frames' labels, in parallel; labels that cannot be read are left out. Cost: decoding them.
void countLabels(const DataSet& set, std::span<const std::size_t> frames, LabelCensus& census);

}  // namespace oodscope
