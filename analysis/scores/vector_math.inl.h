// SPDX-License-Identifier: GPL-3.0-or-later
// Included once for each SIMD target: the guard is Highway's toggle, not #pragma once.
#if defined(OODSCOPE_VECTOR_MATH_INL_H) == defined(HWY_TARGET_TOGGLE)
#ifdef OODSCOPE_VECTOR_MATH_INL_H
#undef OODSCOPE_VECTOR_MATH_INL_H
#else
#define OODSCOPE_VECTOR_MATH_INL_H
#endif

#include <hwy/highway.h>

#include <cstdint>

HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::ScalableTag<float>;
using V = hn::Vec<D>;
using DI = hn::RebindToSigned<D>;
using DU = hn::RebindToUnsigned<D>;

HWY_INLINE V loadWide(D d, const float* in) { return hn::LoadU(d, in); }

/// Exact value of binary16 bits, infinities and NaN included; Highway's own emulation leaves those out.
HWY_INLINE V loadWide(D d, const std::uint16_t* in) {
#if HWY_TARGET == HWY_AVX2 || HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL || \
    (HWY_ARCH_ARM_A64 && HWY_TARGET == HWY_NEON)
  const hn::Rebind<hwy::float16_t, D> half;
  const hn::Rebind<std::uint16_t, D> bits;
  return hn::PromoteTo(d, hn::BitCast(half, hn::LoadU(bits, in)));
#else
  const DU du;
  const hn::Rebind<std::uint16_t, D> narrow;
  const auto half = hn::PromoteTo(du, hn::LoadU(narrow, in));
  const auto kInfinity = hn::Set(du, 0x7c00U << 13U);
  const auto magnitude = hn::ShiftLeft<13>(hn::And(half, hn::Set(du, 0x7fffU)));
  const auto exponent = hn::And(magnitude, kInfinity);
  const auto normal = hn::Add(magnitude, hn::Set(du, (127U - 15U) << 23U));
  const auto special = hn::Add(normal, hn::Set(du, (128U - 16U) << 23U));
  // Subnormal: the subtraction renormalises, without a denormal operand that flush-to-zero modes would lose.
  const auto subnormal =
      hn::BitCast(du, hn::Sub(hn::BitCast(d, hn::Add(normal, hn::Set(du, 1U << 23U))), hn::Set(d, 0x1p-14F)));
  auto wide = hn::IfThenElse(hn::Eq(exponent, kInfinity), special, normal);
  wide = hn::IfThenElse(hn::Eq(exponent, hn::Zero(du)), subnormal, wide);
  const auto sign = hn::ShiftLeft<16>(hn::And(half, hn::Set(du, 0x8000U)));
  return hn::BitCast(d, hn::Or(wide, sign));
#endif
}

/// max(value, floor) that lets a NaN value through.
HWY_INLINE V raiseTo(V value, V floor) {
#if HWY_ARCH_X86 && HWY_TARGET != HWY_SCALAR
  return hn::Max(floor, value);  // maxps returns its second operand where either is NaN
#else
  return hn::IfThenElse(hn::Lt(value, floor), floor, value);
#endif
}

#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX3_DL

/// sum + 2^(difference * exponentScale) for any difference <= 0, -infinity (exactly 0) and NaN included.
/// Error of the power: 8.3e-8 relative in exact arithmetic (tests/reference/scores/fit_exponential.py), 2e-7 as
/// rounded; exactly 1 at 0. Powers below 2^-126 take a hundred times as long unless FlushDenormals is in force.
HWY_INLINE V power(D d, V difference, V exponentScale, V) {
  const V x = hn::Mul(difference, exponentScale);
  // The fraction above the floor, and 2^floor(x) times something: one instruction each.
  const V r{_mm512_reduce_ps(x.raw, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)};
  V p = hn::Set(d, 1.867130496e-3F);
  p = hn::MulAdd(p, r, hn::Set(d, 9.017029415e-3F));
  p = hn::MulAdd(p, r, hn::Set(d, 5.579991376e-2F));
  p = hn::MulAdd(p, r, hn::Set(d, 2.401644500e-1F));
  p = hn::MulAdd(p, r, hn::Set(d, 6.931513118e-1F));
  p = hn::MulAdd(p, r, hn::Set(d, 1.0F));
  return V{_mm512_scalef_ps(p.raw, x.raw)};
}

