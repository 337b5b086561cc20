// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/reproduce.h"

#include "analysis/core/failure_text.h"
#include "analysis/core/numbers.h"
#include "analysis/tables/cells.h"
#include "app/documents/evaluate.h"
#include "app/documents/provenance.h"
#include "app/documents/reproduction_plan.h"
#include "app/studies/closed_set.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr double kPercent = 100.0, kSameTemperature = 1e-6;

/// What is measured in one go: a network read in one way.
struct Measured {
  std::size_t weights = 0;
  NetworkReading reading;
  std::vector<AskedScore> asked = {};
  std::vector<ResultRow> rows = {};
  std::vector<std::string> unfinished = {};  ///< why some are not there
  std::optional<double> miou = {};
  std::size_t miouFrames = 0;
  std::string miouLack = {};
};

/// Where a row's numbers come from.
struct RowPlan {
  const ReproductionTable* table = nullptr;
  const WantedRow* row = nullptr;
  const WantedNetwork* network = nullptr;
  std::optional<std::size_t> measured = {};
  std::string lack = {};
};

/// Why a set's numbers are missing: what was said of it, else what was said of all.
std::string reasonFor(const Measured& measured, const std::string& set) {
  const auto ofSet =
      std::ranges::find_if(measured.unfinished, [&](const std::string& text) { return text.starts_with(set); });
  if (ofSet != measured.unfinished.end()) return *ofSet;
  return measured.unfinished.empty() ? "not measured" : measured.unfinished.front();
}

std::optional<double> measuredFraction(const std::optional<double>& percent) {
  return percent ? std::optional(*percent / kPercent) : std::nullopt;
}

/// The temperatures that a row's scores are asked for at; one of 1 for a method without.
std::vector<double> temperaturesOf(const WantedRow& row) {
  return row.bestOf.empty() ? std::vector{row.temperature.value_or(1.0)} : row.bestOf;
}

class Reproducer {
public:
  Reproducer(const ReproductionRequest& request, const PublishedValues& published, const ProgressSink& progress,
             const std::stop_token& stop)
      : m_request(request), m_published(published), m_progress(progress), m_stop(stop) {}

  Reproduction run() {
    for (const auto& [key, value] : environmentFacts(m_request.how.threads))
      m_out.provenance.push_back({key, Value(value)});
    m_out.provenance.push_back({"protocol", Value(std::string(reproducedProtocol().name()))});
    findAll();
    planRows();
    for (Measured& measured : m_measured) measure(measured);
    for (const RowPlan& plan : m_plans) m_out.rows.push_back(rowOf(plan));
    m_out.cancelled = m_stop.stop_requested();
    return std::move(m_out);
  }

private:
  void findAll();
  [[nodiscard]] std::vector<Choice> weightsFor(const ReproductionTable& table);
  void planRows();
  [[nodiscard]] std::size_t measuredFor(std::size_t weights, const NetworkReading& reading);
  void measure(Measured& measured);
  void take(const EvaluationReport& report, const NetworkReading& reading);
  /// Adds a fact; of a network read in another way under that way's name.
  void say(const std::string& key, const std::string& value, const NetworkReading& reading);
  void measureMiou(Measured& measured);
  [[nodiscard]] EvaluationRequest requestFor(const Measured& measured) const;

  [[nodiscard]] ReproducedRow rowOf(const RowPlan& plan) const;
  [[nodiscard]] ReproducedCell cellOf(const RowPlan& plan, std::size_t set, std::optional<double> temperature) const;
  [[nodiscard]] const ResultRow* resultOf(const Measured& measured, const std::string& set, const std::string& method,
                                          double temperature) const;
  [[nodiscard]] std::optional<double> bestTemperature(const RowPlan& plan) const;
  [[nodiscard]] std::optional<PublishedValue> publishedValue(const RowPlan& plan, const std::string& set) const;
  void addMiou(const RowPlan& plan, ReproducedRow& row) const;

