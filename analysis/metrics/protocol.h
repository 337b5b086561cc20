// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace oodscope {

/// A way to turn scores and labels of a set into published numbers. They differ by points: never mix them.
enum class Protocol {
  Course,         ///< frames without an anomaly skipped, pooled, FPR interpolated at TPR 0.95
  Fishyscapes,    ///< pooled, first TPR >= 0.95
  Smiyc2023,      ///< frames binned at their own quantiles, step sum
  Smiyc2021,      ///< the same before August 2023: trapezoid
  DenseHybrid,    ///< pooled, first TPR > 0.95
  StreetHazards,  ///< mean over the frames that hold both kinds
};

/// The command line's name (course, fishyscapes, smiyc2023, smiyc2021, densehybrid, streethazards) and back.
[[nodiscard]] std::string_view protocolName(Protocol protocol);
[[nodiscard]] std::optional<Protocol> protocolFromName(std::string_view name);
/// What the protocol does, one sentence for a tooltip or a help text.
[[nodiscard]] std::string_view protocolDescription(Protocol protocol);
/// All protocols in menu order.
[[nodiscard]] std::span<const Protocol> allProtocols();
/// Whether frames whose label holds no anomaly take no part.
[[nodiscard]] bool skipsFramesWithoutAnomaly(Protocol protocol);

}  // namespace oodscope
