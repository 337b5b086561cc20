// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/label_placing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace oodscope {
namespace {

constexpr double kFreeAround = 1.5;  // pixels that stay free around a text
constexpr double kOverText = 20.0;   // covering text counts so many times as much as covering a line
constexpr int kRounds = 6;           // distances that are tried

/// Length of the part of a segment inside a box (Liang and Barsky).
double lengthInside(QPointF from, QPointF to, const QRectF& box) {
  double first = 0.0, last = 1.0;
  const QPointF along = to - from;
  const auto clip = [&](double delta, double room) {  // the part with delta * t <= room
    if (delta == 0.0) return room >= 0.0;
    const double t = room / delta;
    if (delta > 0.0)
      last = std::min(last, t);
    else
      first = std::max(first, t);
    return first < last;
  };
  const bool meets = clip(-along.x(), from.x() - box.left()) && clip(along.x(), box.right() - from.x()) &&
                     clip(-along.y(), from.y() - box.top()) && clip(along.y(), box.bottom() - from.y());
  return meets ? (last - first) * std::hypot(along.x(), along.y()) : 0.0;
}

}  // namespace

void LabelPlacer::avoid(QPolygonF line) { m_lines.push_back(std::move(line)); }

double LabelPlacer::covered(const QRectF& box) const {
  const QRectF wide = box.adjusted(-kFreeAround, -kFreeAround, kFreeAround, kFreeAround);
  double cost = 0.0;
  for (const QRectF& taken : m_taken) {
    const QRectF common = taken & wide;
    if (!common.isEmpty()) cost += kOverText * (1.0 + common.width() * common.height());
  }
  for (const QPolygonF& line : m_lines)
    for (qsizetype i = 1; i < line.size(); ++i) cost += lengthInside(line[i - 1], line[i], wide);
  return cost;
}

QRectF LabelPlacer::inside(QRectF box) const {
  if (box.right() > m_frame.right()) box.moveRight(m_frame.right());
  if (box.left() < m_frame.left()) box.moveLeft(m_frame.left());
  if (box.bottom() > m_frame.bottom()) box.moveBottom(m_frame.bottom());
  if (box.top() < m_frame.top()) box.moveTop(m_frame.top());
  return box;
}

QRectF LabelPlacer::place(QSizeF size, const std::vector<QPointF>& corners) {
  QRectF best;
  double least = std::numeric_limits<double>::infinity();
  for (const QPointF& corner : corners) {
    const QRectF box = inside(QRectF(corner, size));
    const double cost = covered(box);
    if (cost >= least) continue;
    least = cost;
    best = box;
    if (cost == 0.0) break;
  }
  m_taken.push_back(best);
  return best;
}

std::vector<QPointF> LabelPlacer::around(QPointF at, QSizeF size, QPointF preferred, double gap) {
  std::vector<QPointF> out;
  for (int round = 0; round < kRounds; ++round) {
    const double away = gap + round * size.height();
    const double rightOf = at.x() + away, leftOf = at.x() - away - size.width();
    const double below = at.y() + away, above = at.y() - away - size.height();
    const double x = preferred.x() > 0 ? rightOf : leftOf, otherX = preferred.x() > 0 ? leftOf : rightOf;
    const double y = preferred.y() > 0 ? below : above, otherY = preferred.y() > 0 ? above : below;
    for (const QPointF& corner : {QPointF(x, y), QPointF(otherX, y), QPointF(x, otherY), QPointF(otherX, otherY)})
      out.push_back(corner);
    const double level = at.y() - size.height() / 2;
    out.emplace_back(x, level);
    out.emplace_back(otherX, level);
    const double straight = at.x() - size.width() / 2;
    out.emplace_back(straight, y);
    out.emplace_back(straight, otherY);
  }
  return out;
}

std::vector<double> stepsFrom(double first, double end, double step) {
  const double count = std::ceil((end - first) / step);
  if (!(count > 1.0) || !std::isfinite(count)) return {first};
  std::vector<double> out(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = first + static_cast<double>(i) * step;
  return out;
}

}  // namespace oodscope
