// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/live/live_set.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

struct SweepOptions {
  double low = 0.05;  ///< temperatures, logarithmic steps
  double high = 20.0;
  int values = 40;
  int refinements = 8;  ///< further values between the neighbours of the best trade-off
};

struct SweepPoint {
  double temperature = 1.0;
  std::optional<double> ap, fpr95;  ///< fractions
};

struct SweepCurve {
  std::string set;
  std::vector<SweepPoint> points;  ///< by rising temperature
};

/// The rule by which a sweep names one temperature for all sets, as printed beside it.
inline constexpr const char* kTradeOffRule = "highest mean over the sets of AP minus FPR95";

struct SweepResult {
  std::vector<SweepCurve> curves;         ///< one a set
  std::optional<double> bestTemperature;  ///< by kTradeOffRule, the lower of equals; empty where nothing is defined
  std::optional<double> bestTradeOff;     ///< its mean of AP minus FPR95
  bool complete = false;                  ///< false: stopped before the end
};

/// Called after each point, from the working thread: which set (index) and what.
using SweepSink = std::function<void(std::size_t set, const SweepPoint& point)>;

/// The temperatures of the first pass.
[[nodiscard]] std::vector<double> sweepTemperatures(const SweepOptions& options);

/// The trade-off of what is known; temperatures that some set lacks are left out.
void chooseTradeOff(SweepResult& result);

/// AP and FPR95 against temperature for each set, exact at every value, over the frames that are ready; then finer
/// around the best trade-off. Requires: a method whose ranking depends on temperature. Throws Error. Cost: an exact
/// pass a set and value.
[[nodiscard]] SweepResult sweep(const std::vector<std::shared_ptr<LiveSet>>& sets, Method method, Protocol protocol,
                                const SweepOptions& options, const SweepSink& sink, const std::stop_token& stop);

}  // namespace oodscope
