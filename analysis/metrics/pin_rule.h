// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// How a threshold follows when scores change; None: it stays where a hand put it. The others are the kinds of a
/// ThresholdRule.
enum class PinRule { None, TruePositiveRate, BestF1, FalsePositiveRate, CostRatio, FlaggedShare };

}  // namespace oodscope
