// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/curve_plot.h"
#include "widgets/plots/label_placing.h"
#include "widgets/plots/plot_canvas.inl.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace oodscope {

inline constexpr double kGrabRadius = 10;  // pixels

/// The curves of a CurvePlot and where their operating points stand.
struct CurvePlot::State {
  CurveKind kind;
  std::vector<CurveData> curves;
  std::vector<std::optional<double>> thresholds;
  std::vector<std::optional<CurvePlace>> places;  // of the thresholds, where they are known exactly
  std::optional<double> chance;
  std::optional<std::pair<double, double>> brushed;  // thresholds, both ends belong
  double limit = 1;
  int dragged = -1;
  std::optional<std::pair<int, int>> hover;  // curve, point
  QPointF hoverAt;

  /// Whether one of many runs is among them.
  bool hasSeries() const {
    return std::any_of(curves.begin(), curves.end(), [](const CurveData& curve) { return curve.series >= 0; });
  }

  /// Later ones cover earlier ones: among kept runs the one that is looked at comes last.
  std::vector<int> drawingOrder() const {
    std::vector<int> order(curves.size());
    std::iota(order.begin(), order.end(), 0);
    if (hasSeries())
      std::stable_partition(order.begin(), order.end(),
                            [this](int i) { return curves[static_cast<std::size_t>(i)].role != CurveRole::A; });
    return order;
  }

  double xScale() const { return kind == CurveKind::F1 ? 1 : kPercent; }

  // The point whose threshold is nearest; thresholds fall along the curve.
  std::optional<int> pointAt(int index) const {
    if (index < 0 || index >= static_cast<int>(thresholds.size()) || !thresholds[static_cast<std::size_t>(index)])
      return {};
    const std::vector<double>& all = curves[static_cast<std::size_t>(index)].threshold;
    if (all.empty()) return {};
    const double wanted = *thresholds[static_cast<std::size_t>(index)];
    const auto right = std::lower_bound(all.begin(), all.end(), wanted, std::greater<>());
    if (right == all.end()) return static_cast<int>(all.size()) - 1;
    if (right == all.begin()) return 0;
    const auto left = right - 1;
    return static_cast<int>((*left - wanted < wanted - *right ? left : right) - all.begin());
  }

  QPointF pixelOf(const PlotCanvas& c, int curve, int point) const {
    const CurveData& data = curves[static_cast<std::size_t>(curve)];
    const auto i = static_cast<std::size_t>(point);
    return c.pixel(data.x[i] * xScale(), data.y[i] * kPercent);
  }

  /// Where the operating point of a curve stands, shares.
  std::optional<CurvePlace> placeOf(int index) const {
    const auto point = pointAt(index);
    if (!point) return {};
    if (places[static_cast<std::size_t>(index)]) return places[static_cast<std::size_t>(index)];
    const CurveData& data = curves[static_cast<std::size_t>(index)];
    const auto i = static_cast<std::size_t>(*point);
    const auto part = [&](const std::vector<double>& values) { return i < values.size() ? values[i] : 0.0; };
    switch (kind) {
      case CurveKind::PrecisionRecall:
        return CurvePlace{data.y[i], data.x[i], part(data.falsePositiveRate), 0.0};
      case CurveKind::Roc:
        return CurvePlace{part(data.precision), data.y[i], data.x[i], 0.0};
      case CurveKind::F1:
        break;
    }
    return CurvePlace{part(data.precision), part(data.recall), part(data.falsePositiveRate), data.y[i]};
  }

  std::optional<QPointF> operatingPixel(const PlotCanvas& c, int index) const {
    const auto place = placeOf(index);
    if (!place) return {};
    switch (kind) {
      case CurveKind::PrecisionRecall:
        return c.pixel(place->recall * kPercent, place->precision * kPercent);
      case CurveKind::Roc:
        return c.pixel(place->falsePositiveRate * kPercent, place->recall * kPercent);
      case CurveKind::F1:
        break;
    }
    const auto i = static_cast<std::size_t>(*pointAt(index));
    const bool exact = places[static_cast<std::size_t>(index)].has_value();
    const double x =
        exact ? *thresholds[static_cast<std::size_t>(index)] : curves[static_cast<std::size_t>(index)].x[i];
    return c.pixel(x, place->f1 * kPercent);
  }

  // Nearest point of `curve` to a pixel; by x alone for F1.
  int nearest(const PlotCanvas& c, int curve, QPointF at, double* distance = nullptr) const {
    const CurveData& data = curves[static_cast<std::size_t>(curve)];
    double least = std::numeric_limits<double>::max();
    int best = -1;
    for (std::size_t i = 0; i < data.threshold.size(); ++i) {
      if (!std::isfinite(data.threshold[i])) continue;
      const QPointF d = pixelOf(c, curve, static_cast<int>(i)) - at;
      const double length = kind == CurveKind::F1 ? std::fabs(d.x()) : std::hypot(d.x(), d.y());
      if (length < least) {
        least = length;
        best = static_cast<int>(i);
      }
    }
    if (distance != nullptr) *distance = least;
    return best;
  }