HWY_INLINE V addPower(D d, V difference, V exponentScale, V lowest, V sum) {
  return hn::Add(sum, power(d, difference, exponentScale, lowest));
}

/// Results too small for a normal float become 0 while this lives: exact enough for sums that hold a 1, and without the
/// microcode that denormal results otherwise cost.
class FlushDenormals {
public:
  FlushDenormals() : m_saved(_mm_getcsr()) { _mm_setcsr(m_saved | 0x8000U); }
  ~FlushDenormals() { _mm_setcsr(m_saved); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

private:
  unsigned m_saved;
};

#else

/// 2^(difference * exponentScale) = *scale * mantissa for any difference <= 0; at 2^-126.5 and below, where difference
/// is raised to `lowest`, the scale is 0. A NaN difference gives a NaN mantissa. Error: 9.2e-8 relative in exact
/// arithmetic (tests/reference/scores/fit_exponential.py), 2e-7 as rounded; exactly 1 at 0.
HWY_INLINE V powerParts(D d, V difference, V exponentScale, V lowest, V* scale) {
  const V kRound = hn::Set(d, 0x1.8p23F + 127.0F);  // its last bits hold the biased exponent after the addition
  const V raised = raiseTo(difference, lowest);
  const V biased = hn::MulAdd(raised, exponentScale, kRound);
  const V r = hn::MulSub(raised, exponentScale, hn::Sub(biased, kRound));
  *scale = hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(DI(), biased)));
  V p = hn::Set(d, 1.326472725e-3F);
  p = hn::MulAdd(p, r, hn::Set(d, 9.671512786e-3F));
  p = hn::MulAdd(p, r, hn::Set(d, 5.550733744e-2F));
  p = hn::MulAdd(p, r, hn::Set(d, 2.402224208e-1F));
  p = hn::MulAdd(p, r, hn::Set(d, 6.931469776e-1F));
  return hn::MulAdd(p, r, hn::Set(d, 1.0F));
}

HWY_INLINE V power(D d, V difference, V exponentScale, V lowest) {
  V scale;
  const V mantissa = powerParts(d, difference, exponentScale, lowest, &scale);
  return hn::Mul(scale, mantissa);
}

HWY_INLINE V addPower(D d, V difference, V exponentScale, V lowest, V sum) {
  V scale;
  const V mantissa = powerParts(d, difference, exponentScale, lowest, &scale);
  return hn::MulAdd(scale, mantissa, sum);
}

struct FlushDenormals {
  FlushDenormals() {}  // the powers above are 0 before they are denormal; not trivial, so that nobody calls it unused
};

#endif

/// ln x for normal x >= 1, relative error 1e-7, exactly 0 at 1; NaN stays NaN. Source of the polynomial: Cephes logf.
HWY_INLINE V logarithm(D d, V x) {
  const DI di;
  const auto bits = hn::BitCast(di, x);
  // Mantissa into [sqrt(1/2), sqrt(2)): subtracting sqrt(1/2)'s bits first lets the exponent carry by itself.
  const auto kHalfRoot = hn::Set(di, 0x3f3504f3);
  const auto shifted = hn::Sub(bits, kHalfRoot);
  const auto exponent = hn::ShiftRight<23>(shifted);
  const V f = hn::Sub(hn::BitCast(d, hn::Add(hn::And(shifted, hn::Set(di, 0x007fffff)), kHalfRoot)), hn::Set(d, 1.0F));
  const V e = hn::ConvertTo(d, exponent);
  const V f2 = hn::Mul(f, f);
  V p = hn::Set(d, 7.0376836292e-2F);
  p = hn::MulAdd(p, f, hn::Set(d, -1.1514610310e-1F));
  p = hn::MulAdd(p, f, hn::Set(d, 1.1676998740e-1F));
  p = hn::MulAdd(p, f, hn::Set(d, -1.2420140846e-1F));
  p = hn::MulAdd(p, f, hn::Set(d, 1.4249322787e-1F));
  p = hn::MulAdd(p, f, hn::Set(d, -1.6668057665e-1F));
  p = hn::MulAdd(p, f, hn::Set(d, 2.0000714765e-1F));
  p = hn::MulAdd(p, f, hn::Set(d, -2.4999993993e-1F));
  p = hn::MulAdd(p, f, hn::Set(d, 3.3333331174e-1F));
  V y = hn::Mul(hn::Mul(f, f2), p);
  y = hn::MulAdd(e, hn::Set(d, -2.12194440e-4F), y);
  y = hn::NegMulAdd(hn::Set(d, 0.5F), f2, y);
  y = hn::MulAdd(e, hn::Set(d, 0.693359375F), hn::Add(f, y));
  return hn::MulAdd(x, hn::Zero(d), y);
}

