// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "widgets/scene3d/scene_parts.inl.h"

#include <vtkPolyDataMapper.h>
#include <vtkTexture.h>

namespace oodscope {

/// A grid of heights in [0, 1] over a rectangle of the given half sides around the origin, row 0 at the far side,
/// textured by an image. Two forms, each made when first shown: at most 192 x 96 points with a plain texture for
/// moving, at most 1024 x 512 with a mip-mapped one for standing still.
class HeightSurface {
public:
  HeightSurface(vtkRenderer* renderer, double halfWidth, double halfDepth, double lift);
  void setHeights(Grid<float> heights);  ///< NaN stands at 0
  void setTexture(const QImage& texture);
  void setHalfSides(double halfWidth, double halfDepth);
  void show(bool coarse);
  [[nodiscard]] double heightAt(double u, double v) const;  ///< u, v in [0, 1] from the left and from the far side
  /// Where a ray first goes below the surface, to a cell of the finest grid.
  [[nodiscard]] std::optional<ScenePoint> hit(const ScenePoint& from, const ScenePoint& along) const;
  [[nodiscard]] vtkPolyData* mesh() const { return m_fine.mesh; }  ///< after show(false)
  [[nodiscard]] double lift() const { return m_lift; }
  [[nodiscard]] double halfWidth() const { return m_halfWidth; }
  [[nodiscard]] double halfDepth() const { return m_halfDepth; }
  [[nodiscard]] SceneBox box() const { return {{-m_halfWidth, -m_halfDepth, 0}, {m_halfWidth, m_halfDepth, m_lift}}; }

private:
  struct Form {
    vtkSmartPointer<vtkPolyData> mesh;
    vtkSmartPointer<vtkTexture> texture;
  };
  [[nodiscard]] vtkSmartPointer<vtkPolyData> build(int columns, int rows) const;
  double m_halfWidth, m_halfDepth, m_lift;
  Grid<float> m_heights;
  QImage m_texture;
  Form m_fine, m_coarse;
  vtkNew<vtkPolyDataMapper> m_mapper;
  vtkNew<vtkActor> m_actor;
};

}  // namespace oodscope
