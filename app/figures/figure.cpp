// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/figure.h"

#include "app/figures/document_text.h"

#include <QSizeF>

namespace oodscope {
namespace {

using figures::tr;

FigureStyle style(double inches, double fontPoints, double lineScale = 1.0) {
  FigureStyle out;
  out.widthInches = inches;
  out.fontPoints = fontPoints;
  out.lineScale = lineScale;
  return out;
}

}  // namespace

const std::vector<FigurePreset>& figurePresets() {
  // Column widths as the publishers' author kits give them.
  static const std::vector<FigurePreset> presets{
      {QStringLiteral("ieee-1"), tr("IEEE, one column (3.5 in)"), style(3.5, 8)},
      {QStringLiteral("ieee-2"), tr("IEEE, two columns (7.16 in)"), style(7.16, 8)},
      {QStringLiteral("cvpr-1"), tr("CVPR, one column (3.25 in)"), style(3.25, 8)},
      {QStringLiteral("cvpr-2"), tr("CVPR, two columns (6.875 in)"), style(6.875, 8)},
      {QStringLiteral("slides"), tr("Slides, 16:9 (10 in)"), style(10.0, 16, 1.6)},
  };
  return presets;
}

std::optional<FigureStyle> figurePreset(const QString& name) {
  for (const FigurePreset& preset : figurePresets())
    if (preset.name == name) return preset.style;
  return std::nullopt;
}

QSizeF figureSize(const Figure& figure, const FigureStyle& style) {
  const double width = style.widthInches * kPointsPerInch;
  const double height =
      style.heightInches ? *style.heightInches * kPointsPerInch : figure.heightFor(width, style.fontPoints);
  return {width, height};
}

}  // namespace oodscope
