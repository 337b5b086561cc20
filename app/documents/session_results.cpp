// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/session_results.h"

#include "analysis/core/numbers.h"
#include "app/documents/session_request.h"
#include "app/sources/model_scores.h"
#include "app/studies/run_statistics.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kHighRate = 0.95;  // the TPR that FPR95 stands for
constexpr double kLowRate = 0.01;   // a false alarm on one pixel of a hundred
constexpr std::size_t kKeptRuns = 64;

template <class Pairs, class Key>
auto* known(Pairs& pairs, const Key& key) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
  return found == pairs.end() ? nullptr : &found->second;
}

[[noreturn]] void stopped() { throw Error("stopped", {}); }

std::string ruleName(const ThresholdRule& rule) {
  const auto percent = [](double share) { return std::to_string(std::lround(share * 100.0)) + " %"; };
  switch (rule.kind) {
    case ThresholdRule::Kind::BestF1:
      return "best F1";
    case ThresholdRule::Kind::TruePositiveRate:
      return "TPR " + percent(rule.value);
    case ThresholdRule::Kind::FalsePositiveRate:
      return "FPR " + percent(rule.value);
    case ThresholdRule::Kind::CostRatio:
      break;
  }
  return "cost ratio " + roundTripText(rule.value);
}

}  // namespace

SessionResults::SessionResults(Session session, OpenLiveSets open, std::stop_token stop)
    : m_session(std::move(session)), m_open(std::move(open)), m_stop(std::move(stop)) {
  require(!m_open.byModel.empty(), "SessionResults: nothing is open");
}

