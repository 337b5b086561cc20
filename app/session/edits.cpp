// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/edits.h"

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

/// The knobs that run A and run B each have.
struct RunKnobs {
  std::string& model;
  ScoreChoice& score;
  std::optional<float>& threshold;
  PinRule& pin;
  double& pinValue;
};

/// An edit of one run's knobs.
template <class Change>
Edit ofRun(RunSide side, std::string text, const Change& change) {
  return {[side, change](ViewState& view) {
            if (side == RunSide::A)
              change(RunKnobs{view.model, view.score, view.threshold, view.pin, view.pinValue});
            else if (view.other)
              change(RunKnobs{view.other->model, view.other->score, view.other->threshold, view.other->pin,
                              view.other->pinValue});
          },
          std::move(text)};
}

/// An edit that sets one knob.
template <class T>
Edit ofKnob(T ViewState::*knob, T value, std::string text) {
  return {[knob, value = std::move(value)](ViewState& view) { view.*knob = value; }, std::move(text)};
}

double withinReach(double temperature) { return std::clamp(temperature, kLowestTemperature, kHighestTemperature); }

void giveMethod(ScoreChoice& score, Method method) {
  score.method = method;
  if (!hasMethod(score)) score.imported.reset();
  score.weights.clear();
}

/// The chain with the filter, in the order of the menu, or without it.
FilterChain withFilter(const FilterChain& chain, Filter changed, bool on) {
  FilterChain out;
  for (const Filter filter : allFilters())
    if (filter == changed ? on : std::ranges::find(chain, filter) != chain.end()) out.push_back(filter);
  return out;
}

void giveThreshold(const RunKnobs& run, double threshold) {
  run.threshold = static_cast<float>(threshold);
  run.pin = PinRule::None;
}

/// Scores whose values mean the same: of one method, or of one folder of maps. A filter keeps what a value means: it
/// makes means of scores.
bool hasSameUnit(const ScoreChoice& a, const ScoreChoice& b) {
  if (hasMethod(a) != hasMethod(b)) return false;
  return hasMethod(a) ? a.method == b.method : a.imported == b.imported;
}

template <class Run>
std::optional<float> dropForeign(const ScoreChoice& scoreBefore, const std::optional<float>& before, PinRule pinBefore,
                                 const ScoreChoice& score, Run& run) {
  const bool carried = before && run.threshold == before && pinBefore == PinRule::None && run.pin == PinRule::None;
  if (!carried || hasSameUnit(scoreBefore, score)) return std::nullopt;
  run.threshold.reset();
  run.pin = PinRule::BestF1;
  return before;
}

}  // namespace

std::optional<float> dropForeignThresholds(const ViewState& before, ViewState& after) {
  const bool swapped = before.other && after.other && after.score == before.other->score &&
                       after.threshold == before.other->threshold && after.other->score == before.score &&
                       after.other->threshold == before.threshold;
  if (swapped) return std::nullopt;
  auto dropped = dropForeign(before.score, before.threshold, before.pin, after.score, after);
  if (before.other && after.other) {
    const auto ofB =
        dropForeign(before.other->score, before.other->threshold, before.other->pin, after.other->score, *after.other);
    if (!dropped) dropped = ofB;
  }
  return dropped;
}

ScoreChoice atTemperature(ScoreChoice score, double temperature) {
  score.temperature = static_cast<float>(temperature);
  return score;
}

