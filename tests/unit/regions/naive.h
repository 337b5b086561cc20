// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/component_metrics.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace oodscope::testing {

/// Components by flood fill, numbered from 1 in row-major order of first pixels; 0 is background.
inline std::vector<int> floodFill(const std::vector<bool>& mask, Size size, int& count) {
  std::vector<int> label(mask.size(), 0);
  count = 0;
  for (int start = 0; start < static_cast<int>(mask.size()); ++start) {
    const std::size_t s = static_cast<std::size_t>(start);
    if (!mask[s] || label[s] != 0) continue;
    label[s] = ++count;
    std::vector<int> open{start};
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      for (int dy = -1; dy <= 1; ++dy)
        for (int dx = -1; dx <= 1; ++dx) {
          const int x = at % size.width + dx;
          const int y = at / size.width + dy;
          if (x < 0 || y < 0 || x >= size.width || y >= size.height) continue;
          const int next = y * size.width + x;
          const std::size_t n = static_cast<std::size_t>(next);
          if (mask[n] && label[n] == 0) {
            label[n] = count;
            open.push_back(next);
          }
        }
    }
  }
  return label;
}

/// Pixels that are labelled with a component.
inline int areaOf(const std::vector<int>& labels, int component) {
  int n = 0;
  for (const int l : labels) n += l == component ? 1 : 0;
  return n;
}

/// Takes components below the track's sizes out: predicted ones become background, small objects void in both.
inline void dropSmall(std::vector<int>& predicted, int predictedCount, std::vector<int>& truth, int truthCount,
                      const ComponentTrack& track) {
  for (int c = 1; c <= predictedCount; ++c)
    if (areaOf(predicted, c) < track.minPredicted) std::replace(predicted.begin(), predicted.end(), c, 0);
  for (int k = 1; k <= truthCount; ++k) {
    if (areaOf(truth, k) >= track.minTruth) continue;
    for (std::size_t i = 0; i < truth.size(); ++i)
      if (truth[i] == k) truth[i] = predicted[i] = 0;
  }
}

/// sIoU of object `k` with all predicted components that touch it.
inline double naiveSiou(const std::vector<int>& predicted, const std::vector<int>& truth, int k) {
  std::set<int> touching;
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (truth[i] == k && predicted[i] != 0) touching.insert(predicted[i]);
  long shared = 0;
  long all = 0;
  long elsewhere = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!touching.contains(predicted[i])) continue;
    ++all;
    if (truth[i] == k) ++shared;
    if (truth[i] != 0 && truth[i] != k) ++elsewhere;
  }
  return static_cast<double>(shared) / static_cast<double>(all + areaOf(truth, k) - shared - elsewhere);
}

/// Component overlaps straight from the protocol's seven steps, one pixel set operation each.
inline FrameComponents naiveComponents(const ScoredImage& frame, double threshold, const ComponentTrack& track) {
  const std::size_t pixels = frame.size.area();
  std::vector<bool> predictedMask(pixels);
  std::vector<bool> truthMask(pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    predictedMask[i] = static_cast<double>(frame.scores[i]) > threshold && frame.labels[i] != kVoid;
    truthMask[i] = frame.labels[i] == kAnomaly;
  }
  int predictedCount = 0;
  int truthCount = 0;
  std::vector<int> predicted = floodFill(predictedMask, frame.size, predictedCount);
  std::vector<int> truth = floodFill(truthMask, frame.size, truthCount);
  dropSmall(predicted, predictedCount, truth, truthCount, track);

  FrameComponents result;
  for (int k = 1; k <= truthCount; ++k)
    if (areaOf(truth, k) > 0) result.siou.push_back(naiveSiou(predicted, truth, k));
  for (int c = 1; c <= predictedCount; ++c) {
    const int size = areaOf(predicted, c);
    if (size == 0) continue;
    int on = 0;
    for (std::size_t i = 0; i < pixels; ++i) on += predicted[i] == c && truth[i] != 0 ? 1 : 0;
    result.ppv.push_back(static_cast<double>(on) / static_cast<double>(size));
  }
  return result;
}

struct RandomFrame {
  ScoreMap scores;
  LabelMap labels;
  [[nodiscard]] ScoredImage view() const { return scoredImage(scores, labels); }
};

/// Blotchy scores with heavy ties, negative and unbounded values, NaN and infinities; blotchy labels cut by void
/// stripes.
inline RandomFrame randomFrame(std::uint32_t seed, Size size) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<std::uint32_t>(n)); };
  RandomFrame frame{ScoreMap(size), LabelMap(size)};
  for (float& s : frame.scores.values()) s = static_cast<float>(below(8) - 4);
  for (int blob = 0; blob < 6; ++blob) {
    const int x0 = below(size.width), y0 = below(size.height), w = 1 + below(6), h = 1 + below(6);
    const float lift = static_cast<float>(below(5));
    const bool truth = blob % 2 == 0;
    for (int y = y0; y < std::min(size.height, y0 + h); ++y)
      for (int x = x0; x < std::min(size.width, x0 + w); ++x) {
        frame.scores.at(x, y) += lift;
        if (truth) frame.labels.at(x, y) = kAnomaly;
      }
  }
  if (below(2) == 0) {
    const int column = below(size.width);
    for (int y = 0; y < size.height; ++y) frame.labels.at(column, y) = kVoid;
  }
  for (int i = 0; i < 3; ++i) {
    const float odd[] = {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                         -std::numeric_limits<float>::infinity()};
    frame.scores.at(below(size.width), below(size.height)) = odd[i];
  }
  return frame;
}

}  // namespace oodscope::testing
