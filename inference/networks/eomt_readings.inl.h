// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "inference/networks/network.inl.h"
#include "inference/networks/output_array.h"

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace oodscope::eomt {

/// What the network says of one square or other window.
struct Answers {
  torch::Tensor classes;  ///< Q x (K + 1), the last is "no object"
  torch::Tensor masks;    ///< (h * w) x Q
  std::int64_t height = 0, width = 0;
};
using Asked = std::function<Answers(const torch::Tensor& window)>;

/// S = sum_q softmax(class)_q(k) sigmoid(mask_q), masks bilinearly at the size before the sigmoid: 1 x K x H x W.
/// Memory: a quarter of the masks at that size at a time.
[[nodiscard]] torch::Tensor membership(const Answers& answers, std::int64_t height, std::int64_t width);

/// An image scaled so that it covers a square, and the squares that cover it: where they begin along the longer side.
/// Source: tue-mps/eomt, training/lightning_module.py, window_imgs_semantic.
struct Windows {
  Size scaled;
  std::vector<int> starts;
};
[[nodiscard]] Windows windowsOf(Size image, int side);

/// What is made of an image with the network, and of the network's answers: the value of the option "windows".
/// `side` is that of the square that the network was trained with.
struct Reading {
  std::string_view name, description;
  /// Assumed where nobody says.
  Size (*defaultInput)(int side);
  /// The size that an image is brought to for the network.
  Size (*networkInput)(Size image, Size input, int side);
  std::vector<OutputArray> (*arrays)(const NetworkShape& shape, Size input);
  /// `image`: 1 x 3 x H x W of the network's input; `out` as `arrays` says, see Network::fill().
  void (*fill)(const Asked& ask, int side, const torch::Tensor& image, const torch::Tensor& out);
  /// The windows, each with a pass of its own, of an image.
  std::vector<Size> (*windows)(Size image, Size input, int side);
};
/// The authors' first.
[[nodiscard]] std::span<const Reading> readings();
[[nodiscard]] const Reading& readingOf(const NetworkShape& shape);
inline constexpr std::string_view kReadingOption = "windows";

}  // namespace oodscope::eomt
