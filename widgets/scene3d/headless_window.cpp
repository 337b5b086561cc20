// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/headless_window.inl.h"

#include "analysis/core/error.h"

#include <QOpenGLContext>

#include <vtkImageData.h>
#include <vtkWindowToImageFilter.h>

#include <cstring>

#define EGL_NO_X11
#include <EGL/egl.h>
#include <EGL/eglext.h>

namespace oodscope {
namespace {

[[noreturn]] void refuse(const char* found) {
  throw Error(ErrorParts{.what = "cannot draw in 3D", .expected = "OpenGL 3.2", .found = found, .file = {}});
}

EGLDisplay openDisplay() {
  const auto platformDisplay =
      reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
  const char* extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
  if (platformDisplay != nullptr && extensions != nullptr &&
      std::strstr(extensions, "EGL_MESA_platform_surfaceless") != nullptr) {
    EGLDisplay display = platformDisplay(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr);
    if (display != EGL_NO_DISPLAY && eglInitialize(display, nullptr, nullptr) == EGL_TRUE) return display;
  }
  EGLDisplay display = eglGetDisplay(EGL_DEFAULT_DISPLAY);
  if (display == EGL_NO_DISPLAY || eglInitialize(display, nullptr, nullptr) != EGL_TRUE) refuse("no EGL display");
  return display;
}

}  // namespace

struct HeadlessWindow::Context {
  Context() : display(openDisplay()) {
    // EGL and the display server's own binding cannot be current in one thread.
    if (QOpenGLContext* own = QOpenGLContext::currentContext()) own->doneCurrent();
    eglBindAPI(EGL_OPENGL_API);
    const EGLint wanted[] = {
        EGL_CONTEXT_MAJOR_VERSION,           3,       EGL_CONTEXT_MINOR_VERSION, 2, EGL_CONTEXT_OPENGL_PROFILE_MASK,
        EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE};
    context = eglCreateContext(display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, wanted);
    if (context == EGL_NO_CONTEXT) refuse("no OpenGL context");
    if (eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context) != EGL_TRUE) {
      eglDestroyContext(display, context);
      refuse("an OpenGL context that needs a window");
    }
  }
  ~Context() {
    eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
    eglDestroyContext(display, context);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  EGLDisplay display;
  EGLContext context = EGL_NO_CONTEXT;
};

HeadlessWindow::HeadlessWindow(Scene3D::Parts& parts, QSize size) : m_parts(parts) {
  m_context = std::make_unique<Context>();
  m_context.reset();  // proven to work before the scene leaves the window that shows it
  if (m_parts.release) m_parts.release();
  m_context = std::make_unique<Context>();
  m_window = newAnyContextWindow();
  m_window->SetOwnContext(false);
  m_window->SetFrameBlitModeToNoBlit();
  m_window->SetMultiSamples(0);
  m_window->SetForceMaximumHardwareLineWidth(1);
  m_window->SetReadyForRendering(true);
  m_window->SetIsCurrent(true);
  m_window->SetSupportsOpenGL(1);
  m_window->SetSize(size.width(), size.height());
  m_window->AddRenderer(m_parts.renderer);
  m_window->InitializeFromCurrentContext();
}

HeadlessWindow::~HeadlessWindow() {
  m_parts.renderer->ReleaseGraphicsResources(m_window);
  m_window->RemoveRenderer(m_parts.renderer);
  m_window->Finalize();
  m_window = nullptr;
  m_context.reset();
  if (m_parts.takeBack) m_parts.takeBack();
}

QString HeadlessWindow::rendererName() const {
  return QString::fromLatin1(reinterpret_cast<const char*>(glGetString(GL_RENDERER)));
}

QImage HeadlessWindow::image() {
  m_window->Render();
  vtkNew<vtkWindowToImageFilter> reader;
  reader->SetInput(m_window);
  reader->SetInputBufferTypeToRGB();
  reader->ReadFrontBufferOff();
  reader->ShouldRerenderOff();
  reader->Update();
  vtkImageData* pixels = reader->GetOutput();
  const int* extent = pixels->GetDimensions();
  QImage image(extent[0], extent[1], QImage::Format_RGB888);
  for (int y = 0; y < extent[1]; ++y) {  // VTK counts rows from the bottom
    std::memcpy(image.scanLine(extent[1] - 1 - y), pixels->GetScalarPointer(0, y, 0),
                static_cast<std::size_t>(extent[0]) * 3);
  }
  return image;
}

}  // namespace oodscope
