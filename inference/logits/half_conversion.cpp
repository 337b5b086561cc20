// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/logits/half_conversion.h"

#include "analysis/core/error.h"
#include "analysis/core/half.h"

#include <cmath>
#include <cstddef>

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace oodscope {
namespace {

/// From here on rounding gives infinity: halfway between the largest binary16 and what would follow it.
constexpr float kFirstBeyond = 65520.0F;
constexpr std::uint16_t kLargest = 0x7BFF;

std::uint64_t convertPlainly(const float* values, std::uint16_t* out, std::size_t count) {
  std::uint64_t saturated = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (std::isfinite(values[i]) && std::fabs(values[i]) >= kFirstBeyond) {
      out[i] = static_cast<std::uint16_t>(kLargest | (std::signbit(values[i]) ? 0x8000U : 0U));
      ++saturated;
    } else {
      out[i] = halfFromFloat(values[i]);
    }
  }
  return saturated;
}

#if defined(__x86_64__)
__attribute__((target("avx,f16c"))) std::uint64_t convertWithF16c(const float* values, std::uint16_t* out,
                                                                  std::size_t count) {
  std::uint64_t saturated = 0;
  const __m256 sign = _mm256_set1_ps(-0.0F), limit = _mm256_set1_ps(kFirstBeyond);
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const __m256 v = _mm256_loadu_ps(values + i);
    if (_mm256_movemask_ps(_mm256_cmp_ps(_mm256_andnot_ps(sign, v), limit, _CMP_GE_OQ)) != 0) {
      saturated += convertPlainly(values + i, out + i, 8);
      continue;
    }
    const __m128i half = _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), half);
  }
  return saturated + convertPlainly(values + i, out + i, count - i);
}

/// Asked of the processor itself: not every compiler's __builtin_cpu_supports knows F16C.
bool supportsF16c() {
  unsigned int a = 0, b = 0, c = 0, d = 0;
  return __builtin_cpu_supports("avx") && __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}
#endif

}  // namespace

std::uint64_t toHalf(std::span<const float> values, std::span<std::uint16_t> out) {
  require(values.size() == out.size(), "toHalf: lengths differ");
#if defined(__x86_64__)
  static const bool hasF16c = supportsF16c();
  if (hasF16c) return convertWithF16c(values.data(), out.data(), values.size());
#endif
  return convertPlainly(values.data(), out.data(), values.size());
}

}  // namespace oodscope
