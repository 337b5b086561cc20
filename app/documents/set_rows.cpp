// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/set_rows.h"

#include "analysis/core/failure_text.h"
#include "analysis/core/numbers.h"
#include "analysis/regions/decision.h"
#include "app/documents/polarity.h"
#include "app/documents/published_numbers.h"
#include "app/documents/result_row.h"
#include "app/studies/component_track.h"
#include "app/studies/distance_metrics.h"
#include "app/studies/instance_study.h"
#include "app/studies/open_set_study.h"

#include <algorithm>
#include <mutex>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr int kAsTheModelSays = -2;  ///< EvaluationRequest::voidChannel

std::string subjectOf(const LiveSet& live, const Configuration& configuration) {
  return live.dataSet().name + ", " + live.source().name() + ", " + configuration.name +
         (configuration.temperature ? " T " + roundTripText(*configuration.temperature) : "");
}

}  // namespace

SetRows::SetRows(const EvaluationWork& work, std::shared_ptr<const DataSet> set)
    : m_work(work),
      m_set(std::move(set)),
      m_labels(std::make_shared<SetLabels>(m_set, SetLabels::Keeps::OwnSize)),
      m_stamps(stampsOf(*m_set)),
      m_firstRow(m_work.report.table.rows.size()) {}

void SetRows::add(const std::shared_ptr<ScoreSource>& source) {
  const Configurations configurations = configurationsOf(*source);
  const std::vector<std::size_t> frames = prepared(*source);
  if (m_work.stop.stop_requested()) {
    m_work.report.unfinished.push_back(m_set->name + ", " + source->name() + ": stopped before all frames were ready");
    return;
  }
  addProvenance(*source);
  for (const Resolution resolution : {Resolution::Network, Resolution::Label})
    addAt(resolution, source, configurations, frames);
  for (const std::string& text : source->warnings()) m_work.report.warn(m_set->name + ": " + text);
}

SetRows::Configurations SetRows::configurationsOf(const ScoreSource& source) const {
  const EvaluationRequest& request = m_work.request;
  if (request.everyMethod) return source.configurations(servedMethods(source), request.temperatures);
  if (request.asked.empty()) return filteredConfigurations(source, request.methods, request.temperatures);
  Configurations out;
  for (const AskedScore& asked : request.asked)
    for (Configuration& one : filteredConfigurations(source, {asked.method}, {asked.temperature}))
      if (std::ranges::find(out, one) == out.end()) out.push_back(std::move(one));
  return out;
}

void SetRows::finish() {
  for (const std::string& text : m_labels->findings()) m_work.report.warn(m_set->name + ": " + text);
  const std::vector<ChangedFile> changes = changedSince(*m_set, m_stamps);
  if (changes.empty()) return;
  m_work.report.unfinished.push_back(m_set->name +
                                     ": files changed while it was evaluated, so its rows may be of two " +
                                     "states of them: evaluate it again (" + changeText(*m_set, changes) + ")");
  std::vector<ResultRow>& rows = m_work.report.table.rows;
  for (std::size_t r = m_firstRow; r < rows.size(); ++r) rows[r].exact = false;
}

std::vector<std::size_t> SetRows::prepared(ScoreSource& source) {
  std::vector<std::size_t> out;
  const std::size_t count = m_set->frames.size();
  const std::string subject = m_set->name + ", " + source.name();
  for (std::size_t i = 0; i < count && !m_work.stop.stop_requested(); ++i) {
    m_work.progress({"frames", subject, i, count});
    if (!m_set->frames[i].label) continue;  // withheld ground truth is not "no anomaly": it takes no part
    try {
      source.prepare(i);
      out.push_back(i);
    } catch (const std::exception& failure) {
      fail(i, failureText(failure));
    }
  }
  m_work.progress({"frames", subject, count, count});
  return out;
}

