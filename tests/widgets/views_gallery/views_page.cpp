// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/support/synthetic_scene.h"
#include "tests/widgets/views_gallery/pages.h"
#include "widgets/theme/tokens.h"
#include "widgets/views/view_grid.h"
#include "widgets/views/wipe_view.h"

#include <QApplication>

namespace oodscope {
namespace {

PaneSpec spec(const QString& title, ViewKind kind, bool wipe = false) {
  PaneSpec pane{title, {}, wipe};
  pane.look.kind = kind;
  pane.look.table = std::make_shared<const ColourTable>(colourTable(ColourMap::Inferno));
  return pane;
}

void shoot(QWidget& widget, const QString& file) {
  widget.show();
  QApplication::processEvents();
  widget.grab().save(file);
}

}  // namespace

void viewsPage(const QString& folder, const QString& theme) {
  const auto scene = testing_support::syntheticScene({1280, 720}, {1024, 512});
  ViewGrid grid;
  const Tokens& t = tokensFor(&grid);
  grid.resize(1116, 640);
  grid.setPanes({spec("Image", ViewKind::Image), spec("Ground truth", ViewKind::GroundTruth),
                 spec("Heatmap", ViewKind::Heatmap), spec("Decision", ViewKind::Decision)});
  grid.setFrame(scene.image, scene.label);
  for (int i = 0; i < 4; ++i) grid.view(i)->setScores(scene.scores);
  grid.setThreshold(0.30F);
  grid.setScale(0, 0.82F);
  grid.header(0)->setSubtitle("3.png · 1280 × 720");
  grid.header(0)->setNote("GT contour on");
  grid.header(1)->setSubtitle("7.2 % anomaly");
  grid.header(1)->setLegend({{t.anomaly.over, "anomaly"}, {t.strong, "normal"}, {t.voidArea.over, "void"}});
  grid.header(2)->setSubtitle("MSP · T 1.60");
  grid.header(2)->setColourBar(
      ColourBarSpec{colourTable(ColourMap::Inferno), 0, 0.82, "0.00", "0.82", 0.30, "▸ 0.1 % clamped"});
  grid.header(3)->setSubtitle("s ≥ δ = 0.300");
  grid.header(3)->setLegend({{t.tp.over, "TP"}, {t.fp.over, "FP"}, {t.fn.over, "FN"}, {t.voidArea.over, "void"}});
  grid.setCurrent(3);
  grid.setCrosshair(QPointF(826, 402));
  shoot(grid, folder + "/views-" + theme + ".png");

  RegionShape region{QRect(200, 200, 420, 260), Grid<std::uint8_t>({420, 260}), "FP 15 · 18,922 px · peak 0.834"};
  for (int y = 0; y < 260; ++y) {
    for (int x = 0; x < 420; ++x) {
      const float n = testing_support::valueNoise(x, y, 40, 3);
      const double d = std::hypot((x - 210) / 210.0, (y - 130) / 130.0);
      region.mask.at(x, y) = d + 0.5 * static_cast<double>(n) < 1 ? 1 : 0;
    }
  }
  grid.setCrosshair(std::nullopt);
  grid.setRegion(std::make_shared<const RegionShape>(region));
  grid.zoomToRegion(region.box);
  shoot(grid, folder + "/views-region-" + theme + ".png");

  grid.setRegion(nullptr);
  grid.setTransform({8.0, {800, 330}, false});
  grid.setOverlay(true);
  shoot(grid, folder + "/views-zoomed-" + theme + ".png");

  ViewGrid compare;
  compare.resize(1116, 640);
  compare.setPanes({spec("Wipe", ViewKind::Heatmap, true), spec("Image", ViewKind::Image),
                    spec("Disagreement", ViewKind::SignedMap), spec("Decisions", ViewKind::DecisionComparison)});
  compare.setFrame(scene.image, scene.label);
  ScoreMap difference(scene.scores->size());
  for (std::size_t i = 0; i < difference.values().size(); ++i) {
    difference.values()[i] = scene.otherScores->values()[i] - scene.scores->values()[i];
  }
  const auto signedMap = std::make_shared<const ScoreMap>(std::move(difference));
  for (int i = 0; i < 4; ++i) {
    compare.view(i)->setScores(i == 2 ? signedMap : scene.scores);
    compare.view(i)->setOtherScores(scene.otherScores);
    compare.view(i)->setThreshold(0.3F);
    compare.view(i)->setOtherThreshold(0.32F);
  }
  compare.view(2)->setScale(-0.3F, 0.3F);
  compare.setScale(0.0F, 0.8F);
  PictureLayers other = compare.view(0)->layers();
  other.scores = scene.otherScores;
  compare.wipeView(0)->setOther(other, compare.view(0)->look());
  compare.wipeView(0)->setNames("MSP", "Max-logit");
  compare.header(0)->setSubtitle("heatmap, rank in set");
  compare.header(0)->setColourBar(ColourBarSpec{colourTable(ColourMap::Inferno), 0.4, 1, "rank 0.4", "1", {}, {}});
  compare.header(2)->setSubtitle("rank B − rank A");
  compare.header(2)->setColourBar(
      ColourBarSpec{divergingTable(t.a.over, t.panel, t.b.over), -0.5, 0.5, "A higher", "B higher", {}, "±0.5 rank"});
  compare.header(3)->setSubtitle("agree 91.6 %");
  compare.header(3)->setLegend({{t.a.over, "only A"}, {t.b.over, "only B"}, {t.text, "both"}});
  shoot(compare, folder + "/compare-" + theme + ".png");
}

}  // namespace oodscope
