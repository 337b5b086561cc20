// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers by distance and open-set recognition of a whole set, against pixels taken apart by hand.
#include "app/studies/distance_metrics.h"
#include "app/studies/open_set_study.h"
#include "tests/support/made_live_set.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace oodscope {
namespace {

using testing::kMadeChannels, testing::kMadeSize, testing::MadeSet, testing::maxLogit, testing::msp;

/// Disparities that fall from the top to the bottom: with f = 100 px and a baseline of 1 m row y lies at 3 + y metres.
struct SetWithDistances {
  MadeSet made{5};
  testing::TemporaryFolder folder;
  SetWithDistances() {
    std::ofstream(folder.path() / "camera.json")
        << R"({"extrinsic": {"baseline": 1.0}, "intrinsic": {"fx": 100, "fy": 100, "u0": 0, "v0": 0}})";
    cv::Mat disparity(kMadeSize.height, kMadeSize.width, CV_16UC1);
    for (int y = 0; y < kMadeSize.height; ++y)
      for (int x = 0; x < kMadeSize.width; ++x)
        disparity.at<std::uint16_t>(y, x) =
            x < 30 ? std::uint16_t{0} : static_cast<std::uint16_t>(std::lround(256.0 * 100.0 / (3.0 + y)));
    cv::imwrite((folder.path() / "disparity.png").string(), disparity);
    auto set = std::make_shared<DataSet>(*made.set);
    for (std::size_t f = 0; f + 1 < set->frames.size(); ++f) {  // the last frame has none
      set->frames[f].disparity = folder.path() / "disparity.png";
      set->frames[f].camera = folder.path() / "camera.json";
    }
    made.set = set;
  }
};

/// AP as the mean over anomalies of the precision at their score.
double plainAp(const std::vector<std::pair<float, bool>>& pixels) {
  double sum = 0, positives = 0;
  for (const auto& [score, anomaly] : pixels) {
    if (!anomaly) continue;
    double tp = 0, all = 0;
    for (const auto& [other, isAnomaly] : pixels)
      if (other >= score) {
        ++all;
        tp += isAnomaly ? 1 : 0;
      }
    sum += tp / all;
    ++positives;
  }
  return sum / positives;
}

TEST(DistanceMetrics, AreThoseOfThePixelsInEachBin) {
  const SetWithDistances source;
  const auto live = source.made.live();
  const DistanceBins bins = parseDistanceBins("5:50:9");
  const std::vector<Protocol> asked{protocols::kFishyscapes, protocols::kCourse};
  const auto found = distanceMetrics(*live, msp(1.0F), asked, bins, std::uint64_t{1} << 30U, {}).value();
  ASSERT_EQ(found.bins.size(), 5U);
  EXPECT_EQ(found.withoutDistance, 1U);
  EXPECT_TRUE(found.failures.empty());
  for (std::size_t b = 0; b < 5; ++b) {
    std::vector<std::pair<float, bool>> pixels;
    std::size_t frames = 0;
    for (std::size_t f = 0; f < 4; ++f) {
      const auto scores = live->scores(f, msp(1.0F));
      const auto labels = live->label(f);
      bool any = false;
      for (int y = 0; y < kMadeSize.height; ++y)
        for (int x = 30; x < kMadeSize.width; ++x) {
          const double metres = 100.0 / (std::lround(256.0 * 100.0 / (3.0 + y)) / 256.0);
          if (labels->at(x, y) == kVoid || metres < bins.from(b) || metres >= bins.to(b)) continue;
          pixels.emplace_back(scores->at(x, y), labels->at(x, y) == kAnomaly);
          any = true;
        }
      frames += any ? 1 : 0;
    }
    const PixelMetrics& pooled = found.bins[b].metrics[0];
    const auto positives = std::ranges::count_if(pixels, [](const auto& pixel) { return pixel.second; });
    EXPECT_EQ(pooled.positives, static_cast<std::uint64_t>(positives));
    EXPECT_EQ(pooled.positives + pooled.negatives, pixels.size());
    EXPECT_EQ(pooled.framesUsed, frames);
    EXPECT_EQ(pooled.ap.has_value(), positives > 0);
    if (positives > 0) {
      EXPECT_NEAR(pooled.ap.value(), plainAp(pixels), 1e-9) << b;
    }
    EXPECT_EQ(found.bins[b].metrics[1].protocol, protocols::kCourse);
  }
  const auto narrow = distanceMetrics(*live, msp(1.0F), asked, bins, 1, {}).value();  // one bin a pass
  for (std::size_t b = 0; b < 5; ++b) {
    EXPECT_EQ(narrow.bins[b].metrics[0].ap, found.bins[b].metrics[0].ap);
    EXPECT_EQ(narrow.bins[b].metrics[1].fpr95, found.bins[b].metrics[1].fpr95);
  }
}

TEST(DistanceMetrics, OfASetWithoutDisparity) {
  const MadeSet made(2);
  EXPECT_FALSE(hasDistances(*made.set));
  const auto found = distanceMetrics(*made.live(), msp(1.0F), std::vector{protocols::kCourse}, {}, 1 << 20, {}).value();
  EXPECT_EQ(found.withoutDistance, 2U);
  EXPECT_FALSE(found.bins.front().metrics.front().ap.has_value());
}

TEST(DistanceMetrics, StopWhereAsked) {
  std::stop_source stop;
  stop.request_stop();
  const SetWithDistances source;
  EXPECT_FALSE(
      distanceMetrics(*source.made.live(), msp(1.0F), std::vector{protocols::kCourse}, {}, 1 << 20, stop.get_token())
          .has_value());
}

/// Six classes in stripes, true and predicted: the made logits peak at class (pixel / 7) % 6.
OpenSetClasses stripes(const LiveSet& live) {
  OpenSetClasses out;
  out.known = kMadeChannels;
  out.truth = [](std::size_t) -> std::optional<ClassMap> {
    ClassMap classes(kMadeSize);
    for (std::size_t i = 0; i < kMadeSize.area(); ++i)
      classes.values()[i] = static_cast<std::uint8_t>(i / 7 % kMadeChannels);
    return classes;
  };
  out.predicted = [&live](std::size_t frame, Size size) { return predictedAt(live.source(), frame, msp(1.0F), size); };
  return out;
}

std::shared_ptr<DataSet> inTowns(const MadeSet& made) {
  auto set = std::make_shared<DataSet>(*made.set);
  for (std::size_t f = 0; f < set->frames.size(); ++f) {
    set->frames[f].name = (f < 2 ? "t5/" : "t6/") + std::to_string(f);
    set->frames[f].classLabel = "given otherwise";
  }
  return set;
}

/// The highest half-size score that leaves more than 95 % of the anomalies at or above it: every distinct score tried.
float plainThreshold(LiveSet& live, const std::vector<std::size_t>& frames) {
  std::vector<std::pair<float, bool>> pixels;
  for (const std::size_t f : frames) {
    const auto scores = live.scores(f, msp(1.0F));
    const auto labels = live.label(f);
    for (int y = 0; y + 1 < kMadeSize.height; y += 2)
      for (int x = 0; x + 1 < kMadeSize.width; x += 2) {
        if (labels->at(x, y) == kVoid) continue;
        const float upper = 0.5F * scores->at(x, y) + 0.5F * scores->at(x + 1, y);
        const float lower = 0.5F * scores->at(x, y + 1) + 0.5F * scores->at(x + 1, y + 1);
        pixels.emplace_back(0.5F * upper + 0.5F * lower, labels->at(x, y) == kAnomaly);
      }
  }
  std::ranges::sort(pixels, std::greater<>());
  const auto positives = static_cast<double>(std::ranges::count_if(pixels, [](const auto& p) { return p.second; }));
  double found = 0;
  for (const auto& [score, anomaly] : pixels) {
    found += anomaly ? 1 : 0;
    if (found / positives > 0.95) return score;
  }
  return -1.0F;
}

TEST(OpenSetRecognition, CalibratesEachTownOnTheOther) {
  MadeSet made(5);
  made.set = inTowns(made);
  const auto live = made.live();
  const OpenSetClasses classes = stripes(*live);
  const OpenSetReport report = openSetRecognition(*live, msp(1.0F), classes, {}).value();
  ASSERT_EQ(report.folds.size(), 2U);
  EXPECT_TRUE(report.failures.empty());
  EXPECT_EQ(report.folds[0].name, "t5");
  EXPECT_EQ(report.folds[0].calibratedOn, "t6");
  double sum = 0;
  for (std::size_t fold = 0; fold < 2; ++fold) {
    const std::vector<std::size_t> own = fold == 0 ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>{2, 3, 4};
    const std::vector<std::size_t> other =
        fold == 0 ? std::vector<std::size_t>{2, 3, 4} : std::vector<std::size_t>{0, 1};
    const float threshold = report.folds[fold].threshold.value();
    EXPECT_NEAR(threshold, plainThreshold(*live, other), 1e-6F);
    OpenSetConfusion right(kMadeChannels);
    for (const std::size_t f : own)
      right.add(openSetTruth(classes.truth(f).value(), *live->label(f), kMadeChannels),
                classes.predicted(f, kMadeSize).value(), *live->scores(f, msp(1.0F)), threshold);
    EXPECT_EQ(report.folds[fold].confusion.openMiou(), right.openMiou());
    EXPECT_EQ(report.folds[fold].confusion.frames(), own.size());
    sum += right.openMiou().occurring.value() * static_cast<double>(own.size());
  }
  EXPECT_NEAR(report.means.open.occurring.value(), sum / 5, 1e-12);
  EXPECT_GT(report.means.gap().value(), 0.0);
}

TEST(OpenSetRecognition, SplitsOneTownInEvenAndOddFrames) {
  const MadeSet made(5);
  const auto groups = openSetGroups(*made.set, {0, 1, 3, 4});
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].frames, (std::vector<std::size_t>{0, 3}));
  EXPECT_EQ(groups[1].frames, (std::vector<std::size_t>{1, 4}));
  EXPECT_EQ(groups[1].name, "odd frames");
}

