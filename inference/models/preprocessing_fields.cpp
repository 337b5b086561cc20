// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/preprocessing_fields.h"

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

constexpr int kLeastSide = 8, kMostSide = 16'384;
/// Far beyond any normalisation: pixel values are 0 to 255.
constexpr double kMostFactor = 1e9, kLeastFactor = 1e-9;
constexpr const char* kBgr = "bgr";
constexpr const char* kRgb = "rgb";

std::optional<int> sideOf(const JsonValue& value) {
  if (!value.isInteger()) return std::nullopt;
  const std::int64_t side =
      value.integer({std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()});
  return side >= kLeastSide && side <= kMostSide ? std::optional(static_cast<int>(side)) : std::nullopt;
}

std::optional<double> factorOf(const JsonValue& value, bool positive) {
  if (!value.isNumber()) return std::nullopt;
  const double number = value.number({std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()});
  const bool fits = std::abs(number) <= kMostFactor && (!positive || number >= kLeastFactor);
  return fits ? std::optional(number) : std::nullopt;
}

Size readSize(const JsonValue& value) {
  const std::string expected = "[width, height], each from 8 to " + std::to_string(kMostSide);
  if (!value.isList()) value.refuse(expected);
  const std::vector<JsonValue> sides = value.list();
  if (sides.size() != 2) value.refuse(expected);
  const auto width = sideOf(sides[0]), height = sideOf(sides[1]);
  if (!width || !height) value.refuse(expected);
  return {*width, *height};
}

std::array<double, 3> readTriple(const JsonValue& value, bool positive) {
  const std::string expected = positive ? "three positive numbers, 1e-9 to 1e9" : "three numbers, -1e9 to 1e9";
  if (!value.isList()) value.refuse(expected);
  const std::vector<JsonValue> numbers = value.list();
  if (numbers.size() != 3) value.refuse(expected);
  std::array<double, 3> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto number = factorOf(numbers[i], positive);
    if (!number) value.refuse(expected);
    out[i] = *number;
  }
  return out;
}

ResizeRule readRule(const JsonValue& value) {
  for (const ResizeRule rule : {ResizeRule::PilBilinear, ResizeRule::Bilinear})
    if (value.isText() && value.text() == resizeRuleName(rule)) return rule;
  value.refuse("\"pil-bilinear\" or \"bilinear\"");
}

}  // namespace

std::string_view resizeRuleName(ResizeRule rule) {
  return rule == ResizeRule::PilBilinear ? "pil-bilinear" : "bilinear";
}

PreprocessingFields readPreprocessingFields(const JsonValue& object) {
  PreprocessingFields out;
  for (const auto& [name, value] : object.members()) {
    if (name == "input_size") out.input = readSize(value);
    if (name == "resize") out.resize = readRule(value);
    if (name == "scale") {
      out.scale = factorOf(value, true);
      if (!out.scale) value.refuse("a positive number, 1e-9 to 1e9");
    }
    if (name == "mean") out.mean = readTriple(value, false);
    if (name == "std") out.deviation = readTriple(value, true);
    if (name == "channel_order") {
      const std::string order = value.isText() ? value.text() : std::string();
      if (order != kRgb && order != kBgr) value.refuse("\"rgb\" or \"bgr\"");
      out.bgr = order == kBgr;
    }
  }
  return out;
}

Preprocessing completed(const PreprocessingFields& fields, const Preprocessing& otherwise) {
  return {.input = fields.input.value_or(otherwise.input),
          .resize = fields.resize.value_or(otherwise.resize),
          .scale = fields.scale.value_or(otherwise.scale),
          .mean = fields.mean.value_or(otherwise.mean),
          .deviation = fields.deviation.value_or(otherwise.deviation),
          .bgr = fields.bgr.value_or(otherwise.bgr)};
}

Value::Object fieldsOf(const Preprocessing& preprocessing) {
  const auto triple = [](const std::array<double, 3>& values) {
    return Value(Value::Array(values.begin(), values.end()));
  };
  return {{"input_size", Value(Value::Array{preprocessing.input.width, preprocessing.input.height})},
          {"resize", resizeRuleName(preprocessing.resize)},
          {"scale", preprocessing.scale},
          {"mean", triple(preprocessing.mean)},
          {"std", triple(preprocessing.deviation)},
          {"channel_order", preprocessing.bgr ? kBgr : kRgb}};
}

}  // namespace oodscope
