// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/plot_shelf.h"

#include "widgets/theme/tokens.h"

#include <QScrollArea>

#include <algorithm>

namespace oodscope {
namespace {

// Pixels of the design: below the least a plot's labels cover each other, at the good size nothing is gained by more.
constexpr int kLeastCellWidth = 224, kLeastCellHeight = 150;
constexpr double kGoodCellWidth = 380, kGoodCellHeight = 240;
constexpr int kBetween = 8;

}  // namespace

PlotShelf::PlotShelf(QWidget* parent) : QWidget(parent) {}

void PlotShelf::setPlots(std::vector<QWidget*> plots) {
  m_plots = std::move(plots);
  for (QWidget* plot : m_plots) plot->setParent(this);
  arrange();
}

std::vector<QWidget*> PlotShelf::shown() const {
  std::vector<QWidget*> out;
  for (QWidget* plot : m_plots)
    if (!plot->isHidden()) out.push_back(plot);
  return out;
}

int PlotShelf::columnsFor(int plots, QSize room) const {
  const Metrics m(this);
  int best = 1;
  double most = -1.0;
  for (int columns = 1; columns <= plots; ++columns) {
    const int rows = (plots + columns - 1) / columns;
    const double width = (room.width() - kBetween * (columns - 1)) / static_cast<double>(columns);
    if (columns > 1 && width < m.px(kLeastCellWidth)) break;
    const double height =
        std::max<double>(m.px(kLeastCellHeight), (room.height() - kBetween * (rows - 1)) / static_cast<double>(rows));
    const bool scrolls = rows * (m.px(kLeastCellHeight) + kBetween) - kBetween > room.height();
    // The worse of the two sides decides; what has to be scrolled to counts for less than what is small.
    const double worth =
        std::min({width / m.px(kGoodCellWidth), height / m.px(kGoodCellHeight), 1.0}) * (scrolls ? 0.4 : 1.0);
    if (worth < most) continue;
    most = worth;
    best = columns;
  }
  return best;
}

void PlotShelf::arrange() {
  updateGeometry();
  const std::vector<QWidget*> plots = shown();
  const int count = static_cast<int>(plots.size());
  if (count == 0) return;
  const int columns = columnsFor(count, size());
  const int rows = (count + columns - 1) / columns;
  const int cellHeight = (height() - kBetween * (rows - 1)) / rows;
  for (int i = 0; i < count; ++i) {
    const int row = i / columns, column = i % columns;
    const int inRow = std::min(columns, count - row * columns);
    const int cellWidth = (width() - kBetween * (inRow - 1)) / inRow;
    plots[static_cast<std::size_t>(i)]->setGeometry(column * (cellWidth + kBetween), row * (cellHeight + kBetween),
                                                    cellWidth, cellHeight);
  }
}

QSize PlotShelf::sizeHint() const {
  const Metrics m(this);
  const int count = std::max(1, static_cast<int>(shown().size()));
  return {m.px(kGoodCellWidth) * count, m.px(kGoodCellHeight)};
}

QSize PlotShelf::minimumSizeHint() const {
  const Metrics m(this);
  const int count = static_cast<int>(shown().size());
  // As many rows as the room that is there asks for: the pane's, which is the width that it gives anyway.
  const QWidget* around = parentWidget();
  const QSize room = around != nullptr ? around->size() : size();
  const int columns = count == 0 ? 1 : columnsFor(count, room);
  const int rows = std::max(1, (count + columns - 1) / columns);
  return {m.px(kLeastCellWidth), rows * (m.px(kLeastCellHeight) + kBetween) - kBetween};
}

void PlotShelf::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

}  // namespace oodscope
