// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/lists/filter_expression.h"
#include "widgets/lists/frame_model.h"

#include <QSortFilterProxyModel>
#include <QWidget>

class QComboBox;
class QLabel;
class QStackedLayout;
class QTreeView;

namespace oodscope {

class FilterEdit;

/// The numbers of a frame that the filter compares.
[[nodiscard]] const std::vector<FilterField>& frameFilterFields();

/// Filters by expression and sorts frames, worst first, or in their own order. Sets keep their order; a set is shown
/// while one of its frames is.
class FrameProxy : public QSortFilterProxyModel {
  Q_OBJECT

public:
  explicit FrameProxy(QObject* parent = nullptr);
  void setExpression(FilterExpression expression);
  /// Empty: the set's own order.
  void setSortMetric(std::optional<FrameMetric> metric);
  [[nodiscard]] std::optional<FrameMetric> sortMetric() const { return m_metric; }

protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
  FilterExpression m_expression;
  std::optional<FrameMetric> m_metric = FrameMetric::Fpr95;
};

/// The Frames dock: filter, sort, rows with thumbnail, name, label badge and two metrics.
class FrameListView : public QWidget {
  Q_OBJECT

public:
  explicit FrameListView(QWidget* parent = nullptr);
  [[nodiscard]] FrameModel* model() const { return m_model; }
  [[nodiscard]] FrameProxy* shown() const { return m_proxy; }
  /// Selects and scrolls to it without currentFrameChanged.
  void setCurrentFrame(int set, int frame);
  /// Scrolls to where the set begins.
  void showSet(int set);
  void setSortMetric(std::optional<FrameMetric> metric);
  /// The frame `steps` rows further in the shown order, as currentFrameChanged.
  void step(int steps);
  /// A frame and its set, by their places in the model.
  struct Place {
    int set = 0, frame = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };
  /// The frames that are selected, as they are shown.
  [[nodiscard]] std::vector<Place> selectedFrames() const;
  /// Frames as they are shown: filtered and sorted.
  [[nodiscard]] std::vector<Place> shownFrames() const;
  /// Selects these alone; the first becomes the current one.
  void selectFrames(const std::vector<Place>& frames);
  /// The frame becomes the current one, as if the user chose it.
  void chooseFrame(Place frame);
  /// What is said of the selected frames, below the list; empty: nothing.
  void setSelectionNote(const QString& text);
  [[nodiscard]] QString selectionNote() const;
  void setFilter(const QString& text);
  [[nodiscard]] QString filter() const;

Q_SIGNALS:
  void currentFrameChanged(int set, int frame);  ///< by the user
  void frameActivated(int set, int frame);       ///< Enter, double click
  void tagRequested(int set, int frame);         ///< T
  void tagSelectionRequested();                  ///< T, with several selected
  void selectionChanged();
  /// The right button or the menu key at `at` of this widget; `frame` is -1 on a set's row and beside the rows.
  void menuRequested(int set, int frame, const QPoint& at);
  void sortEdited(std::optional<oodscope::FrameMetric> metric);
  void filterEdited(const QString& text);
  void shownCountChanged(int shown, int all);
  void thumbnailNeeded(int set, int frame);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void prepareView();
  void prepareFilter();
  void prepareSort();
  void connectModel();
  void connectFilter();
  void connectView();
  void requestMenu(const QPoint& at);
  void countShown();
  void expandSets();

  FrameModel* m_model = nullptr;
  FrameProxy* m_proxy = nullptr;
  QTreeView* m_view = nullptr;
  FilterEdit* m_filter = nullptr;
  QComboBox* m_sort = nullptr;
  QLabel* m_columns = nullptr;
  QLabel* m_selectionNote = nullptr;
  QStackedLayout* m_stack = nullptr;
  bool m_setting = false;
};

}  // namespace oodscope
