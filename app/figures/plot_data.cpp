// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/plot_data.h"

#include "analysis/metrics/protocol_rules.h"
#include "analysis/metrics/value_spread.h"
#include "analysis/tables/number_text.h"
#include "widgets/theme/number_text.h"

#include <QCoreApplication>

#include <cmath>

namespace oodscope {
namespace {

QString presented(const char* text) { return QCoreApplication::translate("presenters", text); }

std::optional<double> ratio(double part, double whole) {
  if (whole <= 0.0) return std::nullopt;
  return part / whole;
}

void fillCurveReadout(const SetNumbers& numbers, CurveData& curve) {
  for (const CurvePoint& point : numbers.curves.points) {
    curve.threshold.push_back(static_cast<double>(point.threshold));
    curve.precision.push_back(point.precision);
    curve.recall.push_back(point.recall);
    curve.falsePositiveRate.push_back(point.fpr);
  }
  curve.estimated = !numbers.exact;
}

QString shownPercent(const std::optional<double>& fraction, bool exact) {
  ShownValue value;
  value.value = inPercent(fraction);
  value.estimated = !exact;
  return valueText(value);
}

QString textOf(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

}  // namespace

QString methodTitle(Method method) { return textOf(method.title()); }

QString methodSummary(Method method) { return textOf(method.kind().summary); }

QString methodKey(Method method) { return textOf(method.name()); }

Method methodOfKey(const QVariant& key) { return Method::named(key.toString().toStdString()).value(); }

QString filteredTitle(const FilteredMethod& method) {
  return QString::fromStdString(titleWithFilters(method.method.title(), method.filters));
}

QString filterTitle(Filter filter) { return textOf(filter.kind().title); }

QString filterSummary(Filter filter) {
  return textOf(filter.kind().summary) + QLatin1Char(' ') +
         presented("As in: %1.").arg(textOf(filter.kind().reference));
}

QString scoreTitle(const ScoreChoice& score) {
  if (!score.imported) return filteredTitle({score.method, score.filters});
  const QString name = QString::fromStdString(*score.imported);
  return hasMethod(score) ? name + QStringLiteral(" · ") + filteredTitle({score.method, score.filters})
                          : QString::fromStdString(titleWithFilters(*score.imported, score.filters));
}

QString methodTitle(const Configuration& configuration) {
  return configuration.method ? filteredTitle({*configuration.method, configuration.filters})
                              : QString::fromStdString(configuration.name);
}

QString configurationTitle(const Configuration& configuration) {
  QString name = methodTitle(configuration);
  if (!configuration.temperature) return name;
  return name + presented(" · T ") + numberText(static_cast<double>(*configuration.temperature), 2);
}

QString protocolTitle(Protocol protocol) { return textOf(protocol.title()); }

QString protocolSummary(Protocol protocol) {
  const ProtocolRule& rule = protocol.rule();
  QStringList sentences{textOf(rule.description)};
  sentences << (rule.skipsFramesWithoutAnomaly ? presented("Frames without an anomaly are left out.")
                                               : presented("Frames without an anomaly count, too."));
  sentences << (rule.isAtNetworkResolution ? presented("Scores are compared with labels at the network's resolution.")
                                           : presented("Scores are compared with labels at the labels' resolution."));
  sentences << presented("As in: %1.").arg(textOf(rule.reference));
  return sentences.join(QLatin1Char(' '));
}

QString protocolKey(Protocol protocol) { return textOf(protocol.name()); }

Protocol protocolOfKey(const QVariant& key) { return Protocol::named(key.toString().toStdString()).value(); }

QString noTemperatureReason(const ScoreChoice& score) {
  if (!hasMethod(score)) return presented("no effect on imported score maps");
  return score.method.usesTemperature() ? QString() : presented("no effect on %1 ranking").arg(methodKey(score.method));
}

std::optional<DecisionCounts> decisionCounts(const SetNumbers& numbers, const ThresholdCounts* counts,
                                             float threshold) {
  const auto decided = decidedPixels(numbers, counts, threshold);
  if (!decided) return std::nullopt;
  return DecisionCounts{decided->tp, decided->fn, decided->fp, decided->tn, decided->estimated};
}

QString framesText(const FrameAccount& account) {
  return partText(static_cast<qint64>(account.taking()), static_cast<qint64>(account.total - account.unlabelled),
                  presented("frame"), presented("frames"));
}

QString partNote(const FrameAccount& account) {
  return account.isComplete() ? QString() : QStringLiteral(" · ") + framesText(account);
}

QString accountText(const FrameAccount& account, const PixelMetrics& metrics) {
  QStringList parts{framesText(account)};
  const auto add = [&](std::size_t count, const QString& what) {
    if (count > 0) parts << what.arg(countedText(static_cast<qint64>(count), presented("frame"), presented("frames")));
  };
  add(metrics.framesSkipped, presented("%1 without an anomaly left out by the protocol"));
  add(account.failed, presented("%1 failed"));
  add(account.unread, presented("%1 not read yet"));
  add(account.unlabelled, presented("%1 without ground truth"));
  return parts.join(QStringLiteral("; "));
}

QString noCurveReason(const SetNumbers& numbers) {
  if (!numbers.curves.points.empty()) return {};
  if (numbers.metrics.positives == 0) return presented("No anomalous pixel takes part: no curve is defined.");
  if (numbers.metrics.negatives == 0) return presented("No normal pixel takes part: no curve is defined.");
  return presented("The %1 protocol takes the mean over frames: it defines no curve of the set.")
      .arg(protocolTitle(numbers.protocol));
}

std::optional<CurvePlace> curvePlace(const ThresholdCounts& counts, Protocol protocol, float threshold) {
  const auto point = curvePointAt(counts, protocol, threshold);
  if (!point) return std::nullopt;
  return CurvePlace{point->precision, point->recall, point->fpr, point->f1};
}

namespace {

CurveData rateCurve(const SetNumbers& numbers, CurveRole role, const QString& name, double CurvePoint::*x,
                    double CurvePoint::*y) {
  CurveData curve;
  curve.name = name;
  curve.role = role;
  for (const CurvePoint& point : numbers.curves.points) {
    curve.x.push_back(point.*x);
    curve.y.push_back(point.*y);
  }
  fillCurveReadout(numbers, curve);
  return curve;
}

}  // namespace

CurveData precisionRecallCurve(const SetNumbers& numbers, CurveRole role, const QString& name) {
  CurveData curve = rateCurve(numbers, role, name, &CurvePoint::recall, &CurvePoint::precision);
  curve.lower = numbers.precisionLow;
  curve.upper = numbers.precisionHigh;
  curve.value = presented("AP ") + shownPercent(numbers.metrics.ap, numbers.exact) + partNote(numbers.account);
  return curve;
}

CurveData rocCurve(const SetNumbers& numbers, CurveRole role, const QString& name) {
  CurveData curve = rateCurve(numbers, role, name, &CurvePoint::fpr, &CurvePoint::recall);
  curve.lower = numbers.recallLow;
  curve.upper = numbers.recallHigh;
  curve.value = presented("AUROC ") + shownPercent(numbers.metrics.auroc, numbers.exact) + presented(" · FPR95 ") +
                shownPercent(numbers.metrics.fpr95, numbers.exact) + partNote(numbers.account);
  curve.fpr95 = numbers.metrics.fpr95;
  curve.fpr95Text = shownPercent(numbers.metrics.fpr95, numbers.exact);
  return curve;
}

CurveData f1Curve(const SetNumbers& numbers, CurveRole role, const QString& name) {
  CurveData curve;
  curve.name = name;
  curve.role = role;
  for (const CurvePoint& point : numbers.curves.points) {
    if (!std::isfinite(point.threshold)) continue;
    curve.x.push_back(static_cast<double>(point.threshold));
    curve.y.push_back(point.f1);
    curve.threshold.push_back(static_cast<double>(point.threshold));
    curve.precision.push_back(point.precision);
    curve.recall.push_back(point.recall);
    curve.falsePositiveRate.push_back(point.fpr);
  }
  curve.estimated = !numbers.exact;
  curve.value = presented("best F1 ") + shownPercent(numbers.metrics.bestF1, numbers.exact) + partNote(numbers.account);
  return curve;
}

HistogramData histogramData(const ScoreHistogram& histogram, const QString& axisLabel) {
  HistogramData data;
  data.axisLabel = axisLabel;
  data.edges = edgesOf(histogram);
  data.normal = sharesOf(histogram.normal);
  data.anomalous = sharesOf(histogram.anomalous);
  return data;
}

DecisionShares decisionShares(const DecisionCounts& counts) {
  const auto text = [&](double part, double whole) {
    ShownValue value;
    value.value = inPercent(ratio(part, whole));
    value.estimated = counts.estimated;
    return valueText(value, 1);
  };
  const double positives = counts.tp + counts.fn, negatives = counts.fp + counts.tn;
  return {text(counts.tp, positives), text(counts.fn, positives), text(counts.fp, negatives),
          text(counts.tn, negatives)};
}

}  // namespace oodscope
