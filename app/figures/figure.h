// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"
#include "widgets/views/render_options.h"

#include <QByteArray>
#include <QRectF>
#include <QString>

#include <memory>
#include <optional>
#include <vector>

class QPainter;

namespace oodscope {

/// Which parts of a FigureLook make a difference to a figure.
struct FigureParts {
  bool title = false, isoF1 = false, operatingPoint = false;
  bool legend = false;   ///< there is one, which can be left out
  bool corners = false;  ///< it can stand within the frame or below
};

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
  [[nodiscard]] virtual FigureParts parts() const { return {}; }
  /// What it shows besides its data; from then on in heightFor() and draw().
  void setLook(const FigureLook& look) { m_look = look; }
  [[nodiscard]] const FigureLook& look() const { return m_look; }

private:
  FigureLook m_look;
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
