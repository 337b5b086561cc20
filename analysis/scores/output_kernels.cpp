// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/scores/output_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)  // as score_kernels.cpp
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analysis/scores/groups.inl.h"
#include "analysis/scores/vector_math.inl.h"

// Scores that read more than a softmax of logits, lane by lane from a group's tile.
HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {

HWY_INLINE V tileAt(D d, const Group& group, int plane, std::size_t at) {
  return hn::Load(d, group.tile + static_cast<std::size_t>(plane) * group.pixels + at);
}

/// max that lets a NaN of either through.
HWY_INLINE V largerOrNan(V a, V b) { return hn::IfThenElse(hn::Or(hn::Gt(b, a), hn::IsNaN(b)), b, a); }

/// ln sum exp of the first `planes` planes. A NaN or +infinity gives NaN, -infinity everywhere too.
HWY_INLINE V logSumExp(D d, const Group& group, int planes, std::size_t at) {
  V largest = tileAt(d, group, 0, at);
  for (int c = 1; c < planes; ++c) largest = largerOrNan(largest, tileAt(d, group, c, at));
  const V scale = hn::Set(d, 1.44269504F), lowest = hn::Set(d, -88.0F);
  V sum = hn::Zero(d);
  for (int c = 0; c < planes; ++c) sum = addPower(d, hn::Sub(tileAt(d, group, c, at), largest), scale, lowest, sum);
  return hn::Add(largest, logarithm(d, sum));
}

/// ln P(d_out | x): minus softplus of how much more the head says "in".
HWY_INLINE V logOutlier(D d, const Group& group, const Recipe& recipe, std::size_t at) {
  const int first = group.channels - recipe.outlierPlanes;
  V inlier = tileAt(d, group, first, at);
  if (recipe.outlierPlanes == 2) inlier = hn::Sub(inlier, tileAt(d, group, first + 1, at));
  return hn::Neg(softplus(d, inlier));
}

void DenseHybridGroup(const Group& group, const Recipe& recipe, float* out) {
  const D d;
  for (std::size_t at = 0; at < group.pixels; at += hn::Lanes(d)) {
    const V likelihood = logSumExp(d, group, group.channels - recipe.outlierPlanes, at);
    hn::StoreU(hn::Sub(logOutlier(d, group, recipe, at), likelihood), d, out + at);
  }
}

void DenseHybridGenerativeGroup(const Group& group, const Recipe&, float* out) {
  const D d;
  for (std::size_t at = 0; at < group.pixels; at += hn::Lanes(d))
    hn::StoreU(hn::Neg(logSumExp(d, group, group.channels, at)), d, out + at);
}

void DenseHybridDiscriminativeGroup(const Group& group, const Recipe& recipe, float* out) {
  const D d;
  for (std::size_t at = 0; at < group.pixels; at += hn::Lanes(d))
    hn::StoreU(logOutlier(d, group, recipe, at), d, out + at);
}

void StandardisedMaxLogitGroup(const Group& group, const Recipe& recipe, float* out) {
  const D d;
  for (std::size_t at = 0; at < group.pixels; at += hn::Lanes(d)) {
    V largest = tileAt(d, group, 0, at);
    V mean = hn::Set(d, recipe.means[0]), inverse = hn::Set(d, recipe.inverseDeviations[0]);
    for (int c = 1; c < group.channels; ++c) {
      const V z = tileAt(d, group, c, at);
      const auto isLarger = hn::Or(hn::Gt(z, largest), hn::IsNaN(z));
      const auto plane = static_cast<std::size_t>(c);
      largest = hn::IfThenElse(isLarger, z, largest);
      mean = hn::IfThenElse(isLarger, hn::Set(d, recipe.means[plane]), mean);
      inverse = hn::IfThenElse(isLarger, hn::Set(d, recipe.inverseDeviations[plane]), inverse);
    }
    hn::StoreU(hn::Mul(hn::Sub(mean, largest), inverse), d, out + at);
  }
}

void RbaGroup(const Group& group, const Recipe&, float* out) {
  const D d;
  const std::size_t n = hn::Lanes(d);
  for (std::size_t at = 0; at < group.pixels; at += 2 * n) {  // two chains; a group has two vectors or four
    V first = hn::Zero(d), second = hn::Zero(d);
    for (int c = 0; c < group.channels; ++c) {
      first = hn::Add(first, hyperbolicTangent(d, tileAt(d, group, c, at)));
      second = hn::Add(second, hyperbolicTangent(d, tileAt(d, group, c, at + n)));
    }
    hn::StoreU(hn::Neg(first), d, out + at);
    hn::StoreU(hn::Neg(second), d, out + at + n);
  }
}

void ArgmaxPlaneGroup(const Group& group, const Recipe&, float* out) {
  const D d;
  for (std::size_t at = 0; at < group.pixels; at += hn::Lanes(d)) {
    V largest = hn::Set(d, -std::numeric_limits<float>::infinity()), best = hn::Set(d, 255.0F);
    for (int c = 0; c < group.channels; ++c) {
      const V value = tileAt(d, group, c, at);
      const auto isLarger = hn::Gt(value, largest);
      best = hn::IfThenElse(isLarger, hn::Set(d, static_cast<float>(c)), best);
      largest = hn::IfThenElse(isLarger, value, largest);
    }
    hn::StoreU(best, d, out + at);
  }
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {

HWY_EXPORT(DenseHybridGroup);
HWY_EXPORT(DenseHybridGenerativeGroup);
HWY_EXPORT(DenseHybridDiscriminativeGroup);
HWY_EXPORT(StandardisedMaxLogitGroup);
HWY_EXPORT(RbaGroup);
HWY_EXPORT(ArgmaxPlaneGroup);

void denseHybridGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(DenseHybridGroup)(group, recipe, out);
}
void denseHybridGenerativeGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(DenseHybridGenerativeGroup)(group, recipe, out);
}
void denseHybridDiscriminativeGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(DenseHybridDiscriminativeGroup)(group, recipe, out);
}
void standardisedMaxLogitGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(StandardisedMaxLogitGroup)(group, recipe, out);
}
void rbaGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(RbaGroup)(group, recipe, out);
}
void argmaxPlaneGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(ArgmaxPlaneGroup)(group, recipe, out);
}

}  // namespace oodscope::kernels
#endif
