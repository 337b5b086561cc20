// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/series_stroke.inl.h"

#include <array>

namespace oodscope {

QPen seriesStroke(const Tokens& t, std::size_t index, double width) {
  // All from the semantic ones, so that both themes have theirs.
  const std::array<QColor, 7> colours{t.b.line, t.tp.line, t.anomaly.line, t.fn.line, t.fp.line, t.normal.line, t.text};
  static const std::array<QList<qreal>, 4> kDashes{QList<qreal>{5, 1.6}, QList<qreal>{}, QList<qreal>{1.5, 1.5},
                                                   QList<qreal>{6, 1.6, 1.2, 1.6}};
  QPen stroke(colours[index % colours.size()], width, Qt::SolidLine, Qt::FlatCap);
  if (const auto& dashes = kDashes[index % kDashes.size()]; !dashes.isEmpty()) stroke.setDashPattern(dashes);
  return stroke;
}

}  // namespace oodscope
