// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/scene3d/scene_parts.inl.h"

#include <vtkGenericOpenGLRenderWindow.h>

namespace oodscope {

/// A VTK window for whatever context is current.
[[nodiscard]] vtkSmartPointer<vtkGenericOpenGLRenderWindow> newAnyContextWindow();

/// A VTK window without a window system: an OpenGL context of its own from EGL (Mesa's surfaceless platform, else the
/// default display) for as long as it lives, drawn into frame buffers only. The same renderer with and without a
/// display. While it lives no other context is current in the thread.
class HeadlessWindow {
public:
  /// Throws Error where no OpenGL 3.2 is to be had. A window that shows the scene gets it back afterwards.
  HeadlessWindow(Scene3D::Parts& parts, QSize size);
  ~HeadlessWindow();
  HeadlessWindow(const HeadlessWindow&) = delete;
  HeadlessWindow& operator=(const HeadlessWindow&) = delete;

  [[nodiscard]] vtkGenericOpenGLRenderWindow* window() { return m_window; }
  [[nodiscard]] QImage image();
  [[nodiscard]] QString rendererName() const;

private:
  struct Context;
  Scene3D::Parts& m_parts;
  std::unique_ptr<Context> m_context;
  vtkSmartPointer<vtkGenericOpenGLRenderWindow> m_window;
};

}  // namespace oodscope
