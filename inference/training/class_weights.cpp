// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/class_weights.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace oodscope {
namespace {

constexpr std::size_t kPicturesForWeights = 500;

}  // namespace

at::Tensor logarithmicWeights(const SampleSource& pictures, int channels, int voidClass) {
  std::vector<double> counts(256, 0.0);
  const std::size_t used = std::min(kPicturesForWeights, pictures.size());
  for (std::size_t i = 0; i < used; ++i) {
    const Sample sample = pictures.read(i * pictures.size() / used);
    for (const std::uint8_t value : sample.classes.values()) counts[value] += 1.0;
  }
  if (voidClass >= 0) counts[static_cast<std::size_t>(voidClass)] = counts[kVoid];
  double total = 0.0;
  for (int i = 0; i < channels; ++i) total += counts[static_cast<std::size_t>(i)];
  if (total == 0.0) {
    throw Error({.what = "the labels hold no pixel to learn from",
                 .expected = "classes 0 to " + std::to_string(channels - 2),
                 .found = std::to_string(used) + " pictures of void",
                 .file = {}});
  }
  at::Tensor weights = at::zeros({channels}, at::kFloat);
  for (int i = 0; i < channels; ++i) {
    const double count = counts[static_cast<std::size_t>(i)];
    if (count > 0.0) weights.data_ptr<float>()[i] = static_cast<float>(1.0 / std::log(1.02 + count / total));
  }
  return weights;
}

at::Tensor withVoidWeight(const at::Tensor& weights, int channels, double factor) {
  if (factor == 1.0) return weights;
  at::Tensor out = weights.defined() ? weights.clone() : at::ones({channels}, at::kFloat);
  out[channels - 1] *= factor;
  return out;
}

}  // namespace oodscope
