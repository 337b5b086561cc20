// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include <algorithm>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/scores/pass_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)  // as score_kernels.cpp
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analysis/scores/groups.inl.h"
#include "analysis/scores/vector_math.inl.h"

// Scores of several runs of a network over the same frame, lane by lane from a group's tile.
HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {

/// Adds one run's softmax to `sums`, a vector a class, and returns its entropy in nats. `row`: the run's first plane.
HWY_INLINE V addSoftmax(D d, const float* row, std::size_t stride, int classes, const Recipe& recipe, float* sums) {
  const std::size_t n = hn::Lanes(d);
  const V factor = hn::Set(d, recipe.exponentScale), lowest = hn::Set(d, recipe.lowestDifference);
  V largest = hn::Load(d, row);
  for (int c = 1; c < classes; ++c) {
    const V z = hn::Load(d, row + static_cast<std::size_t>(c) * stride);
    largest = hn::IfThenElse(hn::Or(hn::Gt(z, largest), hn::IsNaN(z)), z, largest);  // a NaN, once in, is never left
  }
  V sum = hn::Zero(d), weighted = hn::Zero(d);
  for (int c = 0; c < classes; ++c) {
    const V difference = hn::Sub(hn::Load(d, row + static_cast<std::size_t>(c) * stride), largest);
    const V e = power(d, difference, factor, lowest);
    sum = hn::Add(sum, e);
    weighted = hn::MulAdd(e, raiseTo(difference, lowest), weighted);
  }
  const V share = hn::Div(hn::Set(d, 1.0F), sum);
  for (int c = 0; c < classes; ++c) {
    const V difference = hn::Sub(hn::Load(d, row + static_cast<std::size_t>(c) * stride), largest);
    float* const to = sums + static_cast<std::size_t>(c) * n;
    hn::StoreU(hn::MulAdd(power(d, difference, factor, lowest), share, hn::LoadU(d, to)), d, to);
  }
  const V mean = hn::Mul(hn::Mul(weighted, hn::Set(d, recipe.inverseTemperature)), share);
  return hn::Sub(logarithm(d, sum), mean);
}

/// Entropy of the runs' mean softmax; less the mean of their entropies where asked for. In units of the recipe's.
template <bool kLessOwn>
HWY_INLINE void entropyOverRuns(const Group& group, const Recipe& recipe, float* out) {
  const D d;
  const std::size_t n = hn::Lanes(d);
  const int classes = group.channels / recipe.runs;
  const V share = hn::Set(d, 1.0F / static_cast<float>(recipe.runs));
  const V zero = hn::Zero(d), unit = hn::Set(d, recipe.inverseLogChannels);
  std::vector<float> sums(static_cast<std::size_t>(classes) * n);
  for (std::size_t at = 0; at < group.pixels; at += n) {
    std::ranges::fill(sums, 0.0F);
    V own = zero;
    for (int run = 0; run < recipe.runs; ++run) {
      const float* first = group.tile + static_cast<std::size_t>(run * classes) * group.pixels + at;
      own = hn::Add(own, addSoftmax(d, first, group.pixels, classes, recipe, sums.data()));
    }
    V entropy = zero;
    for (int c = 0; c < classes; ++c) {
      const V p = hn::Mul(hn::LoadU(d, sums.data() + static_cast<std::size_t>(c) * n), share);
      // Where p is 0 the logarithm is finite, and the product 0.
      entropy = hn::NegMulAdd(p, logarithm(d, p), entropy);
    }
    if (kLessOwn) entropy = hn::NegMulAdd(own, share, entropy);
    entropy = hn::IfThenElse(hn::Lt(entropy, zero), zero, entropy);  // by rounding alone; NaN stays
    hn::StoreU(hn::Mul(entropy, unit), d, out + at);
  }
}

void MeanEntropyGroup(const Group& group, const Recipe& recipe, float* out) {
  entropyOverRuns<false>(group, recipe, out);
}
void MutualInformationGroup(const Group& group, const Recipe& recipe, float* out) {
  entropyOverRuns<true>(group, recipe, out);
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {

HWY_EXPORT(MeanEntropyGroup);
HWY_EXPORT(MutualInformationGroup);

void meanEntropyGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(MeanEntropyGroup)(group, recipe, out);
}
void mutualInformationGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(MutualInformationGroup)(group, recipe, out);
}

}  // namespace oodscope::kernels
#endif
