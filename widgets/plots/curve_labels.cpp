// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/curve_plot_state.inl.h"
#include "widgets/theme/number_text.h"

#include <QLineF>

#include <algorithm>

namespace oodscope {
namespace {

constexpr double kRingReach = 7;      // pixels of a marker to each side
constexpr double kEdge = 4;           // of a text from the frame
constexpr double kLeaderBeyond = 16;  // pixels from its point at which a text needs a line to it

QPointF cornerFor(QPointF at, QSizeF size, Qt::Alignment alignment) {
  QPointF corner = at;
  if (alignment & Qt::AlignRight) corner.rx() -= size.width();
  if (alignment & Qt::AlignBottom) corner.ry() -= size.height();
  if (alignment & Qt::AlignVCenter) corner.ry() -= size.height() / 2;
  return corner;
}

QRectF reachOf(QPointF at) { return {at - QPointF(kRingReach, kRingReach), QSizeF(2 * kRingReach, 2 * kRingReach)}; }

}  // namespace

void CurvePlot::State::avoidDropLines(LabelPlacer& placer, const PlotCanvas& canvas, QPointF at) const {
  const QRectF frame = canvas.frame()->rect();
  placer.avoid(QRectF(at.x() - 1, at.y(), 2, frame.bottom() - at.y()));
  if (kind == CurveKind::PrecisionRecall) placer.avoid(QRectF(frame.left(), at.y() - 1, at.x() - frame.left(), 2));
}

LabelPlacer CurvePlot::State::placer(const PlotCanvas& canvas) const {
  LabelPlacer out(QRectF(canvas.frame()->rect()).adjusted(kEdge, 2, -kEdge, -2));
  for (std::size_t c = 0; c < curves.size(); ++c) {
    QPolygonF line;
    line.reserve(static_cast<qsizetype>(curves[c].x.size()));
    for (std::size_t i = 0; i < curves[c].x.size(); ++i)
      line << pixelOf(canvas, static_cast<int>(c), static_cast<int>(i));
    out.avoid(std::move(line));
  }
  if (const QRectF legend = canvas.legendBox(); !legend.isEmpty()) out.avoid(legend);
  const bool points = canvas.document() == nullptr || canvas.document()->operatingPoint;
  for (int i = 0; points && i < static_cast<int>(curves.size()); ++i)
    if (const auto at = operatingPixel(canvas, i)) {
      out.avoid(reachOf(*at));
      // In the window the lines to its axes move with every tick, and texts had better stand still.
      if (canvas.document() != nullptr && kind != CurveKind::Roc) avoidDropLines(out, canvas, *at);
    }
  for (const CurveData& curve : curves)
    if (kind == CurveKind::Roc && curve.fpr95 && curve.series < 0)
      out.avoid(reachOf(canvas.pixel(*curve.fpr95 * kPercent, kTpr95)));
  return out;
}

std::vector<CurvePlot::State::PlacedText> CurvePlot::State::lineTexts(LabelPlacer& placer,
                                                                      const PlotCanvas& canvas) const {
  const QColor quiet = canvas.tokens().text3;
  const QRectF frame = canvas.frame()->rect();
  std::vector<PlacedText> out;
  const auto add = [&](const QString& text, const std::vector<QPointF>& corners) {
    out.push_back({placer.place(canvas.textSize(text), corners), text, quiet});
  };
  for (const double f1 : kIsoF1) {
    if (!showsIsoF1(canvas)) break;
    const QString text = QStringLiteral("F1 ") + numberText(f1 * kPercent, 0);
    const QSizeF size = canvas.textSize(text);
    std::vector<QPointF> corners;  // along its line, from the right
    for (const double recall : stepsFrom(1.0, f1 / (2 - f1) + 0.03, -0.03)) {
      const QPointF at = canvas.pixel(recall * kPercent, f1 * recall / (2 * recall - f1) * kPercent);
      corners.push_back(cornerFor(at - QPointF(kEdge, 3), size, Qt::AlignRight | Qt::AlignVCenter));
    }
    add(text, corners);
  }
  if (kind == CurveKind::PrecisionRecall && chance) {
    const QString text = tr("chance %1").arg(numberText(*chance * kPercent, 1));
    const QSizeF size = canvas.textSize(text);
    const double y = canvas.pixel(0, *chance * kPercent).y();
    std::vector<QPointF> corners;
    // Of rare anomalies the line lies so low that nothing fits below it.
    if (y + size.height() + 4 < frame.bottom()) corners.emplace_back(frame.left() + kEdge, y + 2);
    for (const double x : stepsFrom(frame.right() - kEdge - size.width(), frame.left(), -0.5 * size.width()))
      for (const double above : {3.0, 8.0}) corners.emplace_back(x, y - above - size.height());
    add(text, corners);
  }
  if (kind == CurveKind::Roc) {
    const QString text = tr("TPR 95");
    const QSizeF size = canvas.textSize(text);
    const double y = canvas.pixel(0, kTpr95).y();
    std::vector<QPointF> corners;
    for (const double x : stepsFrom(frame.left() + kEdge, frame.right() - size.width(), 0.5 * size.width()))
      corners.emplace_back(x, y + 2);
    add(text, corners);
  }
  return out;
}

std::optional<CurvePlot::State::PlacedText> CurvePlot::State::pointText(LabelPlacer& placer, const PlotCanvas& canvas,
                                                                        int curve, QPointF at) const {
  // Two labels would be mixed up: the controls, or the caption, say the numbers.
  if (primary(CurveRole::B) >= 0) return {};
  const QString text = label(curve);
  if (text.isEmpty()) return {};
  const QSizeF size = canvas.textSize(text, true);
  const QPointF preferred = kind == CurveKind::Roc ? QPointF(1, 1) : QPointF(-1, -1);
  const QRectF box = placer.place(size, LabelPlacer::around(at, size, preferred, kRingReach + 2));
  return PlacedText{box, text, canvas.tokens().text, true, at};
}

std::optional<CurvePlot::State::PlacedText> CurvePlot::State::fpr95Text(LabelPlacer& placer, const PlotCanvas& canvas,
                                                                        const CurveData& curve) const {
  const QString text = curve.fpr95Text.isEmpty() ? numberText(*curve.fpr95 * kPercent, 2) : curve.fpr95Text;
  const QSizeF size = canvas.textSize(text);
  const double x = canvas.pixel(*curve.fpr95 * kPercent, 0).x(), bottom = canvas.frame()->rect().bottom() - kEdge;
  double other = 0;
  for (const CurveData& second : curves)
    if (&second != &curve && second.fpr95 && second.series < 0) other = canvas.pixel(*second.fpr95 * kPercent, 0).x();
  const bool right = other == 0 || x >= other;
  std::vector<QPointF> corners;
  for (const double up : stepsFrom(0, canvas.frame()->rect().height() / 2.0, size.height()))
    for (const bool side : {right, !right})
      corners.emplace_back(side ? x + 6 : x - 6 - size.width(), bottom - size.height() - up);
  return PlacedText{placer.place(size, corners), text, canvas.tokens().text};
}

void CurvePlot::State::drawText(QCPPainter& p, const PlotCanvas& canvas, const PlacedText& text) {
  if (text.of) {
    const QPointF end(std::clamp(text.of->x(), text.box.left(), text.box.right()),
                      std::clamp(text.of->y(), text.box.top(), text.box.bottom()));
    const QLineF leader(*text.of, end);
    if (leader.length() > kLeaderBeyond) {
      p.setPen(pen(canvas.tokens().text3, 1));
      p.drawLine(QLineF(leader.pointAt(kRingReach / leader.length()), end));
    }
  }
  canvas.haloText(p, text.box.topLeft(), Qt::AlignLeft | Qt::AlignTop, text.text, text.colour, text.bold);
}

}  // namespace oodscope
