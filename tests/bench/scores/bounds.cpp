// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/scores/bounds.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/bench/scores/bounds.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analysis/scores/vector_math.inl.h"

HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {

std::uint64_t ReadOnce(const std::uint8_t* bytes, std::size_t size, std::size_t planes) {
  const hn::ScalableTag<std::uint64_t> d;
  const std::size_t lanes = hn::Lanes(d) * sizeof(std::uint64_t);
  const std::size_t stride = size / planes;
  auto a = hn::Zero(d), b = hn::Zero(d);
  constexpr std::size_t kRun = 2048;  // bytes of a plane before the next plane's turn
  for (std::size_t first = 0; first < stride; first += kRun)
    for (std::size_t plane = 0; plane < planes; ++plane) {
      const std::uint8_t* at = bytes + plane * stride + first;
      const std::size_t run = first + kRun <= stride ? kRun : stride - first;
      for (std::size_t i = 0; i + 2 * lanes <= run; i += 2 * lanes) {
        a = hn::Xor(a, hn::LoadU(d, reinterpret_cast<const std::uint64_t*>(at + i)));
        b = hn::Xor(b, hn::LoadU(d, reinterpret_cast<const std::uint64_t*>(at + i + lanes)));
      }
    }
  return hn::GetLane(hn::Xor(a, b));
}

std::size_t Exponentials(std::size_t vectors, float* result) {
  const D d;
  const V factor = hn::Set(d, 1.4426950408889634F), lowest = hn::Set(d, -88.0F), step = hn::Set(d, -1e-5F);
  const V l0 = hn::Zero(d), l1 = hn::Set(d, 0.1F), l2 = hn::Set(d, 0.2F), l3 = hn::Set(d, 0.3F);
  V z = hn::Set(d, -0.5F), s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  const auto one = [&](V largest, V sum) HWY_ATTR { return addPower(d, hn::Sub(z, largest), factor, lowest, sum); };
  for (std::size_t i = 0; i < vectors; i += 4) {
    s0 = one(l0, s0);
    s1 = one(l1, s1);
    s2 = one(l2, s2);
    s3 = one(l3, s3);
    z = hn::Add(z, step);
  }
  *result = hn::GetLane(hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)));
  return vectors * hn::Lanes(d);
}

std::size_t MultiplyAdds(std::size_t vectors, float* result) {
  const D d;
  constexpr int kChains = 10;  // more than two ports times the latency of a step
  const V factor = hn::Set(d, 0.999F), term = hn::Set(d, 1e-3F);
  V sums[kChains];
  for (int i = 0; i < kChains; ++i) sums[i] = hn::Set(d, static_cast<float>(i));
  std::size_t done = 0;
  for (; done < vectors; done += kChains) {
    _Pragma("GCC unroll 10") for (int i = 0; i < kChains; ++i) sums[i] = hn::MulAdd(sums[i], factor, term);
  }
  V all = sums[0];
  for (int i = 1; i < kChains; ++i) all = hn::Add(all, sums[i]);
  *result = hn::GetLane(all);
  return done * hn::Lanes(d);
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {
HWY_EXPORT(ReadOnce);
HWY_EXPORT(Exponentials);
HWY_EXPORT(MultiplyAdds);
std::uint64_t readOnceOn(const std::uint8_t* bytes, std::size_t size, std::size_t planes) {
  return HWY_DYNAMIC_DISPATCH(ReadOnce)(bytes, size, planes);
}
std::size_t exponentialsOn(std::size_t vectors, float* result) {
  return HWY_DYNAMIC_DISPATCH(Exponentials)(vectors, result);
}
std::size_t multiplyAddsOn(std::size_t vectors, float* result) {
  return HWY_DYNAMIC_DISPATCH(MultiplyAdds)(vectors, result);
}
}  // namespace oodscope::kernels

namespace oodscope::bench {

std::uint64_t readOnce(std::span<const std::byte> bytes, std::size_t planes) {
  return kernels::readOnceOn(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(), planes);
}

std::size_t exponentials(std::size_t vectors) {
  float result = 0.0F;
  const std::size_t count = kernels::exponentialsOn(vectors, &result);
  asm volatile("" : : "g"(result));  // needed by somebody, as far as the compiler knows
  return count;
}

std::size_t multiplyAdds(std::size_t vectors) {
  float result = 0.0F;
  const std::size_t count = kernels::multiplyAddsOn(vectors, &result);
  asm volatile("" : : "g"(result));
  return count;
}

}  // namespace oodscope::bench
#endif
