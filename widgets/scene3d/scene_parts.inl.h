// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/scene3d/scene.h"
#include "widgets/theme/colour_map.h"

#include <vtkActor.h>
#include <vtkNew.h>
#include <vtkPolyData.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>

namespace oodscope {

/// Least and greatest coordinates of what the camera is to show.
struct SceneBox {
  ScenePoint low{-1, -1, 0}, high{1, 1, 1};
};

struct Scene3D::Parts {
  vtkNew<vtkRenderer> renderer;
  vtkSmartPointer<vtkPolyData> data;  ///< what .vtp holds
  SceneBox box;
  bool hasData = false;
  bool moved = false;  ///< the camera, by hand
  ScenePoint viewFrom{0, -1.1, 0.9};
  QSizeF viewport{960, 600};
  double fontHeight = 16;
  QColor background = Qt::white, text, title, mark;
  /// A window that shows the scene lets go of it and takes it back: one renderer draws into one context at a time.
  std::function<void()> release, takeBack;
};

}  // namespace oodscope
