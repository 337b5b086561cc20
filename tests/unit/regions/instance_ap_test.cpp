// SPDX-License-Identifier: GPL-3.0-or-later
// Instance AP by hand, and against a second writing of the rules that works on masks and sorts at every threshold.
#include "analysis/regions/instance_ap.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <set>

namespace oodscope {
namespace {

/// Instances as runs of a single row: "number, first pixel, pixels".
struct Span {
  std::uint32_t number;
  int first, count;
};
InstanceMap rowOf(const std::vector<Span>& spans, int width = 400) {
  InstanceMap out({width, 1});
  for (const Span& span : spans)
    for (int x = span.first; x < span.first + span.count; ++x) out.at(x, 0) = span.number;
  return out;
}
LabelMap labelsOf(const InstanceMap& truth, int voidFrom = 400) {
  LabelMap out(truth.size());
  for (int x = 0; x < truth.width(); ++x)
    out.at(x, 0) = truth.at(x, 0) != 0 ? kAnomaly : x >= voidFrom ? kVoid : kNormal;
  return out;
}
InstanceAp apOf(const InstanceMap& truth, const InstanceMap& predicted, const std::vector<double>& confidences,
                int voidFrom = 400) {
  return instanceAp({instancesOf(truth, predicted, confidences, labelsOf(truth, voidFrom))});
}

TEST(InstanceAp, OfOnePerfectInstanceIsOne) {
  const InstanceMap truth = rowOf({{1, 0, 20}});
  EXPECT_EQ(apOf(truth, truth, {0.7}).ap, 1.0);
  EXPECT_EQ(apOf(truth, truth, {0.7}).ap50, 1.0);
}

/// 15 of 20 pixels: an IoU of 0.75, which is above 0.50 … 0.70 and not above 0.75.
TEST(InstanceAp, CountsOverlapsStrictlyAbove) {
  const InstanceAp ap = apOf(rowOf({{1, 0, 20}}), rowOf({{1, 0, 15}}), {0.7});
  for (std::size_t i = 0; i < kInstanceOverlaps; ++i) EXPECT_EQ(ap.byOverlap[i], i < 5 ? 1.0 : 0.0) << i;
  EXPECT_EQ(ap.ap, 0.5);
  EXPECT_EQ(apOf(rowOf({{1, 0, 20}}), rowOf({{1, 0, 10}}), {0.7}).ap50, 0.0) << "one half is not above it";
}

/// Found at 0.9, false at 0.5, missed one: points (P 1/2, R 1/2), (1, 1/2), (1, 0): 1/2 * 0 + 1 * 1/4 + 1 * 1/4.
TEST(InstanceAp, IntegratesAsCityscapesDoes) {
  const InstanceMap truth = rowOf({{1, 0, 20}, {2, 100, 20}});
  EXPECT_DOUBLE_EQ(apOf(truth, rowOf({{1, 0, 20}, {2, 200, 20}}), {0.9, 0.5}).ap.value(), 0.5);
  // The false one first: (1/2, 1/2), (0, 0), (0, 0): 1/2 * 1/4.
  EXPECT_DOUBLE_EQ(apOf(truth, rowOf({{1, 0, 20}, {2, 200, 20}}), {0.5, 0.9}).ap.value(), 0.125);
}

TEST(InstanceAp, IgnoresVoidAndSmallInstances) {
  const InstanceMap truth = rowOf({{1, 0, 20}, {2, 100, 9}});
  EXPECT_EQ(apOf(truth, rowOf({{1, 0, 20}}), {0.9}).ap, 1.0) << "9 pixels are none to be found";
  EXPECT_EQ(apOf(truth, rowOf({{1, 0, 20}, {2, 300, 20}}), {0.5, 0.9}, 300).ap, 1.0) << "all on void";
  EXPECT_EQ(apOf(truth, rowOf({{1, 0, 20}, {2, 95, 10}}), {0.5, 0.9}).ap50, 0.25)
      << "half on a small one is not above half";
  EXPECT_EQ(apOf(truth, rowOf({{1, 0, 20}, {2, 99, 10}}), {0.5, 0.9}).ap50, 1.0);
}

TEST(InstanceAp, IsNotDefinedWithoutInstances) {
  const InstanceMap none({400, 1});
  EXPECT_FALSE(apOf(none, rowOf({{1, 0, 20}}), {0.9}).ap.has_value());
  EXPECT_EQ(apOf(rowOf({{1, 0, 20}}), none, {}).ap, 0.0);
  EXPECT_FALSE(instanceAp({}).ap50.has_value());
}

/// Predictions may overlap each other only in files of masks; then the second that fits is false with the lower
/// confidence.
TEST(InstanceAp, TakesASecondMatchForFalse) {
  FrameInstances frame;
  frame.truths = {20};
  frame.predicted = {{0.3, 20, 0}, {0.8, 20, 0}};
  frame.overlaps = {{0, 0, 20}, {0, 1, 20}};
  // True at 0.8, false at 0.3: (1/2, 1), (1, 1), (1, 0): 1/2 * 0 + 1 * 1/2 + 1 * 1/2.
  EXPECT_DOUBLE_EQ(instanceAp({frame}).ap50.value(), 1.0);
}

TEST(InstanceAp, OfComponentsAtAThreshold) {
  ScoreMap scores({30, 20}, 0.0F);
  LabelMap labels({30, 20});
  for (int y = 2; y < 8; ++y)
    for (int x = 2; x < 8; ++x) {
      labels.at(x, y) = kAnomaly;
      scores.at(x, y) = y < 7 ? 2.0F : 0.5F;  // 30 of 36 pixels
      scores.at(x + 12, y) = 1.5F;
    }
  scores.at(29, 19) = std::numeric_limits<float>::quiet_NaN();
  const FrameInstances frame = instancesAt(scores, labels, 1.0F);
  ASSERT_EQ(frame.truths, std::vector<std::uint32_t>{36});
  ASSERT_EQ(frame.predicted.size(), 2U);
  EXPECT_EQ(frame.predicted[0].confidence, 2.0);
  EXPECT_EQ(frame.predicted[0].pixels, 30U);
  EXPECT_EQ(frame.predicted[1].confidence, 1.5);
  const InstanceAp ap = instanceAp({frame});  // IoU 0.8333: seven overlaps lie below
  EXPECT_EQ(ap.ap50, 1.0);
  EXPECT_DOUBLE_EQ(ap.ap.value(), 0.7);
}

/// The rules on masks: precision and recall are counted anew for each confidence, and the integral is taken as trapezia
/// of a curve whose points stand at the middle of their neighbours.
double plainAp(const std::vector<std::pair<InstanceMap, InstanceMap>>& frames,
               const std::vector<std::vector<double>>& confidences, int voidFrom, double least) {
  struct Entry {
    double confidence;
    bool isTrue;
  };
  std::vector<Entry> entries;
  double missed = 0;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    const auto& [truth, predicted] = frames[f];
    const auto pixelsOf = [&](const InstanceMap& map, std::uint32_t number) {
      std::set<int> out;
      for (int x = 0; x < map.width(); ++x)
        if (map.at(x, 0) == number) out.insert(x);
      return out;
    };
    const auto shared = [](const std::set<int>& a, const std::set<int>& b) {
      return static_cast<double>(std::ranges::count_if(a, [&](int x) { return b.contains(x); }));
    };
    std::vector<std::set<int>> truths;
    for (std::uint32_t number = 1; number <= 40; ++number)
      if (auto pixels = pixelsOf(truth, number); !pixels.empty()) truths.push_back(pixels);
    std::vector<std::vector<double>> matched(truths.size());
    for (std::uint32_t p = 1; p <= confidences[f].size(); ++p) {
      const std::set<int> mask = pixelsOf(predicted, p);
      if (mask.empty()) continue;
      bool any = false;
      double ignored = 0;
      for (const int x : mask) ignored += x >= voidFrom && truth.at(x, 0) == 0 ? 1 : 0;
      for (std::size_t t = 0; t < truths.size(); ++t) {
        const double both = shared(mask, truths[t]);
        const double iou = both / (static_cast<double>(mask.size() + truths[t].size()) - both);
        if (truths[t].size() < 10) ignored += both;
        if (iou > least) any = true;
        if (iou > least && truths[t].size() >= 10) matched[t].push_back(confidences[f][p - 1]);
      }
      if (!any && ignored / static_cast<double>(mask.size()) <= least)
        entries.push_back({confidences[f][p - 1], false});
    }
    for (std::size_t t = 0; t < truths.size(); ++t) {
      if (truths[t].size() < 10) continue;
      if (matched[t].empty()) ++missed;
      std::ranges::sort(matched[t], std::greater<>());
      for (std::size_t i = 0; i < matched[t].size(); ++i) entries.push_back({matched[t][i], i == 0});
    }
  }
  std::set<double> levels;
  for (const Entry& entry : entries) levels.insert(entry.confidence);
  double all = missed;
  for (const Entry& entry : entries) all += entry.isTrue ? 1 : 0;
  std::vector<std::pair<double, double>> curve;  // recall, precision; loosest first
  for (const double level : levels) {
    double tp = 0, count = 0;
    for (const Entry& entry : entries) {
      if (entry.confidence < level) continue;
      ++count;
      tp += entry.isTrue ? 1 : 0;
    }
    curve.emplace_back(tp / all, tp / count);
  }
  if (curve.empty()) return 0;
  curve.emplace_back(0.0, curve.back().second);
  double sum = 0;
  for (std::size_t i = 0; i + 1 < curve.size(); ++i)
    sum += (curve[i].first - curve[i + 1].first) * (curve[i].second + curve[i + 1].second) / 2;
  return sum;
}

TEST(InstanceAp, EqualsASecondWriting) {
  std::mt19937 random(17);
  for (int round = 0; round < 20; ++round) {
    std::vector<std::pair<InstanceMap, InstanceMap>> frames;
    std::vector<std::vector<double>> confidences;
    std::vector<FrameInstances> instances;
    for (int f = 0; f < 3; ++f) {
      std::vector<Span> truth, predicted;
      for (std::uint32_t i = 0; i < 12; ++i) {
        const int first = static_cast<int>(i) * 33, count = 5 + static_cast<int>(random() % 20);
        if (random() % 3 != 0) truth.push_back({i + 1, first, count});
        predicted.push_back({i + 1, first + static_cast<int>(random() % 4), 4 + static_cast<int>(random() % 22)});
      }
      frames.emplace_back(rowOf(truth), rowOf(predicted));
      std::vector<double>& sure = confidences.emplace_back();
      for (int i = 0; i < 12; ++i) sure.push_back(static_cast<double>(random() % 8) / 8);
      instances.push_back(
          instancesOf(frames.back().first, frames.back().second, sure, labelsOf(frames.back().first, 330)));
    }
    const InstanceAp found = instanceAp(instances);
    for (std::size_t i = 0; i < kInstanceOverlaps; ++i)
      EXPECT_NEAR(found.byOverlap[i].value(), plainAp(frames, confidences, 330, instanceOverlap(i)), 1e-12) << i;
  }
}

}  // namespace
}  // namespace oodscope
