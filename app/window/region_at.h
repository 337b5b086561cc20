// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/single_run.h"

#include <QPointF>
#include <QRect>

#include <optional>

namespace oodscope {

/// What of the frame lies connected under a point of the picture: the anomaly of the ground truth, else the pixels that
/// the threshold flags; its box in picture pixels. Empty: neither is there. Cost: one pass over the frame.
[[nodiscard]] std::optional<QRect> regionAt(const FramePicture& picture, std::optional<float> threshold, QPointF at);

/// The frame's score at a point of the picture; empty: not scored, outside, or not finite.
[[nodiscard]] std::optional<float> scoreAt(const FramePicture& picture, QPointF at);

}  // namespace oodscope
