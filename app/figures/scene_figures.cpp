// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/scene_figures.h"

#include "analysis/datasets/layout_kinds.h"
#include "app/figures/document_text.h"
#include "app/figures/figure_csv.h"
#include "app/figures/picture_plans.h"
#include "app/figures/plot_data.h"
#include "widgets/scene3d/landscape_scene.h"
#include "widgets/scene3d/relief_scene.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

using figures::tr;

constexpr double kSceneRatio = 0.6;
constexpr double kLabelShare = 0.825;  // ticks and labels, of the font size
constexpr int kLandscapeRows = 64;
constexpr int kCsvColumns = 128;  // of a relief's heights
constexpr double kMostPoints = 300000;

constexpr std::size_t kFewestBoxed = 8;    // points
constexpr float kFarthestBoxed = 80.0F;    // metres: beyond, a pixel of disparity is many
constexpr double kLeastDepthRatio = 1.05;  // depths this close are one

/// The points around the depth that most have: the shortest stretch of depths with half of them, and as much again to
/// each side. In ratios, as a stereo camera's depths scatter.
std::vector<CloudPoint> ofOneDepth(std::vector<CloudPoint> points) {
  std::erase_if(points, [](const CloudPoint& p) { return !(p.z > 0.0F) || p.z > kFarthestBoxed; });
  if (points.size() < kFewestBoxed) return {};
  std::sort(points.begin(), points.end(), [](const CloudPoint& a, const CloudPoint& b) { return a.z < b.z; });
  const std::size_t half = points.size() / 2;
  const auto ratioFrom = [&](std::size_t first) {
    return static_cast<double>(points[first + half].z) / static_cast<double>(points[first].z);
  };
  std::size_t densest = 0;
  for (std::size_t i = 1; i + half < points.size(); ++i)
    if (ratioFrom(i) < ratioFrom(densest)) densest = i;
  const double reach = std::max(ratioFrom(densest), kLeastDepthRatio);
  const double nearest = static_cast<double>(points[densest].z) / reach;
  const double farthest = static_cast<double>(points[densest + half].z) * reach;
  std::erase_if(points, [&](const CloudPoint& p) {
    return static_cast<double>(p.z) < nearest || static_cast<double>(p.z) > farthest;
  });
  return points;
}

/// Around 5 to 95 % of the points along each axis; empty for few points.
std::optional<CloudBox> boxAround(const std::vector<CloudPoint>& points) {
  if (points.size() < kFewestBoxed) return std::nullopt;
  const auto between = [&](float CloudPoint::*axis) {
    std::vector<float> values;
    values.reserve(points.size());
    for (const CloudPoint& p : points) values.push_back(p.*axis);
    std::sort(values.begin(), values.end());
    return std::pair(values[values.size() / 20], values[values.size() - 1 - values.size() / 20]);
  };
  const auto [left, right] = between(&CloudPoint::x);
  const auto [top, bottom] = between(&CloudPoint::y);
  const auto [front, back] = between(&CloudPoint::z);
  return CloudBox{left, right, top, bottom, front, back};
}

/// A scene drawn at the size that the document asks for.
class SceneFigure : public Figure {
public:
  SceneFigure(std::unique_ptr<Scene3D> scene, QString title, QString caption, QByteArray csv)
      : m_scene(std::move(scene)), m_title(std::move(title)), m_caption(std::move(caption)), m_csv(std::move(csv)) {
    if (!Scene3D::offscreenRenderer())
      throw Error(ErrorParts{.what = "cannot draw in 3D", .expected = "OpenGL 3.2", .found = "none on this machine"});
  }
  [[nodiscard]] QString title() const override { return m_title; }
  [[nodiscard]] QString caption() const override { return m_caption; }
  [[nodiscard]] double heightFor(double width, double) const override { return width * kSceneRatio; }
  void draw(QPainter& painter, const QRectF& area, const RenderOptions& options) override {
    m_scene->setTokens(tokens(options.dark));
    QFont font(QStringLiteral("Noto Sans"));
    font.setPixelSize(static_cast<int>(std::lround(options.fontPoints * kLabelShare * kTextScale)));
    m_scene->setViewport(area.size() * kTextScale, QFontMetricsF(font).height());
    const double scale = options.rasterDpi / kPointsPerInch;
    const QImage image = m_scene->renderOffscreen(
        {static_cast<int>(std::lround(area.width() * scale)), static_cast<int>(std::lround(area.height() * scale))});
    painter.drawImage(area, image);
    painter.save();
    painter.translate(area.topLeft());
    painter.scale(1.0 / kTextScale, 1.0 / kTextScale);
    m_scene->paintLabels(painter, font);
    painter.restore();
  }
  [[nodiscard]] QByteArray csv() const override { return m_csv; }

private:
  std::unique_ptr<Scene3D> m_scene;
  QString m_title, m_caption;
  QByteArray m_csv;
};

}  // namespace

