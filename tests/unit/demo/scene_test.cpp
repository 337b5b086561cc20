// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/demo/scene.h"

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <array>
#include <cmath>

namespace oodscope {
namespace {

DemoOptions small(bool anomalies, bool clutter) {
  DemoOptions o;
  o.size = {256, 128};
  o.withAnomalies = anomalies;
  o.withVoidObjects = clutter;
  return o;
}

void expectEqual(const DemoFrame& a, const DemoFrame& b) {
  EXPECT_EQ(a.image, b.image);
  EXPECT_EQ(a.label, b.label);
  EXPECT_EQ(a.classes, b.classes);
  EXPECT_EQ(a.voidObjects, b.voidObjects);
  EXPECT_EQ(a.disparity, b.disparity);
  EXPECT_EQ(a.description, b.description);
}

std::size_t count(const LabelMap& map, std::uint8_t value) {
  std::size_t n = 0;
  for (const std::uint8_t v : map.values()) n += v == value ? 1 : 0;
  return n;
}

TEST(DemoScene, IsTheSameForAnyNumberOfThreads) {
  for (const int index : {4, 13, 20}) {
    tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    const DemoFrame a = renderDemoFrame(11, index, small(true, true));
    tbb::global_control two(tbb::global_control::max_allowed_parallelism, 2);
    expectEqual(a, renderDemoFrame(11, index, small(true, true)));
  }
  for (const int index : {4, 13, 20}) {
    const DemoFrame many = renderDemoFrame(11, index, small(true, true));
    tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    expectEqual(many, renderDemoFrame(11, index, small(true, true)));
  }
}

TEST(DemoScene, DiffersBetweenSeedsAndIndices) {
  const DemoFrame a = renderDemoFrame(1, 0, small(true, false));
  EXPECT_NE(a.image, renderDemoFrame(2, 0, small(true, false)).image);
  EXPECT_NE(a.image, renderDemoFrame(1, 6, small(true, false)).image);
  EXPECT_NE(a.image, renderDemoFrame(1ULL << 40U | 1U, 0, small(true, false)).image);
}

TEST(DemoScene, LabelsClassesAndVoidObjectsAgree) {
  for (int index = 0; index < 8; ++index) {
    const DemoFrame f = renderDemoFrame(5, index, small(true, true));
    for (std::size_t i = 0; i < f.label.values().size(); ++i) {
      const std::uint8_t label = f.label.values()[i], kind = f.classes.values()[i];
      EXPECT_TRUE(kind < 19 || kind == 255);
      EXPECT_EQ(label == kNormal, kind != 255) << "pixel " << i << " of frame " << index;
      if (f.voidObjects.values()[i] != 0) {
        EXPECT_EQ(label, kVoid);
      }
      if (kind == 10) {
        EXPECT_EQ(f.disparity.values()[i], 0) << "the sky has no distance";
      }
      if (kind == 0) {
        EXPECT_GT(f.disparity.values()[i], 0);
      }
    }
  }
}

TEST(DemoScene, ShowsAnomaliesExceptInTheTwoFramesThatAreFree) {
  int withSome = 0, free = 0;
  for (int index = 0; index < 24; ++index) {
    const std::size_t anomalous = count(renderDemoFrame(1, index, small(true, false)).label, kAnomaly);
    if (isAnomalyFree(index)) {
      ++free;
      EXPECT_EQ(anomalous, 0U) << index;
    } else {
      withSome += anomalous > 0 ? 1 : 0;
    }
  }
  EXPECT_EQ(free, 2);
  EXPECT_TRUE(isAnomalyFree(7) && isAnomalyFree(19));
  EXPECT_EQ(withSome, 22);
}

TEST(DemoScene, TrainingFramesHoldVoidObjectsAndNoAnomaly) {
  int withVoid = 0;
  for (int index = 0; index < 12; ++index) {
    const DemoFrame f = renderDemoFrame(77, index, small(false, true));
    EXPECT_EQ(count(f.label, kAnomaly), 0U);
    withVoid += count(f.voidObjects, 1) > 0 ? 1 : 0;
    EXPECT_EQ(count(renderDemoFrame(77, index, small(false, false)).voidObjects, 1), 0U);
  }
  EXPECT_GE(withVoid, 11);
}

DemoOptions heaps() {
  DemoOptions o = small(false, true);
  o.clutter = ClutterKind::Heaps;
  return o;
}

TEST(DemoScene, HeapsAreVoidObjectsAndNothingElseChanges) {
  int withHeaps = 0;
  for (int index = 0; index < 12; ++index) {
    const DemoFrame f = renderDemoFrame(77, index, heaps());
    EXPECT_EQ(count(f.label, kAnomaly), 0U);
    withHeaps += count(f.voidObjects, 1) > 0 ? 1 : 0;
    const DemoFrame free = renderDemoFrame(77, index, small(false, false));
    EXPECT_EQ(f.pose.height, free.pose.height);
    EXPECT_EQ(f.camera.focalX, free.camera.focalX);
  }
  EXPECT_EQ(withHeaps, 12);
}

TEST(DemoScene, AskingForHeapsChangesNoSceneWithoutClutter) {
  DemoOptions asked = small(true, false);
  const DemoFrame usual = renderDemoFrame(1, 3, asked);
  asked.clutter = ClutterKind::Heaps;
  expectEqual(usual, renderDemoFrame(1, 3, asked));
}

TEST(DemoScene, HeapsAreTheSameForAnyNumberOfThreads) {
  const DemoFrame many = renderDemoFrame(11, 4, heaps());
  tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  expectEqual(many, renderDemoFrame(11, 4, heaps()));
}

/// Mean brightness of void objects, over scenes where the sun decides it as it decides that of all else.
TEST(DemoScene, HeapsAreDarkAsOftenAsBright) {
  int darker = 0, brighter = 0;
  DemoOptions o = heaps();
  o.quality = 1;
  for (int index = 0; index < 21; ++index) {
    const DemoFrame f = renderDemoFrame(21, index, o);
    double heap = 0.0, road = 0.0;
    int heapPixels = 0, roadPixels = 0;
    for (std::size_t i = 0; i < f.image.values().size(); ++i) {
      const double g = f.image.values()[i].g;
      if (f.voidObjects.values()[i] != 0) {
        heap += g;
        ++heapPixels;
      } else if (f.classes.values()[i] == 0) {
        road += g;
        ++roadPixels;
      }
    }
    if (heapPixels < 20 || roadPixels == 0) continue;
    (heap / heapPixels < road / roadPixels ? darker : brighter) += 1;
  }
  EXPECT_GE(darker, 3);
  EXPECT_GE(brighter, 3);
}

TEST(DemoScene, EveryClassOccursInFifteenOfHundredFrames) {
  constexpr int kFrames = 84;  // two rounds of settings and weathers
  std::array<int, 19> frames{};
  DemoOptions o = small(false, true);
  o.quality = 1;
  for (int index = 0; index < kFrames; ++index) {
    const DemoFrame f = renderDemoFrame(123, index, o);
    std::array<int, 256> pixels{};
    for (const std::uint8_t k : f.classes.values()) ++pixels[k];
    for (std::size_t k = 0; k < 19; ++k) frames[k] += pixels[k] >= 25 ? 1 : 0;  // 400 pixels at 1024x512
  }
  for (std::size_t k = 0; k < 19; ++k)
    EXPECT_GE(frames[k] * 100, 15 * kFrames) << "train id " << k << " in " << frames[k];
}

/// A flat road seen from height h with the pitch p: the ray through row y meets it where the depth is
/// h / (sin p + t cos p), t = (y - v0) / fy, and the disparity is fx baseline / depth.
TEST(DemoScene, DisparityOfTheRoadIsThatOfAPlane) {
  for (const int index : {0, 2, 3, 9}) {
    const DemoFrame f = renderDemoFrame(3, index, small(false, false));
    int checked = 0;  // stored in steps of 8 / 256 pixel
    for (int y = 0; y < f.image.height(); ++y) {
      for (int x = 0; x < f.image.width(); ++x) {
        if (f.classes.at(x, y) != 0) continue;
        const double t = (y - f.camera.centreY) / f.camera.focalY;
        const double depth = f.pose.height / (std::sin(f.pose.pitch) + t * std::cos(f.pose.pitch));
        const double d = f.camera.focalX * f.camera.baseline / depth * 256.0;
        ASSERT_NEAR(f.disparity.at(x, y), d, 4.01 + 1e-3 * d) << "frame " << index << " pixel " << x << ' ' << y;
        ++checked;
      }
    }
    EXPECT_GT(checked, 2000) << index;
  }
}

TEST(DemoScene, SmallerPicturesShowTheSameScene) {
  DemoOptions large = small(true, false);
  large.size = {512, 256};
  const DemoFrame a = renderDemoFrame(4, 3, small(true, false)), b = renderDemoFrame(4, 3, large);
  EXPECT_EQ(a.description, b.description);
  std::size_t same = 0;
  for (int y = 0; y < 128; ++y) {
    for (int x = 0; x < 256; ++x) same += a.classes.at(x, y) == b.classes.at(2 * x, 2 * y) ? 1 : 0;
  }
  EXPECT_GT(same, 256U * 128U * 95U / 100U);
}

TEST(DemoScene, RefusesWhatItCannotRender) {
  EXPECT_THROW(static_cast<void>(renderDemoFrame(1, -1)), ContractViolation);
  DemoOptions o;
  o.size = {100, 100};
  EXPECT_THROW(static_cast<void>(renderDemoFrame(1, 0, o)), ContractViolation);
  o = {};
  o.quality = 3;
  EXPECT_THROW(static_cast<void>(renderDemoFrame(1, 0, o)), ContractViolation);
}

}  // namespace
}  // namespace oodscope
