// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/input_tensor.inl.h"

#include "analysis/imaging/resize.h"
#include "inference/networks/normalisation.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <limits>

namespace oodscope {
namespace {

double normalised(const Preprocessing& p, std::size_t channel, double value) {
  return (value * p.scale - p.mean[channel]) / p.deviation[channel];
}

at::Tensor channelsLast(const RgbImage& image, const Preprocessing& p) {
  const NormalisationTable table = tableOf({.scale = p.scale, .mean = p.mean, .deviation = p.deviation});
  at::Tensor out = at::empty({1, image.height(), image.width(), 3}, at::TensorOptions(at::kFloat));
  float* values = out.data_ptr<float>();
  const std::size_t first = p.bgr ? 2 : 0, last = p.bgr ? 0 : 2;
  at::parallel_for(0, image.height(), 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t y = begin; y < end; ++y) {
      float* to = values + y * image.width() * 3;
      for (const Rgb pixel : image.row(static_cast<int>(y))) {
        to[first] = table[0][pixel.r];
        to[1] = table[1][pixel.g];
        to[last] = table[2][pixel.b];
        to += 3;
      }
    }
  });
  return out.permute({0, 3, 1, 2});
}

}  // namespace

at::Tensor inputTensor(const RgbImage& image, const Preprocessing& preprocessing) {
  require(!image.empty(), "inputTensor: empty image");
  const Size wanted = preprocessing.input;
  if (image.size() == wanted) return channelsLast(image, preprocessing);
  const bool antialiased = preprocessing.resize == ResizeRule::PilBilinear;
  return channelsLast(antialiased ? resizePilBilinear(image, wanted) : resizeBilinear(image, wanted), preprocessing);
}

std::pair<double, double> inputRange(const Preprocessing& preprocessing) {
  double least = std::numeric_limits<double>::infinity(), most = -least;
  for (std::size_t c = 0; c < 3; ++c) {
    for (const double value : {0.0, 255.0}) {
      least = std::min(least, normalised(preprocessing, c, value));
      most = std::max(most, normalised(preprocessing, c, value));
    }
  }
  return {least, most};
}

}  // namespace oodscope
