// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/method_kinds.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

// Inner loops of the score functions, one body compiled for each SIMD target and chosen at run time. Internal to
// analysis/scores.
namespace oodscope::kernels {

/// A method with its parameters turned into what the inner loop multiplies with. What a further method multiplies with
/// becomes a member here.
struct Recipe {
  GroupKernel kernel = nullptr;
  KernelReads reads = KernelReads::Tile;
  float temperature = 1.0F;
  float inverseTemperature = 1.0F;
  float exponentScale = 1.0F;     ///< log2(e) / T
  float lowestDifference = 0.0F;  ///< z - max z below this adds exactly nothing: 2^-127
  float inverseLogChannels = 0.0F;
  int voidPlane = 0;      ///< the void channel's place among the planes, for methods that need one
  int outlierPlanes = 0;  ///< how many of the planes, the last ones, are the outlier head's
  int runs = 1;           ///< how many runs of a pass the planes are of, as many planes each, one run after another
  std::vector<float> means = {}, inverseDeviations = {};  ///< of each plane's class, for methods that need them
};

/// Weights by which the sigmoids of mask logits are summed up to planes.
struct QueryMix {
  int rows = 0, queries = 0;
  std::vector<float> weights = {};  ///< rows x queries
};

/// Pixels in flight together, as a kernel sees them. Planes are whatever a pixel's score is a function of: chosen
/// channels of the logits, these and an outlier head's, memberships.
struct Group {
  const std::uint16_t* const* half = nullptr;  ///< the planes as stored, one of the two; pixel 0 of the group lies
  const float* const* single = nullptr;        ///< at planes[c][at]
  std::size_t at = 0;
  int channels = 0;                ///< number of planes
  std::size_t pixels = 0;          ///< of the group
  const float* tile = nullptr;     ///< channels x pixels, float32; null where no recipe reads it
  const float* largest = nullptr;  ///< of each pixel
  const float* second = nullptr;   ///< of each pixel; null where no recipe reads it
  bool fetchesAhead = false;       ///< this kernel fetches later groups' memory while it computes
};

/// The kernels of the softmax family, one body for each SIMD target. Any function of that shape may stand beside them:
/// a method in plain C++ is compiled once and loops over group.pixels.
void mspGroup(const Group& group, const Recipe& recipe, float* out);
void maxLogitGroup(const Group& group, const Recipe& recipe, float* out);
void maxEntropyGroup(const Group& group, const Recipe& recipe, float* out);
void energyGroup(const Group& group, const Recipe& recipe, float* out);
void softmaxDistanceGroup(const Group& group, const Recipe& recipe, float* out);
void voidGroup(const Group& group, const Recipe& recipe, float* out);
/// Those of other families.
void standardisedMaxLogitGroup(const Group& group, const Recipe& recipe, float* out);
void denseHybridGroup(const Group& group, const Recipe& recipe, float* out);
void denseHybridGenerativeGroup(const Group& group, const Recipe& recipe, float* out);
void denseHybridDiscriminativeGroup(const Group& group, const Recipe& recipe, float* out);
void membershipMaxGroup(const Group& group, const Recipe& recipe, float* out);
void rbaGroup(const Group& group, const Recipe& recipe, float* out);
/// Entropy of the mean over runs of a pass of the softmax of each, and that less the mean of their entropies.
void meanEntropyGroup(const Group& group, const Recipe& recipe, float* out);
void mutualInformationGroup(const Group& group, const Recipe& recipe, float* out);
/// No score: the plane of the largest value, ties to the lowest, 255 where none is above -infinity.
void argmaxPlaneGroup(const Group& group, const Recipe& recipe, float* out);

/// Pixels scored together: planes handed to scoreSpan() may be cut anywhere, results never depend on where.
inline constexpr std::size_t kMaxGroup = 128;

/// Scores pixels [first, first + count) of `channels` planes with each of `recipes`; outs[r][0] is pixel `first`'s
/// score. Reads nothing outside the range, prefetching apart. Lane-wise: a pixel's score does not depend on its
/// neighbours.
void scoreSpan(const std::uint16_t* const* planes, int channels, std::size_t first, std::size_t count,
               std::span<const Recipe> recipes, float* const* outs);
void scoreSpan(const float* const* planes, int channels, std::size_t first, std::size_t count,
               std::span<const Recipe> recipes, float* const* outs);

/// The same of the planes that `mix` makes of `mix.queries` planes of mask logits, in their order: the sum over queries
/// of weight * sigmoid. Cost: queries sigmoids and rows * queries multiply-adds a pixel.
void mixSpan(const std::uint16_t* const* masks, const QueryMix& mix, std::size_t first, std::size_t count,
             std::span<const Recipe> recipes, float* const* outs);
void mixSpan(const float* const* masks, const QueryMix& mix, std::size_t first, std::size_t count,
             std::span<const Recipe> recipes, float* const* outs);

/// Plane index of the largest logit, ties to the lowest, 255 where no channel is above -infinity.
void argmaxSpan(const std::uint16_t* const* planes, int channels, std::size_t first, std::size_t count,
                std::uint8_t* out);
void argmaxSpan(const float* const* planes, int channels, std::size_t first, std::size_t count, std::uint8_t* out);

void widen(const std::uint16_t* in, std::size_t count, float* out);

/// out[i] = (1 - weight[i]) row[left[i]] + weight[i] row[right[i]].
void expandRow(const float* row, const std::int32_t* left, const std::int32_t* right, const float* weight,
               std::size_t count, float* out);
/// out[i] = (1 - weight) upper[i] + weight lower[i], rounded as expandRow does.
void blendRows(const float* upper, const float* lower, float weight, std::size_t count, float* out);
/// The four corners of each pixel, blended exactly as expandRow then blendRows would.
struct Corners {
  const float* upperLeft;
  const float* upperRight;
  const float* lowerLeft;
  const float* lowerRight;
};
void blendCorners(const Corners& corners, const float* weightX, const float* weightY, std::size_t count, float* out);

}  // namespace oodscope::kernels
