// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/report_chart.h"

#include "analysis/core/numbers.h"
#include "app/figures/document_text.h"
#include "widgets/theme/number_text.h"

#include <cmath>

namespace oodscope {
namespace {

using figures::tr;

// User units of the view box.
constexpr int kChartWidth = 360, kChartHeight = 296;
constexpr int kChartLeft = 46, kChartTop = 10, kChartPlotWidth = 304, kChartPlotHeight = 240;
constexpr int kRunColours = 8;

QString coordinate(double value) { return QString::fromStdString(fixedText(value, 1)); }
double xAt(double share) { return kChartLeft + kChartPlotWidth * share; }
double yAt(double share) { return kChartTop + kChartPlotHeight * (1.0 - share); }

QString escaped(const QString& text) { return text.toHtmlEscaped(); }

struct Axis {
  double low = 0.0, high = 1.0;
  [[nodiscard]] double share(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

/// The finite thresholds' range.
Axis thresholdAxis(const ReportRun& run) {
  const auto& points = run.list.points;
  if (points.size() < 2) return {};
  return {static_cast<double>(points.back().threshold), static_cast<double>(points[1].threshold)};
}

std::optional<QPointF> placeInChart(ReportChart chart, const ReportRun& run, const OperatingPoint& point) {
  const ConfusionCounts& c = point.counts;
  const double recall = c.recall().value_or(0.0);
  switch (chart) {
    case ReportChart::PrecisionRecall:
      return QPointF(recall, c.precision().value_or(1.0));
    case ReportChart::Roc:
      return QPointF(c.fpr().value_or(0.0), recall);
    case ReportChart::F1:
      break;
  }
  if (!std::isfinite(point.threshold)) return std::nullopt;
  return QPointF(thresholdAxis(run).share(static_cast<double>(point.threshold)), c.f1().value_or(0.0));
}

QString pathOf(ReportChart chart, const ReportRun& run) {
  QString path;
  for (const OperatingPoint& point : run.list.points) {
    const auto place = placeInChart(chart, run, point);
    if (!place) continue;
    path += path.isEmpty() ? QLatin1Char('M') : QLatin1Char('L');
    path += coordinate(xAt(place->x())) + QLatin1Char(' ') + coordinate(yAt(place->y()));
  }
  return path;
}

/// "c1 d0": colour and dash of a run.
QString lineClass(std::size_t run) {
  return QStringLiteral("c%1 d%2").arg(run % kRunColours).arg(run / kRunColours % 3);
}

QString tickText(double x, double y, const char* anchor, const QString& text) {
  return QStringLiteral("<text class=\"tick\" x=\"%1\" y=\"%2\" text-anchor=\"%3\">%4</text>")
      .arg(coordinate(x), coordinate(y), QLatin1String(anchor), escaped(text));
}

/// Round values inside an axis, about five.
std::vector<double> ticksOf(const Axis& axis) {
  const double range = axis.high - axis.low;
  if (!(range > 0.0)) return {axis.low};
  const double power = std::pow(10.0, std::floor(std::log10(range / 4.0)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0})
    if (range / (factor * power) >= 3.0) step = factor * power;
  std::vector<double> out;
  for (double n = std::ceil(axis.low / step); n * step <= axis.high; n += 1.0) out.push_back(n * step);
  return out;
}

QString tickName(double value) {
  return QString::fromStdString(generalText(value, 4)).replace(QLatin1Char('-'), kMinusSign);
}

QString chartFrame(ReportChart chart) {
  QString out = QStringLiteral("<rect class=\"plot\" x=\"%1\" y=\"%2\" width=\"%3\" height=\"%4\"/>")
                    .arg(kChartLeft)
                    .arg(kChartTop)
                    .arg(kChartPlotWidth)
                    .arg(kChartPlotHeight);
  for (int percent = 0; percent <= 100; percent += 20) {
    const double share = percent / 100.0;
    if (percent > 0 && percent < 100) {
      out += QStringLiteral("<path class=\"grid\" d=\"M%1 %2H%3\"/>")
                 .arg(kChartLeft)
                 .arg(coordinate(yAt(share)))
                 .arg(kChartLeft + kChartPlotWidth);
      if (chart != ReportChart::F1)
        out += QStringLiteral("<path class=\"grid\" d=\"M%1 %2V%3\"/>")
                   .arg(coordinate(xAt(share)))
                   .arg(kChartTop)
                   .arg(kChartTop + kChartPlotHeight);
    }
    out += tickText(kChartLeft - 6, yAt(share) + 4, "end", QString::number(percent));
    if (chart != ReportChart::F1)
      out += tickText(xAt(share), kChartTop + kChartPlotHeight + 16, "middle", QString::number(percent));
  }
  return out;
}

QString axisNames(const QString& x, const QString& y) {
  return QStringLiteral(
             "<text class=\"axis\" x=\"%1\" y=\"%2\" text-anchor=\"middle\">%3</text>"
             "<text class=\"axis\" transform=\"translate(12 %4) rotate(-90)\" text-anchor=\"middle\">%5</text>")
      .arg(coordinate(xAt(0.5)))
      .arg(kChartHeight - 8)
      .arg(escaped(x))
      .arg(coordinate(yAt(0.5)))
      .arg(escaped(y));
}

QString thresholdTicks(const ReportRun& run) {
  const Axis axis = thresholdAxis(run);
  QString out;
  for (const double value : ticksOf(axis))
    out += tickText(xAt(axis.share(value)), kChartTop + kChartPlotHeight + 16, "middle", tickName(value));
  return out;
}

QString marker(ReportChart chart, const ReportRun& run, std::size_t index, const char* kind) {
  const auto place = run.list.saved ? placeInChart(chart, run, run.list.points[*run.list.saved]) : std::nullopt;
  return QStringLiteral("<circle class=\"%1 c%2\" cx=\"%3\" cy=\"%4\" r=\"5\"%5/>")
      .arg(QLatin1String(kind))
      .arg(index % kRunColours)
      .arg(coordinate(place ? xAt(place->x()) : 0.0), coordinate(place ? yAt(place->y()) : 0.0),
           place ? QString() : QStringLiteral(" visibility=\"hidden\""));
}

struct ChartText {
  const char* key;
  QString title, x, y;
};

ChartText chartTextOf(ReportChart chart) {
  switch (chart) {
    case ReportChart::PrecisionRecall:
      return {"pr", tr("Precision against recall"), tr("recall, %"), tr("precision, %")};
    case ReportChart::Roc:
      return {"roc", tr("ROC: true against false positive rate"), tr("false positive rate, %"),
              tr("true positive rate, %")};
    case ReportChart::F1:
      break;
  }
  return {"f1", tr("F1 against threshold"), tr("threshold of the chosen run"), tr("F1, %")};
}

}  // namespace

QString chartSvg(ReportChart chart, const ReportLiveSet& live) {
  const ChartText text = chartTextOf(chart);
  QString names;
  for (const ReportRun& run : live.runs)
    if (run.hasCurves) names += (names.isEmpty() ? QString() : QStringLiteral(", ")) + run.name;
  QString out = QStringLiteral(
                    "<svg class=\"chart\" data-chart=\"%1\" data-frame=\"%2 %3 %4 %5\" "
                    "viewBox=\"0 0 %6 %7\" role=\"img\" aria-label=\"%8\">")
                    .arg(QLatin1String(text.key))
                    .arg(kChartLeft)
                    .arg(kChartTop)
                    .arg(kChartPlotWidth)
                    .arg(kChartPlotHeight)
                    .arg(kChartWidth)
                    .arg(kChartHeight)
                    .arg(escaped(tr("%1: %2").arg(text.title, names)));
  out += chartFrame(chart) + axisNames(text.x, text.y);
  if (chart == ReportChart::PrecisionRecall)
    out += QStringLiteral("<path class=\"chance\" d=\"M%1 %2H%3\"/>")
               .arg(kChartLeft)
               .arg(coordinate(yAt(live.prevalence)))
               .arg(kChartLeft + kChartPlotWidth);
  if (chart == ReportChart::Roc)
    out += QStringLiteral("<path class=\"chance\" d=\"M%1 %2L%3 %4\"/>")
               .arg(kChartLeft)
               .arg(kChartTop + kChartPlotHeight)
               .arg(kChartLeft + kChartPlotWidth)
               .arg(kChartTop);
  // Later ones lie above: the chosen run, which is the first, comes last.
  for (std::size_t i = live.runs.size(); i-- > 0;) {
    const ReportRun& run = live.runs[i];
    if (!run.hasCurves) continue;
    out += QStringLiteral("<g class=\"run%1\" data-run=\"%2\">%3<path class=\"curve %4\" d=\"%5\"/>%6</g>")
               .arg(i == 0 ? QStringLiteral(" on") : QString())
               .arg(i)
               .arg(chart == ReportChart::F1 ? thresholdTicks(run) : QString(), lineClass(i), pathOf(chart, run),
                    marker(chart, run, i, "point"));
  }
  return out + QStringLiteral("<circle class=\"hover\" r=\"4\" visibility=\"hidden\"/></svg>");
}

}  // namespace oodscope