std::vector<std::string> SessionResults::sources() const {
  std::vector<std::string> out;
  const auto add = [&](const std::string& name) {
    if (m_open.byModel.contains(name) && std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  };
  for (const ModelEntry& model : m_session.models) add(model.path.filename().string());
  for (const auto& folder : m_session.scores) add(folder.filename().string());
  for (const auto& [name, sets] : m_open.byModel) add(name);
  return out;
}

std::vector<std::string> SessionResults::sets() const {
  std::vector<std::string> out;
  for (const std::string& source : sources())
    for (const auto& set : m_open.byModel.at(source))
      if (std::find(out.begin(), out.end(), set->dataSet().name) == out.end()) out.push_back(set->dataSet().name);
  return out;
}

std::string SessionResults::viewSource() const {
  const std::string wanted = m_session.view.score.imported.value_or(m_session.view.model);
  return m_open.byModel.contains(wanted) ? wanted : sources().front();
}

std::string SessionResults::viewSet() const {
  const std::string source = viewSource();
  return isOpen(m_session.view.set, source) ? m_session.view.set : m_open.byModel.at(source).front()->dataSet().name;
}

Configuration SessionResults::viewConfiguration() const { return configuration(m_session.view.score, viewSource()); }

Configuration SessionResults::configuration(const ScoreChoice& score, const std::string& source) const {
  // A folder of logits is scored like a model, a folder of maps gives itself.
  const auto offered = m_open.byModel.at(source).front()->source().configurations({score.method}, {score.temperature});
  return offered.empty() ? configurationOf(score) : offered.front();
}

bool SessionResults::isOpen(const std::string& set, const std::string& source) const {
  const auto found = m_open.byModel.find(source);
  return found != m_open.byModel.end() && std::any_of(found->second.begin(), found->second.end(),
                                                      [&](const auto& live) { return live->dataSet().name == set; });
}

std::shared_ptr<LiveSet> SessionResults::liveSet(const std::string& set, const std::string& source) const {
  const auto found = m_open.byModel.find(source);
  if (found != m_open.byModel.end())
    for (const auto& live : found->second)
      if (live->dataSet().name == set) return live;
  throw Error(ErrorParts{.what = "the session has no such set", .found = set + " with " + source});
}

std::vector<Method> SessionResults::methods(const std::string& source) const {
  std::vector<Method> asked;
  for (const std::string& name : m_session.methods)
    if (const auto method = methodFromName(name)) asked.push_back(*method);
  if (asked.empty()) asked.assign(allMethods().begin(), allMethods().end());
  const ScoreSource& scores = m_open.byModel.at(source).front()->source();
  std::vector<Method> out;
  for (const Method method : asked) {
    try {
      if (!scores.configurations({method}, {1.0F}).empty()) out.push_back(method);
    } catch (const Error&) {  // the source cannot give it: no void channel, say
      continue;
    }
  }
  return out;
}

std::vector<Configuration> SessionResults::configurations(const std::string& source,
                                                          const std::vector<float>& temperatures) const {
  return m_open.byModel.at(source).front()->source().configurations(methods(source), temperatures);
}

std::shared_ptr<const SetNumbers> SessionResults::numbers(const RunKey& run) {
  const std::scoped_lock lock(m_mutex);
  if (const auto* made = known(m_numbers, run)) return *made;
  const auto live = liveSet(run.set, run.source);
  const auto exact = live->exact(run.configuration, m_session.view.protocol, std::nullopt, m_stop);
  if (!exact) stopped();
  m_numbers.emplace_back(run, std::make_shared<const SetNumbers>(numbersOf(*exact, *live)));
  return m_numbers.back().second;
}

std::shared_ptr<const RunResults> SessionResults::results(const RunKey& run) {
  const std::scoped_lock lock(m_mutex);
  if (const auto* made = known(m_results, run)) return *made;
  const auto live = liveSet(run.set, run.source);
  auto out = std::make_shared<RunResults>();
  out->numbers = numbers(run);
  const auto counts = live->counts(run.configuration, m_stop);
  if (!counts) stopped();
  std::vector<const SortedScores*> sorted;
  for (const SortedScores& frame : counts->sorted()) sorted.push_back(&frame);
  out->ranks = std::make_shared<const RankTable>(sorted);
  out->details = live->details(run.configuration, *counts, m_stop);
  if (!out->details) stopped();
  out->threshold = thresholdOf(m_session.view, out->numbers.get(), counts.get());
  if (out->threshold) {
    out->decision = counts->set(*out->threshold, skipsFramesWithoutAnomaly(m_session.view.protocol));
    for (const std::size_t frame : counts->frames())
      if (const auto decision = counts->frame(frame, *out->threshold))
        out->frameDecisions.emplace_back(frame, *decision);
  }
  if (m_results.size() >= kKeptRuns) m_results.erase(m_results.begin());
  m_results.emplace_back(run, std::move(out));
  return m_results.back().second;
}

std::vector<ThresholdEffect> SessionResults::thresholds(const RunKey& run) {
  const std::scoped_lock lock(m_mutex);
  const auto live = liveSet(run.set, run.source);
  const auto exact = numbers(run);
  const auto counts = live->counts(run.configuration, m_stop);
  if (!counts) stopped();
  std::vector<ThresholdRule> rules{{ThresholdRule::Kind::BestF1, kHighRate},
                                   {ThresholdRule::Kind::TruePositiveRate, kHighRate},
                                   {ThresholdRule::Kind::FalsePositiveRate, kLowRate}};
  const auto pinned = thresholdRuleOf(m_session.view);
  if (pinned && pinned->kind != ThresholdRule::Kind::BestF1 &&
      std::find(rules.begin(), rules.end(), *pinned) == rules.end())
    rules.push_back(*pinned);
  std::vector<ThresholdEffect> out;
  const auto add = [&](std::string name, std::optional<float> threshold) {
    ThresholdEffect effect{std::move(name), threshold, {}};
    if (threshold) effect.counts = counts->set(*threshold, skipsFramesWithoutAnomaly(m_session.view.protocol));
    out.push_back(std::move(effect));
  };
  for (const ThresholdRule& rule : rules) add(ruleName(rule), thresholdBy(rule, *exact, counts.get()));
  if (!pinned && m_session.view.threshold) add("by hand", m_session.view.threshold);
  return out;
}

std::shared_ptr<const SweepResult> SessionResults::sweepOf(const std::string& source) {
  const std::scoped_lock lock(m_mutex);
  if (const auto* made = known(m_sweeps, source)) return *made;
  auto out = std::make_shared<SweepResult>();
  std::vector<std::shared_ptr<LiveSet>> sets;
  for (const auto& live : m_open.byModel.at(source))
    if (!live->labelledFrames().empty()) sets.push_back(live);
  const Configuration view = viewConfiguration();
  const auto offered =
      m_open.byModel.at(source).front()->source().configurations({view.method.value_or(Method::Msp)}, {1.0F});
  if (!sets.empty() && !offered.empty() && offered.front().method && offered.front().temperature) {
    SweepOptions options;
    options.values = 20;  // a factor of 1.37 a step, refined around the best
    *out = sweep(
        sets, *offered.front().method, m_session.view.protocol, options, [](std::size_t, const SweepPoint&) {}, m_stop);
    if (!out->complete) stopped();
  }
  m_sweeps.emplace_back(source, std::move(out));
  return m_sweeps.back().second;
}

ComponentMetrics SessionResults::components(const RunKey& run, float threshold) {
  const std::scoped_lock lock(m_mutex);
  const auto live = liveSet(run.set, run.source);
  const auto metrics = live->components(run.configuration, threshold, componentTrack(live->dataSet()), m_stop);
  if (!metrics) stopped();
  return *metrics;
}

std::size_t SessionResults::frameOf(const std::string& set, const std::string& frame) const {
  const auto live = liveSet(set, viewSource());
  const auto& frames = live->dataSet().frames;
  const auto found = std::find_if(frames.begin(), frames.end(), [&](const Frame& f) { return f.name == frame; });
  if (found == frames.end())
    throw Error(ErrorParts{.what = "no such frame in " + set, .found = frame, .file = live->dataSet().root});
  const auto index = static_cast<std::size_t>(found - frames.begin());
  if (!live->isReady(index)) throw Error(ErrorParts{.what = "the frame is not ready", .found = set + "/" + frame});
  return index;
}

std::unique_ptr<SessionResults> openSessionResults(const Session& session, const OpeningOptions& options,
                                                   const ProgressSink& progress, const std::stop_token& stop) {
  EvaluationRequest request = requestOf(session);
  request.protocols = {session.view.protocol};
  request.store = options.store;
  request.device = options.device;
  request.threads = options.threads;
  OpenLiveSets open = openLiveSets(request, progress, stop);
  if (stop.stop_requested()) stopped();
  return std::make_unique<SessionResults>(session, std::move(open), stop);
}

}  // namespace oodscope
