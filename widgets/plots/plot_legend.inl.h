// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_canvas.inl.h"

namespace oodscope {

/// The runs of a plot below its frame on the screen, in as many rows as they need: a legend that covers no data. Rows
/// beyond a third of the plot's height become "+ 3 more". Documents have a DocumentLegend, which leaves nobody out.
class LegendElement : public QCPLayoutElement {
public:
  explicit LegendElement(const PlotCanvas& canvas);

  /// Rows that spans take in a width, and how many spans each has.
  [[nodiscard]] static std::vector<std::size_t> rows(const std::vector<LegendSpan>& spans, const QFont& font,
                                                     double width);

protected:
  QSize minimumOuterSizeHint() const override { return {60, height()}; }
  QSize maximumOuterSizeHint() const override { return {QWIDGETSIZE_MAX, height()}; }
  void applyDefaultAntialiasingHint(QCPPainter* painter) const override { painter->setAntialiasing(true); }
  void draw(QCPPainter* painter) override;

private:
  /// The spans that there is room for, the last one said in words where some are left out.
  [[nodiscard]] std::vector<LegendSpan> shown() const;
  [[nodiscard]] double width() const;
  [[nodiscard]] int height() const;

  const PlotCanvas& m_canvas;
};

}  // namespace oodscope
