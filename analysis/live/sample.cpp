// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/live/sample.h"

#include "analysis/core/random.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_set>

namespace oodscope {
namespace {

constexpr std::size_t kLeastPerStratum = 2;  // a variance needs two

std::size_t shareOf(std::uint64_t own, std::uint64_t all, std::size_t budget) {
  if (all <= budget) return own;
  const auto share = static_cast<std::size_t>(
      std::llround(static_cast<double>(budget) * static_cast<double>(own) / static_cast<double>(all)));
  return std::min<std::size_t>(own, std::max(kLeastPerStratum, share));
}

/// `count` of the numbers below `population`, ascending, each subset equally likely (Floyd's algorithm).
std::vector<std::uint64_t> chooseRanks(std::uint64_t population, std::size_t count, SplitMix random) {
  std::vector<std::uint64_t> ranks(count);
  if (count == population) {
    std::iota(ranks.begin(), ranks.end(), std::uint64_t{0});
    return ranks;
  }
  std::unordered_set<std::uint64_t> taken;
  taken.reserve(2 * count);
  std::size_t next = 0;
  for (std::uint64_t j = population - count; j < population; ++j) {
    const auto drawn = static_cast<std::uint64_t>(random.uniform() * static_cast<double>(j + 1));
    ranks[next] = taken.insert(drawn).second ? drawn : j;
    taken.insert(ranks[next++]);
  }
  std::ranges::sort(ranks);
  return ranks;
}

/// The pixels of these ranks among those of the runs.
void appendRanked(std::span<const PixelRun> runs, std::span<const std::uint64_t> ranks,
                  std::vector<std::uint32_t>& pixels) {
  auto run = runs.begin();
  std::uint64_t before = 0;  // pixels of the runs passed
  for (const std::uint64_t rank : ranks) {
    while (rank - before >= run->count) before += (run++)->count;
    pixels.push_back(run->first + static_cast<std::uint32_t>(rank - before));
  }
}

}  // namespace

std::size_t PixelSample::pixelCount() const {
  std::size_t count = 0;
  for (const FrameSample& frame : frames) count += frame.pixels.size();
  return count;
}

PixelSample drawSample(std::span<const LabelIndex* const> frames, const SampleOptions& options) {
  PixelSample sample;
  std::uint64_t positives = 0;
  std::uint64_t negatives = 0;
  for (const LabelIndex* labels : frames) {
    positives += labels->positiveCount();
    negatives += labels->negativeCount();
  }
  for (std::size_t frame = 0; frame < frames.size(); ++frame) {
    const LabelIndex& labels = *frames[frame];
    if (labels.positiveCount() + labels.negativeCount() == 0) continue;
    FrameSample& part = sample.frames.emplace_back();
    part.frame = frame;
    part.allPositives = labels.positiveCount();
    part.allNegatives = labels.negativeCount();
    // One stream a frame and class, so that frames can be drawn in any order.
    SplitMix seeds(options.seed * 0x2545f4914f6cdd1dU + frame);
    const SplitMix forPositives(seeds.next());
    const SplitMix forNegatives(seeds.next());
    part.positives = shareOf(part.allPositives, positives, options.positivesCap);
    for (const std::uint64_t rank : chooseRanks(part.allPositives, part.positives, forPositives))
      part.pixels.push_back(labels.positives()[rank]);
    appendRanked(labels.negatives(),
                 chooseRanks(part.allNegatives, shareOf(part.allNegatives, negatives, options.negatives), forNegatives),
                 part.pixels);
  }
  return sample;
}

}  // namespace oodscope
