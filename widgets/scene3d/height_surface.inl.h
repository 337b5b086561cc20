// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "widgets/scene3d/scene_parts.inl.h"

#include <vtkPolyDataMapper.h>
#include <vtkTexture.h>

namespace oodscope {

/// A grid of heights in [0, 1] over a rectangle of the given half sides around the origin, row 0 at the far side,
/// textured by one colour per cell of an image. Two meshes: at most 256 x 128 for moving, all for resting (at most 1024
/// x 512).
class HeightSurface {
public:
  HeightSurface(vtkRenderer* renderer, double halfWidth, double halfDepth, double lift);
  void setHeights(const Grid<float>& heights);  ///< NaN stands at 0
  void setTexture(const QImage& texture);
  void setHalfSides(double halfWidth, double halfDepth);
  void setCoarse(bool coarse);
  [[nodiscard]] double heightAt(double u, double v) const;  ///< u, v in [0, 1] from the left and from the far side
  [[nodiscard]] vtkPolyData* mesh() const { return m_fine; }
  [[nodiscard]] double lift() const { return m_lift; }
  [[nodiscard]] double halfWidth() const { return m_halfWidth; }
  [[nodiscard]] double halfDepth() const { return m_halfDepth; }

private:
  vtkSmartPointer<vtkPolyData> build(int columns, int rows) const;
  double m_halfWidth, m_halfDepth, m_lift;
  Grid<float> m_heights;
  vtkSmartPointer<vtkPolyData> m_fine, m_coarse;
  vtkNew<vtkPolyDataMapper> m_mapper;
  vtkNew<vtkActor> m_actor;
  vtkNew<vtkTexture> m_texture;
};

/// `image` as VTK's image, bottom row first.
[[nodiscard]] vtkSmartPointer<vtkImageData> vtkImageOf(const QImage& image);

}  // namespace oodscope
