// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// Softmax temperatures that a hand can set. Files and command lines may hold others.
inline constexpr double kLowestTemperature = 0.05;
inline constexpr double kHighestTemperature = 20.0;

}  // namespace oodscope
