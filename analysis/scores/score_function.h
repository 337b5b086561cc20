// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/scores/method.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// What the network gave, planar C x H x W, not owned: float16 bits (IEEE 754 binary16) or float32. Exactly one is set.
struct LogitsView {
  const std::uint16_t* half = nullptr;
  const float* single = nullptr;
  int channels = 0;
  int height = 0;
  int width = 0;
  [[nodiscard]] Size size() const { return {width, height}; }
};

/// Entropy is divided by ln of the number of *chosen* channels (ln 19 for the first 19 of a 20-output network), so 1 is
/// a uniform p whatever the subset; with a single channel it is 0. Constant over a set, so the ranking is unaffected.
struct ScoreParameters {
  Method method = {};
  float temperature = 1.0F;        ///< > 0
  std::vector<int> channels = {};  ///< which channels take part, ascending; empty: all. Ignored where the method reads
                                   ///< all channels (MethodKind::readsAllChannels)
  int voidChannel = -1;            ///< for methods that need one; -1: the network has none
};

/// Score of each pixel at the logits' own resolution. Shapes: out has width*height values.
/// Errors: ContractViolation for a T that is not positive and finite, a channel out of range, not ascending or
/// repeated, logits that lack what the method needs, or a size mismatch. A NaN logit among the channels gives a NaN
/// score; +infinity gives NaN where a softmax is taken and -infinity from max-logit; a channel at -infinity has
/// probability 0; the caller counts what is not finite. Float16 subnormals count. Error: 2e-6 absolute for values in
/// [0, 1], 2e-6 max(1, |score|) for energy, none for max-logit. The same bits for any number of threads, but not for
/// every SIMD target. Cost: one read of the logits, C exps a pixel.
void score(const LogitsView& logits, const ScoreParameters& parameters, std::span<float> out);

/// The same for rows [firstRow, firstRow + rows) only: out has rows*width values.
void scoreRows(const LogitsView& logits, const ScoreParameters& parameters, int firstRow, int rows,
               std::span<float> out);

/// Several scores from one read of the logits, each equal to score()'s bit for bit. Shapes: outs[i] belongs to
/// parameters[i]. Errors: as score(), and ContractViolation where the parameters differ in their channels (apart from
/// methods that read all: they are computed by a pass of their own where the others read fewer).
void scoreSeveral(const LogitsView& logits, std::span<const ScoreParameters> parameters,
                  std::span<const std::span<float>> outs);

/// Scores at another resolution: logits upsampled bilinearly (half-pixel centres, align_corners=False, as
/// torch.nn.functional.interpolate on float32) and scored, fused strip by strip: the upsampled logits are never stored.
/// Equal to score() bit for bit where target is the logits' size. Shapes: out has target.area() values.
/// Errors: as score(), and ContractViolation for an empty target.
void scoreResized(const LogitsView& logits, const ScoreParameters& parameters, Size target, std::span<float> out);

/// Scores of chosen pixels only, equal to score()'s bit for bit; `pixels` are row-major indices into the logits' own
/// resolution, in any order (ascending is fastest). Shapes: out has pixels.size() values. Errors: as score(), and
/// ContractViolation for a pixel outside.
void scorePixels(const LogitsView& logits, const ScoreParameters& parameters, std::span<const std::uint32_t> pixels,
                 std::span<float> out);

/// The same at another resolution, equal to scoreResized()'s bit for bit; `pixels` are row-major indices into target.
void scoreResizedPixels(const LogitsView& logits, const ScoreParameters& parameters, Size target,
                        std::span<const std::uint32_t> pixels, std::span<float> out);

/// argmax over the chosen channels (an index into *all* channels; empty: all), ties to the lowest, NaN never chosen;
/// 255 where no channel is above -infinity. Requires: at most 255 channels.
void predictedClasses(const LogitsView& logits, std::span<const int> channels, std::span<std::uint8_t> out);

/// softmax(z / T) of one pixel over the chosen channels, in their order, in double precision.
[[nodiscard]] std::vector<double> classProbabilities(const LogitsView& logits, const ScoreParameters& parameters, int x,
                                                     int y);

/// Name of the SIMD target in use, as "AVX3" or "SSE4", for provenance and benches.
[[nodiscard]] std::string simdTargetName();

}  // namespace oodscope
