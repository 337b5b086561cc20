// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/report_live.h"

namespace oodscope {

enum class ReportChart { PrecisionRecall, Roc, F1 };

/// The runs' curves as SVG inside a page: drawn through the listed thresholds, whose places the script finds again from
/// the frame's attributes. The first run is the chosen one. Colours are the style's, by class.
[[nodiscard]] QString chartSvg(ReportChart chart, const ReportLiveSet& live);

}  // namespace oodscope
