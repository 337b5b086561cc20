// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "widgets/theme/colour_map.h"

#include <QRect>
#include <QString>

#include <array>
#include <memory>

namespace oodscope {

/// What a view makes of its layers.
enum class ViewKind {
  Image,
  GroundTruth,         ///< grey image, anomaly coloured, void hatched
  Heatmap,             ///< scores through a colour table
  Decision,            ///< grey image, TP, FP, FN and void coloured
  SignedMap,           ///< scores through A – grey – B, zero in the middle (rank differences)
  DecisionComparison,  ///< grey image, flagged only by A, only by B, by both
  PredictedClasses,    ///< what each pixel is taken for, in class colours
  TrueClasses,         ///< what it is
  OpenSet,             ///< what it is taken for, an anomaly where it is flagged
};

/// One region to point at: its box in picture pixels, which of the box's pixels belong to it (1, the others 0), and a
/// caption.
struct RegionShape {
  QRect box;
  Grid<std::uint8_t> mask;
  QString caption;
};

/// What there is to see of one frame. Values are shared, never copied. Maps of another size than the picture are
/// stretched over it. Every part may be absent.
struct PictureLayers {
  std::shared_ptr<const RgbImage> image = {};
  std::shared_ptr<const LabelMap> label = {};
  std::shared_ptr<const ScoreMap> scores = {};
  std::shared_ptr<const ScoreMap> otherScores = {};  ///< B of a comparison
  float threshold = 0;                               ///< flagged: score >= threshold
  float otherThreshold = 0;
  std::shared_ptr<const ClassMap> classes = {};            ///< predicted; kVoid: none
  std::shared_ptr<const ClassMap> trueClasses = {};        ///< kVoid: none
  std::shared_ptr<const RegionShape> region = {};          ///< outlined, the rest dimmed
  std::shared_ptr<const Grid<std::uint8_t>> brushed = {};  ///< non-zero pixels are lit, the rest dimmed

  /// The picture's size: that of the image, else of the label, else of the scores.
  [[nodiscard]] Size size() const;
};

/// The colour of each class index; transparent: none, the grey picture stays.
using ClassColours = std::array<QRgb, 256>;

/// How it is to be seen.
struct PictureLook {
  ViewKind kind = ViewKind::Image;
  std::shared_ptr<const ColourTable> table = {};  ///< grey where absent
  float scaleMin = 0;                             ///< the score that gets the table's first colour; lower ones too
  float scaleMax = 1;                             ///< the score that gets the table's last colour; higher ones too
  std::shared_ptr<const ClassColours> classColours = {};  ///< of class maps; nothing is drawn where absent
  double opacity = 0.62;                                  ///< of what is laid over the picture
  bool overlay = false;  ///< lay heatmap and class maps over the picture instead of replacing it
  bool contour = true;   ///< white outline of the anomalies
  bool voidHatch = true;
};

}  // namespace oodscope
