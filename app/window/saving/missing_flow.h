// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/missing_items.h"

#include <QObject>

#include <vector>

class QComboBox;
class QPoint;
class QWidget;

namespace oodscope {

class FrameListView;
class MissingPanel;
class Notices;
class OpenFlow;
struct Desk;

/// "set", "model", "score maps".
[[nodiscard]] QString kindText(ItemKind kind);
/// What of that kind is missing as entries that can be read and not chosen.
void addMissingChoices(QComboBox& choices, const std::vector<MissingItem>& missing, ItemKind kind);

/// What the session lists and cannot be opened, before the user: rows above the views, a menu in the list of sets.
/// Locating one finds its brothers where the same folder has moved.
class MissingFlow : public QObject {
  Q_OBJECT

public:
  MissingFlow(Desk& desk, Notices& notices, OpenFlow& opening, MissingPanel& panel, QWidget& window);
  /// Sets that are missing stand behind the open ones in the list.
  void attach(FrameListView& frames);
  void show();
  /// Asks where a missing model lies; nothing where none is missing at that path.
  void locateModel(const QString& path);
  /// Says where an item lies now, and opens it.
  void locateAt(const MissingItem& item, const std::filesystem::path& place);

private:
  void locate(const MissingItem& item);
  void remove(const MissingItem& item);
  [[nodiscard]] int moveBrothers(const MissingItem& item, const std::filesystem::path& place);
  void popUpFor(FrameListView& frames, int set, const QPoint& at);

  Desk& m_desk;
  Notices& m_notices;
  OpenFlow& m_opening;
  MissingPanel& m_panel;
  QWidget& m_window;
  std::vector<MissingItem> m_items;
};

}  // namespace oodscope
