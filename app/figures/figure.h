// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/render_options.h"

#include <QByteArray>
#include <QRectF>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

class QPainter;

namespace oodscope {

/// Something that a document can show. It lives in the GUI thread; its values were gathered before.
class Figure {
public:
  virtual ~Figure() = default;
  Figure() = default;
  Figure(const Figure&) = delete;
  Figure& operator=(const Figure&) = delete;

  [[nodiscard]] virtual QString title() const = 0;
  /// What a caption says below it: data, model, score, protocol.
  [[nodiscard]] virtual QString caption() const = 0;
  /// The height in points that suits a width.
  [[nodiscard]] virtual double heightFor(double width, double fontPoints) const = 0;
  /// Draws into `area`, in points.
  virtual void draw(QPainter& painter, const QRectF& area, const RenderOptions& options) = 0;
  /// Mostly photographs: smaller as JPEG than as PNG where a document embeds it.
  [[nodiscard]] virtual bool isPhotographic() const { return false; }
  /// The data that the figure shows, as CSV with a header line.
  [[nodiscard]] virtual QByteArray csv() const = 0;
};

/// Size and type of a figure as it stands in its document.
struct FigureStyle {
  double widthInches = 3.5;
  std::optional<double> heightInches = {};  ///< none: what suits the figure
  double fontPoints = 8.0;                  ///< as printed
  double lineScale = 1.0;
  int dpi = 300;  ///< of PNG, and of what stays raster in PDF and SVG
};

struct FigurePreset {
  QString name;   ///< on the command line: "ieee-1"
  QString title;  ///< "IEEE, one column (3.5 in)"
  FigureStyle style;
};
/// IEEE and CVPR columns, slides; in menu order.
[[nodiscard]] const std::vector<FigurePreset>& figurePresets();
[[nodiscard]] std::optional<FigureStyle> figurePreset(const QString& name);

/// The figure's size in points under a style.
[[nodiscard]] QSizeF figureSize(const Figure& figure, const FigureStyle& style);

}  // namespace oodscope
