// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"
#include "widgets/controls/heat_scale.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/views/view_grid.h"

namespace oodscope {

/// The session's knobs as the controls show them, and back. Shares are fractions in the session, percent in controls.

[[nodiscard]] Pin pinOf(PinRule rule, double value);
void setPin(PinRule& rule, double& value, const Pin& pin);

[[nodiscard]] HeatScale heatScaleOf(const ViewState& view);
void setHeatScale(ViewState& view, const HeatScale& scale);

[[nodiscard]] GridArrangement arrangementOf(ViewLayout layout);

}  // namespace oodscope
