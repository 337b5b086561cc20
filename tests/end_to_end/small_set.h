// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace oodscope::testing {

/// Size of the frames below and of the network's input: large enough for ERFNet, small enough for milliseconds.
inline constexpr Size kSmallSize{64, 32};

/// The course's layout with frames 0 … count − 1: noise that differs from frame to frame, anomaly in a rectangle of
/// 12x8 pixels, void in the rows above 4.
void writeSmallSet(const std::filesystem::path& root, int count);
/// The frame's label again, all of one value.
void fillLabel(const std::filesystem::path& root, int frame, std::uint8_t value, Size size = kSmallSize);

/// An ERFNet of 20 outputs with narrow layers and weights of a seed, with its sidecar. Not trained: its scores mean
/// nothing, and are defined.
void writeSmallModel(const std::filesystem::path& file, std::uint64_t seed = 5);

/// What the score maps below hold: anomaly pixels 2, others 1 but for one row of 3, so that AP is known.
[[nodiscard]] ScoreMap knownScores();
/// AP of knownScores() on a frame of writeSmallSet(): all 96 anomaly pixels at once, under the 64 of the row.
inline constexpr double kKnownAp = 96.0 / (96.0 + 64.0);

}  // namespace oodscope::testing
