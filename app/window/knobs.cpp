// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/knobs.h"

#include <array>
#include <utility>

namespace oodscope {
namespace {

constexpr double kPercent = 100.0;

constexpr std::array kPins{
    std::pair{PinRule::None, Pin::Rule::None}, std::pair{PinRule::TruePositiveRate, Pin::Rule::TruePositiveRate},
    std::pair{PinRule::BestF1, Pin::Rule::BestF1}, std::pair{PinRule::FalsePositiveRate, Pin::Rule::FalsePositiveRate},
    std::pair{PinRule::CostRatio, Pin::Rule::CostRatio}};

constexpr std::array kScales{
    std::pair{ScaleMode::SetTrimmed, HeatScale::Mode::SetTrimmed}, std::pair{ScaleMode::Image, HeatScale::Mode::Image},
    std::pair{ScaleMode::Set, HeatScale::Mode::Set}, std::pair{ScaleMode::Percentile, HeatScale::Mode::Percentile},
    std::pair{ScaleMode::Manual, HeatScale::Mode::Manual}};

constexpr std::array kStyles{std::pair{CompareStyle::Wipe, ComparePanel::Style::Wipe},
                             std::pair{CompareStyle::Blink, ComparePanel::Style::Blink},
                             std::pair{CompareStyle::SideBySide, ComparePanel::Style::SideBySide}};

/// As the menu lists them.
constexpr std::array kResolutions{std::pair{Resolution::ByProtocol, 0}, std::pair{Resolution::Network, 1},
                                  std::pair{Resolution::Label, 2}};

/// The partner in a table of pairs; the first row's where there is none.
template <class Table, class From>
auto secondOf(const Table& table, From from) {
  for (const auto& [a, b] : table)
    if (a == from) return b;
  return table.front().second;
}

template <class Table, class From>
auto firstOf(const Table& table, From from) {
  for (const auto& [a, b] : table)
    if (b == from) return a;
  return table.front().first;
}

}  // namespace

Pin pinOf(PinRule rule, double value) {
  return {secondOf(kPins, rule), rule == PinRule::CostRatio ? value : kPercent * value};
}

void setPin(PinRule& rule, double& value, const Pin& pin) {
  rule = firstOf(kPins, pin.rule);
  value = pin.rule == Pin::Rule::CostRatio ? pin.value : pin.value / kPercent;
}

HeatScale heatScaleOf(const ViewState& view) {
  HeatScale scale;
  scale.mode = secondOf(kScales, view.scale);
  scale.low = view.scaleLow;
  scale.high = view.scaleHigh;
  scale.locked = view.scaleLocked;
  return scale;
}

void setHeatScale(ViewState& view, const HeatScale& scale) {
  view.scale = firstOf(kScales, scale.mode);
  view.scaleLow = scale.low;
  view.scaleHigh = scale.high;
  view.scaleLocked = scale.locked;
}

namespace {

/// Scores whose values mean the same: of one method, or of one folder of maps.
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

ComparePanel::Style panelStyleOf(CompareStyle style) { return secondOf(kStyles, style); }

CompareStyle compareStyleOf(ComparePanel::Style style) { return firstOf(kStyles, style); }

int resolutionIndex(Resolution resolution) { return secondOf(kResolutions, resolution); }

Resolution resolutionAt(int index) { return firstOf(kResolutions, index); }

GridArrangement arrangementOf(ViewLayout layout) {
  switch (layout) {
    case ViewLayout::One:
      return GridArrangement::One;
    case ViewLayout::OneByTwo:
      return GridArrangement::OneByTwo;
    case ViewLayout::TwoByTwo:
      return GridArrangement::TwoByTwo;
    case ViewLayout::PerMethod:
      return GridArrangement::All;
  }
  return GridArrangement::TwoByTwo;
}

}  // namespace oodscope
