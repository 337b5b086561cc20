// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/picture_renderer.h"

#include "widgets/views/contours.h"

#include "widgets/views/parallel_rows.h"
#include "widgets/views/pixel_colouring.h"

#include <QPainter>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>

namespace oodscope {

Size PictureLayers::size() const {
  if (image && !image->empty()) return image->size();
  if (label && !label->empty()) return label->size();
  return scores ? scores->size() : Size{};
}

struct PictureRenderer::Stage {
  const PictureLayers& layers;
  const PictureLook& look;
  const Tokens& tokens;
  ViewTransform transform;
  QSize device;
  double ratio;
  Size size;
  QPointF origin;
};

namespace {

constexpr double kVoidDarkness = 0.45;  // of the black laid under the void hatch in decisions
constexpr int kBaseColour = 0;
constexpr int kBaseGrey = 1;
constexpr int kBaseNone = 2;
constexpr int kDimmed = 159;  // 62 % in 1/256

bool usable(const std::shared_ptr<const ScoreMap>& map) { return map && !map->empty(); }
bool usable(const std::shared_ptr<const Grid<std::uint8_t>>& map) { return map && !map->empty(); }

int baseKind(const PictureLayers& layers, const PictureLook& look) {
  if (look.kind == ViewKind::Image) return kBaseColour;
  if (look.kind == ViewKind::Heatmap || look.kind == ViewKind::SignedMap) {
    if (!usable(layers.scores)) return kBaseGrey;
    return look.overlay ? kBaseGrey : kBaseNone;
  }
  return kBaseGrey;
}

const std::shared_ptr<const ClassMap>& classesOf(const PictureLayers& layers, const PictureLook& look) {
  return look.kind == ViewKind::TrueClasses ? layers.trueClasses : layers.classes;
}

const ColourTable& plainGreyTable() {
  static const ColourTable table = colourTable(ColourMap::Grey);
  return table;
}

// For each pixel of `wanted` columns or rows the index of the pixel of `have` that covers it.
std::vector<int> stretch(int wanted, int have) {
  std::vector<int> index(static_cast<std::size_t>(wanted));
  for (int i = 0; i < wanted; ++i) {
    index[static_cast<std::size_t>(i)] = static_cast<int>((static_cast<long long>(2 * i + 1) * have) / (2LL * wanted));
  }
  return index;
}

// Rows of `map` stretched to another size; rows of the map itself where they have that width already. Rows that come
// from one row of the map one after the other are stretched once a thread.
template <class T>
class Stretched {
public:
  Stretched(const Grid<T>& map, Size size)
      : m_map(map), m_columns(stretch(size.width, map.width())), m_rows(size.height), m_drawing(++s_drawings) {}

