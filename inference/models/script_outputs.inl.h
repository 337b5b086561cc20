// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/core/output.h"

#include <ATen/core/ivalue.h>
#include <torch/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// One tensor that a script returned. Names: a dictionary's keys, a named tuple's fields, else positions; entries of
/// entries are joined by "/".
struct ScriptOutput {
  std::string name;
  torch::Tensor tensor;
};

/// Every tensor of what forward() returned, in its order; entries of other kinds (None, numbers) are stepped over.
[[nodiscard]] std::vector<ScriptOutput> outputsOf(const torch::IValue& returned);

/// Which output the user wants: nothing, a position, or a name.
struct OutputWish {
  std::optional<int> index;
  std::optional<std::string> name;
};

/// How a script's outputs become logits of shape 1 x C x H x W.
struct OutputPlan {
  std::size_t index = 0;
  std::string name;
  bool lacksBatch = false;            ///< C x H x W
  bool channelsLast = false;          ///< H x W x C
  std::vector<std::string> notes;     ///< what was assumed
  std::vector<std::string> warnings;  ///< which of several was taken where that is not plain; another aspect ratio
};

/// Plans from what a pass at `input` returned. Without a wish: the only map of logits; else the one called "out" (or
/// "logits", …); else the first of the largest maps. Throws Error, with what is there and what to do, for class indices
/// (argmax), single scores, vectors, batches, transposed maps and names that are not there.
[[nodiscard]] OutputPlan planOutputs(const std::vector<ScriptOutput>& outputs, const OutputWish& wish, Size input,
                                     const std::filesystem::path& file);

/// One array that the sidecar names, and how it comes.
struct ArrayPlan {
  Output output = Output::Logits;
  OutputPlan plan = {};
};

/// Plans a named array from what a pass at `input` returned; logits as planOutputs() does. Throws Error for a name or
/// position that is not there and for another shape than the array's (see Output), in words.
[[nodiscard]] ArrayPlan planArray(const std::vector<ScriptOutput>& outputs, Output output, const OutputWish& wish,
                                  Size input, const std::filesystem::path& file);

/// The planned array as 1 x C x H x W float32; class logits as 1 x Q x 1 x columns.
[[nodiscard]] torch::Tensor plannedArray(const torch::IValue& returned, const ArrayPlan& array,
                                         const std::filesystem::path& file);

/// The planned output as 1 x C x H x W float32. Throws Error where there is none such any more.
[[nodiscard]] torch::Tensor planned(const torch::IValue& returned, const OutputPlan& plan,
                                    const std::filesystem::path& file);

/// What the values of 1 x C x H x W say of their kind: probabilities or their logarithms in place of logits, NaN. Cost:
/// a few passes over the values.
[[nodiscard]] std::vector<std::string> valueWarnings(const torch::Tensor& logits);

/// "1x20x512x1024".
[[nodiscard]] std::string shapeText(const torch::Tensor& tensor);

}  // namespace oodscope
