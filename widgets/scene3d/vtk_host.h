// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/scene3d/scene.h"

#include <QOpenGLWidget>

namespace oodscope {

/// Shows a Scene3D: left drag orbits, middle drag pans, right drag and wheel zoom, R resets, a click picks, dragging
/// the scene's handle moves it over the surface. Create it only where isAvailable().
class VtkHost : public QOpenGLWidget {
  Q_OBJECT

public:
  /// False on platforms without a window system (offscreen, minimal) and where no OpenGL 3.2 context can be made.
  [[nodiscard]] static bool isAvailable();

  explicit VtkHost(std::shared_ptr<Scene3D> scene, QWidget* parent = nullptr);
  ~VtkHost() override;
  void setScene(std::shared_ptr<Scene3D> scene);

Q_SIGNALS:
  void picked(QPointF meaning);
  void handleDragged(QPointF meaning);
  void handleDropped();

protected:
  void initializeGL() override;
  void paintGL() override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  struct State;
  void releaseGl();
  [[nodiscard]] std::optional<QPointF> meaningAt(QPointF position);
  [[nodiscard]] bool onHandle(QPointF position) const;
  std::unique_ptr<State> m;
};

}  // namespace oodscope
