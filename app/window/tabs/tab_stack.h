// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/tabs/tab_kinds.h"

#include <QTabWidget>

#include <vector>

namespace oodscope {

class AnalysisTab;
class RunFirst;
class SessionModel;
struct ViewState;

/// The analyses below the views, one tab a kind. What a tab edits becomes an edit of the session.
class TabStack : public QTabWidget {
  Q_OBJECT

public:
  explicit TabStack(const TabParts& parts, std::span<const TabKind> kinds = tabKinds());
  ~TabStack() override;

  void follow(const ViewState& view, bool dragging);
  /// Opens the first tab whose title begins so. The titles that can be seen where there is none; else empty.
  [[nodiscard]] QStringList open(const QString& title);
  /// The tab of a type; nullptr where no kind makes one.
  template <class Tab>
  [[nodiscard]] Tab* find() const {
    for (int i = 0; i < count(); ++i)
      if (auto* tab = qobject_cast<Tab*>(widget(i))) return tab;
    return nullptr;
  }

Q_SIGNALS:
  void failed(const QString& text);
  void warned(const QString& text);

private:
  void add(const TabKind& kind, const TabParts& parts);
  void connectTab(AnalysisTab& tab, SessionModel& session);
  void addCorner(const TabParts& parts);
  /// Above a tab that speaks of the whole set.
  void addRunFirst(AnalysisTab& tab, Desk& desk);
  void offerWholeSet();

  std::vector<AnalysisTab*> m_tabs;
  Desk& m_desk;
  std::vector<RunFirst*> m_ofWholeSets;
  std::vector<int> m_ofTwoRuns;  ///< places of tabs that need two runs
};

}  // namespace oodscope