TEST(OpenSetRecognition, NeedsClassesTrueAndPredicted) {
  const MadeSet made(3), maps(3, 1, false);
  EXPECT_THROW(static_cast<void>(openSetClassesOf(*made.live(), msp(1.0F))), Error);
  MadeSet labelled(3, 1, false);
  labelled.set = inTowns(labelled);
  EXPECT_THROW(static_cast<void>(openSetClassesOf(*labelled.live(), msp(1.0F))), Error) << "no logits";
}

TEST(OpenSetRecognition, GivesIssusNumbersAtThresholdsOfAllFrames) {
  MadeSet made(4);
  made.set = inTowns(made);
  const auto live = made.live();
  const OpenSetClasses classes = stripes(*live);
  const IssuNumbers found = issuNumbers(*live, msp(1.0F), &classes, {}).value();
  // Every distinct score is tried, strictest first.
  std::vector<std::pair<float, bool>> pixels;
  for (std::size_t f = 0; f < 4; ++f)
    for (std::size_t i = 0; i < kMadeSize.area(); ++i)
      if (live->label(f)->values()[i] != kVoid)
        pixels.emplace_back(live->scores(f, msp(1.0F))->values()[i], live->label(f)->values()[i] == kAnomaly);
  std::ranges::sort(pixels, std::greater<>());
  const auto all = static_cast<double>(std::ranges::count_if(pixels, [](const auto& p) { return p.second; }));
  const double others = static_cast<double>(pixels.size()) - all;
  double tp = 0, fp = 0;
  std::optional<float> tpr95, fpr05;
  std::optional<double> tprThere;
  for (std::size_t i = 0; i < pixels.size();) {
    const float score = pixels[i].first;
    for (; i < pixels.size() && pixels[i].first == score; ++i) (pixels[i].second ? tp : fp) += 1;
    if (!tpr95 && tp / all >= 0.95) tpr95 = score;
    if (!fpr05 && fp / others >= 0.05) {
      fpr05 = score;
      tprThere = tp / all;
    }
  }
  EXPECT_EQ(found.thresholds.tpr95, tpr95);
  EXPECT_EQ(found.thresholds.fpr05, fpr05);
  EXPECT_NEAR(found.tprAtFpr05.value(), tprThere.value(), 1e-12);
  OpenSetConfusion right(kMadeChannels);
  for (std::size_t f = 0; f < 4; ++f)
    right.add(openSetTruth(classes.truth(f).value(), *live->label(f), kMadeChannels),
              classes.predicted(f, kMadeSize).value(), *live->scores(f, msp(1.0F)), *tpr95);
  EXPECT_EQ(found.tpr95, right.openMiou());
  const IssuNumbers without = issuNumbers(*live, msp(1.0F), nullptr, {}).value();
  EXPECT_EQ(without.tprAtFpr05, found.tprAtFpr05);
  EXPECT_FALSE(without.tpr95.all.has_value()) << "no classes";
}

