// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/filters/filter.h"
#include "analysis/scores/temperature_range.h"
#include "analysis/statistics/run_side.h"
#include "app/session/session.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// A change of the knobs, and what the Edit menu calls it. What belongs together changes together: a threshold set by
/// hand releases its pin, a method takes the place of score maps that have none.
struct Edit {
  std::function<void(ViewState&)> change;
  std::string text;
};

/// A threshold set by hand is a score: where another method or other score maps come, it says nothing of theirs. Takes
/// it out of `after`, for the run A and the run B, where it was merely carried along, and lets the threshold follow
/// best F1. The threshold that was dropped; empty where none was.
[[nodiscard]] std::optional<float> dropForeignThresholds(const ViewState& before, ViewState& after);

/// The score at another temperature, whatever that is.
[[nodiscard]] ScoreChoice atTemperature(ScoreChoice score, double temperature);

/// Every edit of the knobs, by name. Those of run B need a view that compares and change nothing without.
namespace edits {

[[nodiscard]] Edit setSet(const std::string& set, const std::string& frame);
[[nodiscard]] Edit setFrame(const std::string& set, const std::string& frame);
/// A model's scores from now on.
[[nodiscard]] Edit setModel(const std::string& model, RunSide run = RunSide::A);
/// Another model at hand; score maps that are looked at stay so.
[[nodiscard]] Edit setModelAtHand(const std::string& model);
/// A folder's scores from now on; `logits`: it holds what methods apply to.
[[nodiscard]] Edit setImported(const std::string& folder, bool logits, RunSide run = RunSide::A);
/// An ensemble's scores from now on, with these weights, one a term.
[[nodiscard]] Edit setEnsemble(const std::string& name, const std::vector<double>& weights, RunSide run = RunSide::A);
/// Runs that are scored by the ensemble are by the model at hand from now on.
[[nodiscard]] Edit leaveEnsemble(const std::string& name);
[[nodiscard]] Edit setWeights(const std::vector<double>& weights);
[[nodiscard]] Edit setMethod(Method method, RunSide run = RunSide::A);
/// What the score's maps go through.
[[nodiscard]] Edit setFilters(const FilterChain& filters, RunSide run = RunSide::A);
/// Takes a filter in or out; filters stand in the order in which they are declared.
[[nodiscard]] Edit setFilter(Filter filter, bool on, RunSide run = RunSide::A);
/// What a further pass is run with, by PassParameter::name. Its usual value is not kept. Requires: a value that fits.
[[nodiscard]] Edit setPassValue(const PassParameter& parameter, double value, RunSide run = RunSide::A);
[[nodiscard]] Edit setMethodAt(Method method, double temperature);
/// Within what a hand can set.
[[nodiscard]] Edit setTemperature(double temperature, RunSide run = RunSide::A);
/// By a factor, within what a hand can set.
[[nodiscard]] Edit scaleTemperature(double factor);
[[nodiscard]] Edit setThreshold(double threshold, RunSide run = RunSide::A, const std::string& text = "threshold");
[[nodiscard]] Edit setOperatingPoint(double temperature, double threshold);
/// `value` as ViewState::pinValue. `threshold`: the present one, which stays where the pin is taken away.
[[nodiscard]] Edit setPin(PinRule rule, double value, std::optional<float> threshold, RunSide run = RunSide::A);
/// The set that pins choose on; empty: the one that is shown.
[[nodiscard]] Edit setPinSet(const std::string& set);
[[nodiscard]] Edit setProtocol(Protocol protocol);
[[nodiscard]] Edit setResolution(Resolution resolution);
[[nodiscard]] Edit setChannels(bool all);

[[nodiscard]] Edit setScale(ScaleMode mode, double low, double high, bool locked);
[[nodiscard]] Edit setColourMap(const std::string& name, bool reversed);
[[nodiscard]] Edit setOpacity(double share);
[[nodiscard]] Edit setOverlay(bool on);
[[nodiscard]] Edit setContour(bool on);
[[nodiscard]] Edit setVoidHatch(bool on);
[[nodiscard]] Edit setLinked(bool on);
[[nodiscard]] Edit setCrosshair(bool on);
[[nodiscard]] Edit setLayout(ViewLayout layout);

/// A kept run becomes the view's own; `frame`: of its set, where the present one is not.
[[nodiscard]] Edit setRun(const RunChoice& run, const std::string& frame = {});
/// Begins to compare, changes run B, or ends (without one).
[[nodiscard]] Edit setOther(const std::optional<ComparedRun>& other, const std::string& text);
[[nodiscard]] Edit swapRuns();
[[nodiscard]] Edit setCompareStyle(CompareStyle style);
[[nodiscard]] Edit setCompareRanks(bool on);
/// Whether a kept run is drawn beside the view's own; of several at once.
[[nodiscard]] Edit setOverlaid(const std::vector<RunChoice>& runs, bool on);

}  // namespace edits

/// Keeps a run unless it is kept already or names no set; whether the session changed.
bool keepRun(Session& session, const RunChoice& run);
bool removeRun(Session& session, const RunChoice& run);

}  // namespace oodscope
