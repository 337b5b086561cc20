// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/height_surface.inl.h"

#include <vtkCellArray.h>
#include <vtkFloatArray.h>
#include <vtkImageData.h>
#include <vtkPointData.h>
#include <vtkProperty.h>
#include <vtkTypeInt32Array.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace oodscope {
namespace {

constexpr int kCoarseColumns = 192, kCoarseRows = 96;  // setting up triangles is half of a frame in software
constexpr int kFineColumns = 1024, kFineRows = 512;
constexpr QSize kCoarseTexture(512, 256);

/// `image` as VTK's image, bottom row first.
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

vtkSmartPointer<vtkTexture> textureOf(const QImage& image, bool mipmap) {
  auto texture = vtkSmartPointer<vtkTexture>::New();
  texture->InterpolateOn();
  texture->SetMipmap(mipmap);  // in software it halves the frame rate: only for standing still
  texture->SetInputData(vtkImageOf(image));
  return texture;
}

/// Two triangles a cell, counter-clockwise from above, so that normals point up.
vtkSmartPointer<vtkCellArray> cellsOf(int columns, int rows) {
  vtkNew<vtkTypeInt32Array> offsets, points;
  const vtkIdType triangles = static_cast<vtkIdType>(columns - 1) * (rows - 1) * 2;
  offsets->SetNumberOfValues(triangles + 1);
  points->SetNumberOfValues(triangles * 3);
  std::int32_t* to = points->GetPointer(0);
  for (int r = 0; r + 1 < rows; ++r) {
    for (int c = 0; c + 1 < columns; ++c) {
      const int a = r * columns + c, b = a + 1, d = a + columns, e = d + 1;
      for (const int id : {a, d, b, b, d, e}) *to++ = id;
    }
  }
  for (vtkIdType i = 0; i <= triangles; ++i) offsets->SetValue(i, static_cast<int>(3 * i));
  auto cells = vtkSmartPointer<vtkCellArray>::New();
  cells->SetData(offsets, points);
  return cells;
}

}  // namespace

HeightSurface::HeightSurface(vtkRenderer* renderer, double halfWidth, double halfDepth, double lift)
    : m_halfWidth(halfWidth), m_halfDepth(halfDepth), m_lift(lift) {
  m_mapper->ScalarVisibilityOff();
  m_actor->SetMapper(m_mapper);
  m_actor->GetProperty()->SetAmbient(0.5);
  m_actor->GetProperty()->SetDiffuse(0.55);
  m_actor->GetProperty()->SetSpecular(0);
  m_actor->VisibilityOff();
  renderer->AddActor(m_actor);
}

void HeightSurface::setHalfSides(double halfWidth, double halfDepth) {
  m_halfWidth = halfWidth;
  m_halfDepth = halfDepth;
  m_fine.mesh = m_coarse.mesh = nullptr;
}

double HeightSurface::heightAt(double u, double v) const {
  if (m_heights.empty()) return 0;
  const int x = std::clamp(static_cast<int>(u * m_heights.width()), 0, m_heights.width() - 1);
  const int y = std::clamp(static_cast<int>(v * m_heights.height()), 0, m_heights.height() - 1);
  const float h = m_heights.at(x, y);
  return std::isfinite(h) ? std::clamp(static_cast<double>(h), 0.0, 1.0) : 0.0;
}

std::optional<ScenePoint> HeightSurface::hit(const ScenePoint& from, const ScenePoint& along) const {
  if (m_heights.empty()) return {};
  // The stretch of the ray inside the box.
  const SceneBox b = box();
  double first = 0, last = 1e9;
  for (std::size_t i = 0; i < 3; ++i) {
    if (std::abs(along[i]) < 1e-12) {
      if (from[i] < b.low[i] || from[i] > b.high[i]) return {};
      continue;
    }
    const double one = (b.low[i] - from[i]) / along[i], other = (b.high[i] - from[i]) / along[i];
    first = std::max(first, std::min(one, other));
    last = std::min(last, std::max(one, other));
  }
  if (first > last) return {};
  const int steps = 2 * std::max(m_heights.width(), m_heights.height());
  for (int step = 0; step <= steps; ++step) {
    const double t = first + (last - first) * step / steps;
    const ScenePoint p{from[0] + t * along[0], from[1] + t * along[1], from[2] + t * along[2]};
    if (p[2] <= heightAt((p[0] / m_halfWidth + 1) / 2, (1 - p[1] / m_halfDepth) / 2) * m_lift + 1e-9) return p;
  }
  return {};
}

