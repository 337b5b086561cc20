// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/curve_plot.h"
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
  double limit = 1;
  int dragged = -1;
  std::optional<std::pair<int, int>> hover;  // curve, point
  QPointF hoverAt;

  /// Many runs are named below the frame, one or two above it.
  bool hasKeptRuns() const {
    return std::any_of(curves.begin(), curves.end(), [](const CurveData& curve) { return curve.series >= 0; });
  }

  /// Later ones cover earlier ones: among kept runs the one that is looked at comes last.
  std::vector<int> drawingOrder() const {
    std::vector<int> order(curves.size());
    std::iota(order.begin(), order.end(), 0);
    if (hasKeptRuns())
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
    QString text = QStringLiteral("δ ") + (std::isfinite(threshold) ? numberText(threshold, 3) : QStringLiteral("∞"));
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
    lines << QStringLiteral("δ ") + numberText(data.threshold[i], 4);
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

  // curve_plot.cpp: lines of equal F1, of chance and the like; points, what they say, what is under the cursor.
  void drawContent(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawIsoF1(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawChance(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawMarkers(QCPPainter& p, const PlotCanvas& canvas) const;
  void drawFpr95(QCPPainter& p, const PlotCanvas& canvas, const CurveData& curve, const QRectF& box) const;
  void drawOperatingPoint(QCPPainter& p, const PlotCanvas& canvas, int curve, QPointF at) const;
};

}  // namespace oodscope
