// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/features/panel_products.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/features/panel_products.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void panelProductsOn(const float* HWY_RESTRICT queries, const float* HWY_RESTRICT panel, std::size_t dimensions,
                     float* HWY_RESTRICT out) {
  const hn::CappedTag<float, kPanelRows> d;
  const std::size_t lanes = hn::Lanes(d);
  for (std::size_t first = 0; first < kPanelRows; first += lanes) {
    auto s0 = hn::Zero(d), s1 = hn::Zero(d), s2 = hn::Zero(d), s3 = hn::Zero(d);
    auto s4 = hn::Zero(d), s5 = hn::Zero(d), s6 = hn::Zero(d), s7 = hn::Zero(d);
    for (std::size_t k = 0; k < dimensions; ++k) {
      const auto rows = hn::LoadU(d, panel + k * kPanelRows + first);
      const float* at = queries + k;
      s0 = hn::MulAdd(hn::Set(d, at[0]), rows, s0);
      s1 = hn::MulAdd(hn::Set(d, at[dimensions]), rows, s1);
      s2 = hn::MulAdd(hn::Set(d, at[2 * dimensions]), rows, s2);
      s3 = hn::MulAdd(hn::Set(d, at[3 * dimensions]), rows, s3);
      s4 = hn::MulAdd(hn::Set(d, at[4 * dimensions]), rows, s4);
      s5 = hn::MulAdd(hn::Set(d, at[5 * dimensions]), rows, s5);
      s6 = hn::MulAdd(hn::Set(d, at[6 * dimensions]), rows, s6);
      s7 = hn::MulAdd(hn::Set(d, at[7 * dimensions]), rows, s7);
    }
    float* to = out + first;
    hn::StoreU(s0, d, to);
    hn::StoreU(s1, d, to + kPanelRows);
    hn::StoreU(s2, d, to + 2 * kPanelRows);
    hn::StoreU(s3, d, to + 3 * kPanelRows);
    hn::StoreU(s4, d, to + 4 * kPanelRows);
    hn::StoreU(s5, d, to + 5 * kPanelRows);
    hn::StoreU(s6, d, to + 6 * kPanelRows);
    hn::StoreU(s7, d, to + 7 * kPanelRows);
  }
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {

HWY_EXPORT(panelProductsOn);

void panelProducts(const float* queries, const float* panel, std::size_t dimensions, float* out) {
  HWY_DYNAMIC_DISPATCH(panelProductsOn)(queries, panel, dimensions, out);
}

}  // namespace oodscope::kernels
#endif