/// exp(-|x|), to be shared by what follows.
HWY_INLINE V decay(D d, V x) {
  const V scale = hn::Set(d, 1.44269504F), lowest = hn::Set(d, -88.0F);
  return power(d, hn::Neg(hn::Abs(x)), scale, lowest);
}

/// 1 / (1 + exp(-x)), relative error 4e-7 where it is normal; NaN stays NaN.
HWY_INLINE V sigmoid(D d, V x) {
  const V e = decay(d, x);
  const V upper = hn::Div(hn::Set(d, 1.0F), hn::Add(hn::Set(d, 1.0F), e));
  return hn::IfThenElse(hn::Lt(x, hn::Zero(d)), hn::Mul(e, upper), upper);
}

/// ln(1 + exp(x)), relative error 4e-7, for large negative x too; NaN stays NaN, infinity stays infinity.
HWY_INLINE V softplus(D d, V x) {
  const V e = decay(d, x);
  const V sum = hn::Add(hn::Set(d, 1.0F), e);
  // What 1 + e lost of e in rounding, to first order.
  const V lost = hn::Div(hn::Sub(e, hn::Sub(sum, hn::Set(d, 1.0F))), sum);
  const V above = hn::Add(logarithm(d, sum), lost);
  return hn::IfThenElse(hn::Gt(x, hn::Zero(d)), hn::Add(x, above), above);
}

/// tanh x, relative error 6e-7; NaN stays NaN. exp(-2|x|) - 1 comes from a power of 2 whose polynomial has no constant
/// term, so that small x lose no digits.
HWY_INLINE V hyperbolicTangent(D d, V x) {
  const V magnitude = hn::Abs(x);
  const V kRound = hn::Set(d, 0x1.8p23F + 127.0F);
  const V t = hn::Mul(raiseTo(hn::Neg(magnitude), hn::Set(d, -40.0F)), hn::Set(d, 2.88539008F));
  const V biased = hn::Add(t, kRound);
  const V r = hn::Sub(t, hn::Sub(biased, kRound));
  const V scale = hn::BitCast(d, hn::ShiftLeft<23>(hn::BitCast(DI(), biased)));
  V p = hn::Set(d, 1.5252734e-5F);  // Taylor: ln(2)^n / n!, 2e-8 at |r| = 1/2
  p = hn::MulAdd(p, r, hn::Set(d, 1.5403530e-4F));
  p = hn::MulAdd(p, r, hn::Set(d, 1.3333558e-3F));
  p = hn::MulAdd(p, r, hn::Set(d, 9.6181291e-3F));
  p = hn::MulAdd(p, r, hn::Set(d, 5.5504109e-2F));
  p = hn::MulAdd(p, r, hn::Set(d, 2.4022651e-1F));
  p = hn::MulAdd(p, r, hn::Set(d, 6.9314718e-1F));
  const V less = hn::MulAdd(scale, hn::Mul(p, r), hn::Sub(scale, hn::Set(d, 1.0F)));
  return hn::CopySign(hn::Div(less, hn::Add(less, hn::Set(d, 2.0F))), x);
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // the toggle
