// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/tabs/tab_kinds.h"

#include <QTabWidget>

#include <vector>

class QAction;
class QHBoxLayout;

namespace oodscope {

class AnalysisTab;
class RunFirst;
class CurvesPanel;
class SessionModel;
struct ViewState;

/// The analyses below the views, one tab a kind, each in a pane that scrolls where the window is small; places and
/// pages are asked for by the tab itself. What a tab edits becomes an edit of the session.
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
  [[nodiscard]] QWidget* widget(int place) const;
  [[nodiscard]] QWidget* currentWidget() const { return widget(currentIndex()); }
  [[nodiscard]] int indexOf(const QWidget* tab) const;
  void setCurrentWidget(const QWidget* tab) { setCurrentIndex(indexOf(tab)); }
  /// A button for it in the tab bar's corner.
  void addCornerAction(QAction* action);

Q_SIGNALS:
  void failed(const QString& text);
  void warned(const QString& text);

protected:
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void add(const TabKind& kind, const TabParts& parts);
  void connectTab(AnalysisTab& tab, SessionModel& session);
  void addCorner(const TabParts& parts);
  /// Above a tab that speaks of the whole set.
  void addRunFirst(AnalysisTab& tab, Desk& desk);
  void offerWholeSet();
  /// In the corner where all tabs have room beside them, else above the plots.
  void placeToggles();
  /// QTabWidget lays its corner out when it is resized alone, not when the corner wants another size.
  void layOutCorner();

  std::vector<AnalysisTab*> m_tabs;
  Desk& m_desk;
  std::vector<RunFirst*> m_ofWholeSets;
  CurvesPanel& m_curves;
  QWidget* m_corner = nullptr;
  QHBoxLayout* m_cornerRow = nullptr;
  std::vector<int> m_ofTwoRuns;  ///< places of tabs that need two runs
};

}  // namespace oodscope
