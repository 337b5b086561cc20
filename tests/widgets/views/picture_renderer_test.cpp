// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/picture_renderer.h"
#include "tests/widgets/support/synthetic_scene.h"
#include "widgets/views/picture_cache.h"

#include <gtest/gtest.h>

#include <limits>
#include <thread>

namespace oodscope {
namespace {

std::shared_ptr<const RgbImage> checker(Size size) {
  RgbImage image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      image.at(x, y) = (x + y) % 2 != 0 ? Rgb{255, 255, 255} : Rgb{0, 0, 0};
    }
  }
  return std::make_shared<const RgbImage>(std::move(image));
}

class Renderer : public testing::Test {
protected:
  QImage draw(const PictureLayers& layers, const PictureLook& look, const ViewTransform& wanted, QSize device) {
    return renderer.render(layers, look, tokens(true), resolve(wanted, layers.size(), device), device).copy();
  }
  PictureRenderer renderer{std::make_shared<PictureCache>()};
};

TEST_F(Renderer, OneToOneIsPixelExact) {
  PictureLayers layers;
  layers.image = checker({64, 48});
  const QImage shown = draw(layers, {}, {1.0, {32, 24}, false}, {64, 48});
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      const Rgb c = layers.image->at(x, y);
      ASSERT_EQ(shown.pixel(x, y), qRgb(c.r, c.g, c.b)) << x << "," << y;
    }
  }
}

TEST_F(Renderer, EnlargedPixelsAreSquareAndUnmixed) {
  PictureLayers layers;
  layers.image = checker({8, 8});
  const QImage shown = draw(layers, {}, {4.0, {4, 4}, false}, {32, 32});
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 32; ++x) {
      const Rgb c = layers.image->at(x / 4, y / 4);
      ASSERT_EQ(shown.pixel(x, y), qRgb(c.r, c.g, c.b)) << x << "," << y;
    }
  }
}

TEST_F(Renderer, ReducedCheckerIsGreyEverywhere) {
  PictureLayers layers;
  layers.image = checker({256, 256});
  const QImage shown = draw(layers, {}, {0.25, {128, 128}, false}, {64, 64});
  for (int y = 2; y < 62; ++y) {
    for (int x = 2; x < 62; ++x) EXPECT_NEAR(qRed(shown.pixel(x, y)), 128, 1);
  }
}

TEST_F(Renderer, ScoresOfAnotherResolutionCoverThePicture) {
  PictureLayers layers;
  layers.image = checker({120, 60});
  ScoreMap scores({2, 1}, 0.0F);
  scores.at(1, 0) = 1.0F;
  layers.scores = std::make_shared<const ScoreMap>(scores);
  PictureLook look;
  look.kind = ViewKind::Heatmap;
  look.contour = false;
  const QImage shown = draw(layers, look, {}, {120, 60});
  EXPECT_EQ(qRed(shown.pixel(59, 30)), 0);
  EXPECT_EQ(qRed(shown.pixel(60, 30)), 255);
}

TEST_F(Renderer, DecisionFollowsTheThreshold) {
  PictureLayers layers;
  layers.label = std::make_shared<const LabelMap>(LabelMap({4, 1}, {kNormal, kNormal, kAnomaly, kAnomaly}));
  layers.scores = std::make_shared<const ScoreMap>(ScoreMap({4, 1}, {0.1F, 0.9F, 0.1F, 0.9F}));
  layers.threshold = 0.5F;
  PictureLook look;
  look.kind = ViewKind::Decision;
  look.opacity = 1.0;
  look.contour = false;
  const Tokens& t = tokens(true);
  const ViewTransform exact{1.0, {2, 0.5}, false};
  QImage shown = draw(layers, look, exact, {4, 1});
  EXPECT_EQ(shown.pixel(1, 0), t.fp.over.rgb());
  EXPECT_EQ(shown.pixel(3, 0), t.tp.over.rgb());
  const QRgb background = shown.pixel(0, 0);
  layers.threshold = 0.95F;
  shown = draw(layers, look, exact, {4, 1});
  EXPECT_EQ(shown.pixel(1, 0), background);
}

TEST_F(Renderer, ClassMapsHaveTheirColoursAndTheOpenSetMapFollowsTheThreshold) {
  PictureLayers layers;
  layers.label = std::make_shared<const LabelMap>(LabelMap({4, 1}, {kNormal, kNormal, kNormal, kNormal}));
  layers.classes = std::make_shared<const ClassMap>(ClassMap({4, 1}, {0, 1, 1, kVoid}));
  layers.trueClasses = std::make_shared<const ClassMap>(ClassMap({2, 1}, {1, 0}));  // stretched
  layers.scores =
      std::make_shared<const ScoreMap>(ScoreMap({4, 1}, {0.1F, 0.1F, 0.5F, std::numeric_limits<float>::quiet_NaN()}));
  ClassColours colours{};
  colours[0] = qRgb(128, 64, 128);
  colours[1] = qRgb(0, 0, 142);
  PictureLook look;
  look.contour = false;
  look.opacity = 0.3;  // of what is laid over the picture alone
  look.classColours = std::make_shared<const ClassColours>(colours);
  const ViewTransform exact{1.0, {2, 0.5}, false};
  const auto seen = [&](ViewKind kind, float threshold) {
    look.kind = kind;
    layers.threshold = threshold;
    return draw(layers, look, exact, {4, 1});
  };
  const QImage predicted = seen(ViewKind::PredictedClasses, 0.0F);
  EXPECT_EQ(predicted.pixel(0, 0), colours[0]);
  EXPECT_EQ(predicted.pixel(1, 0), colours[1]);
  EXPECT_NE(predicted.pixel(3, 0), colours[0]) << "no class: the ground below";
  const QImage truth = seen(ViewKind::TrueClasses, 0.0F);
  EXPECT_EQ(truth.pixel(1, 0), colours[1]);
  EXPECT_EQ(truth.pixel(2, 0), colours[0]);
  const QImage open = seen(ViewKind::OpenSet, 0.5F);
  EXPECT_EQ(open.pixel(2, 0), tokens(true).anomaly.over.rgb()) << "the threshold itself is flagged";
  EXPECT_EQ(open.pixel(1, 0), colours[1]);
  EXPECT_EQ(open.pixel(3, 0), predicted.pixel(3, 0)) << "NaN is never flagged";
  EXPECT_EQ(seen(ViewKind::OpenSet, 0.6F), predicted);
  look.overlay = true;
  EXPECT_NE(seen(ViewKind::PredictedClasses, 0.0F).pixel(1, 0), colours[1]) << "mixed with the picture";
}

