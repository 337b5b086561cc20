// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/scene.h"

#include "analysis/core/error.h"
#include "widgets/scene3d/scene_parts.inl.h"

#include <QFileInfo>
#include <QOffscreenSurface>
#include <QOpenGLContext>

#include <vtkCamera.h>
#include <vtkGLTFExporter.h>
#include <vtkGenericOpenGLRenderWindow.h>
#include <vtkImageData.h>
#include <vtkOBJExporter.h>
#include <vtkWindowToImageFilter.h>
#include <vtkXMLPolyDataWriter.h>

#include <cstring>

namespace oodscope {
namespace {

// A context of its own for as long as it lives; VTK draws into its frame buffers only.
class OffscreenWindow {
public:
  OffscreenWindow(vtkRenderer* renderer, QSize size) : m_renderer(renderer) {
    QSurfaceFormat format;
    format.setVersion(3, 2);
    format.setProfile(QSurfaceFormat::CoreProfile);
    m_context.setFormat(format);
    m_surface.setFormat(format);
    m_surface.create();
    if (!m_context.create() || !m_surface.isValid() || !m_context.makeCurrent(&m_surface)) {
      throw Error(ErrorParts{"cannot draw in 3D", "OpenGL 3.2", "no OpenGL context", {}});
    }
    m_window->SetOwnContext(false);
    m_window->SetFrameBlitModeToNoBlit();
    m_window->SetMultiSamples(0);
    m_window->SetReadyForRendering(true);
    m_window->SetOffScreenRendering(1);
    m_window->SetSize(size.width(), size.height());
    m_window->AddRenderer(renderer);
    m_window->InitializeFromCurrentContext();
  }
  ~OffscreenWindow() {
    m_context.makeCurrent(&m_surface);
    m_window->RemoveRenderer(m_renderer);
    m_window->Finalize();
    m_context.doneCurrent();
  }
  OffscreenWindow(const OffscreenWindow&) = delete;
  OffscreenWindow& operator=(const OffscreenWindow&) = delete;

  vtkGenericOpenGLRenderWindow* window() { return m_window; }

  QImage image() {
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

private:
  QOffscreenSurface m_surface;
  QOpenGLContext m_context;
  vtkNew<vtkGenericOpenGLRenderWindow> m_window;
  vtkRenderer* m_renderer;
};

}  // namespace

Scene3D::Scene3D() : m_parts(std::make_unique<Parts>()) {}
Scene3D::~Scene3D() = default;

void Scene3D::setTokens(const Tokens& tokens) {
  const QColor back = tokens.view;
  m_parts->renderer->SetBackground(static_cast<double>(back.redF()), static_cast<double>(back.greenF()),
                                   static_cast<double>(back.blueF()));
  restyle(tokens);
  notify();
}

void Scene3D::resetCamera() {
  vtkCamera* camera = m_parts->renderer->GetActiveCamera();
  const std::array<double, 3>& from = m_parts->viewFrom;
  camera->SetFocalPoint(0, 0, 0);
  camera->SetPosition(from[0], from[1], from[2]);
  camera->SetViewUp(m_parts->viewUp.data());
  m_parts->renderer->ResetCamera();
  camera->Zoom(1.25);
  notify();
}

void Scene3D::notify() {
  if (!m_parts->framed && m_parts->data) {
    m_parts->framed = true;
    resetCamera();
    return;
  }
  if (changed) changed();
}

QImage Scene3D::renderOffscreen(QSize size) {
  setCoarse(false);
  OffscreenWindow target(m_parts->renderer, size);
  return target.image();
}

void Scene3D::exportTo(const QString& file, QSize pngSize) {
  const QString ending = QFileInfo(file).suffix().toLower();
  const std::string path = file.toStdString();
  setCoarse(false);
  bool written = false;
  if (ending == QLatin1String("vtp")) {
    require(m_parts->data != nullptr, "Scene3D: nothing to export");
    vtkNew<vtkXMLPolyDataWriter> writer;
    writer->SetFileName(path.c_str());
    writer->SetInputData(m_parts->data);
    written = writer->Write() != 0;
  } else if (ending == QLatin1String("png")) {
    written = renderOffscreen(pngSize).save(file);
  } else if (ending == QLatin1String("gltf")) {
    OffscreenWindow target(m_parts->renderer, pngSize);
    target.window()->Render();
    vtkNew<vtkGLTFExporter> exporter;
    exporter->SetFileName(path.c_str());
    exporter->SetRenderWindow(target.window());
    exporter->InlineDataOn();
    exporter->Write();
    written = QFileInfo(file).size() > 0;
  } else if (ending == QLatin1String("obj")) {
    OffscreenWindow target(m_parts->renderer, pngSize);
    target.window()->Render();
    vtkNew<vtkOBJExporter> exporter;
    const std::string prefix = path.substr(0, path.size() - 4);
    exporter->SetFilePrefix(prefix.c_str());
    exporter->SetRenderWindow(target.window());
    exporter->Write();
    written = QFileInfo(file).size() > 0;
  } else {
    throw Error(ErrorParts{"cannot export the scene", "a name ending in .gltf, .obj, .vtp or .png",
                           ending.toStdString(), path});
  }
  if (!written) throw Error("cannot write the scene", path);
}

}  // namespace oodscope
