// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/live/machine_floors.h"
#include "app/live/live_set.h"
#include "app/sources/progress.h"

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

/// One figure of the bench. Milliseconds, or megabytes where `unit` says so.
struct BenchFigure {
  std::string name;
  std::string on;  ///< what it was measured on
  std::string unit = "ms";
  double median = 0, p95 = 0;
  std::optional<double> p5 = {};    ///< where the spread to both sides is told
  std::optional<double> bound;      ///< aimed at, brought to the size measured
  std::optional<double> floor;      ///< what the machine could do at best
  std::string floorName;            ///< "read" or "exponentials"
  std::optional<double> timesFast;  ///< against doing it separately
  int runs = 0;
  std::string notMeasured;  ///< why there is no figure; empty where there is one
};

struct BenchReport {
  MachineFloors floors;
  std::vector<BenchFigure> figures;  ///< always the same ones, in the same order, unless stopped or chosen from
  bool complete = true;
};

struct BenchOptions {
  Method method = {};
  int runs = 40;     ///< repetitions of the quick figures; the slow ones take a tenth, three at least
  std::string only;  ///< figures whose name holds this; empty: all but "overhead" (overhead_bench.h)
  /// What further passes are run with.
  PassValues passes = {};
  FilterChain filters = {};
};

/// Times what the window does while a hand moves, on sets whose frames are ready. What these sets cannot show is listed
/// as not measured, with the reason. Throws Error. Requires: at least one set with a labelled frame.
[[nodiscard]] BenchReport runBench(const std::vector<std::shared_ptr<LiveSet>>& sets, const BenchOptions& options,
                                   const ProgressSink& progress, std::stop_token stop);

}  // namespace oodscope
