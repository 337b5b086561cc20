// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/kept_zeros.inl.h"

#include <algorithm>
#include <cstdint>

namespace oodscope {

KeptZeros::KeptZeros(const Network& network) {
  std::int64_t all = 0, zeros = 0;
  for (const torch::Tensor& parameter : network.parameters()) {
    if (parameter.dim() < 2) continue;  // biases and norms begin at 0 by rights
    const std::int64_t count = parameter.numel() - parameter.count_nonzero().item<std::int64_t>();
    all += parameter.numel();
    zeros += count;
    if (count > 0) m_masked.push_back({parameter, parameter.detach().ne(0.0).to(parameter.scalar_type())});
  }
  m_share = static_cast<double>(zeros) / static_cast<double>(std::max<std::int64_t>(1, all));
}

void KeptZeros::maskGradients() const {
  for (const Masked& each : m_masked) {
    const torch::Tensor gradient = each.parameter.grad();
    if (gradient.defined()) gradient.mul_(each.mask.to(gradient.device()));
  }
}

}  // namespace oodscope
