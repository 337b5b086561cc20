// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/random.h"
#include "inference/training/samples.h"

#include <filesystem>
#include <memory>
#include <string>

namespace oodscope {

/// A picture with its segments, to cut negatives from. Values of the mask are segments; 0 and 255 are none.
struct CutOutPicture {
  RgbImage image;
  ClassMap segments;
};

/// Pictures of a folder in ADE20k's form: images/ and annotations/, each with the same folders below and files of the
/// same stems; annotations hold a grey value a segment or class.
class CutOuts {
public:
  /// Throws Error: no such folders, no picture with an annotation.
  explicit CutOuts(const std::filesystem::path& folder);
  [[nodiscard]] std::size_t size() const { return m_pairs.size(); }
  /// Throws Error: unreadable, sizes that differ, colours in place of grey values. Thread-safe.
  [[nodiscard]] CutOutPicture read(std::size_t index) const;
  /// For the recipe.
  [[nodiscard]] std::string identity() const;

private:
  std::filesystem::path m_folder;
  std::vector<std::pair<std::filesystem::path, std::filesystem::path>> m_pairs;
};

/// How negatives are cut out. Source: Grcić, Bevandić, Šegvić, "DenseHybrid", ECCV 2022, section 7.4: the negative as
/// large as the picture, scaled again by 0.5 to 2, a window of half the picture's shorter side, two segments of it.
struct CutOutRule {
  int segments = 2;
  double smallest = 0.5, largest = 2.0;  ///< uniform in its logarithm
  double rectangles = 0.0;  ///< share that is pasted as the whole window, as the released code does for half
};

/// Pastes segments of `from` somewhere into the sample and makes their pixels void, whatever they were. False, and
/// nothing done, where the window that was drawn holds no segment. A function of the generator's state alone. Cost:
/// O(pixels of both).
bool pasteCutOuts(Sample& sample, const CutOutPicture& from, const CutOutRule& rule, SplitMix& random);

}  // namespace oodscope
