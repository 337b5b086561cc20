// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/main_window.h"

#include <QObject>
#include <QString>
#include <QTimer>

namespace oodscope {

/// `--screenshot`: waits until the window is settled for a while, writes its picture and ends the program; code 3 where
/// the picture cannot be written.
class PictureRun : public QObject {
  Q_OBJECT

public:
  PictureRun(MainWindow& window, QString file);

private:
  void look();

  MainWindow& m_window;
  QString m_file;
  QTimer m_timer;
  int m_idleLooks = 0;
};

}  // namespace oodscope
