// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/session_file.h"

#include <QObject>
#include <QTimer>

class QWidget;

namespace oodscope {

class Notices;
class WindowActions;
struct Desk;

/// The session's file before the user: saving, where to, the question before work goes, the window's title.
class SaveFlow : public QObject {
  Q_OBJECT

public:
  SaveFlow(Desk& desk, Notices& notices, WindowActions& actions, QWidget& window);

  /// "my", "Demo", "Unsaved session"; empty where there is nothing to call so.
  [[nodiscard]] QString sessionName() const;

Q_SIGNALS:
  /// A session's file was opened or written.
  void fileUsed(const QString& file);
  void saved(const QString& file);

private:
  [[nodiscard]] std::optional<std::filesystem::path> askWhere(const QString& why);
  [[nodiscard]] SessionFile::Answer askAbout(const UnsavedParts& parts);
  void showTitle();
  void tellSaved(const QString& file);

  Desk& m_desk;
  Notices& m_notices;
  QWidget& m_window;
  QTimer m_titleDue;
  QString m_shownFile;  ///< whose name the user has been told
};

}  // namespace oodscope
