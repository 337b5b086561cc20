// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/knobs.h"

#include "analysis/scores/method_kinds.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace oodscope {
namespace {

constexpr double kPercent = 100.0;

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

ParameterField fieldOf(const PassParameter& parameter, const PassValues& values) {
  constexpr int kDigits = 3;
  const int exponent = parameter.usual > 0.0 ? static_cast<int>(std::floor(std::log10(parameter.usual))) : 0;
  const QString help = QString::fromUtf8(parameter.help.data(), static_cast<qsizetype>(parameter.help.size()));
  return {.name = QString::fromUtf8(parameter.name.data(), static_cast<qsizetype>(parameter.name.size())),
          .explanation = QCoreApplication::translate(
                             "knobs", "%1; usually %2. The window asks before the network is run with another value.")
                             .arg(help.left(1).toUpper() + help.mid(1), QString::number(parameter.usual)),
          .value = passValue(values, parameter),
          .low = parameter.low,
          .high = parameter.high,
          .step = parameter.isWhole ? 1.0 : std::pow(10.0, exponent),
          .decimals = parameter.isWhole ? 0 : std::max(1, kDigits - exponent)};
}

}  // namespace

Pin pinOf(PinRule rule, double value) { return {rule, rule == PinRule::CostRatio ? value : kPercent * value}; }

Edit editOf(const Pin& pin, std::optional<float> threshold, RunSide run) {
  return edits::setPin(pin.rule, pin.rule == PinRule::CostRatio ? pin.value : pin.value / kPercent, threshold, run);
}

HeatScale heatScaleOf(const ViewState& view) {
  HeatScale scale;
  scale.mode = secondOf(kScales, view.scale);
  scale.low = view.scaleLow;
  scale.high = view.scaleHigh;
  scale.locked = view.scaleLocked;
  return scale;
}

Edit editOf(const HeatScale& scale) {
  return edits::setScale(firstOf(kScales, scale.mode), scale.low, scale.high, scale.locked);
}

ComparePanel::Style styleOf(CompareStyle style) { return secondOf(kStyles, style); }

CompareStyle compareStyleOf(ComparePanel::Style style) { return firstOf(kStyles, style); }

Edit editOf(ComparePanel::Style style) { return edits::setCompareStyle(compareStyleOf(style)); }

std::vector<ParameterField> parameterFieldsOf(const ScoreChoice& score) {
  std::vector<ParameterField> fields;
  const PassKind* pass = score.imported ? nullptr : score.method.kind().pass;
  if (pass == nullptr) return fields;
  for (const PassParameter* parameter : pass->parameters) fields.push_back(fieldOf(*parameter, score.passes));
  return fields;
}

std::optional<Edit> editOfParameter(const QString& name, double value, RunSide run) {
  const PassParameter* parameter = passParameter(name.toStdString());
  if (parameter == nullptr || passValueProblem(*parameter, value)) return std::nullopt;
  return edits::setPassValue(*parameter, value, run);
}

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
    case ViewLayout::Classes:
      return GridArrangement::All;
  }
  return GridArrangement::TwoByTwo;
}

}  // namespace oodscope
