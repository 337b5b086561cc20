// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/score_kernels.h"

#include "analysis/scores/tiny_entropy.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <vector>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "analysis/scores/score_kernels.cpp"
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)  // no arrays of sizeless vectors
#include <hwy/aligned_allocator.h>
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "analysis/scores/groups.inl.h"
#include "analysis/scores/vector_math.inl.h"

HWY_BEFORE_NAMESPACE();
namespace oodscope::kernels::HWY_NAMESPACE {

/// Largest (and second largest) logit of each pixel, the logits widened into `tile` for the passes that follow.
template <bool kSecond, class T>
HWY_INLINE void loadGroup(const T* const* planes, int channels, std::size_t at, float* HWY_RESTRICT tile,
                          float* HWY_RESTRICT largest, float* HWY_RESTRICT second) {
  const D d;
  const std::size_t n = hn::Lanes(d);
  V m[kUnroll], m2[kUnroll];
  OODSCOPE_UNROLLED {
    m[u] = loadWide(d, planes[0] + at + u * n);
    if (kSecond) m2[u] = hn::Set(d, -std::numeric_limits<float>::infinity());
    hn::Store(m[u], d, tile + u * n);
  }
  for (int c = 1; c < channels; ++c) {
    const T* plane = planes[c] + at;
    float* row = tile + static_cast<std::size_t>(c) * groupSize();
    OODSCOPE_UNROLLED {
      const V z = loadWide(d, plane + u * n);
      hn::Store(z, d, row + u * n);
      if (kSecond) m2[u] = hn::Max(m2[u], hn::Min(m[u], z));
      m[u] = hn::Max(m[u], z);
    }
  }
  OODSCOPE_UNROLLED {
    hn::Store(m[u], d, largest + u * n);
    if (kSecond) hn::Store(m2[u], d, second + u * n);
  }
}

/// Minus the largest plane, or 1 minus that.
template <bool kFromOne, class T>
HWY_INLINE void maxLogitOf(const T* const* planes, int channels, std::size_t at, float* HWY_RESTRICT out) {
  const D d;
  const std::size_t n = hn::Lanes(d);
  V m[kUnroll];
  OODSCOPE_UNROLLED m[u] = loadWide(d, planes[0] + at + u * n);
  for (int c = 1; c < channels; ++c) {
    prefetchAhead(planes[c] + at);
    OODSCOPE_UNROLLED {
      const V z = loadWide(d, planes[c] + at + u * n);
      m[u] = hn::IfThenElse(hn::Or(hn::Gt(z, m[u]), hn::IsNaN(z)), z, m[u]);  // a NaN, once in, is never left
    }
  }
  OODSCOPE_UNROLLED hn::StoreU(kFromOne ? hn::Sub(hn::Set(d, 1.0F), m[u]) : hn::Neg(m[u]), d, out + u * n);
}

/// Entropies of a vector, stored, those that a float can hold and the kernel's powers cannot in double. Where logits
/// lie farther apart than any float reaches, 0 is right and stays: at low temperatures that is most of a frame.
HWY_INLINE void refineTiny(const float* HWY_RESTRICT tile, V largest, V result, int channels, const Recipe& recipe,
                           float* HWY_RESTRICT out) {
  const D d;
  V runnerUp = hn::Set(d, -std::numeric_limits<float>::infinity());
  for (int c = 0; c < channels; ++c) {
    const V difference = hn::Sub(hn::Load(d, tile + static_cast<std::size_t>(c) * groupSize()), largest);
    runnerUp = hn::IfThenElse(hn::Lt(difference, hn::Zero(d)), hn::Max(runnerUp, difference), runnerUp);
  }
  const V exponent = hn::Mul(runnerUp, hn::Set(d, recipe.inverseTemperature));
  const auto isTiny = hn::Lt(result, hn::Set(d, kTinyEntropy));
  const bool none = hn::AllFalse(d, hn::And(isTiny, hn::Gt(exponent, hn::Set(d, kLeastTinyExponent))));
  hn::StoreU(result, d, out);
  if (none) return;
  for (std::size_t lane = 0; lane < hn::Lanes(d); ++lane)
    if (out[lane] < kTinyEntropy)
      out[lane] = tinyEntropy(tile + lane, groupSize(), channels, static_cast<double>(recipe.inverseTemperature),
                              static_cast<double>(recipe.inverseLogChannels));
}

/// What follows the sum of powers: one tag a method, so that the loop over the channels is written once.
struct Msp {};
struct MaxEntropy {};
struct Energy {};
struct SoftmaxDistance {};
struct Void {};

/// The score of a group from its widened logits. `ahead`: planes from which later groups are fetched meanwhile, so that
/// memory works while this one computes; nullptr where somebody else sees to it.
template <class Score, bool kRaise = false, class T = float>
HWY_INLINE void scoreGroup(const Group& group, const T* const* ahead, const Recipe& recipe, float* HWY_RESTRICT out) {
  const float* HWY_RESTRICT tile = group.tile;
  const int channels = group.channels;
  constexpr bool kIsEntropy = std::is_same_v<Score, MaxEntropy>;
  const D d;
  const std::size_t n = hn::Lanes(d);
  const V one = hn::Set(d, 1.0F);
  const V factor = hn::Set(d, recipe.exponentScale);
  const V lowest = hn::Set(d, recipe.lowestDifference);
  V m[kUnroll], sum[kUnroll], weighted[kUnroll];
  OODSCOPE_UNROLLED {
    m[u] = hn::Load(d, group.largest + u * n);
    sum[u] = hn::Zero(d);
    weighted[u] = hn::Zero(d);
  }
  for (int c = 0; c < channels; ++c) {
    const float* row = tile + static_cast<std::size_t>(c) * groupSize();
    if (ahead != nullptr) prefetchAhead(ahead[c] + group.at);
    OODSCOPE_UNROLLED {
      const V difference = hn::Sub(hn::Load(d, row + u * n), m[u]);
      if constexpr (kIsEntropy) {
        const V e = power(d, difference, factor, lowest);
        sum[u] = hn::Add(sum[u], e);
        weighted[u] = hn::MulAdd(e, kRaise ? raiseTo(difference, lowest) : difference, weighted[u]);
      } else {
        sum[u] = addPower(d, difference, factor, lowest, sum[u]);
      }
    }
  }
  if constexpr (kIsEntropy && !kRaise) {
    // 0 * -infinity is NaN: a channel at -infinity is rare, so it is looked for once and not at each channel.
    V any = hn::Zero(d);
    for (const V& sumOfGroup : weighted) any = hn::MulAdd(sumOfGroup, hn::Zero(d), any);
    if (!hn::AllFalse(d, hn::IsNaN(any))) return scoreGroup<Score, true, T>(group, nullptr, recipe, out);
  }
  OODSCOPE_UNROLLED {
    V result;
    if constexpr (std::is_same_v<Score, Msp>) {
      result = hn::Sub(one, hn::Div(one, sum[u]));
    } else if constexpr (kIsEntropy) {
      const V mean = hn::Div(hn::Mul(weighted[u], hn::Set(d, recipe.inverseTemperature)), sum[u]);
      result = hn::Mul(hn::Sub(logarithm(d, sum[u]), mean), hn::Set(d, recipe.inverseLogChannels));
      if (!hn::AllFalse(d, hn::Lt(result, hn::Set(d, kTinyEntropy)))) {
        refineTiny(tile + u * n, m[u], result, channels, recipe, out + u * n);
        continue;
      }
    } else if constexpr (std::is_same_v<Score, Energy>) {
      result = hn::Neg(hn::MulAdd(hn::Set(d, recipe.temperature), logarithm(d, sum[u]), m[u]));
    } else if constexpr (std::is_same_v<Score, SoftmaxDistance>) {
      const V runnerUp = power(d, hn::Sub(hn::Load(d, group.second + u * n), m[u]), factor, lowest);
      result = hn::Sub(one, hn::Div(hn::Sub(one, runnerUp), sum[u]));
    } else {
      const V z = hn::Load(d, tile + static_cast<std::size_t>(recipe.voidPlane) * groupSize() + u * n);
      result = hn::Div(power(d, hn::Sub(z, m[u]), factor, lowest), sum[u]);
    }
    hn::StoreU(result, d, out + u * n);
  }
}

template <class Score>
HWY_INLINE void scoreGroupOf(const Group& group, const Recipe& recipe, float* out) {
  if (!group.fetchesAhead)
    scoreGroup<Score>(group, static_cast<const float* const*>(nullptr), recipe, out);
  else if (group.half != nullptr)
    scoreGroup<Score>(group, group.half, recipe, out);
  else
    scoreGroup<Score>(group, group.single, recipe, out);
}

void MspGroup(const Group& group, const Recipe& recipe, float* out) { scoreGroupOf<Msp>(group, recipe, out); }
void MaxEntropyGroup(const Group& group, const Recipe& recipe, float* out) {
  scoreGroupOf<MaxEntropy>(group, recipe, out);
}
void EnergyGroup(const Group& group, const Recipe& recipe, float* out) { scoreGroupOf<Energy>(group, recipe, out); }
void SoftmaxDistanceGroup(const Group& group, const Recipe& recipe, float* out) {
  scoreGroupOf<SoftmaxDistance>(group, recipe, out);
}
void VoidGroup(const Group& group, const Recipe& recipe, float* out) { scoreGroupOf<Void>(group, recipe, out); }
template <bool kFromOne>
HWY_INLINE void maxLogitGroupOf(const Group& group, float* out) {
  if (group.half != nullptr)
    maxLogitOf<kFromOne>(group.half, group.channels, group.at, out);
  else
    maxLogitOf<kFromOne>(group.single, group.channels, group.at, out);
}
void MaxLogitGroup(const Group& group, const Recipe&, float* out) { maxLogitGroupOf<false>(group, out); }
void MembershipMaxGroup(const Group& group, const Recipe&, float* out) { maxLogitGroupOf<true>(group, out); }

struct Scratch {
  hwy::AlignedFreeUniquePtr<float[]> memory;
  float* tile = nullptr;
  float* largest = nullptr;
  float* second = nullptr;
  explicit Scratch(int channels) {
    const std::size_t group = groupSize();
    memory = hwy::AllocateAligned<float>((static_cast<std::size_t>(channels) + 2) * group);
    largest = memory.get();
    second = largest + group;
    tile = second + group;
  }
};

/// Scores one whole group with every recipe; `outs` advance by `offset`.
template <class T>
HWY_INLINE void groupOnce(const T* const* planes, int channels, std::size_t at, std::span<const Recipe> recipes,
                          const Wanted& wanted, const Scratch& scratch, float* const* outs, std::size_t offset) {
  if (wanted.second) {
    loadGroup<true>(planes, channels, at, scratch.tile, scratch.largest, scratch.second);
  } else if (wanted.tile) {
    loadGroup<false>(planes, channels, at, scratch.tile, scratch.largest, scratch.second);
  }
  Group group{.at = at, .channels = channels, .pixels = groupSize(), .fetchesAhead = true};
  setPlanes(group, planes);
  if (wanted.tile) {
    group.tile = scratch.tile;
    group.largest = scratch.largest;
  }
  if (wanted.second) group.second = scratch.second;
  for (std::size_t r = 0; r < recipes.size(); ++r) {
    recipes[r].kernel(group, recipes[r], outs[r] + offset);
    group.fetchesAhead = false;
  }
}

template <class T>
void scoreSpanOf(const T* const* planes, int channels, std::size_t first, std::size_t count,
                 std::span<const Recipe> recipes, float* const* outs) {
  const std::size_t group = groupSize();
  const Wanted wanted(recipes);
  const Scratch scratch(channels);
  const FlushDenormals flush;
  std::size_t done = 0;
  for (; done + group <= count; done += group)
    groupOnce(planes, channels, first + done, recipes, wanted, scratch, outs, done);
  if (done == count) return;
  const Padded<T> rest(planes, channels, first + done, count - done);
  std::vector<float> results(recipes.size() * group);
  std::vector<float*> targets(recipes.size());
  for (std::size_t r = 0; r < recipes.size(); ++r) targets[r] = results.data() + r * group;
  groupOnce(rest.planes.data(), channels, 0, recipes, wanted, scratch, targets.data(), 0);
  for (std::size_t r = 0; r < recipes.size(); ++r) std::copy_n(targets[r], count - done, outs[r] + done);
}

template <class T>
HWY_INLINE void argmaxGroup(const T* const* planes, int channels, std::size_t at, std::uint8_t* out) {
  const D d;
  const DI di;
  const std::size_t n = hn::Lanes(d);
  V m[kUnroll];
  hn::Vec<DI> best[kUnroll];
  OODSCOPE_UNROLLED {
    m[u] = hn::Set(d, -std::numeric_limits<float>::infinity());
    best[u] = hn::Set(di, 255);
  }
  for (int c = 0; c < channels; ++c) {
    prefetchAhead(planes[c] + at);
    const auto index = hn::Set(di, c);
    OODSCOPE_UNROLLED {
      const V z = loadWide(d, planes[c] + at + u * n);
      const auto larger = hn::Gt(z, m[u]);
      best[u] = hn::IfThenElse(hn::RebindMask(di, larger), index, best[u]);
      m[u] = hn::IfThenElse(larger, z, m[u]);
    }
  }
  const hn::Rebind<std::uint8_t, D> narrow;
  OODSCOPE_UNROLLED hn::StoreU(hn::DemoteTo(narrow, best[u]), narrow, out + u * n);
}

template <class T>
void argmaxSpanOf(const T* const* planes, int channels, std::size_t first, std::size_t count, std::uint8_t* out) {
  const std::size_t group = groupSize();
  std::size_t done = 0;
  for (; done + group <= count; done += group) argmaxGroup(planes, channels, first + done, out + done);
  if (done == count) return;
  const Padded<T> rest(planes, channels, first + done, count - done);
  std::vector<std::uint8_t> results(group);
  argmaxGroup(rest.planes.data(), channels, 0, results.data());
  std::copy_n(results.data(), count - done, out + done);
}

void ScoreSpanHalf(const std::uint16_t* const* planes, int channels, std::size_t first, std::size_t count,
                   std::span<const Recipe> recipes, float* const* outs) {
  scoreSpanOf(planes, channels, first, count, recipes, outs);
}
void ScoreSpanSingle(const float* const* planes, int channels, std::size_t first, std::size_t count,
                     std::span<const Recipe> recipes, float* const* outs) {
  scoreSpanOf(planes, channels, first, count, recipes, outs);
}
void ArgmaxSpanHalf(const std::uint16_t* const* planes, int channels, std::size_t first, std::size_t count,
                    std::uint8_t* out) {
  argmaxSpanOf(planes, channels, first, count, out);
}
void ArgmaxSpanSingle(const float* const* planes, int channels, std::size_t first, std::size_t count,
                      std::uint8_t* out) {
  argmaxSpanOf(planes, channels, first, count, out);
}

}  // namespace oodscope::kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace oodscope::kernels {

