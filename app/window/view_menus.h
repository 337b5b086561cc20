// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QImage>
#include <QObject>
#include <QPointF>
#include <QString>

#include <functional>

class QMenu;
class QWidget;

namespace oodscope {

class ConfusionPlot;
class Notices;
class PlotWidget;
class TransferMatrixPlot;
class ViewGrid;
struct Desk;

/// The menus under the right button of views, plots and the transfer matrix: their picture, what stands under the
/// mouse, the threshold there, zoom. What cannot work says why.
class ViewMenus : public QObject {
  Q_OBJECT

public:
  /// Asks where to save; empty: nowhere.
  using AskFile = std::function<QString(const QString& title, const QString& proposal, const QString& filter)>;

  /// Of the views and of every plot in `window`.
  ViewMenus(Desk& desk, ViewGrid& views, Notices& notices, QWidget& window);

  void setAskFile(AskFile ask) { m_askFile = std::move(ask); }
  /// The menus themselves; `menu` is filled. `at`: of the picture, or of the plot's widget.
  void fillViewMenu(QMenu& menu, int pane, QPointF at);
  void fillPlotMenu(QMenu& menu, PlotWidget& plot, QPointF at);
  void fillConfusionMenu(QMenu& menu, ConfusionPlot& plot, QPointF at);
  void fillMatrixMenu(QMenu& menu, TransferMatrixPlot& matrix, QPointF at);
  /// What of the picture a view shows, a pixel of it a pixel; null: nothing.
  [[nodiscard]] QImage picture(int pane) const;

private:
  struct Drawn;
  void popUp(const QPoint& globalPoint, const std::function<void(QMenu&)>& fill);
  void addPictures(QMenu& menu, int pane);
  void addReadings(QMenu& menu, int pane, QPointF at);
  void addZooms(QMenu& menu, int pane, QPointF at);
  /// Of the frame in view at a point of its picture, a line a fact; empty outside.
  [[nodiscard]] QString valueText(QPointF at) const;
  /// Why no threshold can be taken from a view there; empty: it can.
  [[nodiscard]] QString noThresholdReason(int pane, QPointF at) const;
  void saveView(int pane);
  /// Picture, data and value of something drawn.
  void addCopies(QMenu& menu, const Drawn& drawn);
  void saveDrawn(const Drawn& drawn);
  /// Runs what writes a file, and tells how it went.
  void save(const QString& file, const std::function<void()>& write);

  Desk& m_desk;
  ViewGrid& m_views;
  Notices& m_notices;
  QWidget& m_window;
  AskFile m_askFile;
};

}  // namespace oodscope
