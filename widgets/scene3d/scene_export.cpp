// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "widgets/scene3d/headless_window.inl.h"

#include <QFileInfo>
#include <QFontMetricsF>
#include <QPainter>

#include <vtkActorCollection.h>
#include <vtkGLTFExporter.h>
#include <vtkOBJExporter.h>
#include <vtkProperty.h>
#include <vtkXMLPolyDataWriter.h>

namespace oodscope {
namespace {

constexpr int kSamples = 2;  // a side of each pixel: software rendering has no multi-sampling worth its time

/// Lines and points as wide after scaling down as they are in a window.
void widen(vtkRenderer* renderer, double factor) {
  vtkActorCollection* actors = renderer->GetActors();
  actors->InitTraversal();
  while (vtkActor* actor = actors->GetNextActor()) {
    vtkProperty* look = actor->GetProperty();
    look->SetLineWidth(look->GetLineWidth() * static_cast<float>(factor));
    look->SetPointSize(look->GetPointSize() * static_cast<float>(factor));
  }
}

QImage pictureWithLabels(Scene3D& scene, QSize size) {
  QFont font;
  font.setPixelSize(std::max(8, size.height() / 45));
  scene.setViewport(size, QFontMetricsF(font).height());
  QImage picture = scene.renderOffscreen(size).convertToFormat(QImage::Format_RGB32);
  QPainter painter(&picture);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing);
  scene.paintLabels(painter, font);
  return picture;
}

}  // namespace

QImage Scene3D::renderOffscreen(QSize size) {
  build(false);
  m_parts->renderer->ResetCameraClippingRange();
  HeadlessWindow target(*m_parts, size * kSamples);
  widen(m_parts->renderer, kSamples);
  const QImage large = target.image();
  widen(m_parts->renderer, 1.0 / kSamples);
  return large.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
}

std::optional<QString> Scene3D::offscreenRenderer() {
  static const std::optional<QString> name = []() -> std::optional<QString> {
    try {
      Parts parts;
      HeadlessWindow probe(parts, {16, 16});
      return probe.rendererName();
    } catch (const Error&) {
      return std::nullopt;
    }
  }();
  return name;
}

void Scene3D::exportTo(const QString& file, QSize pngSize) {
  const QString ending = QFileInfo(file).suffix().toLower();
  const std::string path = file.toStdString();
  if (!m_parts->hasData)
    throw Error(ErrorParts{
        .what = "cannot export the scene", .expected = "something to see", .found = "an empty scene", .file = path});
  build(false);
  bool written = false;
  if (ending == QLatin1String("vtp")) {
    vtkNew<vtkXMLPolyDataWriter> writer;
    writer->SetFileName(path.c_str());
    writer->SetInputData(m_parts->data);
    written = writer->Write() != 0;
  } else if (ending == QLatin1String("png")) {
    const QSizeF before = m_parts->viewport;
    const double font = m_parts->fontHeight;
    written = pictureWithLabels(*this, pngSize).save(file);
    setViewport(before, font);
  } else if (ending == QLatin1String("gltf")) {
    HeadlessWindow target(*m_parts, pngSize);
    target.window()->Render();
    vtkNew<vtkGLTFExporter> exporter;
    exporter->SetFileName(path.c_str());
    exporter->SetRenderWindow(target.window());
    exporter->InlineDataOn();
    exporter->Write();
    written = QFileInfo(file).size() > 0;
  } else if (ending == QLatin1String("obj")) {
    HeadlessWindow target(*m_parts, pngSize);
    target.window()->Render();
    vtkNew<vtkOBJExporter> exporter;
    const std::string prefix = path.substr(0, path.size() - 4);
    exporter->SetFilePrefix(prefix.c_str());
    exporter->SetRenderWindow(target.window());
    exporter->Write();
    written = QFileInfo(file).size() > 0;
  } else {
    throw Error(ErrorParts{.what = "cannot export the scene",
                           .expected = "a name ending in .gltf, .obj, .vtp or .png",
                           .found = ending.toStdString(),
                           .file = path});
  }
  if (!written) throw Error("cannot write the scene", path);
}

}  // namespace oodscope
