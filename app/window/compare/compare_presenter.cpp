// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/compare_presenter.h"

#include "analysis/tables/number_text.h"
#include "widgets/theme/number_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kEqualPoints = 0.05;   // AP points: what one decimal does not show
constexpr std::size_t kFewFrames = 30;  // below, percentile intervals of frames are too short

QString ofComparison(const char* text) { return QCoreApplication::translate("compare", text); }

struct Metric {
  const char* name;
  std::optional<double> PixelMetrics::*value;
  PairedEstimate PairedRanking::*paired;
  ResampledValue RankingBootstrap::*resampled;
  bool higherIsBetter;
};
constexpr std::array<Metric, 4> kMetrics{
    {{"AP", &PixelMetrics::ap, &PairedRanking::ap, &RankingBootstrap::ap, true},
     {"FPR95", &PixelMetrics::fpr95, &PairedRanking::fpr95, &RankingBootstrap::fpr95, false},
     {"AUROC", &PixelMetrics::auroc, &PairedRanking::auroc, &RankingBootstrap::auroc, true},
     {"best F1", &PixelMetrics::bestF1, &PairedRanking::bestF1, &RankingBootstrap::bestF1, true}}};

ShownValue shownValue(const std::optional<double>& fraction, bool exact, const ResampledValue* resampled) {
  ShownValue value;
  value.value = inPercent(fraction);
  value.estimated = !exact;
  if (!value.value) value.reason = ofComparison("not defined: no anomalous or no normal pixel takes part");
  if (value.value && resampled != nullptr && resampled->interval)
    value.halfWidth = 50.0 * (resampled->interval->high - resampled->interval->low);
  return value;
}

std::optional<PairedRow> pairedRow(const QString& name, const PairedEstimate& estimate, bool higherIsBetter) {
  if (!estimate.difference.interval || !estimate.pValue) return std::nullopt;
  PairedRow row;
  row.name = QStringLiteral("Δ ") + name;
  row.low = 100.0 * estimate.difference.interval->low;
  row.high = 100.0 * estimate.difference.interval->high;
  row.p = *estimate.pValue;
  const Verdict words = verdict(estimate, higherIsBetter);  // of B minus A
  row.undecided = words == Verdict::Undecided;
  row.verdict = words == Verdict::Undecided     ? ofComparison("undecided")
                : words == Verdict::FirstBetter ? ofComparison("B better")
                                                : ofComparison("A better");
  return row;
}

QString resamplesText(std::size_t resamples, std::size_t frames) {
  return ofComparison("%1 resamples of %2")
      .arg(groupedText(static_cast<qint64>(resamples)),
           countedText(static_cast<qint64>(frames), ofComparison("frame"), ofComparison("frames")));
}

}  // namespace

QString noDifferenceReason(const SetNumbers& a, const SetNumbers& b) {
  QStringList parts;
  if (!a.account.isComplete()) parts << ofComparison("A is of %1").arg(framesText(a.account));
  if (!b.account.isComplete()) parts << ofComparison("B is of %1").arg(framesText(b.account));
  if (parts.isEmpty()) return {};
  return ofComparison("No difference and no verdict before both are of all frames: %1.")
      .arg(parts.join(ofComparison(", ")));
}