FigurePlan planRelief(SessionResults& results, const RunSpec& run, std::size_t frame) {
  const FrameValues values = frameValues(results, run, frame);
  const ScaleLimits limits = limitsOf(results, run, *values.layers.scores);
  const auto table = tableOf(results.session().view);
  const QString title = tr("Anomaly relief, frame %1").arg(values.name);
  const QString caption = runCaption(results, run);
  QByteArray csv = "x,y,score\n";
  const ScoreMap& scores = *values.layers.scores;
  const int step = std::max(1, scores.width() / kCsvColumns);
  for (int y = 0; y < scores.height(); y += step)
    for (int x = 0; x < scores.width(); x += step)
      csv += QByteArray::number(x) + ',' + QByteArray::number(y) + ',' +
             csvNumber(static_cast<double>(scores.at(x, y))) + '\n';
  return [=] {
    auto scene = std::make_unique<ReliefScene>();
    scene->setColourTable(*table);
    scene->setScale(limits.low, limits.high);
    scene->setFrame(values.layers.image, values.layers.scores);
    if (std::isfinite(values.layers.threshold)) scene->setThreshold(values.layers.threshold);
    scene->resetCamera();
    return std::make_unique<SceneFigure>(std::move(scene), title, caption, csv);
  };
}

FigurePlan planLandscape(SessionResults& results) {
  const RunSpec run = results.viewRun();
  const auto live = results.liveSet(run);
  const Configuration configuration = live->configurationOf(run);
  if (!configuration.method || !configuration.method->usesTemperature())
    throw Error(ErrorParts{.what = "there is no landscape",
                           .expected = "a method whose ranking depends on temperature",
                           .found = configuration.name});
  const auto landscape = std::make_shared<const MetricLandscape>(metricLandscape(
      *live, {*configuration.method, configuration.filters}, results.session().view.protocol, landscapeTemperatures(),
      kLandscapeRows, [](std::size_t) {}, results.stopToken()));
  if (results.stopToken().stop_requested()) throw Error("stopped", {});
  if (landscape->f1.empty())
    throw Error(ErrorParts{.what = "no curve is defined for " + live->dataSet().name,
                           .expected = "anomalous and normal pixels"});
  const auto threshold = results.results(run)->threshold;
  const double temperature = static_cast<double>(configuration.temperature.value_or(1.0F));
  const QString title = tr("F1 over temperature and threshold");
  const QString caption = runCaption(results, run);
  QByteArray csv = "temperature,threshold,f1,precision,recall\n";
  for (int t = 0; t < landscape->f1.width(); ++t)
    for (int r = 0; r < landscape->f1.height(); ++r)
      csv += csvNumber(landscape->temperatures[static_cast<std::size_t>(t)]) + ',' +
             csvNumber(landscape->thresholds[static_cast<std::size_t>(r)]) + ',' +
             csvNumber(static_cast<double>(landscape->f1.at(t, r))) + ',' +
             csvNumber(static_cast<double>(landscape->precision.at(t, r))) + ',' +
             csvNumber(static_cast<double>(landscape->recall.at(t, r))) + '\n';
  return [=] {
    auto scene = std::make_unique<LandscapeScene>();
    scene->setNames(tr("F1"), {});
    scene->setSurface(landscape->temperatures, landscape->thresholds, landscape->f1);
    if (threshold) scene->setCurrent(temperature, static_cast<double>(*threshold));
    scene->resetCamera();
    return std::make_unique<SceneFigure>(std::move(scene), title, caption, csv);
  };
}

std::vector<CloudPoint> cloudPoints(const DataSet& set, std::size_t frame, const ScoreMap& scores) {
  const Frame& source = set.frames[frame];
  if (!source.disparity || !source.camera)
    throw Error(ErrorParts{.what = "frame " + source.name + " has no point cloud",
                           .expected = "a disparity image and a camera file",
                           .found = source.disparity ? "no camera file" : "no disparity image",
                           .file = set.root});
  const Grid<float> distance = readDistance(source, set.layout.kind().disparity);
  const StereoCamera camera = readCamera(*source.camera);
  const double all = static_cast<double>(distance.size().area());
  const int step = std::max(1, static_cast<int>(std::ceil(std::sqrt(all / kMostPoints))));
  std::vector<CloudPoint> points;
  for (int y = 0; y < distance.height(); y += step)
    for (int x = 0; x < distance.width(); x += step) {
      const auto z = static_cast<double>(distance.at(x, y));
      if (z <= 0.0) continue;
      const int sx = x * scores.width() / distance.width(), sy = y * scores.height() / distance.height();
      points.push_back({static_cast<float>((x - camera.centreX) * z / camera.focalX),
                        static_cast<float>((y - camera.centreY) * z / camera.focalY), static_cast<float>(z),
                        scores.at(sx, sy), static_cast<float>(x), static_cast<float>(y)});
    }
  return points;
}

std::vector<CloudBox> regionBoxes(const std::vector<CloudPoint>& points,
                                  const std::vector<const FailureRegion*>& regions, Size map, Size picture) {
  Grid<int> owner(map, -1);
  for (std::size_t i = 0; i < regions.size(); ++i)
    for (const Run& run : regions[i]->runs)
      for (int x = run.begin; x < run.end; ++x) owner.at(x, run.y) = static_cast<int>(i);
  std::vector<std::vector<CloudPoint>> members(regions.size());
  for (const CloudPoint& p : points) {
    const int x = std::min(
        static_cast<int>(p.pixelX * static_cast<float>(map.width) / static_cast<float>(picture.width)), map.width - 1);
    const int y =
        std::min(static_cast<int>(p.pixelY * static_cast<float>(map.height) / static_cast<float>(picture.height)),
                 map.height - 1);
    if (const int i = owner.at(x, y); i >= 0) members[static_cast<std::size_t>(i)].push_back(p);
  }
  std::vector<CloudBox> boxes;
  for (std::vector<CloudPoint>& member : members)
    if (const auto box = boxAround(ofOneDepth(std::move(member)))) boxes.push_back(*box);
  return boxes;
}

}  // namespace oodscope
