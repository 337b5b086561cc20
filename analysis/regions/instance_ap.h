// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace oodscope {

/// Overlaps of OoDIS: 0.50, 0.55, …, 0.95.
inline constexpr std::size_t kInstanceOverlaps = 10;
/// The i-th of them, formed as numpy's arange(0.5, 1, 0.05) does.
[[nodiscard]] constexpr double instanceOverlap(std::size_t i) { return 0.5 + 0.05 * static_cast<double>(i); }
/// Ground-truth instances of fewer pixels do not count, and predictions mostly on them are ignored.
inline constexpr std::uint32_t kLeastInstance = 10;

/// Instances of one frame: 0 none, else the number of the instance from 1 on.
using InstanceMap = Grid<std::uint32_t>;

/// What evaluation needs of one frame's instances: sizes and overlaps.
struct FrameInstances {
  struct Predicted {
    double confidence = 0;
    std::uint32_t pixels = 0, onVoid = 0;
  };
  struct Overlap {
    std::size_t truth = 0, predicted = 0;
    std::uint32_t pixels = 0;
  };
  std::vector<std::uint32_t> truths;  ///< pixels of each true instance, small ones too
  std::vector<Predicted> predicted;
  std::vector<Overlap> overlaps;  ///< pairs that share pixels, by truth, then by prediction
};

/// The frame's true and predicted instances. Instances of the truth are components of anomalous pixels or those of
/// `truth`; predicted ones may lie on void. `confidences`: of the predicted instances 1, 2, …. Requires: equal sizes,
/// a confidence for each number. Instances without a pixel are left out. Cost: O(pixels).
[[nodiscard]] FrameInstances instancesOf(const InstanceMap& truth, const InstanceMap& predicted,
                                         const std::vector<double>& confidences, const LabelMap& labels);
/// True instances as the 8-connected components of the anomalous pixels; predicted ones as those of the pixels whose
/// score is above the threshold (void ones too), each as sure as the mean of its scores. NaN is never predicted.
/// Requires: equal sizes.
[[nodiscard]] FrameInstances instancesAt(const ScoreMap& scores, const LabelMap& labels, float threshold);

/// Average precision over instances. Empty where there is no true instance that counts.
struct InstanceAp {
  std::optional<double> ap;    ///< mean over the overlaps
  std::optional<double> ap50;  ///< at 0.50
  std::array<std::optional<double>, kInstanceOverlaps> byOverlap;
  std::size_t truths = 0;     ///< that count
  std::size_t predicted = 0;  ///< all
};
/// AP of a set of frames, as Cityscapes and OoDIS compute it: a match is an IoU *above* the overlap, the second match
/// of a true instance is a false positive with the lower confidence, an unmatched prediction that lies on void and
/// small instances by more than the overlap is ignored; precision is integrated over recall in steps of half the
/// distance to both neighbours. Cost: O(10 (overlaps + predictions log predictions)). Source: cityscapesScripts,
/// evalInstanceLevelSemanticLabeling; Nekrasov et al., OoDIS, 2024.
[[nodiscard]] InstanceAp instanceAp(const std::vector<FrameInstances>& frames);

}  // namespace oodscope
