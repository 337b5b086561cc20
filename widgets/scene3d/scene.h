// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/colour_map.h"
#include "widgets/theme/tokens.h"

#include <QFont>
#include <QImage>
#include <QPointF>
#include <QString>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QPainter;

namespace oodscope {

using ScenePoint = std::array<double, 3>;

/// A text beside a point of the scene, on the side that leads away from `from`.
struct SceneLabel {
  enum class Kind { Tick, Title, Mark };
  ScenePoint from{}, at{};
  QString text;
  Kind kind = Kind::Tick;
};

/// What a colour of the scene means: a scale of scores, or the outline of boxes.
struct SceneLegendEntry {
  QString text;
  QColor outline = {};                    ///< valid: of a box
  std::optional<ColourTable> scale = {};  ///< colours between the two numbers
  QString low = {}, high = {};
};

/// Something to look at in 3D. Knows nothing of widgets: VtkHost shows it, renderOffscreen() draws it into an image.
/// The camera, picks and labels need no OpenGL.
class Scene3D {
public:
  struct Parts;  // VTK objects

  virtual ~Scene3D();
  Scene3D(const Scene3D&) = delete;
  Scene3D& operator=(const Scene3D&) = delete;

  void setTokens(const Tokens& tokens);
  /// Size of what it is drawn into and height of its labels' font, in one unit. Until the camera is moved by hand the
  /// whole scene with its labels is kept inside.
  void setViewport(QSizeF size, double fontHeight);

  // The camera: the horizon stays level.
  void orbit(double degreesRight, double degreesUp);
  void pan(QPointF viewportHeights);
  void zoom(double factor);  ///< > 1: nearer
  void resetCamera();

  /// Makes what was set drawable: a small grid while something moves, all of it at rest.
  virtual void build(bool coarse) = 0;
  /// What stands at a point of the scene, in the scene's own coordinates (picture pixel; temperature and threshold).
  [[nodiscard]] virtual std::optional<QPointF> meaningOf(const ScenePoint& point) const = 0;
  /// What the line of sight through a place of the viewport meets first. Cost: some milliseconds.
  [[nodiscard]] std::optional<QPointF> meaningAt(QPointF place) const;
  /// Where a point stands in the viewport.
  [[nodiscard]] QPointF placeOf(const ScenePoint& point) const;
  /// Position of something that can be dragged over the surface.
  [[nodiscard]] virtual std::optional<ScenePoint> handle() const { return {}; }
  /// The legend in the upper left corner and the labels.
  void paintLabels(QPainter& painter, const QFont& font) const;
  [[nodiscard]] virtual std::vector<SceneLegendEntry> legend() const { return {}; }

  /// Draws without a window and without labels, four samples a pixel. Throws Error where no OpenGL is to be had.
  [[nodiscard]] QImage renderOffscreen(QSize size);
  /// Name of the OpenGL renderer that does it; none: nothing can be drawn without a window.
  [[nodiscard]] static std::optional<QString> offscreenRenderer();
  /// By ending: .gltf, .obj (whole scene), .vtp (the surface or points with their scores), .png (with labels). Throws
  /// Error.
  void exportTo(const QString& file, QSize pngSize = {1600, 1000});

  /// Called after each change that asks for a repaint.
  std::function<void()> changed;

  [[nodiscard]] Parts& parts() const { return *m_parts; }

protected:
  Scene3D();
  virtual void restyle(const Tokens& tokens) = 0;
  /// Where a ray (from a point, along a direction) meets the scene.
  [[nodiscard]] virtual std::optional<ScenePoint> hit(const ScenePoint& from, const ScenePoint& along) const = 0;
  [[nodiscard]] virtual std::vector<SceneLabel> labels() const = 0;
  /// The scene has other values, of another extent perhaps.
  void notify();
  std::unique_ptr<Parts> m_parts;

private:
  void paintLegend(QPainter& painter, const QFont& font) const;
  void fit();
};

}  // namespace oodscope
