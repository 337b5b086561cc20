// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/figure.h"
#include "widgets/views/picture.h"

#include <QColor>
#include <QRectF>
#include <QStringList>

#include <optional>
#include <vector>

namespace oodscope {

struct SheetCell {
  PictureLayers layers;
  PictureLook look;
  QString caption = {};              ///< above the picture; empty: none
  std::optional<QRectF> inset = {};  ///< image pixels shown enlarged in a corner
};

/// What the shared colour bar says.
struct SheetBar {
  std::shared_ptr<const ColourTable> table;
  QString label, lowText, highText;
  std::optional<double> mark = {};  ///< the threshold's place between the ends, 0 … 1
  QString markText = {};            ///< behind the label where the mark is shown: "mark at δ 0.220"
};

/// A class colour and its name.
struct SheetClass {
  QColor colour;
  QString name;
};

struct SheetData {
  QString title, caption;
  int columns = 1;
  std::vector<SheetCell> cells;     ///< row by row
  QStringList columnCaptions = {};  ///< of one size, in two lines where one is too wide
  QStringList rowCaptions = {};     ///< of one size; lines end with a line feed
  std::optional<SheetBar> bar = {};
  bool showsTruth = false;               ///< a legend of anomaly and void
  bool showsDecision = false;            ///< a legend of TP, FP and FN
  std::vector<SheetClass> classes = {};  ///< a legend of class colours
  QByteArray csv = {};
};

/// Pictures in rows and columns with captions, one colour bar and one legend: a frame's four views, a qualitative grid,
/// the worst frames. GUI thread.
[[nodiscard]] std::unique_ptr<Figure> pictureSheet(SheetData data);

}  // namespace oodscope
