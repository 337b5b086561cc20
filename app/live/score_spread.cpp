// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/score_spread.h"

#include <cmath>
#include <mutex>

#include <tbb/parallel_for.h>

namespace oodscope {

std::shared_ptr<const ScoreSpread> scoreSpread(LiveSet& live, const Configuration& configuration,
                                               const std::stop_token& stop) {
  auto spread = std::make_shared<ScoreSpread>();
  spread->configuration = configuration;
  spread->frames = live.readyFrames();
  std::mutex adding;  // sums of integers: the order of the frames changes nothing
  tbb::parallel_for(std::size_t{0}, spread->frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    const auto map = live.scores(spread->frames[i], configuration);
    const std::scoped_lock lock(adding);
    spread->tally.add(map->values());
  });
  if (stop.stop_requested()) return nullptr;
  return spread;
}

std::optional<float> flaggedShareThreshold(LiveSet& live, const ScoreSpread& spread, double share,
                                           const std::stop_token& stop) {
  if (spread.tally.pixels() == 0) return std::nullopt;
  const auto place = spread.tally.placeOf(share);
  if (!place) return spread.tally.lowest();
  CellTally cell(place->cell);
  std::mutex adding;
  tbb::parallel_for(std::size_t{0}, spread.frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    const auto map = live.scores(spread.frames[i], spread.configuration);
    CellTally own(place->cell);
    own.add(map->values());
    const std::scoped_lock lock(adding);
    cell.merge(own);
  });
  if (stop.stop_requested()) return std::nullopt;
  const float threshold = cell.thresholdAbove(place->above);
  return threshold > spread.tally.highest() ? INFINITY : threshold;
}

}  // namespace oodscope
