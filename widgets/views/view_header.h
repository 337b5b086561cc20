// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/colour_map.h"

#include <QWidget>

#include <optional>
#include <vector>

namespace oodscope {

/// A coloured square and what it stands for.
struct LegendChip {
  QColor colour;
  QString text;
  bool hatched = false;  ///< as the views draw void
  bool operator==(const LegendChip&) const = default;
};

/// What a colour bar says. Texts are given: the caller knows unit and precision.
struct ColourBarSpec {
  ColourTable table = {};
  double min = 0;
  double max = 1;
  QString minText;
  QString maxText;
  std::optional<double> threshold = {};  ///< marked where it lies between the ends
  QString remark;                        ///< beside the bar: "▸ 0.1 % clamped"
};

/// The line above a view: title, subtitle, and at the right a note, legend chips or a colour bar. What has no room
/// goes: first the legend (its text becomes the tool tip), then the subtitle.
class ViewHeader : public QWidget {
  Q_OBJECT

public:
  explicit ViewHeader(QWidget* parent = nullptr);

  void setTitle(const QString& title);
  void setSubtitle(const QString& subtitle);
  void setNote(const QString& note);
  void setLegend(std::vector<LegendChip> legend);
  void setColourBar(std::optional<ColourBarSpec> bar);
  [[nodiscard]] const std::optional<ColourBarSpec>& colourBar() const { return m_bar; }
  /// Marks the current view by an accent line on top.
  void setCurrent(bool current);
  [[nodiscard]] QString title() const { return m_title; }
  [[nodiscard]] bool isCurrent() const { return m_current; }

  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;
  /// The same drawing for documents: into `area`, with `font`.
  void paintInto(QPainter& painter, const QRectF& area, const QFont& font, const QPalette& palette) const;

Q_SIGNALS:
  void pressed();

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;

private:
  void describe();

  QString m_title, m_subtitle, m_note;
  std::vector<LegendChip> m_legend;
  std::optional<ColourBarSpec> m_bar;
  bool m_current = false;
};

}  // namespace oodscope