std::vector<Protocol> SetRows::protocolsAt(Resolution resolution) const {
  std::vector<Protocol> out;
  for (const Protocol protocol : m_work.request.protocols)
    if (measuredAt(m_work.request.resolution, protocol) == resolution) out.push_back(protocol);
  return out;
}

bool SetRows::makeReady(LiveSet& live, const std::vector<std::size_t>& frames) {
  std::vector<char> usable(m_set->frames.size(), 0);
  std::mutex mutex;
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    if (m_work.stop.stop_requested()) return;
    try {
      live.readTruth(frames[i]);
      usable[frames[i]] = 1;
    } catch (const std::exception& failure) {
      const std::scoped_lock lock(mutex);
      fail(frames[i], failureText(failure));
    }
  });
  for (std::size_t i = 0; i < usable.size(); ++i)
    if (usable[i] == 0 && m_set->frames[i].label) live.setFailed(i);
  return std::find(usable.begin(), usable.end(), 1) != usable.end();
}

void SetRows::addAt(Resolution resolution, const std::shared_ptr<ScoreSource>& source,
                    const Configurations& configurations, const std::vector<std::size_t>& frames) {
  const std::vector<Protocol> protocols = protocolsAt(resolution);
  if (protocols.empty()) return;
  LiveSet live(
      m_set, source, resolution,
      {.memoryBudget = m_work.request.memoryBudget, .asSubmitted = m_work.request.asSubmitted, .labels = m_labels});
  const std::string subject = m_set->name + ", " + source->name();
  if (!makeReady(live, frames)) {
    m_work.report.unfinished.push_back(subject + ": no frame could be used");
    return;
  }
  for (std::size_t c = 0; c < configurations.size(); ++c) {
    m_work.progress({"metrics", subjectOf(live, configurations[c]), c, configurations.size()});
    if (m_work.stop.stop_requested())
      m_work.report.unfinished.push_back(subjectOf(live, configurations[c]) + ": stopped");
    else
      addRows(live, configurations[c], protocols);
    live.forgetScores();  // of the next configuration nothing is held yet, and a set's maps are its largest part
  }
  m_work.progress({"metrics", subject, configurations.size(), configurations.size()});
}

void SetRows::addRows(LiveSet& live, const Configuration& configuration, const std::vector<Protocol>& protocols) {
  EvaluationReport& report = m_work.report;
  const auto exact = live.exactRows(configuration, protocols, m_work.stop);
  if (!exact) {
    report.unfinished.push_back(m_set->name + ", " + live.source().name() + ", " + configuration.name + ": stopped");
    return;
  }
  for (const FrameFailure& failure : exact->failures) fail(failure.frame, failure.message);
  warnOf(live, exact->runs.front());
  m_track = track();
  ByThreshold known;
  const auto binned = distances(live, configuration, protocols);
  const auto sized = sizes(live, configuration, protocols);
  const auto recognition = openSet(live, configuration);
  for (const ExactRun& run : exact->runs) {
    ResultRow row = resultRow(m_set->name, live.source(), configuration, run.protocol, run.metrics, run.account);
    hintAtPolarity(row);
    if (m_work.request.asSubmitted) row.precision = "float16";
    row.components = components(live, run, known);
    if (!binned.empty()) row.distanceBins = binned[static_cast<std::size_t>(&run - exact->runs.data())];
    if (!sized.empty()) row.sizeGroups = sized[static_cast<std::size_t>(&run - exact->runs.data())];
    row.openSet = recognition;
    row.instances = instances(live, run);
    row.published = published(live, run);
    report.table.rows.push_back(std::move(row));
    report.runs.push_back(live.run(configuration, run.protocol));
  }
}

