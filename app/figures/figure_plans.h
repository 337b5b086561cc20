// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/session_results.h"
#include "app/figures/figure.h"

#include <functional>
#include <string>
#include <vector>

namespace oodscope {

/// Makes the figure from values that were gathered before: GUI thread.
using FigurePlan = std::function<std::unique_ptr<Figure>()>;

/// A figure that a session can give.
struct FigureName {
  std::string name;  ///< "pr", "frame:RoadAnomaly21/3"
  QString title;     ///< "Precision–recall, RoadAnomaly21"
};

/// What there is to choose from: curves and histogram of each set (those of the view's set by their bare names, too),
/// "pr-methods" and "roc-methods" (every open method), "sweep", "grid", "failures:SET", "landscape", and of each frame
/// of the view's set "frame:SET/FRAME", "classes:SET/FRAME" and "relief:SET/FRAME" ("frame:FRAME" means the view's
/// set); "confusion:SET" where a set has class labels.
[[nodiscard]] std::vector<FigureName> figureNames(const SessionResults& results);

/// Gathers what the figure shows, in any thread; it looks as the session says (Figure::setLook). Throws Error: no such
/// figure, set or frame; what it shows is not defined (no anomaly, say). Cost: an exact pass or more where nothing is
/// known yet.
[[nodiscard]] FigurePlan planFigure(SessionResults& results, const std::string& name);
/// The same without the kept runs in `hidden`, whatever the session hides.
[[nodiscard]] FigurePlan planFigure(SessionResults& results, const std::string& name,
                                    const std::vector<RunChoice>& hidden);

/// Why plots of the session's sets cannot draw a kept run beside the session's own; empty: they can.
[[nodiscard]] QString whyNotDrawn(const SessionResults& results, const RunChoice& kept);

}  // namespace oodscope