namespace {

MetricRow comparedRow(const Metric& metric, const ComparisonInput& input, const QString& noDifference) {
  MetricRow row;
  row.name = ofComparison(metric.name);
  row.current = shownValue(input.b->metrics.*metric.value, input.b->exact, nullptr);
  row.reference = inPercent(input.a->metrics.*metric.value);
  row.higherIsBetter = metric.higherIsBetter;
  row.deltaReason = noDifference;
  if (row.current.value && row.reference && noDifference.isEmpty()) row.delta = *row.current.value - *row.reference;
  if (input.statistics != nullptr) {
    const PairedEstimate& estimate = input.statistics->ranking.*metric.paired;
    row.undecided = verdict(estimate, metric.higherIsBetter) == Verdict::Undecided;
  }
  return row;
}

/// The differences with their intervals; those without one are left out.
std::vector<PairedRow> pairedRows(const PairedStatistics& statistics) {
  std::vector<PairedRow> rows;
  const auto add = [&](const QString& name, const PairedEstimate& estimate, bool higherIsBetter) {
    if (auto row = pairedRow(name, estimate, higherIsBetter)) rows.push_back(std::move(*row));
  };
  for (const Metric& metric : kMetrics)
    add(ofComparison(metric.name), statistics.ranking.*metric.paired, metric.higherIsBetter);
  if (statistics.components) {
    add(QStringLiteral("sIoU"), statistics.components->siou, true);
    add(QStringLiteral("PPV"), statistics.components->ppv, true);
    add(QStringLiteral("F1*"), statistics.components->f1Star, true);
  }
  return rows;
}

/// What the intervals and p are of, and which of them say nothing.
QString pairedNote(const PairedStatistics& statistics, const std::vector<PairedRow>& rows) {
  QStringList note;
  note << resamplesText(statistics.a.resamples, statistics.a.frames);
  if (const PairedEstimate& ap = statistics.ranking.ap; ap.pValue && ap.pError)
    note << (ap.everySwap
                 ? ofComparison("p exact, from all %1 swaps of frames").arg(groupedText(static_cast<qint64>(ap.swaps)))
                 : ofComparison("p from %1 swaps of frames, ± %2 by their draw")
                       .arg(groupedText(static_cast<qint64>(ap.swaps)), numberText(*ap.pError, 3)));
  if (statistics.components && statistics.a.componentFrames != statistics.a.frames)
    note << ofComparison("components of all %1")
                .arg(countedText(static_cast<qint64>(statistics.a.componentFrames), ofComparison("frame"),
                                 ofComparison("frames")));
  if (statistics.a.frames < kFewFrames)
    note << ofComparison("few frames: intervals are too short rather than too long");
  QStringList undecided;
  for (const PairedRow& row : rows)
    if (row.low <= 0.0 && row.high >= 0.0) undecided << row.name;
  if (!undecided.isEmpty())
    note << (undecided.size() == 1 ? ofComparison("that of %1 contains 0").arg(undecided.front())
                                   : ofComparison("those of %1 contain 0").arg(undecided.join(QStringLiteral(", "))));
  if (!statistics.a.protocol.poolsPixels()) note << ofComparison("of pooled pixels, which this protocol does not pool");
  return note.join(QStringLiteral("; ")) + QLatin1Char('.');
}

}  // namespace

MetricsView comparisonView(const ComparisonInput& input) {
  MetricsView view;
  const QString noDifference = noDifferenceReason(*input.a, *input.b);
  const bool sameFrames = framesText(input.a->account) == framesText(input.b->account);
  view.unit = noDifference.isEmpty() ? ofComparison("set, %")
              : sameFrames           ? ofComparison("%1, %").arg(framesText(input.a->account))
                                     : ofComparison("part, %");
  view.isComparison = true;
  view.referenceName = QStringLiteral("A ") + input.nameA;
  view.currentName = QStringLiteral("B ") + input.nameB;
  for (const Metric& metric : kMetrics) view.rows.push_back(comparedRow(metric, input, noDifference));
  view.pairedNote = noDifference;
  if (input.statistics != nullptr && noDifference.isEmpty()) {
    view.paired = pairedRows(*input.statistics);
    view.pairedNote = pairedNote(*input.statistics, view.paired);
  }
  view.provenance << ofComparison("%1 protocol").arg(protocolTitle(input.b->protocol));
  const QString framesA = accountText(input.a->account, input.a->metrics);
  const QString framesB = accountText(input.b->account, input.b->metrics);
  if (framesA == framesB)
    view.provenance << framesA;
  else
    view.provenance << ofComparison("A: %1").arg(framesA) << ofComparison("B: %1").arg(framesB);
  view.provenance << input.provenance;
  return view;
}

RunNames runNames(const Configuration& a, const QString& modelA, const Configuration& b, const QString& modelB) {
  RunNames names{methodTitle(a), methodTitle(b)};
  if (names.a != names.b) return names;
  if (!(a == b)) return {configurationTitle(a), configurationTitle(b)};
  if (modelA != modelB) return {modelA, modelB};
  return names;
}

