// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/scores/method.h"
#include "analysis/scores/outputs.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

struct FeatureReference;

/// Of the largest logit of the pixels that are predicted as a class, on some training set: indexed by channel.
struct MaxLogitStatistics {
  std::vector<double> mean = {}, variance = {};
  friend bool operator==(const MaxLogitStatistics&, const MaxLogitStatistics&) = default;
};

/// Entropy is divided by ln of the number of *chosen* channels (ln 19 for the first 19 of a 20-output network), so 1 is
/// a uniform p whatever the subset; with a single channel it is 0. Constant over a set, so the ranking is unaffected.
struct ScoreParameters {
  Method method = {};
  float temperature = 1.0F;        ///< > 0
  std::vector<int> channels = {};  ///< which channels take part, ascending; empty: all. Ignored where the method reads
                                   ///< all channels (MethodKind::readsAllChannels)
  int voidChannel = -1;            ///< for methods that need one; -1: the network has none
  std::optional<MaxLogitStatistics> classStatistics = {};  ///< for methods that need them
  std::shared_ptr<const FeatureReference> features = {};   ///< what was fitted for features, for methods that need it
};

/// Score of each pixel at the outputs' own resolution (OutputsView::size), arrays of another size upsampled to it.
/// Which arrays are read, the method declares (MethodKind::planes). Where these are class and mask logits, mask logits
/// are upsampled, then S_k = sum_q P_q(k) sigmoid(m_q) is formed. Shapes: out has width*height values. Errors:
/// ContractViolation for a T that is not positive and finite, a channel out of range, not ascending or repeated,
/// outputs that lack what the method needs, or a size mismatch. A NaN logit among the channels gives a NaN score;
/// +infinity gives NaN where a softmax is taken and -infinity from max-logit; a channel at -infinity has probability 0;
/// the caller counts what is not finite. Float16 subnormals count. Error: 2e-6 absolute for values in [0, 1], 2e-6
/// max(1, |score|) for energy, none for max-logit, 1e-6 relative for rba. The same bits for any number of threads, but
/// not for every SIMD target. Cost: one read of the arrays, C exps a pixel; of masks Q sigmoids and K Q multiply-adds.
/// Methods of features (MethodKind::featureScore) are scored at the features' own resolution and that map is upsampled
/// bilinearly, whatever rows or pixels are asked for. Sources: those of each method's declaration.
void score(const OutputsView& outputs, const ScoreParameters& parameters, std::span<float> out);

/// The same for rows [firstRow, firstRow + rows) only: out has rows*width values.
void scoreRows(const OutputsView& outputs, const ScoreParameters& parameters, int firstRow, int rows,
               std::span<float> out);

/// Several scores, from one read of the arrays where they read the same, each equal to score()'s bit for bit. Shapes:
/// outs[i] belongs to parameters[i]. Errors: as score(), and ContractViolation where the parameters differ in their
/// channels (apart from methods that read all, or other arrays: they are computed by a pass of their own).
void scoreSeveral(const OutputsView& outputs, std::span<const ScoreParameters> parameters,
                  std::span<const std::span<float>> outs);

/// Scores at another resolution: each array upsampled bilinearly (half-pixel centres, align_corners=False, as
/// torch.nn.functional.interpolate on float32) and scored, fused strip by strip: the upsampled arrays are never stored.
/// Equal to score() bit for bit where target is the outputs' size. Shapes: out has target.area() values.
/// Errors: as score(), and ContractViolation for an empty target.
void scoreResized(const OutputsView& outputs, const ScoreParameters& parameters, Size target, std::span<float> out);

/// Scores of chosen pixels only, equal to score()'s bit for bit; `pixels` are row-major indices into the outputs' own
/// resolution, in any order (ascending is fastest). Shapes: out has pixels.size() values. Errors: as score(), and
/// ContractViolation for a pixel outside.
void scorePixels(const OutputsView& outputs, const ScoreParameters& parameters, std::span<const std::uint32_t> pixels,
                 std::span<float> out);

/// The same at another resolution, equal to scoreResized()'s bit for bit; `pixels` are row-major indices into target.
void scoreResizedPixels(const OutputsView& outputs, const ScoreParameters& parameters, Size target,
                        std::span<const std::uint32_t> pixels, std::span<float> out);

/// argmax over the chosen channels of the logits, else of S (an index into *all* channels; empty: all), at that array's
/// own resolution, ties to the lowest, NaN never chosen; 255 where no channel is above -infinity. Requires: at most 255
/// channels.
void predictedClasses(const OutputsView& outputs, std::span<const int> channels, std::span<std::uint8_t> out);

/// softmax(z / T) of one pixel over the chosen channels, in their order, in double precision; memberships as they are,
/// where there are no logits.
[[nodiscard]] std::vector<double> classProbabilities(const OutputsView& outputs, const ScoreParameters& parameters,
                                                     int x, int y);

/// Name of the SIMD target in use, as "AVX3" or "SSE4", for provenance and benches.
[[nodiscard]] std::string simdTargetName();

}  // namespace oodscope
