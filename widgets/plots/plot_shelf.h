// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QSize>
#include <QWidget>

#include <vector>

namespace oodscope {

/// Lays plots out in rows of equal cells. Its least size holds every plot at its least, so that a pane around it
/// scrolls rather than hide one.
class PlotShelf : public QWidget {
  Q_OBJECT

public:
  explicit PlotShelf(QWidget* parent = nullptr);
  /// The plots in the order they are laid out in; those that are hidden take no room.
  void setPlots(std::vector<QWidget*> plots);
  void arrange();
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  [[nodiscard]] std::vector<QWidget*> shown() const;
  /// How many stand beside each other in a room of that size.
  [[nodiscard]] int columnsFor(int plots, QSize room) const;

  std::vector<QWidget*> m_plots;
};

}  // namespace oodscope