std::vector<std::vector<DistanceColumns>> SetRows::distances(LiveSet& live, const Configuration& configuration,
                                                             const std::vector<Protocol>& protocols) {
  if (!m_work.request.distanceBins) return {};
  std::vector<std::vector<DistanceColumns>> out(protocols.size());
  if (!hasDistances(*m_set)) {
    m_work.report.warn(m_set->name + ": no frame has disparity and camera, so nothing is known by distance");
    return out;
  }
  const auto report = distanceMetrics(live, configuration, protocols, *m_work.request.distanceBins,
                                      m_work.request.memoryBudget, m_work.stop);
  if (!report) {
    m_work.report.unfinished.push_back(subjectOf(live, configuration) + ": stopped before distances were done");
    return out;
  }
  for (const FrameFailure& failure : report->failures) fail(failure.frame, failure.message);
  if (report->withoutDistance > 0)
    m_work.report.warn(m_set->name + ": " + std::to_string(report->withoutDistance) +
                       " frames have no disparity and are missing by distance");
  for (std::size_t p = 0; p < protocols.size(); ++p) out[p] = distanceColumns(*report, p);
  return out;
}

std::vector<std::vector<SizeColumns>> SetRows::sizes(LiveSet& live, const Configuration& configuration,
                                                     const std::vector<Protocol>& protocols) {
  if (!m_work.request.sizeGroups) return {};
  std::vector<std::vector<SizeColumns>> out(protocols.size());
  const auto report = sizeMetrics(live, configuration, protocols, issuSizeGroups(), m_work.stop);
  if (!report) {
    m_work.report.unfinished.push_back(subjectOf(live, configuration) + ": stopped before sizes were done");
    return out;
  }
  m_work.report.addFact("size groups", std::string(kSizeGroupRule));
  for (const FrameFailure& failure : report->failures) fail(failure.frame, failure.message);
  for (std::size_t p = 0; p < protocols.size(); ++p) out[p] = sizeColumns(*report, p);
  return out;
}

std::optional<OpenSetColumns> SetRows::openSet(LiveSet& live, const Configuration& configuration) {
  if (!m_work.request.openSet) return std::nullopt;
  OpenSetColumns out;
  try {
    std::optional<OpenSetClasses> classes;
    try {
      classes = openSetClassesOf(live, configuration);
    } catch (const Error& error) {
      m_work.report.warn(m_set->name + ": " + error.what());
    }
    const auto issu = issuNumbers(live, configuration, classes ? &*classes : nullptr, m_work.stop);
    const auto report = classes && issu ? openSetRecognition(live, configuration, *classes, m_work.stop) : std::nullopt;
    if (!issu || (classes && !report)) {
      m_work.report.unfinished.push_back(subjectOf(live, configuration) +
                                         ": stopped before open-set recognition was done");
      return OpenSetColumns();
    }
    if (report) out = openSetColumns(*report, *issu, live.source());
    out.tprAtFpr05 = issu->tprAtFpr05;
    if (!report) return out;
    for (const FrameFailure& failure : report->failures) fail(failure.frame, failure.message);
    for (const OpenSetFold& fold : report->folds)
      if (!fold.threshold)
        m_work.report.warn(m_set->name + ": the frames other than " + fold.name +
                           " lack anomalous or normal pixels, so no threshold can be calibrated for it");
  } catch (const Error& error) {
    m_work.report.warn(m_set->name + ": " + error.what());
  }
  return out;
}

std::optional<ComponentTrack> SetRows::track() {
  const EvaluationRequest& request = m_work.request;
  if (!request.componentsBySet && !request.components) return std::nullopt;
  const TrackOfSet own = objectTrackOf(*m_set);
  const ComponentTrack track = request.componentsBySet ? componentTrack(own.track) : *request.components;
  m_work.report.addFact("components " + m_set->name,
                        componentRule(track, request.componentsBySet ? own.reason : "as asked for"));
  return track;
}

std::optional<float> SetRows::componentThreshold(const LiveSet& live, const ExactRun& run) const {
  if (m_work.request.componentThreshold)
    return live.source().rankedScore(static_cast<double>(*m_work.request.componentThreshold));
  return run.metrics.bestF1Threshold ? std::optional(strictlyBelow(*run.metrics.bestF1Threshold)) : std::nullopt;
}