  const ReproductionRequest& m_request;
  const PublishedValues& m_published;
  const ProgressSink& m_progress;
  const std::stop_token& m_stop;
  Reproduction m_out;
  std::vector<FoundSet> m_sets;
  std::vector<Choice> m_chosenSets;  ///< of each of courseSets()
  std::vector<FoundWeights> m_weights;
  std::vector<Measured> m_measured;
  std::vector<RowPlan> m_plans;
};

void Reproducer::findAll() {
  for (const fs::path& folder : m_request.sets) {
    Found<FoundSet> found = findSets(folder, courseSets());
    std::ranges::move(found.items, std::back_inserter(m_sets));
    std::ranges::move(found.problems, std::back_inserter(m_out.warnings));
  }
  for (const fs::path& folder : m_request.weights) {
    Found<FoundWeights> found = findWeights(folder);
    std::ranges::move(found.items, std::back_inserter(m_weights));
    std::ranges::move(found.problems, std::back_inserter(m_out.notes));
  }
  for (const WantedSet& wanted : courseSets()) {
    const Choice& choice = m_chosenSets.emplace_back(chooseSet(wanted, m_sets));
    if (!choice.index) continue;
    m_out.provenance.push_back({"set " + wanted.name, Value(m_sets[*choice.index].path.string())});
    for (const std::size_t other : choice.others)
      m_out.notes.push_back(wanted.name + ": " + m_sets[other].path.string() + " would do as well and is not taken");
  }
}

std::vector<Choice> Reproducer::weightsFor(const ReproductionTable& table) {
  std::vector<Choice> chosen;
  for (const WantedNetwork& network : table.networks) {
    const Choice& choice = chosen.emplace_back(chooseWeights(network, m_weights));
    if (choice.index) say("weights " + network.model, m_weights[*choice.index].name, network.reading);
    for (const std::size_t other : choice.others) {
      const std::string text = network.model + ": " + m_weights[other].name + " would do as well as " +
                               m_weights[*choice.index].name + " and is not taken";
      if (std::ranges::find(m_out.notes, text) == m_out.notes.end()) m_out.notes.push_back(text);
    }
  }
  return chosen;
}

void Reproducer::planRows() {
  for (const ReproductionTable& table : m_request.tables) {
    const std::vector<Choice> chosen = weightsFor(table);
    for (const WantedRow& row : table.rows) {
      RowPlan& plan = m_plans.emplace_back(
          RowPlan{.table = &table, .row = &row, .network = &table.networks[row.network], .lack = row.lack});
      const Choice& choice = chosen[row.network];
      if (plan.lack.empty()) plan.lack = choice.lack;
      if (!choice.index) continue;
      plan.measured = measuredFor(*choice.index, plan.network->reading);
      if (!plan.lack.empty()) continue;
      const Method method = Method::named(row.method).value();
      for (const double temperature : temperaturesOf(row)) {
        const AskedScore score{method, static_cast<float>(temperature)};
        std::vector<AskedScore>& asked = m_measured[*plan.measured].asked;
        if (std::ranges::find(asked, score) == asked.end()) asked.push_back(score);
      }
    }
  }
}

std::size_t Reproducer::measuredFor(std::size_t weights, const NetworkReading& reading) {
  const auto found = std::ranges::find_if(
      m_measured, [&](const Measured& each) { return each.weights == weights && each.reading == reading; });
  if (found != m_measured.end()) return static_cast<std::size_t>(found - m_measured.begin());
  m_measured.push_back({.weights = weights, .reading = reading});
  return m_measured.size() - 1;
}

EvaluationRequest Reproducer::requestFor(const Measured& measured) const {
  EvaluationRequest out = m_request.how;
  out.sets.clear();
  for (std::size_t s = 0; s < m_chosenSets.size(); ++s)
    if (m_chosenSets[s].index)
      out.sets.push_back({.path = m_sets[*m_chosenSets[s].index].path, .generic = {}, .name = courseSets()[s].name});
  out.models = {{.path = m_weights[measured.weights].summary.file}};
  out.asked = measured.asked;
  out.methods.clear();
  for (const AskedScore& score : measured.asked)
    if (std::ranges::find(out.methods, score.method) == out.methods.end()) out.methods.push_back(score.method);
  out.protocols = {reproducedProtocol()};
  out.options = measured.reading.options;
  if (measured.reading.input) out.input = measured.reading.input;
  out.channels.all = measured.reading.takesEveryChannel;
  return out;
}

