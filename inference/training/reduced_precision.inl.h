// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <ATen/autocast_mode.h>
#include <torch/version.h>

namespace oodscope {

/// While it lives, and where it is asked for: LibTorch computes convolutions on the CPU in bfloat16 and keeps weights,
/// their gradients and sums in float32.
class ReducedPrecision {
public:
  explicit ReducedPrecision(bool isAsked) : m_isAsked(isAsked) {
    if (!m_isAsked) return;
    at::autocast::increment_nesting();
    enable(true);
  }
  ~ReducedPrecision() {
    if (!m_isAsked) return;
    enable(false);
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  }
  ReducedPrecision(const ReducedPrecision&) = delete;
  ReducedPrecision& operator=(const ReducedPrecision&) = delete;

private:
  static void enable(bool isOn) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCPU, isOn);
#else
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
    at::autocast::set_cpu_enabled(isOn);
#endif
  }
  bool m_isAsked;
};

}  // namespace oodscope