void addIntervals(MetricsView& view, const RunStatistics& statistics) {
  for (MetricRow& row : view.rows)
    for (const Metric& metric : kMetrics)
      if (row.name == ofComparison(metric.name) && row.current.value && !row.current.estimated) {
        const auto& interval = (statistics.ranking.*metric.resampled).interval;
        if (interval) row.current.halfWidth = 50.0 * (interval->high - interval->low);
      }
  const auto text = [](const ResampledValue& value) {
    return value.interval ? numberText(100.0 * value.interval->low, 1) + QStringLiteral(" … ") +
                                numberText(100.0 * value.interval->high, 1)
                          : QString(kNotDefinedSign);
  };
  QStringList ranges;
  for (const Metric& metric : kMetrics)
    ranges << ofComparison(metric.name) + QLatin1Char(' ') + text(statistics.ranking.*metric.resampled);
  if (statistics.components)
    ranges << QStringLiteral("sIoU ") + text(statistics.components->siou)
           << QStringLiteral("PPV ") + text(statistics.components->ppv)
           << QStringLiteral("F1* ") + text(statistics.components->f1Star);
  view.pairedNote =
      ofComparison("95 % over frames, %1: %2.")
          .arg(resamplesText(statistics.resamples, statistics.frames), ranges.join(QStringLiteral(" · ")));
}

QString bandNote(const RunStatistics& statistics) {
  return ofComparison("95 % over frames, %1").arg(resamplesText(statistics.resamples, statistics.frames));
}

void addBand(CurveData& curve, const Band& band) {
  const auto at = [](const std::array<double, kBandPoints>& values, double x) {
    const double place = std::clamp(x, 0.0, 1.0) * static_cast<double>(kBandPoints - 1);
    const auto left = std::min(static_cast<std::size_t>(place), kBandPoints - 2);
    const double part = place - static_cast<double>(left);
    return values[left] + part * (values[left + 1] - values[left]);
  };
  curve.lower.clear();
  curve.upper.clear();
  for (const double x : curve.x) {
    curve.lower.push_back(at(band.low, x));
    curve.upper.push_back(at(band.high, x));
  }
}

std::vector<FramePair> framePairs(const RunDetails& a, const RunDetails& b, const DataSet& set) {
  std::vector<FramePair> pairs;
  for (const FrameMetrics& frameA : a.frames)
    for (const FrameMetrics& frameB : b.frames)
      if (frameA.frame == frameB.frame && frameA.ap && frameB.ap)
        pairs.push_back({frameA.frame, QString::fromStdString(set.frames[frameA.frame].name), 100.0 * *frameA.ap,
                         100.0 * *frameB.ap});
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const FramePair& x, const FramePair& y) { return x.apB - x.apA > y.apB - y.apA; });
  return pairs;
}

std::vector<PairedDifference> differenceRows(const std::vector<FramePair>& pairs) {
  std::vector<PairedDifference> rows;
  rows.reserve(pairs.size());
  for (const FramePair& pair : pairs) rows.push_back({ofComparison("frame ") + pair.name, pair.apB - pair.apA});
  return rows;
}

QString differenceRemark(const std::vector<FramePair>& pairs) {
  int better = 0, worse = 0;
  for (const FramePair& pair : pairs) {
    better += pair.apB - pair.apA >= kEqualPoints ? 1 : 0;
    worse += pair.apA - pair.apB >= kEqualPoints ? 1 : 0;
  }
  return ofComparison("B better %1, equal %2, worse %3")
      .arg(better)
      .arg(static_cast<int>(pairs.size()) - better - worse)
      .arg(worse);
}

std::optional<SetDifference> setDifference(const PairedStatistics& statistics) {
  const ResampledValue& ap = statistics.ranking.ap.difference;
  if (!ap.value || !ap.interval) return std::nullopt;
  return SetDifference{100.0 * *ap.value, 100.0 * ap.interval->low, 100.0 * ap.interval->high};
}

QString agreementText(const ComparedPicture& picture) {
  if (!picture.decisions) return picture.reason;
  const auto share = picture.decisions->agreement();
  return share ? ofComparison("agree %1 %").arg(numberText(100.0 * *share, 1)) : QString();
}

QString comparisonNote(const Configuration& a, const Configuration& b) {
  if (a == b) return {};
  return a.method && a.method == b.method
             ? ofComparison("scores at two temperatures have different units; ranks can be compared.")
             : ofComparison("scores of two methods have different units; ranks can be compared.");
}

}  // namespace oodscope
