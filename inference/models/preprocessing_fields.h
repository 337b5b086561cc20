// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/json_text.h"
#include "analysis/tables/value.h"
#include "inference/models/model.h"

#include <array>
#include <optional>
#include <string_view>

namespace oodscope {

/// What a text says of how an image becomes a network's input; absent fields stay empty.
struct PreprocessingFields {
  std::optional<Size> input;
  std::optional<ResizeRule> resize;
  std::optional<double> scale;
  std::optional<std::array<double, 3>> mean, deviation;
  std::optional<bool> bgr;
};

/// The fields of a JSON object, which may hold others: "input_size" [width, height], "resize" "pil-bilinear" or
/// "bilinear", "scale", "mean" and "std" of three channels, "channel_order" "rgb" or "bgr". Throws Error for values of
/// another kind and out of range.
[[nodiscard]] PreprocessingFields readPreprocessingFields(const JsonValue& object);
/// The fields, those that are absent as `otherwise` has them.
[[nodiscard]] Preprocessing completed(const PreprocessingFields& fields, const Preprocessing& otherwise = {});
/// All fields, as readPreprocessingFields() reads them.
[[nodiscard]] Value::Object fieldsOf(const Preprocessing& preprocessing);

/// "pil-bilinear", "bilinear": in sidecars, sessions and provenance.
[[nodiscard]] std::string_view resizeRuleName(ResizeRule rule);

}  // namespace oodscope
