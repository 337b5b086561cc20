// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/scene3d/scene.h"

#include <QOpenGLWidget>

namespace oodscope {

/// Shows a Scene3D: left drag or arrow keys orbit, middle drag pans, right drag, wheel, + and − zoom, R resets, a click
/// picks, dragging the scene's handle moves it over the surface. While anything moves the scene's small grid is drawn,
/// at rest the whole. Create it only where isAvailable().
class VtkHost : public QOpenGLWidget {
  Q_OBJECT

public:
  /// False on platforms without a window system (offscreen, minimal) and where no OpenGL 3.2 context can be made.
  [[nodiscard]] static bool isAvailable();

  explicit VtkHost(std::shared_ptr<Scene3D> scene, QWidget* parent = nullptr);
  ~VtkHost() override;
  void setScene(std::shared_ptr<Scene3D> scene);
  /// Nothing moves: what is seen is the whole grid.
  [[nodiscard]] bool isIdle() const;

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
  void moved();
  [[nodiscard]] bool onHandle(QPointF position) const;
  std::unique_ptr<State> m;
};

}  // namespace oodscope
