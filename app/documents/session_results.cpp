// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/session_results.h"

#include "analysis/core/numbers.h"
#include "app/live/chosen_threshold.h"
#include "app/session/labels.h"
#include "app/studies/run_statistics.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kHighRate = 0.95;  // the TPR that FPR95 stands for
constexpr double kLowRate = 0.01;   // a false alarm on one pixel of a hundred
constexpr std::size_t kKeptRuns = 64;

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
    case ThresholdRule::Kind::FlaggedShare:
      return roundTripText(rule.value * 100.0) + " % of the pixels";
    case ThresholdRule::Kind::CostRatio:
      break;
  }
  return "cost ratio " + roundTripText(rule.value);
}

std::shared_ptr<LiveSet> setOf(const OpenSource* source, const std::string& set) {
  if (source == nullptr) return nullptr;
  std::vector<NamedItem> items;
  std::vector<std::string> labels;
  for (const auto& live : source->sets) {
    items.push_back(namedItem(live->dataSet()));
    labels.push_back(live->dataSet().name);
  }
  const auto found = itemCalled(set, items, labels);
  return found ? source->sets[*found] : nullptr;
}

}  // namespace

SessionResults::SessionResults(Session session, OpenLiveSets open, std::stop_token stop)
    : m_session(std::move(session)), m_open(std::move(open)), m_stop(std::move(stop)) {
  require(!m_open.sources.empty(), "SessionResults: nothing is open");
}

const OpenSource* SessionResults::find(const std::string& source) const {
  std::vector<NamedItem> items;
  for (const OpenSource& open : m_open.sources) items.push_back(namedItem(open.path));
  const auto found = itemCalled(source, items, sources());
  return found ? &m_open.sources[*found] : nullptr;
}

const OpenSource& SessionResults::openSource(const std::string& source) const {
  if (const OpenSource* open = find(source)) return *open;
  throw Error(ErrorParts{.what = "the session has no such model or folder of scores", .found = source});
}

std::vector<std::string> SessionResults::sources() const {
  std::vector<std::string> out;
  for (const OpenSource& source : m_open.sources) out.push_back(source.label);
  return out;
}

std::vector<std::string> SessionResults::sets() const {
  std::vector<std::string> out;
  for (const OpenSource& source : m_open.sources)
    for (const auto& set : source.sets)
      if (std::find(out.begin(), out.end(), set->dataSet().name) == out.end()) out.push_back(set->dataSet().name);
  return out;
}

std::string SessionResults::viewSource() const {
  const OpenSource* wanted = find(m_session.view.score.imported.value_or(m_session.view.model));
  return wanted != nullptr ? wanted->label : m_open.sources.front().label;
}

std::string SessionResults::viewSet() const {
  const std::string source = viewSource();
  const std::string& wanted = m_session.view.set;
  return (isOpen(wanted, source) ? liveSet(wanted, source) : openSource(source).sets.front())->dataSet().name;
}

Configuration SessionResults::viewConfiguration() const { return configuration(m_session.view.score, viewSource()); }

Configuration SessionResults::configuration(const ScoreChoice& score, const std::string& source) const {
  const ScoreSource& first = openSource(source).sets.front()->source();
  const WeightedTerms* terms = first.weightedTerms();
  if (terms != nullptr) {
    if (const auto lack = first.whyNot(score.filters)) throw Error({lack->what, lack->expected, lack->found});
    const Configuration plain = terms->configuration(score.weights.empty() ? terms->weights({}) : score.weights);
    return withFilters(plain, score.filters);
  }
  // A folder of logits is scored like a model, a folder of maps gives itself.
  const auto offered = filteredConfigurations(first, {{score.method, score.filters}}, {score.temperature});
  return offered.empty() ? configurationOf(score) : offered.front();
}

RunSpec SessionResults::run(const std::string& set, const std::string& source,
                            const Configuration& configuration) const {
  return liveSet(set, source)->run(configuration, m_session.view.protocol);
}

RunSpec SessionResults::onSet(const RunSpec& run, const std::string& set) const {
  return this->run(set, sourceName(run), configuration(run));
}

bool SessionResults::isOpen(const std::string& set, const std::string& source) const {
  return setOf(find(source), set) != nullptr;
}

std::shared_ptr<LiveSet> SessionResults::liveSet(const std::string& set, const std::string& source) const {
  if (auto live = setOf(find(source), set)) return live;
  throw Error(ErrorParts{.what = "the session has no such set", .found = set + " with " + source});
}

