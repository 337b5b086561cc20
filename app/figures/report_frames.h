// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/threshold_list.h"

#include <QByteArray>
#include <QColor>
#include <QString>

#include <memory>
#include <vector>

namespace oodscope {

/// Characters of a frame in the HTML report: with its counts and texts less than 150 kB.
inline constexpr qsizetype kFrameBudget = 130 * 1000;  ///< of pictures and maps in base64

/// A frame as a browser paints it: a photograph, and small 8-bit maps that say of each run which of its listed
/// thresholds a pixel reaches.
struct ReportFrame {
  QString name;
  QString note;                    ///< "AP 12.34", or nothing
  Size scored;                     ///< of the score map
  Size painted;                    ///< of the maps here, which are sampled from it
  QByteArray photo;                ///< JPEG
  QByteArray truth;                ///< PNG: 0 normal, 1 anomaly, 255 void
  QByteArray decision;             ///< PNG with alpha: the decision as it was saved, for readers without script
  std::vector<QByteArray> levels;  ///< PNG, one a painted run: levelsOf(); empty where the run has no such frame
};

/// What a frame is made of. All maps are of one size.
struct FrameSources {
  std::shared_ptr<const RgbImage> image;
  std::shared_ptr<const LabelMap> label;
  std::vector<std::shared_ptr<const ScoreMap>> scores;  ///< one a painted run; nullptr: it has no such frame
  std::vector<const ThresholdList*> lists;              ///< the same runs'
  std::size_t chosen = 0;                               ///< the run whose saved decision is painted; has scores
};

/// What stands for what over the photograph; the script paints with the same.
struct PaintPalette {
  QColor tp, fp, fn, fnHatch, voidHatch, contour;
};
[[nodiscard]] const PaintPalette& paintPalette();

/// Pictures and maps as large as the budget lets them be. Name and note are the caller's.
[[nodiscard]] ReportFrame reportFrame(const FrameSources& sources, qsizetype budget = kFrameBudget);

}  // namespace oodscope
