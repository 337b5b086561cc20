// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/lists/failure_model.h"
#include "widgets/lists/filter_expression.h"

#include <QSortFilterProxyModel>
#include <QWidget>

class QLabel;
class QLineEdit;
class QTreeView;

namespace oodscope {

/// Filters failures by expression ("area < 24000 building", "tag:kerb") and sorts by the raw values.
class FailureProxy : public QSortFilterProxyModel {
  Q_OBJECT

public:
  explicit FailureProxy(QObject* parent = nullptr);
  void setExpression(const QString& text);

protected:
  [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
  FilterExpression m_expression;
};

/// One of the two failure lists: title with count, filter, table. Enter jumps, T tags.
class FailureView : public QWidget {
  Q_OBJECT

public:
  explicit FailureView(FailureKind kind, QWidget* parent = nullptr);
  [[nodiscard]] FailureModel* model() const { return m_model; }
  void setFilter(const QString& text);
  [[nodiscard]] QString filter() const;
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
  void showCount();

  FailureModel* m_model = nullptr;
  FailureProxy* m_proxy = nullptr;
  QTreeView* m_view = nullptr;
  QLineEdit* m_filter = nullptr;
  QLabel* m_count = nullptr;
  bool m_setting = false;
};

}  // namespace oodscope
