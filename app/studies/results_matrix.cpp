// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/results_matrix.h"

#include "analysis/core/numbers.h"
#include "analysis/scores/temperature_range.h"
#include "analysis/tables/number_text.h"

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <tuple>

namespace oodscope {
namespace {

using Fraction = std::optional<double>;

constexpr std::array<ResultMetric, 5> kResultMetrics{
    {{"ap", "AP", true, "average precision: higher is better", [](const ResultRow& row) { return row.ap; }},
     {"fpr95", "FPR95", false, "false positive rate at 95 % true positives: lower is better",
      [](const ResultRow& row) { return row.fpr95; }},
     {"f1_star", "F1*", true,
      "mean F1 of components over overlaps from 0.25 to 0.75, at the threshold of the best pixel F1: higher is better",
      [](const ResultRow& row) { return row.components ? row.components->f1Star : Fraction(); }},
     {"auroc", "AUROC", true, "area under the ROC curve: higher is better",
      [](const ResultRow& row) { return row.auroc; }},
     {"best_f1", "Best F1", true, "highest F1 of pixels over all thresholds: higher is better",
      [](const ResultRow& row) { return row.bestF1; }}}};

/// As printed: what looks alike is alike.
std::optional<double> printedOf(const MatrixCell& cell, const ResultMetric& metric) {
  if (!cell.isWhole()) return std::nullopt;
  const Fraction value = metric.of(*cell.result);
  return value ? numberFromText(percentText(*value)) : std::nullopt;
}

std::string textOf(const MatrixRow& row) {
  std::string out = row.source;
  if (row.configuration.method) out.append(", ").append(row.configuration.name);
  if (row.configuration.temperature) out.append(", T ").append(roundTripText(*row.configuration.temperature));
  return out;
}

std::string whyUnfinished(const MatrixCell& cell) {
  if (!cell.reason.empty()) return cell.reason;
  return cell.state == RunState::Unknown ? "not evaluated" : "not evaluated yet";
}

}  // namespace

std::span<const ResultMetric> resultMetrics() { return kResultMetrics; }

std::size_t ResultsMatrix::count(RunState state) const {
  return static_cast<std::size_t>(
      std::count_if(cells.begin(), cells.end(), [&](const MatrixCell& cell) { return cell.state == state; }));
}

std::vector<bool> bestCells(const ResultsMatrix& matrix, const ResultMetric& metric, BestOf of) {
  using Group = std::tuple<std::size_t, std::string, std::string>;
  const auto groupOf = [&](std::size_t row, std::size_t set) {
    const MatrixRow& scored = matrix.rows[row];
    return Group{set, of == BestOf::Set ? std::string() : scored.source,
                 of == BestOf::Method ? scored.configuration.name : std::string()};
  };
  std::map<Group, std::pair<double, std::size_t>> best;  // and how many take part
  const auto forEach = [&](const auto& use) {
    for (std::size_t row = 0; row < matrix.rows.size(); ++row)
      for (std::size_t set = 0; set < matrix.sets.size(); ++set)
        if (const auto value = printedOf(matrix.at(row, set), metric))
          use(row * matrix.sets.size() + set, groupOf(row, set), *value);
  };
  forEach([&](std::size_t, const Group& group, double value) {
    auto& [known, count] = best.try_emplace(group, value, 0).first->second;
    known = metric.rising ? std::max(known, value) : std::min(known, value);
    ++count;
  });
  std::vector<bool> out(matrix.cells.size(), false);
  forEach([&](std::size_t cell, const Group& group, double value) {
    const auto& [known, count] = best.at(group);
    out[cell] = count > 1 && value == known;
  });
  return out;
}

std::optional<double> secondsLeft(const WorkAhead& work) {
  if (work.networkFrames > 0 && !work.secondsPerNetworkFrame) return std::nullopt;
  if (work.runFrames > 0 && !work.secondsPerRunFrame) return std::nullopt;
  return static_cast<double>(work.networkFrames) * work.secondsPerNetworkFrame.value_or(0.0) +
         static_cast<double>(work.runFrames) * work.secondsPerRunFrame.value_or(0.0);
}

std::optional<std::vector<double>> temperaturesFromText(const std::string& text) {
  std::string spaced = text;
  std::replace_if(
      spaced.begin(), spaced.end(), [](char c) { return c == ',' || c == ';'; }, ' ');
  std::istringstream words(spaced);
  std::vector<double> out;
  for (std::string word; words >> word;) {
    const auto value = numberFromText(word);
    const bool isWithin = value && *value >= kLowestTemperature && *value <= kHighestTemperature;  // no NaN is
    if (!isWithin) return std::nullopt;
    out.push_back(shortestDecimal(static_cast<float>(*value)));
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::string temperaturesText(const std::vector<double>& temperatures) {
  std::string out;
  for (const double temperature : temperatures)
    out.append(out.empty() ? "" : ", ").append(roundTripText(shortestDecimal(static_cast<float>(temperature))));
  return out;
}

ResultTable tableOf(const ResultsMatrix& matrix) {
  ResultTable table;
  for (std::size_t set = 0; set < matrix.sets.size(); ++set)
    for (std::size_t row = 0; row < matrix.rows.size(); ++row) {
      const MatrixCell& cell = matrix.at(row, set);
      if (cell.state == RunState::Impossible) continue;
      if (cell.state != RunState::Done || cell.result == nullptr) {
        table.unfinished.push_back(matrix.sets[set] + ", " + textOf(matrix.rows[row]) + ": " + whyUnfinished(cell));
        continue;
      }
      // Called as it is called today, whatever it was when it was evaluated.
      ResultRow& out = table.rows.emplace_back(*cell.result);
      out.set = matrix.sets[set];
      if (matrix.rows[row].configuration.method) out.model = matrix.rows[row].source;
    }
  return table;
}

}  // namespace oodscope