std::shared_ptr<LiveSet> SessionResults::liveSet(const RunSpec& run) const {
  for (const OpenSource& source : m_open.sources)
    for (const auto& live : source.sets)
      if (live->holds(run)) return live;
  throw Error(ErrorParts{.what = "the session has no such run", .found = run.set});
}

std::vector<FilteredMethod> SessionResults::methods(const std::string& source) const {
  std::vector<FilteredMethod> asked;
  for (const std::string& name : m_session.methods) asked.push_back(FilteredMethod::named(name));
  if (asked.empty()) asked.assign(allMethods().begin(), allMethods().end());
  // What is looked at is among them, whatever it goes through.
  const FilteredMethod shown(m_session.view.score.method, m_session.view.score.filters);
  if (!shown.filters.empty() && std::ranges::find(asked, shown) == asked.end()) asked.push_back(shown);
  const ScoreSource& scores = openSource(source).sets.front()->source();
  std::vector<FilteredMethod> out;
  for (const FilteredMethod& method : asked) {
    try {
      if (!filteredConfigurations(scores, {method}, {1.0F}).empty()) out.push_back(method);
    } catch (const Error&) {  // the source cannot give it: no void channel, say
      continue;
    }
  }
  return out;
}

std::vector<Configuration> SessionResults::configurations(const std::string& source,
                                                          const std::vector<float>& temperatures) const {
  return filteredConfigurations(openSource(source).sets.front()->source(), methods(source), temperatures);
}

std::shared_ptr<const SetNumbers> SessionResults::numbers(const RunSpec& run) {
  const std::scoped_lock lock(m_mutex);
  return numbersOf(run);
}

std::shared_ptr<const SetNumbers> SessionResults::numbersOf(const RunSpec& run) {
  if (const auto made = m_numbers.find(run); made != m_numbers.end()) return made->second;
  const auto live = liveSet(run);
  const auto exact = live->exact(live->configurationOf(run), run.protocol, std::nullopt, m_stop);
  if (!exact) stopped();
  return m_numbers[run] = std::make_shared<const SetNumbers>(oodscope::numbersOf(*exact, *live));
}

std::shared_ptr<const RunResults> SessionResults::results(const RunSpec& run) {
  const std::scoped_lock lock(m_mutex);
  if (const auto made = m_results.find(run); made != m_results.end()) return made->second;
  const auto live = liveSet(run);
  const Configuration configuration = live->configurationOf(run);
  auto out = std::make_shared<RunResults>();
  out->numbers = numbersOf(run);
  const auto counts = live->counts(configuration, m_stop);
  if (!counts) stopped();
  std::vector<const SortedScores*> sorted;
  for (const SortedScores& frame : counts->sorted()) sorted.push_back(&frame);
  out->ranks = std::make_shared<const RankTable>(sorted);
  out->details = live->details(configuration, *counts, m_stop);
  if (!out->details) stopped();
  out->threshold = thresholdOn(*live, configuration, *out->numbers, *counts);
  if (out->threshold) {
    out->decision = counts->set(*out->threshold, m_session.view.protocol.skipsFramesWithoutAnomaly());
    for (const std::size_t frame : counts->frames())
      if (const auto decision = counts->frame(frame, *out->threshold))
        out->frameDecisions.emplace_back(frame, *decision);
  }
  if (m_kept.size() >= kKeptRuns) {
    m_results.erase(m_kept.front());
    m_kept.pop_front();
  }
  m_kept.push_back(run);
  return m_results[run] = std::move(out);
}

std::optional<float> SessionResults::thresholdOn(LiveSet& live, const Configuration& configuration,
                                                 const SetNumbers& numbers, const ThresholdCounts& counts) const {
  const ViewState& view = m_session.view;
  const auto rule = thresholdRuleOf(view);
  // A pin on the view's own set is each set's own in documents of several; one on another set is that one's for all.
  const bool isElsewhere = rule && isPinnedElsewhere(view);
  if (!isElsewhere && !(rule && isWithoutGroundTruth(live.dataSet()))) return thresholdOf(view, &numbers, &counts);
  LiveSet* chosenOn = &live;
  std::shared_ptr<LiveSet> other;
  if (isElsewhere) {
    for (const OpenSource& source : m_open.sources)
      if (source.id == live.source().id()) other = setOf(&source, view.pinSet);
    chosenOn = other.get();
  }
  if (chosenOn == nullptr) return std::nullopt;
  auto threshold = chosenThreshold(*chosenOn, configuration, view.protocol, *rule, m_stop);
  if (m_stop.stop_requested()) stopped();
  return threshold;
}

