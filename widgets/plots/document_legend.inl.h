// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_canvas.inl.h"

#include <QFontMetricsF>
#include <QStringList>

#include <vector>

namespace oodscope {

/// The legend of a plot in a document: a sample of each stroke or area with its text. An entry is never left out: where
/// they do not fit side by side they stand in fewer columns, and a text that is wider than all there is is broken.
class DocumentLegend {
public:
  DocumentLegend(const std::vector<HeaderSpan>& entries, const QFont& face, const Tokens& tokens);

  [[nodiscard]] bool isEmpty() const { return m_entries.empty(); }
  /// Of all entries side by side.
  [[nodiscard]] double lineWidth() const;
  /// In as many columns as `width` takes, at most `columns`.
  [[nodiscard]] QSizeF sizeWithin(double width, int columns = 1000) const;
  /// Into `area`, centred; as wide as sizeWithin() says of its width.
  void draw(QPainter& painter, const QRectF& area, int columns = 1000) const;

private:
  struct Entry {
    QStringList lines;
    QColor colour, chip;
    QPen sample;
  };
  struct Layout {
    std::vector<Entry> entries;
    std::vector<double> columns;  ///< their widths
    std::vector<double> rows;     ///< their heights
    [[nodiscard]] QSizeF size(double between) const;
  };
  [[nodiscard]] Layout layout(double width, int columns) const;
  [[nodiscard]] double widthOf(const Entry& entry) const;
  [[nodiscard]] QStringList broken(const QString& text, double width) const;
  void drawEntry(QPainter& painter, QPointF at, const Entry& entry) const;
  [[nodiscard]] double line() const { return m_metrics.height(); }
  [[nodiscard]] double sampleWidth() const { return 1.5 * line(); }
  [[nodiscard]] double gap() const { return 0.35 * line(); }     ///< between sample and text
  [[nodiscard]] double between() const { return 1.1 * line(); }  ///< between columns

  std::vector<Entry> m_entries;
  QFont m_face;
  QFontMetricsF m_metrics;
};

}  // namespace oodscope