void HeightSurface::setHeights(Grid<float> heights) {
  m_heights = std::move(heights);
  m_fine.mesh = m_coarse.mesh = nullptr;
}

void HeightSurface::setTexture(const QImage& texture) {
  m_texture = texture;
  m_fine.texture = m_coarse.texture = nullptr;
}

void HeightSurface::show(bool coarse) {
  if (m_heights.empty()) return;
  Form& form = coarse ? m_coarse : m_fine;
  const auto limited = [](int have, int limit) { return std::max(2, std::min(have, limit)); };
  if (!form.mesh)
    form.mesh = build(limited(m_heights.width(), coarse ? kCoarseColumns : kFineColumns),
                      limited(m_heights.height(), coarse ? kCoarseRows : kFineRows));
  if (!form.texture) {
    const bool large = m_texture.width() > kCoarseTexture.width() || m_texture.height() > kCoarseTexture.height();
    form.texture = textureOf(
        coarse && large ? m_texture.scaled(kCoarseTexture, Qt::IgnoreAspectRatio, Qt::SmoothTransformation) : m_texture,
        !coarse);
  }
  m_mapper->SetInputData(form.mesh);
  m_actor->SetTexture(form.texture);
  m_actor->VisibilityOn();
}

vtkSmartPointer<vtkPolyData> HeightSurface::build(int columns, int rows) const {
  vtkNew<vtkPoints> points;
  vtkNew<vtkFloatArray> texture, scores, normals;
  const vtkIdType count = static_cast<vtkIdType>(columns) * rows;
  points->SetDataTypeToFloat();
  points->SetNumberOfPoints(count);
  texture->SetNumberOfComponents(2);
  texture->SetName("texture");
  texture->SetNumberOfTuples(count);
  scores->SetName("score");
  scores->SetNumberOfTuples(count);
  normals->SetNumberOfComponents(3);
  normals->SetName("normals");
  normals->SetNumberOfTuples(count);
  auto* place = static_cast<float*>(points->GetVoidPointer(0));
  float *uv = texture->GetPointer(0), *score = scores->GetPointer(0), *normal = normals->GetPointer(0);
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const double u = c / (columns - 1.0), v = r / (rows - 1.0);
      const double height = heightAt(u, v);
      *place++ = static_cast<float>((2 * u - 1) * m_halfWidth);
      *place++ = static_cast<float>((1 - 2 * v) * m_halfDepth);
      *place++ = static_cast<float>(height * m_lift);
      *uv++ = static_cast<float>(u);
      *uv++ = static_cast<float>(1 - v);
      *score++ = static_cast<float>(height);
    }
  }
  const float* h = scores->GetPointer(0);
  const double stepX = 2 * m_halfWidth / (columns - 1), stepY = 2 * m_halfDepth / (rows - 1);
  for (int r = 0; r < rows; ++r) {
    const float *above = h + std::max(r - 1, 0) * columns, *below = h + std::min(r + 1, rows - 1) * columns;
    const int tall = std::min(r + 1, rows - 1) - std::max(r - 1, 0);
    for (int c = 0; c < columns; ++c) {
      const int left = std::max(c - 1, 0), right = std::min(c + 1, columns - 1);
      const double slopeX =
          m_lift * static_cast<double>(h[r * columns + right] - h[r * columns + left]) / (stepX * (right - left));
      const double slopeY = m_lift * static_cast<double>(above[c] - below[c]) / (stepY * tall);
      const double length = std::sqrt(slopeX * slopeX + slopeY * slopeY + 1);
      *normal++ = static_cast<float>(-slopeX / length);
      *normal++ = static_cast<float>(-slopeY / length);
      *normal++ = static_cast<float>(1 / length);
    }
  }
  auto mesh = vtkSmartPointer<vtkPolyData>::New();
  mesh->SetPoints(points);
  mesh->SetPolys(cellsOf(columns, rows));
  mesh->GetPointData()->SetTCoords(texture);
  mesh->GetPointData()->SetScalars(scores);
  mesh->GetPointData()->SetNormals(normals);
  return mesh;
}

}  // namespace oodscope
