// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/gl_surface.h"

#include "widgets/scene3d/vtk_host.h"

#include <QOpenGLWidget>

namespace oodscope {

void prepareForOpenGl(QWidget& window) {
  if (!VtkHost::isAvailable()) return;
  // Qt looks through the children when it makes the window, hidden ones too.
  auto* never = new QOpenGLWidget(&window);
  never->setObjectName(QStringLiteral("opengl-surface"));
  never->hide();
}

}  // namespace oodscope