void Reproducer::measure(Measured& measured) {
  const EvaluationRequest request = requestFor(measured);
  try {
    if (m_stop.stop_requested()) throw Error("stopped before it was measured", {});
    if (!request.sets.empty() && !request.asked.empty()) {
      EvaluationReport report = evaluate(request, m_progress, m_stop);
      take(report, measured.reading);
      measured.rows = std::move(report.table.rows);
      measured.unfinished = std::move(report.unfinished);
    }
    measureMiou(measured);
  } catch (const std::exception& failure) {
    const std::string& lack = measured.unfinished.emplace_back(failureText(failure));
    if (measured.miouLack.empty() && !measured.miou) measured.miouLack = lack;
    m_out.unfinished.push_back(m_weights[measured.weights].name + ": " + lack);
  }
}

void Reproducer::say(const std::string& key, const std::string& value, const NetworkReading& reading) {
  std::string as;
  for (const auto& [option, chosen] : reading.options) as.append(" ").append(option).append(" ").append(chosen);
  for (const std::string& name : {key, key + as}) {
    const auto known = std::ranges::find(m_out.provenance, name, &Member::key);
    if (known != m_out.provenance.end() && known->value == Value(value)) return;
    if (known != m_out.provenance.end()) continue;
    m_out.provenance.push_back({name, Value(value)});
    return;
  }
}

void Reproducer::take(const EvaluationReport& report, const NetworkReading& reading) {
  const auto addAll = [](const auto& from, auto& to) {
    for (const auto& each : from)
      if (std::ranges::find(to, each) == to.end()) to.push_back(each);
  };
  addAll(report.warnings, m_out.warnings);
  addAll(report.notes, m_out.notes);
  addAll(report.unfinished, m_out.unfinished);
  m_out.failures.insert(m_out.failures.end(), report.failures.begin(), report.failures.end());
  for (const Member& fact : report.table.provenance) say(fact.key, textOf(fact.value), reading);
}

void Reproducer::measureMiou(Measured& measured) {
  if (m_request.cityscapes.empty()) {
    measured.miouLack = "no Cityscapes folder is given";
    return;
  }
  try {
    const EvaluationRequest request = requestFor(measured);
    const std::shared_ptr<Model> model = openModel(request.models.front(), networkUse(request));
    const ClosedSetReport report =
        evaluateClosedSet(openDataSet(m_request.cityscapes), *model, ClassResolution::Network, m_progress, m_stop);
    m_out.failures.insert(m_out.failures.end(), report.failures.begin(), report.failures.end());
    measured.miou = report.confusion.meanIou();
    measured.miouFrames = report.frames;
  } catch (const Error& error) {
    measured.miouLack = error.what();
    m_out.unfinished.push_back("mIoU of " + m_weights[measured.weights].name + ": " + measured.miouLack);
  }
}

const ResultRow* Reproducer::resultOf(const Measured& measured, const std::string& set, const std::string& method,
                                      double temperature) const {
  const auto isSame = [&](const ResultRow& row) {
    return row.set == set && row.method == method &&
           (!row.temperature || std::abs(*row.temperature - temperature) < kSameTemperature);
  };
  const auto found = std::ranges::find_if(measured.rows, isSame);
  return found == measured.rows.end() ? nullptr : &*found;
}

std::optional<double> Reproducer::bestTemperature(const RowPlan& plan) const {
  if (!plan.measured) return std::nullopt;
  std::optional<double> best, bestValue;
  for (const double temperature : plan.row->bestOf) {
    double sum = 0.0;
    int sets = 0;
    for (const WantedSet& set : courseSets()) {
      const ResultRow* result = resultOf(m_measured[*plan.measured], set.name, plan.row->method, temperature);
      if (result == nullptr || !result->ap || !result->fpr95) continue;
      sum += *result->ap - *result->fpr95;
      ++sets;
    }
    if (sets == 0 || (bestValue && sum / sets <= *bestValue)) continue;
    best = temperature;
    bestValue = sum / sets;
  }
  return best;
}

