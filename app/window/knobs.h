// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/edits.h"
#include "widgets/controls/compare_panel.h"
#include "widgets/controls/heat_scale.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/views/view_grid.h"

#include <optional>

namespace oodscope {

/// The session's knobs as the controls show them, and back. Shares are fractions in the session, percent in controls.

[[nodiscard]] Pin pinOf(PinRule rule, double value);
/// `threshold`: the present one, which stays where the pin is taken away.
[[nodiscard]] Edit editOf(const Pin& pin, std::optional<float> threshold, RunSide run = RunSide::A);

[[nodiscard]] HeatScale heatScaleOf(const ViewState& view);
[[nodiscard]] Edit editOf(const HeatScale& scale);

[[nodiscard]] ComparePanel::Style styleOf(CompareStyle style);
[[nodiscard]] CompareStyle compareStyleOf(ComparePanel::Style style);
[[nodiscard]] Edit editOf(ComparePanel::Style style);

/// Place of a resolution in the menu, and back.
[[nodiscard]] int resolutionIndex(Resolution resolution);
[[nodiscard]] Resolution resolutionAt(int index);

[[nodiscard]] GridArrangement arrangementOf(ViewLayout layout);

}  // namespace oodscope
