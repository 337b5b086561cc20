// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/series_stroke.inl.h"

#include <array>

namespace oodscope {

QPen seriesStroke(const Tokens& t, std::size_t index, double width) {
  static const std::array<QList<qreal>, 4> kDashes{QList<qreal>{}, QList<qreal>{5, 1.6}, QList<qreal>{1.5, 1.5},
                                                   QList<qreal>{6, 1.6, 1.2, 1.6}};
  const std::size_t count = t.runs.size(), round = index / count;
  QPen stroke(t.runs[index % count], width, Qt::SolidLine, Qt::FlatCap);
  // Six colours and four dashes have a common measure: each round begins with another dash.
  if (const auto& dashes = kDashes[(index + round) % kDashes.size()]; !dashes.isEmpty()) stroke.setDashPattern(dashes);
  return stroke;
}

}  // namespace oodscope
