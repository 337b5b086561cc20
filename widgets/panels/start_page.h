// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

#include <vector>

class QListWidget;
class QStackedLayout;

namespace oodscope {

struct RecentEntry {
  QString path;
  QString kind;  ///< "set", "model", "session"
  bool isMissing = false;
  QString name = {};  ///< what no other entry is called
};

/// The empty state: where to drop, four ways to open, what was open before, what is recognised.
class StartPage : public QWidget {
  Q_OBJECT

public:
  explicit StartPage(QWidget* parent = nullptr);
  void setRecent(const std::vector<RecentEntry>& recent);
  /// What a first start begins with: "Open the demo".
  void focusDemo();

Q_SIGNALS:
  void openFolderRequested();
  void openModelRequested();
  void openSessionRequested();
  void openDemoRequested();
  void recentActivated(const QString& path);
  void dropped(const QStringList& paths);

protected:
  void paintEvent(QPaintEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  QWidget* m_zone = nullptr;
  QWidget* m_demo = nullptr;
  QListWidget* m_recent = nullptr;
  QStackedLayout* m_recentStack = nullptr;
};

}  // namespace oodscope
