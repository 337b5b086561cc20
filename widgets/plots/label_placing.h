// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QPolygonF>
#include <QRectF>

#include <vector>

namespace oodscope {

/// Finds places for texts in a plot that cover neither its curves nor each other. Pixels throughout.
class LabelPlacer {
public:
  /// Texts stay inside `frame`.
  explicit LabelPlacer(const QRectF& frame) : m_frame(frame) {}

  void avoid(const QRectF& box) { m_taken.push_back(box); }
  /// A curve or another line of points.
  void avoid(QPolygonF line);
  /// The first of the places, given by their upper left corners, that covers nothing; where each covers something, the
  /// one that covers least. It is taken from then on.
  QRectF place(QSizeF size, const std::vector<QPointF>& corners);
  /// Upper left corners round a point, nearest first; `preferred` of its four sides come first: -1 or 1 each way.
  [[nodiscard]] static std::vector<QPointF> around(QPointF at, QSizeF size, QPointF preferred, double gap);
  /// What a text there covers: 0 is free.
  [[nodiscard]] double covered(const QRectF& box) const;

private:
  [[nodiscard]] QRectF inside(QRectF box) const;
  QRectF m_frame;
  std::vector<QRectF> m_taken;
  std::vector<QPolygonF> m_lines;
};

/// `first`, `first + step`, … as long as `end` is not reached; `first` alone where the step leads nowhere.
[[nodiscard]] std::vector<double> stepsFrom(double first, double end, double step);

}  // namespace oodscope
