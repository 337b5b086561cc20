// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/headless_window.inl.h"

#include <vtkObjectFactory.h>

#include <GL/glew.h>

namespace oodscope {
namespace {

// VTK takes the loader's "no GLX display" for a failure; under EGL the functions are loaded all the same.
class AnyContextWindow : public vtkGenericOpenGLRenderWindow {
public:
  static AnyContextWindow* New();
  // clang-format off: the macros end in what would need a semicolon
  vtkTypeMacro(AnyContextWindow, vtkGenericOpenGLRenderWindow)

      protected : void OpenGLInitContext() override {
    ContextCreationTime.Modified();
    if (Initialized) return;
    const GLenum result = glewInit();
    GlewInitValid = result == GLEW_OK || result == GLEW_ERROR_NO_GLX_DISPLAY;
    if (!GlewInitValid) return;
    MaximumHardwareLineWidth = 1;
    Initialized = true;
  }
};
vtkStandardNewMacro(AnyContextWindow)
// clang-format on

}  // namespace

vtkSmartPointer<vtkGenericOpenGLRenderWindow> newAnyContextWindow() { return vtkSmartPointer<AnyContextWindow>::New(); }

}  // namespace oodscope
