// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/result_row.h"

#include "analysis/tables/number_text.h"

namespace oodscope {

ResultRow resultRow(const std::string& set, const ScoreSource& source, const Configuration& configuration,
                    Protocol protocol, const PixelMetrics& metrics, const FrameAccount& frames) {
  ResultRow row;
  row.set = set;
  const RowNames names = source.rowNames(configuration);
  row.model = names.model;
  row.method = names.method;
  row.normalisation = names.normalisation;
  if (names.temperature) row.temperature = shortestDecimal(*names.temperature);
  row.protocol = std::string(protocol.name());
  row.frames = static_cast<std::int64_t>(metrics.framesUsed);
  row.framesTotal = static_cast<std::int64_t>(frames.total);
  row.withoutAnomaly = static_cast<std::int64_t>(metrics.framesSkipped);
  row.failed = static_cast<std::int64_t>(frames.failed);
  row.unread = static_cast<std::int64_t>(frames.unread);
  row.unlabelled = static_cast<std::int64_t>(frames.unlabelled);
  row.skipped = row.withoutAnomaly + row.failed + row.unread + row.unlabelled;
  row.complete = frames.isComplete();
  row.precision = source.precision();
  row.polarity = source.polarity();
  row.positives = static_cast<std::int64_t>(metrics.positives);
  row.negatives = static_cast<std::int64_t>(metrics.negatives);
  row.ap = metrics.ap;
  row.fpr95 = metrics.fpr95;
  row.auroc = metrics.auroc;
  row.bestF1 = metrics.bestF1;
  if (metrics.bestF1Threshold) row.bestF1Threshold = source.exactScore(*metrics.bestF1Threshold);
  row.exact = metrics.exact && row.complete;
  return row;
}

OpenSetColumns openSetColumns(const OpenSetReport& report, const IssuNumbers& issu, const ScoreSource& source) {
  const auto exact = [&](const std::optional<float>& threshold) {
    return threshold ? std::optional(source.exactScore(*threshold)) : std::nullopt;
  };
  OpenSetColumns out{.openMiou = report.means.open.occurring,
                     .closedMiou = report.means.closed.occurring,
                     .gap = report.means.gap(),
                     .openMiouDefined = report.means.open.defined,
                     .openMiouAll = report.means.open.all,
                     .convention = std::string(kOccurringClasses.text)};
  for (const OpenSetFold& fold : report.folds)
    out.folds.push_back({.name = fold.name,
                         .calibratedOn = fold.calibratedOn,
                         .threshold = exact(fold.threshold),
                         .openMiou = fold.confusion.openMiou().occurring,
                         .closedMiou = fold.confusion.closedMiou().occurring,
                         .frames = static_cast<std::int64_t>(fold.confusion.frames())});
  out.oious = {{"tpr95", exact(issu.thresholds.tpr95), issu.tpr95.all},
               {"fpr05", exact(issu.thresholds.fpr05), issu.fpr05.all},
               {"best_f1", exact(issu.thresholds.bestF1), issu.bestF1.all}};
  out.oiouConvention = kAllClasses.text;
  out.tprAtFpr05 = issu.tprAtFpr05;
  return out;
}

std::vector<DistanceColumns> distanceColumns(const DistanceReport& report, std::size_t protocol) {
  std::vector<DistanceColumns> out;
  for (const DistanceMetrics& bin : report.bins) {
    const PixelMetrics& metrics = bin.metrics[protocol];
    out.push_back({.from = bin.from,
                   .to = bin.to,
                   .ap = metrics.ap,
                   .fpr95 = metrics.fpr95,
                   .positives = static_cast<std::int64_t>(metrics.positives),
                   .negatives = static_cast<std::int64_t>(metrics.negatives),
                   .frames = static_cast<std::int64_t>(metrics.framesUsed)});
  }
  return out;
}

std::vector<SizeColumns> sizeColumns(const SizeReport& report, std::size_t protocol) {
  std::vector<SizeColumns> out;
  for (const SizeMetrics& each : report.groups) {
    const PixelMetrics& metrics = each.metrics[protocol];
    SizeColumns& row = out.emplace_back(SizeColumns{.least = static_cast<std::int64_t>(each.group.least),
                                                    .ap = metrics.ap,
                                                    .fpr95 = metrics.fpr95,
                                                    .objects = static_cast<std::int64_t>(each.objects),
                                                    .positives = static_cast<std::int64_t>(metrics.positives),
                                                    .negatives = static_cast<std::int64_t>(metrics.negatives),
                                                    .frames = static_cast<std::int64_t>(metrics.framesUsed)});
    if (each.group.below) row.below = static_cast<std::int64_t>(*each.group.below);
  }
  return out;
}

std::vector<ResultRow> sweepRows(const SweepCurve& curve, const LiveSet& live, const FilteredMethod& method,
                                 Protocol protocol) {
  std::vector<ResultRow> rows;
  for (const SweepPoint& point : curve.points) {
    const Configuration configuration = configurationOf(method, static_cast<float>(point.temperature));
    ResultRow row = resultRow(curve.set, live.source(), configuration, protocol, point.metrics, point.account);
    row.nll = point.nll;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<ResultRow> sweepRows(const SweepCurve& curve, const LiveSet& ensemble, Protocol protocol) {
  std::vector<ResultRow> rows;
  for (const SweepPoint& point : curve.points) {
    ResultRow row = resultRow(curve.set, ensemble.source(), {}, protocol, point.metrics, point.account);
    row.temperature = point.temperature;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace oodscope