std::shared_ptr<const ThresholdCounts> SessionResults::counts(const RunSpec& run) {
  const std::scoped_lock lock(m_mutex);
  const auto live = liveSet(run);
  auto counts = live->counts(live->configurationOf(run), m_stop);
  if (!counts) stopped();
  return counts;
}

std::vector<ThresholdEffect> SessionResults::thresholds(const RunSpec& run) { return thresholds(run, counts(run)); }

std::vector<ThresholdEffect> SessionResults::thresholds(const RunSpec& run,
                                                        const std::shared_ptr<const ThresholdCounts>& counts) {
  const std::scoped_lock lock(m_mutex);
  const auto live = liveSet(run);
  const auto exact = numbersOf(run);
  std::vector<ThresholdRule> rules{{ThresholdRule::Kind::BestF1, kHighRate},
                                   {ThresholdRule::Kind::TruePositiveRate, kHighRate},
                                   {ThresholdRule::Kind::FalsePositiveRate, kLowRate}};
  const auto pinned = thresholdRuleOf(m_session.view);
  const bool isElsewhere = isPinnedElsewhere(m_session.view);
  if (!isElsewhere && pinned && pinned->kind != ThresholdRule::Kind::BestF1 &&
      std::find(rules.begin(), rules.end(), *pinned) == rules.end())
    rules.push_back(*pinned);
  std::vector<ThresholdEffect> out;
  const auto add = [&](std::string name, std::optional<float> threshold) {
    ThresholdEffect effect{std::move(name), threshold, {}};
    if (threshold) effect.counts = counts->set(*threshold, m_session.view.protocol.skipsFramesWithoutAnomaly());
    out.push_back(std::move(effect));
  };
  for (const ThresholdRule& rule : rules) add(ruleName(rule), thresholdBy(rule, *exact, counts.get()));
  if (pinned && isElsewhere)
    add(ruleName(*pinned) + " on " + m_session.view.pinSet,
        thresholdOn(*live, live->configurationOf(run), *exact, *counts));
  if (!pinned && m_session.view.threshold) add(kRuleByHand, m_session.view.threshold);
  return out;
}

std::shared_ptr<const SweepResult> SessionResults::sweepOf(const std::string& source) {
  const std::scoped_lock lock(m_mutex);
  const OpenSource& open = openSource(source);
  if (const auto made = m_sweeps.find(open.id); made != m_sweeps.end()) return made->second;
  auto out = std::make_shared<SweepResult>();
  std::vector<std::shared_ptr<LiveSet>> sets;
  for (const auto& live : open.sets)
    if (!live->labelledFrames().empty()) sets.push_back(live);
  const Configuration view = viewConfiguration();
  const auto offered = open.sets.front()->source().configurations({view.method.value_or(Method())}, {1.0F});
  if (!sets.empty() && !offered.empty() && offered.front().method && offered.front().temperature) {
    SweepOptions options;
    options.values = 20;  // a factor of 1.37 a step, refined around the best
    *out = sweep(
        sets, {*offered.front().method, view.filters}, m_session.view.protocol, options,
        [](std::size_t, const SweepPoint&) {}, m_stop);
    if (!out->complete) stopped();
  }
  return m_sweeps[open.id] = std::move(out);
}

ComponentMetrics SessionResults::components(const RunSpec& run, float threshold) {
  const std::scoped_lock lock(m_mutex);
  const auto live = liveSet(run);
  const auto metrics =
      live->components(live->configurationOf(run), threshold, componentTrack(live->objectTrack()), m_stop);
  if (!metrics) stopped();
  return *metrics;
}

std::size_t SessionResults::frameOf(const std::string& set, const std::string& frame) const {
  const auto live = liveSet(set, viewSource());
  const auto index = live->dataSet().find(frame);
  if (!index) throw Error(ErrorParts{.what = "no such frame in " + set, .found = frame, .file = live->dataSet().root});
  if (!live->isReady(*index)) throw Error(ErrorParts{.what = "the frame is not ready", .found = set + "/" + frame});
  return *index;
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
