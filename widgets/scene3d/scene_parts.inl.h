// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/scene3d/scene.h"
#include "widgets/theme/colour_map.h"

#include <vtkActor.h>
#include <vtkNew.h>
#include <vtkPolyData.h>
#include <vtkRenderer.h>
#include <vtkSmartPointer.h>

#include <array>

namespace oodscope {

struct Scene3D::Parts {
  vtkNew<vtkRenderer> renderer;
  vtkSmartPointer<vtkPolyData> data;  ///< what .vtp holds and picks hit
  bool framed = false;                ///< the camera has seen data
  std::array<double, 3> viewFrom{0, -1.1, 0.9};
  std::array<double, 3> viewUp{0, 0, 1};
};

}  // namespace oodscope