HWY_EXPORT(ScoreSpanHalf);
HWY_EXPORT(ScoreSpanSingle);
HWY_EXPORT(ArgmaxSpanHalf);
HWY_EXPORT(ArgmaxSpanSingle);
HWY_EXPORT(MspGroup);
HWY_EXPORT(MaxLogitGroup);
HWY_EXPORT(MaxEntropyGroup);
HWY_EXPORT(EnergyGroup);
HWY_EXPORT(SoftmaxDistanceGroup);
HWY_EXPORT(VoidGroup);
HWY_EXPORT(MembershipMaxGroup);

void mspGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(MspGroup)(group, recipe, out);
}
void maxLogitGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(MaxLogitGroup)(group, recipe, out);
}
void maxEntropyGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(MaxEntropyGroup)(group, recipe, out);
}
void energyGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(EnergyGroup)(group, recipe, out);
}
void softmaxDistanceGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(SoftmaxDistanceGroup)(group, recipe, out);
}
void voidGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(VoidGroup)(group, recipe, out);
}
void membershipMaxGroup(const Group& group, const Recipe& recipe, float* out) {
  HWY_DYNAMIC_DISPATCH(MembershipMaxGroup)(group, recipe, out);
}

void scoreSpan(const std::uint16_t* const* planes, int channels, std::size_t first, std::size_t count,
               std::span<const Recipe> recipes, float* const* outs) {
  HWY_DYNAMIC_DISPATCH(ScoreSpanHalf)(planes, channels, first, count, recipes, outs);
}
void scoreSpan(const float* const* planes, int channels, std::size_t first, std::size_t count,
               std::span<const Recipe> recipes, float* const* outs) {
  HWY_DYNAMIC_DISPATCH(ScoreSpanSingle)(planes, channels, first, count, recipes, outs);
}
void argmaxSpan(const std::uint16_t* const* planes, int channels, std::size_t first, std::size_t count,
                std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(ArgmaxSpanHalf)(planes, channels, first, count, out);
}
void argmaxSpan(const float* const* planes, int channels, std::size_t first, std::size_t count, std::uint8_t* out) {
  HWY_DYNAMIC_DISPATCH(ArgmaxSpanSingle)(planes, channels, first, count, out);
}

}  // namespace oodscope::kernels
#endif
