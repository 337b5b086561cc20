// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/pinned.h"
#include "analysis/metrics/protocol.h"

namespace oodscope {

/// Which pixels are ranked together.
enum class Pooling {
  Set,        ///< those of all frames that take part
  FrameBins,  ///< each frame binned at its own score quantiles, the bins of all frames ranked together
  FrameMean,  ///< each frame within itself, then the mean over the frames that hold both kinds
};

/// Area under precision against recall.
enum class PrecisionArea {
  Exact,      ///< step sum over every distinct score
  StepSum,    ///< step sum over bins: equal thresholds merged, the curve closed at both ends
  Trapezoid,  ///< trapezoids over bins as they lie, leading empty ones left out
};

/// Where FPR95 is read.
enum class CrossingRule {
  Interpolated,    ///< FPR linear in TPR, at TPR 0.95
  FirstReaching,   ///< first TPR >= 0.95
  FirstExceeding,  ///< first TPR > 0.95
  NearestRecall,   ///< the recall nearest to 0.95
};

/// Outermost edges of a frame's bins.
enum class BinEdges {
  BeyondRange,  ///< vmin - e and vmax + e with e = max(0.01 (vmax - vmin), 0.01)
  ZeroAndOne,   ///< 0 and 1
};

/// A protocol declared: a point in the space of these rules. A further protocol is a further row in protocol_rules.cpp;
/// the command line's help, menus, tooltips, tables, preferences and the guide's page are made from it.
struct ProtocolRule {
  std::string_view name;         ///< command line, sessions, tables: may never change
  std::string_view title;        ///< menus and figures
  std::string_view description;  ///< one sentence
  std::string_view reference;    ///< whose numbers it reproduces
  Pooling pooling = Pooling::Set;
  bool skipsFramesWithoutAnomaly = false;
  PrecisionArea area = PrecisionArea::Exact;
  CrossingRule crossing = CrossingRule::FirstReaching;  ///< with FrameBins: FirstReaching alone
  BinEdges edges = BinEdges::BeyondRange;               ///< with FrameBins
  bool isAtNetworkResolution = false;                   ///< where nobody chooses; else at the labels'
  Pinned pinned = {};
};

namespace declared {
extern const ProtocolRule kCourse, kFishyscapes, kSmiyc2023, kSmiyc2021, kDenseHybrid, kStreetHazards,
    kStreetHazardsPooled;
}  // namespace declared

/// The protocols that defaults and tests name. Code that asks which of them it holds belongs into a rule.
namespace protocols {
inline constexpr Protocol kCourse{declared::kCourse};
inline constexpr Protocol kFishyscapes{declared::kFishyscapes};
inline constexpr Protocol kSmiyc2023{declared::kSmiyc2023};
inline constexpr Protocol kSmiyc2021{declared::kSmiyc2021};
inline constexpr Protocol kDenseHybrid{declared::kDenseHybrid};
inline constexpr Protocol kStreetHazards{declared::kStreetHazards};
inline constexpr Protocol kStreetHazardsPooled{declared::kStreetHazardsPooled};
}  // namespace protocols

}  // namespace oodscope
