// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QImage>
#include <QPaintDevice>
#include <QPaintEngine>
#include <QPainterPath>
#include <QPen>
#include <QString>
#include <QTransform>

#include <cmath>
#include <vector>

namespace oodscope::testing {

/// A text that was drawn: where, and how high its font is there.
struct DrawnText {
  QString text;
  QRectF box;
  double height = 0.0;  ///< of ascent and descent, whichever way it runs
};

/// A line or an outline that was drawn.
struct DrawnPath {
  QPainterPath path;
  QColor colour;
  double width = 0.0;
};

/// Takes down texts and outlines instead of drawing them, in the device's units.
class RecordingEngine : public QPaintEngine {
public:
  RecordingEngine() : QPaintEngine(QPaintEngine::AllFeatures) {}
  bool begin(QPaintDevice*) override { return true; }
  bool end() override { return true; }
  [[nodiscard]] Type type() const override { return User; }
  void updateState(const QPaintEngineState& now) override {
    if (now.state().testFlag(DirtyTransform)) m_transform = now.transform();
    if (now.state().testFlag(DirtyPen)) m_pen = now.pen();
  }
  void drawTextItem(const QPointF& at, const QTextItem& item) override {
    const double height = item.ascent() + item.descent();
    const QRectF box = m_transform.mapRect(QRectF(at.x(), at.y() - item.ascent(), item.width(), height));
    const double scale = std::hypot(m_transform.m21(), m_transform.m22());
    if (!item.text().trimmed().isEmpty()) texts.push_back({item.text(), box, height * scale});
  }
  void drawPath(const QPainterPath& path) override {
    if (m_pen.style() == Qt::NoPen) return;
    const double scale = std::hypot(m_transform.m21(), m_transform.m22());
    paths.push_back({m_transform.map(path), m_pen.color(), m_pen.widthF() * (m_pen.isCosmetic() ? 1.0 : scale)});
  }
  void drawPolygon(const QPointF* points, int count, PolygonDrawMode mode) override {
    QPainterPath path;
    for (int i = 0; i < count; ++i) i == 0 ? path.moveTo(points[i]) : path.lineTo(points[i]);
    if (mode != PolylineMode) path.closeSubpath();
    drawPath(path);
  }
  void drawPolygon(const QPoint* points, int count, PolygonDrawMode mode) override {
    QPolygonF polygon;
    for (int i = 0; i < count; ++i) polygon << points[i];
    drawPolygon(polygon.constData(), count, mode);
  }
  void drawPoints(const QPointF*, int) override {}
  void drawPoints(const QPoint*, int) override {}
  void drawPixmap(const QRectF&, const QPixmap&, const QRectF&) override {}
  void drawTiledPixmap(const QRectF&, const QPixmap&, const QPointF&) override {}
  void drawImage(const QRectF& target, const QImage&, const QRectF&, Qt::ImageConversionFlags) override {
    pictures.push_back(m_transform.mapRect(target));
  }

  std::vector<DrawnText> texts;
  std::vector<DrawnPath> paths;
  std::vector<QRectF> pictures;

private:
  QTransform m_transform;
  QPen m_pen;
};

/// A page of 72 units an inch that keeps what is drawn on it.
class RecordingPage : public QPaintDevice {
public:
  [[nodiscard]] QPaintEngine* paintEngine() const override { return &m_engine; }
  [[nodiscard]] const std::vector<DrawnText>& texts() const { return m_engine.texts; }
  [[nodiscard]] const std::vector<DrawnPath>& paths() const { return m_engine.paths; }
  [[nodiscard]] const std::vector<QRectF>& pictures() const { return m_engine.pictures; }

protected:
  [[nodiscard]] int metric(PaintDeviceMetric metric) const override {
    constexpr int kSide = 2000, kDpi = 72;
    switch (metric) {
      case PdmWidth:
      case PdmHeight:
        return kSide;
      case PdmDpiX:
      case PdmDpiY:
      case PdmPhysicalDpiX:
      case PdmPhysicalDpiY:
        return kDpi;
      case PdmDevicePixelRatio:
        return 1;
      case PdmDevicePixelRatioScaled:
        return static_cast<int>(devicePixelRatioFScale());
      case PdmWidthMM:
      case PdmHeightMM:
        return kSide * 254 / (10 * kDpi);
      case PdmDepth:
        return 32;
      default:  // colours
        return 1 << 24;
    }
  }

private:
  mutable RecordingEngine m_engine;
};

}  // namespace oodscope::testing
