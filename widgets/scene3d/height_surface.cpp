// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/height_surface.inl.h"

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkPointData.h>
#include <vtkPolyDataNormals.h>
#include <vtkProperty.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace oodscope {
namespace {
constexpr int kCoarseColumns = 256, kCoarseRows = 128;  // 54 frames per second in software, textured (measured)
constexpr int kFineColumns = 1024, kFineRows = 512;
}  // namespace

vtkSmartPointer<vtkImageData> vtkImageOf(const QImage& image) {
  const QImage rgb = image.convertToFormat(QImage::Format_RGB888);
  auto pixels = vtkSmartPointer<vtkImageData>::New();
  pixels->SetDimensions(rgb.width(), rgb.height(), 1);
  pixels->AllocateScalars(VTK_UNSIGNED_CHAR, 3);
  for (int y = 0; y < rgb.height(); ++y) {
    std::memcpy(pixels->GetScalarPointer(0, rgb.height() - 1 - y, 0), rgb.constScanLine(y),
                static_cast<std::size_t>(rgb.width()) * 3);
  }
  return pixels;
}

HeightSurface::HeightSurface(vtkRenderer* renderer, double halfWidth, double halfDepth, double lift)
    : m_halfWidth(halfWidth), m_halfDepth(halfDepth), m_lift(lift) {
  m_mapper->ScalarVisibilityOff();
  m_actor->SetMapper(m_mapper);
  m_actor->GetProperty()->SetAmbient(0.45);
  m_actor->GetProperty()->SetDiffuse(0.6);
  m_actor->GetProperty()->SetSpecular(0);
  m_texture->InterpolateOn();
  m_texture->MipmapOn();
  renderer->AddActor(m_actor);
}

void HeightSurface::setHalfSides(double halfWidth, double halfDepth) {
  m_halfWidth = halfWidth;
  m_halfDepth = halfDepth;
}

double HeightSurface::heightAt(double u, double v) const {
  if (m_heights.empty()) return 0;
  const int x = std::clamp(static_cast<int>(u * m_heights.width()), 0, m_heights.width() - 1);
  const int y = std::clamp(static_cast<int>(v * m_heights.height()), 0, m_heights.height() - 1);
  const float h = m_heights.at(x, y);
  return std::isfinite(h) ? std::clamp(static_cast<double>(h), 0.0, 1.0) : 0.0;
}

void HeightSurface::setHeights(const Grid<float>& heights) {
  m_heights = heights;
  const auto limited = [](int have, int limit) { return std::max(2, std::min(have, limit)); };
  m_fine = build(limited(heights.width(), kFineColumns), limited(heights.height(), kFineRows));
  m_coarse = build(limited(heights.width(), kCoarseColumns), limited(heights.height(), kCoarseRows));
  setCoarse(false);
}

void HeightSurface::setTexture(const QImage& texture) {
  m_texture->SetInputData(vtkImageOf(texture));
  m_actor->SetTexture(m_texture);
}

void HeightSurface::setCoarse(bool coarse) {
  if (m_fine) m_mapper->SetInputData(coarse ? m_coarse : m_fine);
}

vtkSmartPointer<vtkPolyData> HeightSurface::build(int columns, int rows) const {
  vtkNew<vtkPoints> points;
  vtkNew<vtkFloatArray> texture, scores;
  texture->SetNumberOfComponents(2);
  texture->SetName("texture");
  scores->SetName("score");
  points->SetNumberOfPoints(static_cast<vtkIdType>(columns) * rows);
  texture->SetNumberOfTuples(static_cast<vtkIdType>(columns) * rows);
  scores->SetNumberOfTuples(static_cast<vtkIdType>(columns) * rows);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const double u = c / (columns - 1.0), v = r / (rows - 1.0);
      const vtkIdType id = static_cast<vtkIdType>(r) * columns + c;
      const double height = heightAt(u, v);
      points->SetPoint(id, (2 * u - 1) * m_halfWidth, (1 - 2 * v) * m_halfDepth, height * m_lift);
      texture->SetTuple2(id, u, 1 - v);
      scores->SetTuple1(id, height);
    }
  }
  vtkNew<vtkCellArray> cells;
  for (int r = 0; r + 1 < rows; ++r) {
    for (int c = 0; c + 1 < columns; ++c) {
      const vtkIdType a = static_cast<vtkIdType>(r) * columns + c;
      const vtkIdType b = a + 1, d = a + columns, e = d + 1;
      const vtkIdType first[3] = {a, d, b}, second[3] = {b, d, e};  // counter-clockwise from above: normals point up
      cells->InsertNextCell(3, first);
      cells->InsertNextCell(3, second);
    }
  }
  vtkNew<vtkPolyData> mesh;
  mesh->SetPoints(points);
  mesh->SetPolys(cells);
  mesh->GetPointData()->SetTCoords(texture);
  mesh->GetPointData()->SetScalars(scores);
  vtkNew<vtkPolyDataNormals> normals;
  normals->SetInputData(mesh);
  normals->SplittingOff();
  normals->ConsistencyOff();
  normals->Update();
  return normals->GetOutput();
}

}  // namespace oodscope
