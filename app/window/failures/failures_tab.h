// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/tabs/analysis_tab.h"
#include "widgets/lists/failure_model.h"
#include "widgets/plots/bar_list.h"

#include <optional>
#include <vector>

class QLabel;
class QToolButton;

namespace oodscope {

class Badge;
class BarList;
class FailureView;

/// The condition that lists hold while something is brushed.
inline const QString kBrushedCondition = QStringLiteral("brushed > 0");
/// A filter's text with one condition more or less.
[[nodiscard]] QString withCondition(QString text, const QString& condition, bool wanted);

/// What the tab shows.
struct FailuresTabView {
  std::vector<FailureRow> falsePositives, missed;
  std::vector<BarListRow> bars;
  QString barsNote;
  QString state;  ///< "exact at T 1.60, δ 0.220"
  bool exact = false;
  QString reconciliation;  ///< how the lists add up to the confusion counts
};

/// The "Failures" tab: false-positive regions, missed objects, and what the false positives are taken for.
class FailuresTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit FailuresTab(QWidget* parent = nullptr);
  [[nodiscard]] bool needsWholeSet() const override { return true; }
  void setView(FailuresTabView view);
  void clear(const QString& reason);
  void setThumbnail(FailureKind kind, int row, const QImage& picture);
  /// The row that stands for the selected failure; -1: none. Silent.
  void setCurrent(FailureKind kind, int row);
  /// Filters both lists to rows that hold brushed pixels, on top of what is typed in; `false` takes that away again.
  void setBrushed(bool brushed);
  void step(int steps);
  [[nodiscard]] QWidget* badge() const override;
  /// How many failures there are, beside the tab's title; empty: not known.
  void setCount(std::optional<int> failures, const QString& explanation);
  [[nodiscard]] FailureView* view(FailureKind kind) const;
  [[nodiscard]] BarList* bars() const { return m_bars; }
  /// The list that was used last, which J and K walk through.
  [[nodiscard]] FailureKind activeList() const { return m_active; }

Q_SIGNALS:
  void selected(oodscope::FailureKind kind, int row);
  void activated(oodscope::FailureKind kind, int row);
  void tagRequested(oodscope::FailureKind kind, int row);
  void thumbnailNeeded(oodscope::FailureKind kind, int row);
  void exportRequested();

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  QWidget* makePageBar();
  /// All three parts beside each other, or the chosen one alone where there is no room for that.
  void showPages();
  void connectList(FailureKind kind);
  void filterByClass(int row);

  FailureView *m_regions = nullptr, *m_missed = nullptr;
  BarList* m_bars = nullptr;
  QWidget* m_pageBar = nullptr;
  int m_page = 0;
  Badge *m_state = nullptr, *m_count = nullptr;
  std::optional<int> m_shownCount;
  QLabel* m_note = nullptr;
  QToolButton* m_export = nullptr;
  std::vector<BarListRow> m_barRows;
  QString m_classFilter;
  FailureKind m_active = FailureKind::FalsePositive;
  bool m_brushed = false;
};

}  // namespace oodscope
