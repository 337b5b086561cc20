// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"
#include "widgets/controls/compare_panel.h"
#include "widgets/controls/heat_scale.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/views/view_grid.h"

#include <optional>

namespace oodscope {

/// The session's knobs as the controls show them, and back. Shares are fractions in the session, percent in controls.

[[nodiscard]] Pin pinOf(PinRule rule, double value);
void setPin(PinRule& rule, double& value, const Pin& pin);

[[nodiscard]] HeatScale heatScaleOf(const ViewState& view);
void setHeatScale(ViewState& view, const HeatScale& scale);

[[nodiscard]] GridArrangement arrangementOf(ViewLayout layout);

[[nodiscard]] ComparePanel::Style panelStyleOf(CompareStyle style);
[[nodiscard]] CompareStyle compareStyleOf(ComparePanel::Style style);

/// Place of a resolution in the menu, and back.
[[nodiscard]] int resolutionIndex(Resolution resolution);
[[nodiscard]] Resolution resolutionAt(int index);

/// A threshold set by hand is a score: where another method or other score maps come, it says nothing of theirs. Takes
/// it out of `after`, for the run A and the run B, where it was merely carried along, and lets the threshold follow
/// best F1. The threshold that was dropped; empty where none was.
[[nodiscard]] std::optional<float> dropForeignThresholds(const ViewState& before, ViewState& after);

}  // namespace oodscope
