// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

inline constexpr double kPixelsPerPoint = 96.0 / 72.0;  ///< of a screen, which widgets lay themselves out for

/// Where a plot's legend stands in a document. Auto: above the frame where all of it fits, else below the axes.
enum class LegendPlace { Auto, TopLeft, TopRight, BottomLeft, BottomRight, Below, None };

/// How a view or a plot draws itself for a document. The rectangle it gets is in points (1/72 in) of the painter's
/// logical coordinates; lines and texts are vectors wherever the painter's device keeps them.
struct RenderOptions {
  double fontPoints = 8.0;  ///< size of texts as printed; captions 0.825 of it
  double lineScale = 1.0;   ///< of pen widths, which are points
  double rasterDpi = 300;   ///< of what stays raster inside a vector document: pictures and heatmaps
  bool dark = false;        ///< documents are light whatever the window is
  // Of plots.
  bool title = true;           ///< above the frame
  bool isoF1 = true;           ///< lines of equal F1
  bool operatingPoint = true;  ///< markers of the threshold in use, with their labels
  LegendPlace legend = LegendPlace::Auto;
};

}  // namespace oodscope
