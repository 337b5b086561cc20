// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

#include <cmath>
#include <string>

namespace oodscope::testing {

/// The formula of record_networks.py.
inline void setByFormula(const std::string& key, at::Tensor tensor) {
  if (!tensor.is_floating_point()) return;
  double phase = 0.0;
  for (const char c : key) phase += static_cast<double>(static_cast<unsigned char>(c));
  const auto count = static_cast<double>(tensor.numel());
  const double spread = std::sqrt(3.0 / (count / static_cast<double>(tensor.size(0))));
  const at::Tensor values = at::empty(tensor.sizes(), at::kFloat);
  for (std::int64_t n = 0; n < tensor.numel(); ++n) {
    const auto i = static_cast<double>(n);
    const double wave = std::sin(phase + 0.37 * i * (i + 3.0));
    double value = wave * spread;
    if (key.ends_with("running_var")) {
      value = 0.75 + 0.25 * wave;
    } else if (key.ends_with("running_mean") || key.ends_with("bias")) {
      value = 0.1 * wave;
    } else if (tensor.dim() == 1) {
      value = tensor.numel() == 1 ? 0.25 + 0.1 * wave : 1.0 + 0.2 * wave;
    }
    values.data_ptr<float>()[n] = static_cast<float>(value);
  }
  tensor.copy_(values);
}

}  // namespace oodscope::testing