  [[nodiscard]] std::span<const T> row(int y) const {
    const int from = static_cast<int>(((2LL * y + 1) * m_map.height()) / (2LL * m_rows));
    const std::span<const T> row = m_map.row(from);
    if (row.size() == m_columns.size()) return row;
    struct Held {
      std::uint64_t drawing = 0;
      int from = 0;
      std::vector<T> values;
    };
    thread_local Held held;
    if (held.drawing == m_drawing && held.from == from) return held.values;
    held.drawing = m_drawing;
    held.from = from;
    held.values.resize(m_columns.size());
    for (std::size_t i = 0; i < m_columns.size(); ++i) held.values[i] = row[static_cast<std::size_t>(m_columns[i])];
    return held.values;
  }

private:
  static inline std::atomic<std::uint64_t> s_drawings = 0;
  const Grid<T>& m_map;
  std::vector<int> m_columns;
  int m_rows;
  std::uint64_t m_drawing;  ///< maps come and go at one address
};

template <class T>
std::span<T> part(std::span<T> row, int first, int count) {
  return row.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
}

}  // namespace

PictureRenderer::PictureRenderer(std::shared_ptr<PictureCache> cache) : m_cache(std::move(cache)) {}

const QImage& PictureRenderer::render(const PictureLayers& layers, const PictureLook& look, const Tokens& tokens,
                                      const ViewTransform& transform, QSize device, double pixelRatio) {
  const Stage stage{layers, look, tokens, transform, device, pixelRatio, layers.size(), origin(transform, device)};
  drawBase(stage);
  if (m_composite.size() != device) m_composite = QImage(device, QImage::Format_RGB32);
  if (!device.isEmpty()) {
    std::memcpy(m_composite.bits(), m_base.constBits(), static_cast<std::size_t>(m_base.sizeInBytes()));
  }
  if (stage.size.area() > 0 && !device.isEmpty()) {
    drawOverlay(stage);
    drawHatch(stage);
    dim(stage);
    drawLines(stage);
  }
  return m_composite;
}

void PictureRenderer::drawBase(const Stage& stage) {
  const BaseKey key{stage.layers.image,      baseKind(stage.layers, stage.look),
                    stage.transform,         stage.device,
                    stage.tokens.view.rgb(), stage.size};
  if (key == m_baseKey && m_base.size() == stage.device) return;
  m_baseKey = key;
  if (m_base.size() != stage.device) m_base = QImage(stage.device, QImage::Format_RGB32);
  m_base.fill(stage.tokens.view);
  if (stage.size.area() == 0) return;
  const QRectF target = pictureRect(stage.transform, stage.device, stage.size);
  const bool grey = key.kind == kBaseGrey;
  if (!stage.layers.image || stage.layers.image->empty() || key.kind == kBaseNone) {
    QPainter painter(&m_base);
    painter.fillRect(target, key.kind == kBaseNone ? stage.tokens.view : stage.tokens.alt);
    return;
  }
  const double scale = target.width() / stage.layers.image->width();
  if (scale >= 1) {
    drawNearest(m_base, m_cache->level(stage.layers.image, grey, 0), target, QPoint(0, 0), stage.layers.image->size());
    return;
  }
  const QImage level = m_cache->level(stage.layers.image, grey, halvingsFor(scale));
  QPainter painter(&m_base);
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(target, level, QRectF(level.rect()));
}

void PictureRenderer::drawOverlay(const Stage& stage) {
  switch (stage.look.kind) {
    case ViewKind::Image:
      return;
    case ViewKind::Heatmap:
    case ViewKind::SignedMap:
      if (usable(stage.layers.scores)) drawScores(stage);
      return;
    case ViewKind::GroundTruth:
      if (usable(stage.layers.label)) drawTruth(stage);
      return;
    case ViewKind::Decision:
      if (usable(stage.layers.scores)) drawDecision(stage);
      return;
    case ViewKind::DecisionComparison:
      if (usable(stage.layers.scores) && usable(stage.layers.otherScores)) drawDecisionComparison(stage);
      return;
    case ViewKind::PredictedClasses:
    case ViewKind::TrueClasses:
    case ViewKind::OpenSet:
      if (usable(classesOf(stage.layers, stage.look)) && stage.look.classColours) drawClasses(stage);
      return;
  }
}

void PictureRenderer::draw(const Stage& stage, Size mapSize, bool opaque, double opacity, const RowColourer& colourer) {
  const QRectF target = pictureRect(stage.transform, stage.device, stage.size);
  drawMap(m_composite, MapDrawing{mapSize, target, opaque, opacity}, colourer);
}

void PictureRenderer::drawScores(const Stage& stage) {
  const PictureLayers& layers = stage.layers;
  const PictureLook& look = stage.look;
  const Tokens& t = stage.tokens;
  ColourTable table = look.table ? *look.table : plainGreyTable();
  float min = look.scaleMin;
  float max = look.scaleMax;
  if (look.kind == ViewKind::SignedMap) {
    table = divergingTable(t.a.over, t.panel, t.b.over);
    max = std::max(std::fabs(min), std::fabs(max));
    min = -max;
  }
  const QRgb notFinite = t.voidArea.over.rgb();
  draw(stage, layers.scores->size(), true, look.overlay ? look.opacity : 1.0, [&](int y, int x, std::span<QRgb> out) {
    const auto row = part(layers.scores->row(y), x, static_cast<int>(out.size()));
    colourScores(row, min, max, table, notFinite, out);
  });
}

void PictureRenderer::drawTruth(const Stage& stage) {
  const PictureLayers& layers = stage.layers;
  const QRgb anomaly = premultiplied(stage.tokens.anomaly.over, stage.look.opacity);
  draw(stage, layers.label->size(), false, 1.0, [&](int y, int x, std::span<QRgb> out) {
    const auto row = part(layers.label->row(y), x, static_cast<int>(out.size()));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = row[i] == kAnomaly ? anomaly : 0U;
  });
}

void PictureRenderer::drawDecision(const Stage& stage) {
  const PictureLayers& layers = stage.layers;
  const Tokens& t = stage.tokens;
  const double opacity = stage.look.opacity;
  const bool labelled = usable(layers.label);
  const Size size = labelled ? layers.label->size() : layers.scores->size();
  const Stretched<float> stretched(*layers.scores, size);
  const std::vector<std::uint8_t> none(static_cast<std::size_t>(size.width), kNormal);
  const QRgb flagged = premultiplied(labelled ? t.fp.over : t.anomaly.over, opacity);
  const DecisionColours colours{0, flagged, premultiplied(t.fn.over, opacity), premultiplied(t.tp.over, opacity),
                                premultiplied(Qt::black, kVoidDarkness)};
  draw(stage, size, false, 1.0, [&](int y, int x, std::span<QRgb> out) {
    const int count = static_cast<int>(out.size());
    const auto scores = part(stretched.row(y), x, count);
    const auto labels = labelled ? layers.label->row(y) : std::span<const std::uint8_t>(none);
    colourDecisions(scores, part(labels, x, count), layers.threshold, colours, out);
  });
}

void PictureRenderer::drawDecisionComparison(const Stage& stage) {
  const PictureLayers& layers = stage.layers;
  const Tokens& t = stage.tokens;
  const double opacity = stage.look.opacity;
  const Size size = layers.scores->size();
  const Stretched<float> other(*layers.otherScores, size);
  const ComparisonColours colours{0, premultiplied(t.a.over, opacity), premultiplied(t.b.over, opacity),
                                  premultiplied(QColor(0xE6, 0xE8, 0xEB), opacity)};
  draw(stage, size, false, 1.0, [&](int y, int x, std::span<QRgb> out) {
    const int count = static_cast<int>(out.size());
    const auto b = part(other.row(y), x, count);
    colourComparison(part(layers.scores->row(y), x, count), layers.threshold, b, layers.otherThreshold, colours, out);
  });
}

void PictureRenderer::drawClasses(const Stage& stage) {
  const PictureLayers& layers = stage.layers;
  const ClassMap& classes = *classesOf(layers, stage.look);
  const double opacity = stage.look.overlay ? stage.look.opacity : 1.0;
  ClassColours colours = *stage.look.classColours;
  for (QRgb& colour : colours) colour = qAlpha(colour) == 0 ? 0U : premultiplied(QColor::fromRgb(colour), opacity);
  const bool isOpen = stage.look.kind == ViewKind::OpenSet && usable(layers.scores);
  const QRgb flagged = premultiplied(stage.tokens.anomaly.over, opacity);
  const Size size = isOpen ? layers.scores->size() : classes.size();
  const Stretched<std::uint8_t> stretched(classes, size);
  draw(stage, size, false, 1.0, [&](int y, int x, std::span<QRgb> out) {
    const int count = static_cast<int>(out.size());
    const auto row = part(stretched.row(y), x, count);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = colours[row[i]];
    if (!isOpen) return;
    const auto scores = part(layers.scores->row(y), x, count);
    for (std::size_t i = 0; i < out.size(); ++i)
      if (scores[i] >= layers.threshold) out[i] = flagged;
  });
}

namespace {

/// What is hatched at a pixel: void labels and scores that are no numbers dark, anomalies that are missed white.
struct HatchRule {
  bool labelVoid = false, decision = false;
  float threshold = 0.0F;
  [[nodiscard]] Hatch of(std::uint8_t truth) const { return labelVoid && truth == kVoid ? Hatch::Dark : Hatch::None; }
  [[nodiscard]] Hatch of(std::uint8_t truth, float score) const {
    if (of(truth) == Hatch::Dark || !std::isfinite(score)) return Hatch::Dark;
    return decision && truth == kAnomaly && !(score >= threshold) ? Hatch::White : Hatch::None;
  }
};

}  // namespace

void PictureRenderer::drawHatch(const Stage& stage) {
  const PictureLayers& layers = stage.layers;
  const ViewKind kind = stage.look.kind;
  if (kind == ViewKind::Image) return;
  const bool labelled = usable(layers.label);
  const bool scored = usable(layers.scores);
  const bool decision = kind == ViewKind::Decision && scored;
  const bool heat = kind == ViewKind::Heatmap || kind == ViewKind::SignedMap;
  const bool labelVoid = labelled && stage.look.voidHatch && !heat;
  if (!(labelVoid || (decision && labelled) || (heat && scored))) return;
  const QRectF target = pictureRect(stage.transform, stage.device, stage.size);
  const QRect visible = target.toAlignedRect() & m_composite.rect();
  const DeviceIndex label(target, labelled ? layers.label->size() : Size{1, 1}, visible);
  const DeviceIndex score(target, scored ? layers.scores->size() : Size{1, 1}, visible);
  HatchPattern pattern;
  pattern.period = std::max(4, static_cast<int>(std::lround(8 * stage.ratio)));
  pattern.width = std::max(1, static_cast<int>(std::lround(2 * stage.ratio)));
  pattern.phase = -static_cast<int>(std::lround(stage.origin.x() + stage.origin.y()));
  const bool readsScores = heat || decision;
  const HatchRule rule{labelVoid, decision, layers.threshold};
  hatch(m_composite, visible, pattern, [&](int y) {
    const std::uint8_t* truths = labelled ? layers.label->row(label.y(y)).data() : nullptr;
    const float* scores = readsScores ? layers.scores->row(score.y(y)).data() : nullptr;
    return [=, &label, &score](int x) {
      const std::uint8_t truth = truths == nullptr ? kNormal : truths[label.x(x)];
      return scores == nullptr ? rule.of(truth) : rule.of(truth, scores[score.x(x)]);
    };
  });
}

void PictureRenderer::dim(const Stage& stage) {
  const QRectF target = pictureRect(stage.transform, stage.device, stage.size);
  const QRect visible = target.toAlignedRect() & m_composite.rect();
  if (usable(stage.layers.brushed)) {
    const Grid<std::uint8_t>& mask = *stage.layers.brushed;
    const DeviceIndex at(target, mask.size(), visible);
    const QColor lit = stage.tokens.focus;
    shade(m_composite, visible, [&](int x, int y, QRgb c) {
      if (mask.at(at.x(x), at.y(y)) == 0) return scaled(c, kDimmed * kDimmed / 256);
      return mixed(c, lit.rgb(), 150);
    });
  }
  if (stage.layers.region && !stage.layers.region->mask.empty()) {
    const RegionShape& region = *stage.layers.region;
    const DeviceIndex at(target, stage.size, visible);
    shade(m_composite, visible, [&](int x, int y, QRgb c) {
      const int px = at.x(x) - region.box.x();
      const int py = at.y(y) - region.box.y();
      const bool inside =
          px >= 0 && py >= 0 && px < region.mask.width() && py < region.mask.height() && region.mask.at(px, py) != 0;
      return inside ? c : scaled(c, kDimmed);
    });
  }
}

void PictureRenderer::drawLines(const Stage& stage) {
  const bool contour = stage.look.contour && usable(stage.layers.label);
  const bool region = stage.layers.region && !stage.layers.region->mask.empty();
  if (!contour && !region) return;
  const LinesKey key{contour ? stage.layers.label : nullptr,
                     stage.layers.region,
                     contour,
                     stage.transform,
                     stage.device,
                     stage.size,
                     stage.tokens.focus.rgb()};
  if (!(key == m_linesKey) || m_lines.size() != stage.device) {
    m_linesKey = key;
    if (m_lines.size() != stage.device) m_lines = QImage(stage.device, QImage::Format_ARGB32_Premultiplied);
    m_lines.fill(Qt::transparent);
    QPainter painter(&m_lines);
    painter.setRenderHint(QPainter::Antialiasing);
    paintLines(painter, stage.layers, stage.look, stage.tokens, stage.origin, stage.transform.scale, stage.ratio);
  }
  QPainter painter(&m_composite);
  painter.drawImage(0, 0, m_lines);
}

void PictureRenderer::paintLines(QPainter& painter, const PictureLayers& layers, const PictureLook& look,
                                 const Tokens& tokens, QPointF origin, double scale, double penScale,
                                 double detail) const {
  const auto stroke = [&](const QPainterPath& path, const QColor& colour, double width) {
    QPen pen(colour, width * penScale);
    pen.setCosmetic(true);
    // On the screen round joins of so thin a line cannot be seen, and cost as much as the line.
    pen.setJoinStyle(detail > 1 ? Qt::RoundJoin : Qt::BevelJoin);
    painter.setPen(pen);
    painter.drawPath(path);
  };
  painter.save();
  painter.setBrush(Qt::NoBrush);
  const Size size = layers.size();
  if (look.contour && usable(layers.label)) {
    const double mapScale = scale * size.width / layers.label->width();
    QTransform place = QTransform::fromTranslate(origin.x(), origin.y());
    place.scale(mapScale, scale * size.height / layers.label->height());
    const QPainterPath path = place.map(m_cache->outline(layers.label, kAnomaly, 0.7 * penScale / (mapScale * detail)));
    const bool quiet = layers.region != nullptr;  // the region's outline is the one to look at
    stroke(path, QColor(0, 0, 0, quiet ? 120 : 210), 3.4);
    stroke(path, QColor(255, 255, 255, quiet ? 130 : 255), 1.3);
  }
  if (layers.region && !layers.region->mask.empty()) {
    const RegionShape& region = *layers.region;
    // The mask lives as long as the region: an aliasing pointer lets the cache key on it.
    const std::shared_ptr<const Grid<std::uint8_t>> mask(layers.region, &region.mask);
    QTransform place =
        QTransform::fromTranslate(origin.x() + region.box.x() * scale, origin.y() + region.box.y() * scale);
    place.scale(scale, scale);
    const QPainterPath path = place.map(m_cache->outline(mask, 1, 0.7 * penScale / (scale * detail)));
    stroke(path, QColor(0, 0, 0, 210), 4.5);
    stroke(path, tokens.dark ? tokens.focus : tokens.focus.lighter(130), 2.5);
  }
  painter.restore();
}

void PictureRenderer::paintContour(QPainter& painter, const PictureLayers& layers, QPointF origin, double scale,
                                   double width) const {
  if (!usable(layers.label)) return;
  constexpr double kWhite = 0.62;      // of the width; the rest is casing
  constexpr double kTolerance = 0.15;  // of the width
  const Size size = layers.size();
  const double mapScale = scale * size.width / layers.label->width();
  QTransform place = QTransform::fromTranslate(origin.x(), origin.y());
  place.scale(mapScale, scale * size.height / layers.label->height());
  const QList<QPolygonF> loops =
      place.map(m_cache->outline(layers.label, kAnomaly, kTolerance * width / mapScale)).toSubpathPolygons();
  painter.save();
  painter.setBrush(Qt::NoBrush);
  const std::pair<QColor, double> strokes[] = {{QColor(0, 0, 0), width}, {QColor(255, 255, 255), kWhite * width}};
  for (const auto& [colour, stroke] : strokes) {
    painter.setPen(QPen(colour, stroke, Qt::SolidLine, Qt::FlatCap, Qt::MiterJoin));
    for (const QPolygonF& loop : loops) painter.drawPolygon(movedOutwards(loop, stroke / 2));
  }
  painter.restore();
}

}  // namespace oodscope
