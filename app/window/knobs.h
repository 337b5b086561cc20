// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/edits.h"
#include "widgets/controls/compare_panel.h"
#include "widgets/controls/heat_scale.h"
#include "widgets/controls/parameter_fields.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/views/view_grid.h"

#include <optional>
#include <vector>

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

/// Fields of what a further pass of the score's method is run with; none where it needs no such pass. Steps are the
/// power of ten at or below the usual value.
[[nodiscard]] std::vector<ParameterField> parameterFieldsOf(const ScoreChoice& score);
/// Nothing for a name that no parameter has and for a value that does not fit.
[[nodiscard]] std::optional<Edit> editOfParameter(const QString& name, double value, RunSide run = RunSide::A);

/// Place of a resolution in the menu, and back.
[[nodiscard]] int resolutionIndex(Resolution resolution);
[[nodiscard]] Resolution resolutionAt(int index);

[[nodiscard]] GridArrangement arrangementOf(ViewLayout layout);

}  // namespace oodscope