  std::vector<int> draggable() const {
    std::vector<int> out;
    for (std::size_t i = 0; i < curves.size(); ++i) {
      const CurveRole role = curves[i].role;
      if ((role == CurveRole::A || role == CurveRole::B) && !curves[i].threshold.empty())
        out.push_back(static_cast<int>(i));
    }
    return out;
  }

  int grabbed(const PlotCanvas& c, QPointF at) const {
    for (const int curve : draggable()) {
      const auto point = operatingPixel(c, curve);
      if (!point) continue;
      const QPointF d = *point - at;
      if (std::hypot(d.x(), d.y()) <= kGrabRadius) return curve;
    }
    return -1;
  }

  int primary(CurveRole role) const {
    for (const int curve : draggable()) {
      if (curves[static_cast<std::size_t>(curve)].role == role) return curve;
    }
    return -1;
  }

  QString label(int curve) const {
    const auto place = placeOf(curve);
    if (!place) return {};
    const auto index = static_cast<std::size_t>(curve);
    const double threshold = *thresholds[index];
    QString text = QStringLiteral("δ ") + scoreText(threshold);
    const double own = curves[index].threshold[static_cast<std::size_t>(*pointAt(curve))];
    const bool exact = places[index] || (own == threshold && !curves[index].estimated);
    const auto shown = [&](double share) {
      return (exact ? QString() : QString(kAboutSign)) + numberText(share * kPercent, 1);
    };
    if (kind == CurveKind::PrecisionRecall)
      text += QStringLiteral(" · P ") + shown(place->precision) + QStringLiteral(" · R ") + shown(place->recall);
    if (kind == CurveKind::F1) text += QStringLiteral(" · ") + shown(place->f1);
    return text;
  }

  QStringList facts(int curve, int point) const {
    const CurveData& data = curves[static_cast<std::size_t>(curve)];
    const auto i = static_cast<std::size_t>(point);
    QStringList lines;
    if (curves.size() > 1) lines << data.name;
    lines << QStringLiteral("δ ") + scoreText(data.threshold[i]);
    const auto add = [&](const std::vector<double>& values, const QString& name) {
      if (i < values.size()) lines << name + QLatin1Char(' ') + numberText(values[i] * kPercent, 2);
    };
    add(data.precision, QObject::tr("precision"));
    add(data.recall, QObject::tr("recall"));
    add(data.falsePositiveRate, QObject::tr("FPR"));
    if (i < data.precision.size() && i < data.recall.size() && data.precision[i] + data.recall[i] > 0) {
      const double f1 = 2 * data.precision[i] * data.recall[i] / (data.precision[i] + data.recall[i]);
      lines << QObject::tr("F1") + QLatin1Char(' ') + numberText(f1 * kPercent, 2);
    }
    return lines;
  }

  /// A text of the plot where it stands.
  struct PlacedText {
    QRectF box;
    QString text;
    QColor colour;
    bool bold = false;
    std::optional<QPointF> of = {};  ///< what it is of, where it may stand apart from that
  };

  // curve_labels.cpp: texts beside lines and points, each where it covers neither a curve nor another text.
  /// Knows the curves and the legend.
  LabelPlacer placer(const PlotCanvas& canvas) const;
  void avoidDropLines(LabelPlacer& placer, const PlotCanvas& canvas, QPointF at) const;
  /// Those of the lines of equal F1, of chance and of TPR 95.
  std::vector<PlacedText> lineTexts(LabelPlacer& placer, const PlotCanvas& canvas) const;
  /// That of the operating point of a curve; empty for none.
  std::optional<PlacedText> pointText(LabelPlacer& placer, const PlotCanvas& canvas, int curve, QPointF at) const;
  std::optional<PlacedText> fpr95Text(LabelPlacer& placer, const PlotCanvas& canvas, const CurveData& curve) const;
  static void drawText(QCPPainter& p, const PlotCanvas& canvas, const PlacedText& text);
  bool showsIsoF1(const PlotCanvas& canvas) const {
    return kind == CurveKind::PrecisionRecall && (canvas.document() == nullptr || canvas.document()->isoF1);
  }

  // curve_plot.cpp: lines of equal F1, of chance and the like; points, what they say, what is under the cursor.
  void drawContent(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawIsoF1(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawChance(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawBrushed(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawMarkers(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawFpr95(QCPPainter& p, const PlotCanvas& canvas, const CurveData& curve) const;
  void drawOperatingPoint(QCPPainter& p, const PlotCanvas& canvas, int curve, QPointF at) const;
};

/// Shares of the lines of equal F1.
inline constexpr double kIsoF1[] = {0.2, 0.4, 0.6, 0.8};
inline constexpr double kTpr95 = 95;

}  // namespace oodscope
