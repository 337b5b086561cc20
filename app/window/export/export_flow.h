// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/export/export_dialog.h"

#include <QObject>

#include <functional>

namespace oodscope {

class Notices;
class WindowActions;
struct Desk;

/// Documents of what is open: the export dialog, the report, the window's own picture.
class ExportFlow : public QObject {
  Q_OBJECT

public:
  /// What of a row's frame is in view; empty: all of it.
  using PartInView = std::function<std::optional<FrameRectangle>(const GridRecipe::Row& row)>;

  ExportFlow(Desk& desk, Notices& notices, WindowActions& actions, PartInView partInView, QWidget& window);

private:
  void open(ExportDialog::Page page);
  void makeReport(const QString& folder);
  [[nodiscard]] QStringList reportArguments(const QString& session, const QString& folder) const;
  void reportEnded(int code, const QString& said, const QString& folder);
  void savePicture();

  Desk& m_desk;
  Notices& m_notices;
  PartInView m_partInView;
  QWidget& m_window;
};

}  // namespace oodscope
