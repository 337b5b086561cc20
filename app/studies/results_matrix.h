// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_table.h"
#include "app/session/run_spec.h"
#include "app/session/session.h"
#include "app/sources/score_source.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// How far a run's exact numbers have come.
enum class RunState {
  Unknown,         ///< nobody asked for them
  WaitsForFrames,  ///< frames are still to be scored or read
  Waits,           ///< for its turn
  Runs,
  Done,
  Failed,
  Impossible  ///< the source cannot give it, or does not fit the set
};

/// A number of a run that results are held against each other by.
struct ResultMetric {
  std::string_view name;   ///< "ap"
  std::string_view title;  ///< "AP"
  bool rising = true;      ///< larger is better
  std::string_view help;
  std::optional<double> (*of)(const ResultRow& row);  ///< a fraction
};
/// AP, FPR95, F1*, AUROC, best F1.
[[nodiscard]] std::span<const ResultMetric> resultMetrics();

/// What of a matrix is scored alike: a source with a method and temperature, or finished maps.
struct MatrixRow {
  std::string source;     ///< its label
  bool isFolder = false;  ///< of score maps or logits
  bool hasLogits = true;  ///< methods and temperatures apply
  Configuration configuration;
  std::string polarity = {};  ///< of finished maps: "anomaly-high", "normal-high"
};

/// One run: a row's score on a set.
struct MatrixCell {
  std::optional<RunSpec> run = {};  ///< none where it is impossible
  RunState state = RunState::Unknown;
  std::shared_ptr<const ResultRow> result = {};  ///< also of a part of the frames, and while it is made anew
  std::string reason = {};                       ///< why it failed or is impossible, or what it waits for
  /// Exact and of all frames: only then it may be the best.
  [[nodiscard]] bool isWhole() const { return state == RunState::Done && result != nullptr && result->exact; }
};

/// Sets x sources x methods x temperatures under one protocol, resolution and choice of channels. Rows are scores,
/// columns are sets.
struct ResultsMatrix {
  std::vector<std::string> sets;
  std::vector<MatrixRow> rows;
  std::vector<MatrixCell> cells;  ///< row by row
  [[nodiscard]] const MatrixCell& at(std::size_t row, std::size_t set) const { return cells[row * sets.size() + set]; }
  [[nodiscard]] std::size_t count(RunState state) const;
};

/// Which cells are the best of their group by a metric, as printed with two decimals: all of several that are alike.
/// Only whole cells take part, and none is marked in a group with fewer than two of them.
[[nodiscard]] std::vector<bool> bestCells(const ResultsMatrix& matrix, const ResultMetric& metric, BestOf of);

/// What is still to be done, and how long things took so far.
struct WorkAhead {
  std::size_t networkFrames = 0;  ///< that a network has to run for
  std::optional<double> secondsPerNetworkFrame = {};
  std::size_t runFrames = 0;  ///< frames to be evaluated, over all runs
  std::optional<double> secondsPerRunFrame = {};
};
/// Seconds that are left; empty where a part of the work was never timed.
[[nodiscard]] std::optional<double> secondsLeft(const WorkAhead& work);

/// Temperatures as somebody types them: "0.5, 1 2". In rising order, each once. Empty where a word is no number within
/// what temperatures can be.
[[nodiscard]] std::optional<std::vector<double>> temperaturesFromText(const std::string& text);
[[nodiscard]] std::string temperaturesText(const std::vector<double>& temperatures);

/// The finished cells as the table that `oodscope-cli evaluate` writes, set by set in the matrix's order; what is not
/// finished is listed with its reason.
[[nodiscard]] ResultTable tableOf(const ResultsMatrix& matrix);

}  // namespace oodscope