namespace edits {

Edit setSet(const std::string& set, const std::string& frame) {
  return {[=](ViewState& view) {
            view.set = set;
            view.frame = frame;
          },
          "set"};
}

Edit setFrame(const std::string& set, const std::string& frame) {
  Edit edit = setSet(set, frame);
  edit.text = "frame";
  return edit;
}

Edit setModel(const std::string& model, RunSide run) {
  return ofRun(run, "model", [=](const RunKnobs& knobs) {
    knobs.score.imported.reset();
    knobs.score.importedLogits = false;
    knobs.score.weights.clear();
    knobs.model = model;
  });
}

Edit setModelAtHand(const std::string& model) { return ofKnob(&ViewState::model, model, "model"); }

Edit setImported(const std::string& folder, bool logits, RunSide run) {
  return ofRun(run, "model", [=](const RunKnobs& knobs) {
    knobs.score.imported = folder;
    knobs.score.importedLogits = logits;
    knobs.score.weights.clear();
  });
}

Edit leaveEnsemble(const std::string& name) {
  return {[name](ViewState& view) {
            const auto leave = [&](ScoreChoice& score) {
              if (score.imported != name) return;
              score.imported.reset();
              score.weights.clear();
            };
            leave(view.score);
            if (view.other) leave(view.other->score);
          },
          "ensemble"};
}

Edit setEnsemble(const std::string& name, const std::vector<double>& weights, RunSide run) {
  return ofRun(run, "ensemble", [=](const RunKnobs& knobs) {
    knobs.score.imported = name;
    knobs.score.importedLogits = false;
    knobs.score.weights = weights;
  });
}

Edit setWeights(const std::vector<double>& weights) {
  return ofRun(RunSide::A, "weights", [=](const RunKnobs& knobs) { knobs.score.weights = weights; });
}

Edit setMethod(Method method, RunSide run) {
  return ofRun(run, run == RunSide::A ? "method" : "method of B",
               [=](const RunKnobs& knobs) { giveMethod(knobs.score, method); });
}

Edit setFilters(const FilterChain& filters, RunSide run) {
  return ofRun(run, run == RunSide::A ? "filters" : "filters of B",
               [=](const RunKnobs& knobs) { knobs.score.filters = filters; });
}

Edit setFilter(Filter filter, bool on, RunSide run) {
  return ofRun(run, run == RunSide::A ? "filters" : "filters of B",
               [=](const RunKnobs& knobs) { knobs.score.filters = withFilter(knobs.score.filters, filter, on); });
}

Edit setPassValue(const PassParameter& parameter, double value, RunSide run) {
  return ofRun(run, std::string(parameter.name), [&parameter, value](const RunKnobs& knobs) {
    if (value == parameter.usual)
      knobs.score.passes.erase(std::string(parameter.name));
    else
      knobs.score.passes.insert_or_assign(std::string(parameter.name), value);
  });
}

Edit setMethodAt(Method method, double temperature) {
  return ofRun(RunSide::A, "method", [=](const RunKnobs& knobs) {
    giveMethod(knobs.score, method);
    knobs.score = atTemperature(knobs.score, withinReach(temperature));
  });
}

Edit setTemperature(double temperature, RunSide run) {
  return ofRun(run, "temperature",
               [=](const RunKnobs& knobs) { knobs.score = atTemperature(knobs.score, withinReach(temperature)); });
}

Edit scaleTemperature(double factor) {
  return ofRun(RunSide::A, "temperature", [=](const RunKnobs& knobs) {
    knobs.score = atTemperature(knobs.score, withinReach(static_cast<double>(knobs.score.temperature) * factor));
  });
}

Edit setThreshold(double threshold, RunSide run, const std::string& text) {
  return ofRun(run, text, [=](const RunKnobs& knobs) { giveThreshold(knobs, threshold); });
}

Edit setOperatingPoint(double temperature, double threshold) {
  return ofRun(RunSide::A, "operating point", [=](const RunKnobs& knobs) {
    knobs.score = atTemperature(knobs.score, withinReach(temperature));
    giveThreshold(knobs, threshold);
  });
}

Edit setPin(PinRule rule, double value, std::optional<float> threshold, RunSide run) {
  return ofRun(run, "pin", [=](const RunKnobs& knobs) {
    knobs.pin = rule;
    knobs.pinValue = value;
    if (rule == PinRule::None && !knobs.threshold) knobs.threshold = threshold;
  });
}

Edit setPinSet(const std::string& set) { return ofKnob(&ViewState::pinSet, set, "pin's set"); }
Edit setProtocol(Protocol protocol) { return ofKnob(&ViewState::protocol, protocol, "protocol"); }
Edit setResolution(Resolution resolution) { return ofKnob(&ViewState::resolution, resolution, "resolution"); }
Edit setChannels(bool all) { return ofKnob(&ViewState::allChannels, all, "channels"); }

Edit setScale(ScaleMode mode, double low, double high, bool locked) {
  return {[=](ViewState& view) {
            view.scale = mode;
            view.scaleLow = low;
            view.scaleHigh = high;
            view.scaleLocked = locked;
          },
          "heat scale"};
}

Edit setColourMap(const std::string& name, bool reversed) {
  return {[=](ViewState& view) {
            view.colourMap = name;
            view.colourMapReversed = reversed;
          },
          "colour map"};
}

Edit setOpacity(double share) { return ofKnob(&ViewState::opacity, share, "opacity"); }
Edit setOverlay(bool on) { return ofKnob(&ViewState::overlay, on, "overlay"); }
Edit setContour(bool on) { return ofKnob(&ViewState::contour, on, "contour"); }
Edit setVoidHatch(bool on) { return ofKnob(&ViewState::voidHatch, on, "void hatching"); }
Edit setLinked(bool on) { return ofKnob(&ViewState::linked, on, "link views"); }
Edit setCrosshair(bool on) { return ofKnob(&ViewState::crosshair, on, "crosshair"); }
Edit setLayout(ViewLayout layout) { return ofKnob(&ViewState::layout, layout, "layout"); }

Edit setRun(const RunChoice& run, const std::string& frame) {
  return {[=](ViewState& view) {
            view.set = run.set;
            if (!frame.empty()) view.frame = frame;
            view.model = run.model;
            view.score = run.score;
            view.protocol = run.protocol;
            view.resolution = run.resolution;
            view.allChannels = run.allChannels;
          },
          "run A"};
}

Edit setOther(const std::optional<ComparedRun>& other, const std::string& text) {
  return ofKnob(&ViewState::other, other, text);
}

Edit swapRuns() {
  return {[](ViewState& view) {
            if (!view.other) return;
            if (!view.other->model.empty()) std::swap(view.model, view.other->model);
            std::swap(view.score, view.other->score);
            std::swap(view.threshold, view.other->threshold);
            std::swap(view.pin, view.other->pin);
            std::swap(view.pinValue, view.other->pinValue);
          },
          "swap A and B"};
}

Edit setCompareStyle(CompareStyle style) { return ofKnob(&ViewState::compareStyle, style, "compare style"); }
Edit setCompareRanks(bool on) { return ofKnob(&ViewState::compareRanks, on, "compare ranks"); }

Edit setOverlaid(const std::vector<RunChoice>& runs, bool on) {
  return {[=](ViewState& view) {
            for (const RunChoice& run : runs) {
              std::erase(view.hiddenRuns, run);
              if (!on) view.hiddenRuns.push_back(run);
            }
          },
          on ? "overlay run" : "hide run"};
}

}  // namespace edits

bool keepRun(Session& session, const RunChoice& run) {
  if (run.set.empty() || std::find(session.runs.begin(), session.runs.end(), run) != session.runs.end()) return false;
  session.runs.push_back(run);
  return true;
}

bool removeRun(Session& session, const RunChoice& run) { return std::erase(session.runs, run) > 0; }

}  // namespace oodscope
