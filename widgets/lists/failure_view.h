// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/lists/failure_model.h"
#include "widgets/lists/filter_expression.h"

#include <QSortFilterProxyModel>
#include <QWidget>

class QComboBox;
class QLabel;
class QTreeView;

namespace oodscope {

class FilterEdit;

/// The numbers of a failure that the filter compares.
[[nodiscard]] const std::vector<FilterField>& failureFilterFields();

/// What failures are put together by; within a group they keep the sort order.
enum class FailureGroup { None, Frame, Class, Size /* by powers of two */, Distance /* 5 m */, Tag };
/// The heading that a row stands under; empty without groups.
[[nodiscard]] QString groupTitle(const FailureRow& row, FailureGroup group);

/// Filters failures by expression ("area < 24000 building", "tag:kerb"), groups them and sorts by the raw values.
class FailureProxy : public QSortFilterProxyModel {
  Q_OBJECT

public:
  explicit FailureProxy(QObject* parent = nullptr);
  void setExpression(FilterExpression expression);
  void setGroup(FailureGroup group);
  /// The heading over a row of this proxy where it is the first of its group; else empty.
  [[nodiscard]] QString headingOver(const QModelIndex& index) const;

protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
  [[nodiscard]] bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

private:
  [[nodiscard]] const FailureRow& rowOf(const QModelIndex& source) const;
  FilterExpression m_expression;
  FailureGroup m_group = FailureGroup::None;
};

/// One of the two failure lists: title with count, filter, groups, table. A click and Enter jump, T tags.
class FailureView : public QWidget {
  Q_OBJECT

public:
  explicit FailureView(FailureKind kind, QWidget* parent = nullptr);
  [[nodiscard]] FailureModel* model() const { return m_model; }
  void setFilter(const QString& text);
  [[nodiscard]] QString filter() const;
  void setGroup(FailureGroup group);
  void setCurrentRow(int row);  ///< of the model, -1 for none; silent
  /// The failure `steps` further in the shown order, as failureSelected and failureActivated.
  void step(int steps);
  /// Shown rows, in order, as rows of the model.
  [[nodiscard]] std::vector<int> shownRows() const;

Q_SIGNALS:
  void failureSelected(int row);
  void failureActivated(int row);
  void tagRequested(int row);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void prepareTable(const QString& name);
  /// Columns of scores as wide as those of the first rows, small ones included.
  void fitNumbers();
  /// Leaves out columns that matter least until the rest fits: tag and distance are never scrolled to.
  void fitColumns();
  void connectParts();
  void showCount();

  FailureModel* m_model = nullptr;
  FailureProxy* m_proxy = nullptr;
  QTreeView* m_view = nullptr;
  FilterEdit* m_filter = nullptr;
  QComboBox* m_groups = nullptr;
  QLabel* m_count = nullptr;
  bool m_setting = false;
};

}  // namespace oodscope
