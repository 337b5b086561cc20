// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/tokens.h"

#include <QImage>
#include <QPointF>
#include <QString>

#include <array>
#include <functional>
#include <memory>
#include <optional>

namespace oodscope {

/// Something to look at in 3D. Knows nothing of widgets: VtkHost shows it, renderOffscreen() draws it into an image.
class Scene3D {
public:
  struct Parts;  // VTK objects

  virtual ~Scene3D();
  Scene3D(const Scene3D&) = delete;
  Scene3D& operator=(const Scene3D&) = delete;

  void setTokens(const Tokens& tokens);
  void resetCamera();
  /// A grid of at most 256 x 128 while the camera moves, all of it at rest.
  virtual void setCoarse(bool coarse) = 0;
  /// What stands at a point of the scene, in the scene's own coordinates (picture pixel; temperature and threshold).
  [[nodiscard]] virtual std::optional<QPointF> meaningOf(double x, double y, double z) const = 0;
  /// World position of something that can be dragged over the surface.
  [[nodiscard]] virtual std::optional<std::array<double, 3>> handle() const { return {}; }

  /// Draws without a window. Throws Error where no OpenGL context can be made.
  [[nodiscard]] QImage renderOffscreen(QSize size);
  /// By ending: .gltf, .obj (whole scene), .vtp (the surface or points with their scores), .png. Throws Error.
  void exportTo(const QString& file, QSize pngSize = {1600, 1000});

  /// Called after each change that asks for a repaint.
  std::function<void()> changed;

  [[nodiscard]] Parts& parts() const { return *m_parts; }

protected:
  Scene3D();
  virtual void restyle(const Tokens& tokens) = 0;
  void notify();
  std::unique_ptr<Parts> m_parts;
};

}  // namespace oodscope
