// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/live/floor_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/live/floor_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analysis/scores/vector_math.inl.h"

HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {

std::uint64_t FloorRead(const std::uint64_t* values, std::size_t count) {
  const hn::ScalableTag<std::uint64_t> d;
  const std::size_t lanes = hn::Lanes(d);
  auto a = hn::Zero(d), b = hn::Zero(d);
  for (std::size_t i = 0; i + 2 * lanes <= count; i += 2 * lanes) {
    a = hn::Xor(a, hn::LoadU(d, values + i));
    b = hn::Xor(b, hn::LoadU(d, values + i + lanes));
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Xor(a, b)));
}

/// Four independent chains, as the kernels keep them in flight.
std::size_t FloorExponentials(std::size_t vectors, float* result) {
  const D d;
  const V factor = hn::Set(d, 1.4426950408889634F), lowest = hn::Set(d, -88.0F), step = hn::Set(d, -1e-5F);
  V z = hn::Set(d, -0.5F), sums[4] = {hn::Zero(d), hn::Zero(d), hn::Zero(d), hn::Zero(d)};
  for (std::size_t i = 0; i < vectors; i += 4) {
    for (int c = 0; c < 4; ++c)
      sums[c] = addPower(d, hn::Sub(z, hn::Set(d, 0.1F * static_cast<float>(c))), factor, lowest, sums[c]);
    z = hn::Add(z, step);
  }
  *result = hn::GetLane(hn::Add(hn::Add(sums[0], sums[1]), hn::Add(sums[2], sums[3])));
  return vectors * hn::Lanes(d);
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {
HWY_EXPORT(FloorRead);
HWY_EXPORT(FloorExponentials);
std::uint64_t floorRead(const std::uint64_t* values, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(FloorRead)(values, count);
}
std::size_t floorExponentials(std::size_t vectors, float* result) {
  return HWY_DYNAMIC_DISPATCH(FloorExponentials)(vectors, result);
}
}  // namespace oodscope::kernels
#endif