TEST(OpenSetRecognition, KeptClassesAreMadeOnce) {
  int asked = 0;
  OpenSetClasses classes{.known = 2, .truth = {}, .predicted = {}};
  classes.truth = [&](std::size_t frame) -> std::optional<ClassMap> {
    ++asked;
    return frame == 9 ? std::nullopt : std::optional(ClassMap({2, 1}, {0, static_cast<std::uint8_t>(frame)}));
  };
  classes.predicted = [&](std::size_t, Size size) -> std::optional<ClassMap> {
    ++asked;
    return ClassMap(size, 1);
  };
  const OpenSetClasses kept = keptClasses(classes, 4);  // two maps of two pixels
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(kept.truth(1)->at(1, 0), 1);
    EXPECT_EQ(kept.predicted(1, {2, 1})->at(0, 0), 1);
  }
  EXPECT_EQ(asked, 2);
  static_cast<void>(kept.truth(0));
  static_cast<void>(kept.truth(0));
  EXPECT_EQ(asked, 4) << "no room";
  EXPECT_FALSE(kept.truth(9).has_value());
}

TEST(ClassScheme, StreetHazardsNetworksOfTwelveLackOther) {
  const ClassScheme& scheme = schemes::kStreetHazards;
  EXPECT_EQ(scheme.numberedFor(13, 3), 3);
  EXPECT_EQ(scheme.numberedFor(12, 2), 2);
  EXPECT_EQ(scheme.numberedFor(12, 3), kVoid) << "other";
  EXPECT_EQ(scheme.numberedFor(12, 12), 11);
  EXPECT_EQ(scheme.numberedFor(12, kVoid), kVoid);
  EXPECT_EQ(schemes::kCityscapes.numberedFor(18, 5), 5) << "no class of Cityscapes is left out";
  EXPECT_EQ(knownClassNames(scheme, 12)[3], "pedestrian");
  EXPECT_EQ(knownClassNames(schemes::kCityscapes, 20)[19], "class 19");
}