TEST_F(Renderer, MissedAnomaliesAreHatchedWhite) {
  PictureLayers layers;
  layers.label = std::make_shared<const LabelMap>(Size{64, 64}, kAnomaly);
  layers.scores = std::make_shared<const ScoreMap>(Size{64, 64}, 0.0F);
  layers.threshold = 1.0F;
  PictureLook look;
  look.kind = ViewKind::Decision;
  look.opacity = 1.0;
  look.contour = false;
  const QImage shown = draw(layers, look, {}, {64, 64});
  int plain = 0, white = 0;
  for (int y = 0; y < 64; ++y) {
    for (int x = 0; x < 64; ++x) (shown.pixel(x, y) == tokens(true).fn.over.rgb() ? plain : white) += 1;
  }
  EXPECT_EQ(white * 4, 64 * 64);  // 2 of 8 pixels of every row
  EXPECT_EQ(plain + white, 64 * 64);
}

TEST_F(Renderer, NotFiniteScoresAreVoidNotDark) {
  PictureLayers layers;
  layers.scores = std::make_shared<const ScoreMap>(Size{32, 32}, std::numeric_limits<float>::quiet_NaN());
  PictureLook look;
  look.kind = ViewKind::Heatmap;
  const QImage shown = draw(layers, look, {}, {32, 32});
  int grey = 0;
  for (int x = 0; x < 32; ++x) grey += shown.pixel(x, 16) == tokens(true).voidArea.over.rgb() ? 1 : 0;
  EXPECT_EQ(grey, 24);
}

TEST_F(Renderer, SignedMapIsPanelGreyAtZeroAndSymmetric) {
  PictureLayers layers;
  layers.scores = std::make_shared<const ScoreMap>(ScoreMap({3, 1}, {-0.5F, 0.0F, 0.5F}));
  PictureLook look;
  look.kind = ViewKind::SignedMap;
  look.scaleMin = -0.5F;
  look.scaleMax = 0.5F;
  const Tokens& t = tokens(true);
  const QImage shown = draw(layers, look, {1.0, {1.5, 0.5}, false}, {3, 1});
  EXPECT_EQ(shown.pixel(0, 0), t.a.over.rgb());
  EXPECT_NEAR(qRed(shown.pixel(1, 0)), t.panel.red(), 2);
  EXPECT_EQ(shown.pixel(2, 0), t.b.over.rgb());
}

TEST_F(Renderer, AllButTheRegionIsDimmed) {
  PictureLayers layers;
  layers.image = std::make_shared<const RgbImage>(Size{40, 20}, Rgb{200, 200, 200});
  layers.region =
      std::make_shared<const RegionShape>(RegionShape{QRect(20, 0, 20, 20), Grid<std::uint8_t>({20, 20}, 1), {}});
  const QImage shown = draw(layers, {}, {1.0, {20, 10}, false}, {40, 20});
  EXPECT_EQ(qRed(shown.pixel(5, 10)), 200 * 159 / 256);
  EXPECT_EQ(qRed(shown.pixel(30, 10)), 200);
}

TEST_F(Renderer, SecondPictureOfTheSameSizeReplacesTheFirst) {
  PictureLayers layers;
  layers.image = std::make_shared<const RgbImage>(Size{8, 8}, Rgb{10, 20, 30});
  draw(layers, {}, {}, {8, 8});
  layers.image = std::make_shared<const RgbImage>(Size{8, 8}, Rgb{40, 50, 60});
  EXPECT_EQ(draw(layers, {}, {}, {8, 8}).pixel(4, 4), qRgb(40, 50, 60));
}

TEST(PictureCache, WhatAWorkerPreparedIsWhatIsDerivedOnDemand) {
  const auto scene = testing_support::syntheticScene({96, 64}, {48, 32});
  PictureCache prepared, derived;
  std::thread worker([&] { prepared.prepare(scene.image, scene.label); });
  worker.join();
  for (const bool grey : {false, true})
    for (int n = 0; n < 4; ++n)
      EXPECT_EQ(prepared.level(scene.image, grey, n), derived.level(scene.image, grey, n)) << n;
  for (const double tolerance : {0.1, 0.7, 3.0, 9.0})
    EXPECT_EQ(prepared.outline(scene.label, kAnomaly, tolerance), derived.outline(scene.label, kAnomaly, tolerance));
  prepared.prepare(nullptr, nullptr);
}

}  // namespace
}  // namespace oodscope