std::optional<PublishedValue> Reproducer::publishedValue(const RowPlan& plan, const std::string& set) const {
  if (plan.table->source.empty()) return std::nullopt;
  for (PublishedValue& value : m_published.find(set, plan.network->model, plan.row->method, plan.row->temperature))
    if (value.title == plan.table->source && value.table == plan.table->number) return std::move(value);
  return std::nullopt;
}

ReproducedCell Reproducer::cellOf(const RowPlan& plan, std::size_t set, std::optional<double> temperature) const {
  const WantedSet& wanted = courseSets()[set];
  ReproducedCell out{.set = wanted.name};
  if (const auto value = publishedValue(plan, wanted.name)) {
    out.ap.published = measuredFraction(value->ap);
    out.fpr95.published = measuredFraction(value->fpr95);
  }
  const Choice& chosen = m_chosenSets[set];
  out.lack = plan.lack.empty() ? chosen.lack : plan.lack;
  if (!out.lack.empty()) return out;
  const Measured& measured = m_measured[*plan.measured];
  const ResultRow* result = resultOf(measured, wanted.name, plan.row->method, temperature.value_or(1.0));
  if (result == nullptr) {
    out.lack = reasonFor(measured, wanted.name);
    return out;
  }
  out.ap.measured = result->ap;
  out.fpr95.measured = result->fpr95;
  out.frames = framesText(*result);
  out.lack = otherCountText(m_sets[*chosen.index].labelled, wanted.frames);
  if (out.lack.empty() && !result->complete) out.lack = "of a part of the frames: " + out.frames;
  out.ap.isComparable = out.fpr95.isComparable = out.lack.empty();
  return out;
}

void Reproducer::addMiou(const RowPlan& plan, ReproducedRow& row) const {
  if (const auto value = publishedValue(plan, courseSets().front().name))
    if (const auto miou = value->other.find("miou"); miou != value->other.end())
      row.miou.published = miou->second / kPercent;
  if (!plan.measured) {
    row.miouLack = plan.lack;
    return;
  }
  const Measured& measured = m_measured[*plan.measured];
  row.miou.measured = measured.miou;
  row.miouLack = measured.miouLack;
  if (!measured.miou) return;
  row.miouLack = otherCountText(measured.miouFrames, kCityscapesValFrames);
  row.miou.isComparable = row.miouLack.empty();
}

ReproducedRow Reproducer::rowOf(const RowPlan& plan) const {
  ReproducedRow out{.table = plan.table->id,
                    .title = plan.row->title,
                    .model = plan.network->model,
                    .method = plan.row->method,
                    .temperature = plan.row->temperature};
  if (!plan.row->bestOf.empty()) {
    out.temperature = bestTemperature(plan);
    if (out.temperature) out.title += " (" + roundTripText(*out.temperature) + ")";
  }
  if (plan.measured) out.weights = m_weights[m_measured[*plan.measured].weights].name;
  addMiou(plan, out);
  for (std::size_t set = 0; set < courseSets().size(); ++set) out.cells.push_back(cellOf(plan, set, out.temperature));
  return out;
}

}  // namespace

std::optional<double> ReproducedNumber::difference() const {
  if (!isComparable || !measured || !published) return std::nullopt;
  return *measured - *published;
}

bool Reproduction::hasNumbers() const {
  return std::ranges::any_of(rows, [](const ReproducedRow& row) {
    return row.miou.measured || std::ranges::any_of(row.cells, [](const ReproducedCell& cell) {
             return cell.ap.measured || cell.fpr95.measured;
           });
  });
}

Reproduction reproduce(const ReproductionRequest& request, const PublishedValues& published,
                       const ProgressSink& progress, const std::stop_token& stop) {
  return Reproducer(request, published, progress, stop).run();
}

}  // namespace oodscope