std::optional<ComponentColumns> SetRows::components(LiveSet& live, const ExactRun& run, ByThreshold& known) {
  const std::optional<float> threshold = componentThreshold(live, run);
  if (!m_track || !threshold) return std::nullopt;
  const auto same = [&](const auto& entry) { return entry.first == *threshold; };
  if (const auto found = std::find_if(known.begin(), known.end(), same); found != known.end()) return found->second;
  // Not stopped half-way: a row is whole or not there.
  const ComponentMetrics metrics =
      live.components(run.configuration, strictlyAbove(*threshold), *m_track, std::stop_token()).value();
  const ComponentColumns columns{.threshold = live.source().exactScore(*threshold),
                                 .siou = metrics.siou,
                                 .ppv = metrics.ppv,
                                 .f1Star = metrics.f1Star,
                                 .track = std::string(componentTrackName(*m_track)),
                                 .frames = static_cast<std::int64_t>(run.frames.size())};
  return known.emplace_back(*threshold, columns).second;
}

std::optional<InstanceColumns> SetRows::instances(LiveSet& live, const ExactRun& run) {
  if (!m_work.request.instances) return std::nullopt;
  const std::optional<float> threshold = componentThreshold(live, run);
  if (!threshold) return InstanceColumns();
  const InstanceAp found = instanceApOf(live, run.configuration, *threshold, std::stop_token()).value();
  return InstanceColumns{.threshold = live.source().exactScore(*threshold),
                         .ap = found.ap,
                         .ap50 = found.ap50,
                         .truths = static_cast<std::int64_t>(found.truths),
                         .predicted = static_cast<std::int64_t>(found.predicted)};
}

std::optional<PublishedColumns> SetRows::published(const LiveSet& live, const ExactRun& run) {
  if (!m_work.request.published) return std::nullopt;
  if (!m_published) m_published = PublishedValues::read(publishedValuesFile());
  const bool asPublished = live.resolution() == defaultResolution(run.protocol) && !m_work.request.asSubmitted &&
                           !m_work.request.input && m_work.request.voidChannel == kAsTheModelSays;
  if (!asPublished) return PublishedColumns();
  return publishedColumns(*m_published, m_set->name, live.source(), run.configuration, run.protocol);
}

void SetRows::warnOf(const LiveSet& live, const ExactRun& run) {
  EvaluationReport& report = m_work.report;
  if (const std::uint64_t unusable = run.hygiene.unusable(); unusable > 0)
    report.warn(m_set->name + ", " + run.configuration.name + ": " + std::to_string(unusable) +
                " scores are NaN or infinite and were left out like void pixels");
  const PixelMetrics& metrics = run.metrics;
  if (metrics.positives == 0 || metrics.negatives == 0)
    report.warn(m_set->name + ": the frames that take part have " +
                (metrics.positives == 0 ? "no anomalous pixel" : "no normal pixel") +
                ", so ranking metrics are not defined");
  const FrameAccount& account = run.account;
  if (!account.isComplete())
    report.warn(m_set->name + ", " + live.source().name() + ": the numbers are of " + std::to_string(account.taking()) +
                " of " + std::to_string(account.total - account.unlabelled) +
                (account.total - account.unlabelled == 1 ? " frame; " : " frames; ") + std::to_string(account.failed) +
                " failed");
}

void SetRows::hintAtPolarity(const ResultRow& row) {
  const auto hint = polarityHint(row);
  if (hint && m_hinted.insert({row.model, row.method}).second) m_work.report.warn(*hint);
}

void SetRows::addProvenance(const ScoreSource& source) {
  for (const auto& [key, value] : source.provenance()) m_work.report.addFact(source.name() + " " + key, value);
  if (const std::string precision = source.precision(); !precision.empty())
    m_work.report.addFact(source.name() + " precision", precision);
}

void SetRows::fail(std::size_t frame, const std::string& message) {
  m_work.report.fail({m_set->name, m_set->frames[frame].name, message});
}

}  // namespace oodscope
