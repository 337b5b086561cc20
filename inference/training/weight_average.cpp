// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/weight_average.inl.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace oodscope {
namespace {

void averageIn(const std::vector<at::Tensor>& average, const std::vector<at::Tensor>& added, double share) {
  require(average.size() == added.size(), "WeightAverage: a network of another shape");
  for (std::size_t i = 0; i < average.size(); ++i) {
    const at::Tensor& own = average[i];
    if (own.is_floating_point())
      own.lerp_(added[i], share);
    else
      own.copy_(added[i]);  // counts of batches
  }
}

}  // namespace

void WeightAverage::add(const Network& network, std::int64_t step) {
  const at::NoGradGuard noGradient;
  const double count = static_cast<double>(step);
  const double kept = std::min(m_decay, (count + 1.0) / (count + 10.0));
  averageIn(m_average->parameters(), network.parameters(), 1.0 - kept);
  averageIn(m_average->buffers(), network.buffers(), 1.0 - kept);
}

}  // namespace oodscope
