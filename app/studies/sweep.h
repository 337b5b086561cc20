// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/live/live_set.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// The rule by which a sweep names one temperature for all sets, the mean over them; the lower of equal temperatures.
enum class SweepRule {
  ApMinusFpr95,  ///< highest AP - FPR95
  Ap,            ///< highest AP
  Fpr95,         ///< lowest FPR95
  Nll            ///< lowest NLL of the true class: a rule that needs class labels and looks at no anomaly
};
/// "ap-fpr95", "ap", "fpr95", "nll" and back.
[[nodiscard]] std::string_view sweepRuleName(SweepRule rule);
[[nodiscard]] std::optional<SweepRule> sweepRuleFromName(std::string_view name);
/// The rule in words, as printed beside the temperature: "highest mean over the sets of AP minus FPR95".
[[nodiscard]] std::string sweepRuleText(SweepRule rule);

struct SweepOptions {
  double low = 0.05;  ///< temperatures, logarithmic steps
  double high = 20.0;
  int values = 40;
  int refinements = 8;  ///< further values between the neighbours of the best
  SweepRule rule = SweepRule::ApMinusFpr95;
};

struct SweepPoint {
  double temperature = 1.0;         ///< the shortest decimal of the float that scores are made with
  std::optional<double> ap, fpr95;  ///< fractions; as in `metrics`
  std::optional<double> nll = {};   ///< nats a pixel, where the rule asks for it
  PixelMetrics metrics = {};        ///< exact
  FrameAccount account = {};        ///< of the set's frames when they were made
};

struct SweepCurve {
  std::string set;
  std::vector<SweepPoint> points = {};  ///< by rising temperature
  std::size_t missing = 0;              ///< frames of the set that have what the rule needs and are not ready
};

/// Where the best lies at the end of what was looked at: the true one may lie beyond.
enum class RangeEnd { Low, High };

struct SweepResult {
  std::vector<SweepCurve> curves;  ///< one a set
  SweepRule rule = SweepRule::ApMinusFpr95;
  std::optional<double> bestTemperature;  ///< by the rule; empty where nothing is defined, where points are still to
                                          ///< come (`complete`) or where a set lacks frames
  std::optional<double> bestValue;        ///< what the rule compares, at that temperature
  std::optional<RangeEnd> bestAtEnd;
  bool complete = false;  ///< all points of all sets are in; false: under way, or stopped before the end
  /// Frames that sets lack; a best is named only where it is 0.
  [[nodiscard]] std::size_t missingFrames() const;
};

/// Called after each point, from the working thread: which set (index) and what.
using SweepSink = std::function<void(std::size_t set, const SweepPoint& point)>;

/// The temperatures of the first pass.
[[nodiscard]] std::vector<double> sweepTemperatures(const SweepOptions& options);

/// Sets what the result says of the best: nothing, unless it is complete and no set lacks frames. Sets where the rule
/// is not defined at any temperature hold nobody up.
void nameBest(SweepResult& result);

/// "The best temperature, 20, lies at the end of the range 0.05 to 20: a better one may lie beyond" where it does.
[[nodiscard]] std::optional<std::string> rangeEndWarning(const SweepResult& result);

/// Metrics against temperature for each set, exact at every value, over the frames that are ready; then finer around
/// the best of them. Requires: a method whose ranking depends on temperature. Throws Error, also where the rule is Nll
/// and a set has no class labels or its source no logits. NLL is that of an even sample of 200,000 labelled pixels of a
/// set. Cost: an exact pass a set and value.
[[nodiscard]] SweepResult sweep(const std::vector<std::shared_ptr<LiveSet>>& sets, const FilteredMethod& method,
                                Protocol protocol, const SweepOptions& options, const SweepSink& sink,
                                const std::stop_token& stop);

/// What a sweep measures: a set's exact numbers at a temperature. Empty where stopped.
using SweptRun = std::function<std::shared_ptr<const ExactRun>(std::size_t set, double temperature)>;
/// The same of scores that `run` makes, of an ensemble whose scores have a temperature. `sets` say what frames there
/// are. Requires: a rule other than Nll. Throws Error as `run` does.
[[nodiscard]] SweepResult sweep(const std::vector<std::shared_ptr<LiveSet>>& sets, const SweptRun& run,
                                const SweepOptions& options, const SweepSink& sink, const std::stop_token& stop);

}  // namespace oodscope
