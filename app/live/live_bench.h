// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/live/machine_floors.h"
#include "app/evaluation/progress.h"
#include "app/live/live_set.h"

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
  std::optional<double> bound;      ///< aimed at, brought to the size measured
  std::optional<double> floor;      ///< what the machine could do at best
  std::string floorName;            ///< "read" or "exponentials"
  std::optional<double> timesFast;  ///< against doing it separately
  int runs = 0;
};

struct BenchReport {
  MachineFloors floors;
  std::vector<BenchFigure> figures;
  std::vector<std::string> notes;  ///< figures that could not be measured, and why
  bool complete = true;
};

/// Times what the window does while a hand moves, on sets whose frames are ready. `runs`: repetitions of the quick
/// figures; the slow ones take a tenth, three at least. Throws Error. Requires: at least one set with a labelled frame.
[[nodiscard]] BenchReport runBench(const std::vector<std::shared_ptr<LiveSet>>& sets, Method method, int runs,
                                   const ProgressSink& progress, std::stop_token stop);

}  // namespace oodscope