TEST(PredictedClasses, AreTheArgmaxOfUpsampledLogits) {
  const MadeSet made(1);
  const Size size{2 * kMadeSize.width, 2 * kMadeSize.height};
  const ClassMap own = predictedAt(*made.source, 0, msp(1.0F), kMadeSize).value();
  const ClassMap large = predictedAt(*made.source, 0, msp(1.0F), size).value();
  const FrameOutputs outputs = made.source->frameOutputs(0).value();
  const LogitsView& logits = outputs.view[Output::Logits];
  for (int y = 3; y < size.height - 3; y += 5)
    for (int x = 3; x < size.width - 3; x += 3) {
      int best = -1;
      double most = -1e30, second = -1e30;
      for (int c = 0; c < kMadeChannels; ++c) {
        const double v = (y + 0.5) / 2 - 0.5, u = (x + 0.5) / 2 - 0.5;
        const int j = static_cast<int>(std::floor(v)), i = static_cast<int>(std::floor(u));
        double value = 0;
        for (int dj = 0; dj < 2; ++dj)
          for (int di = 0; di < 2; ++di)
            value += (dj == 1 ? v - j : 1 - v + j) * (di == 1 ? u - i : 1 - u + i) *
                     static_cast<double>(logits.single[static_cast<std::size_t>(
                         (c * kMadeSize.height + j + dj) * kMadeSize.width + i + di)]);
        second = std::max(second, std::min(most, value));
        if (value > most) {
          most = value;
          best = c;
        }
      }
      EXPECT_TRUE(most - second <= 1e-4 || large.at(x, y) == best) << x << ", " << y;
    }
  EXPECT_EQ(own.size(), kMadeSize);
}

}  // namespace
}  // namespace oodscope
