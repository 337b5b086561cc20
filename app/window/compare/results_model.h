// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/studies/results_matrix.h"

#include <QAbstractTableModel>

#include <optional>
#include <utility>
#include <vector>

namespace oodscope {

/// A results matrix as a table: source, method and temperature of each row, then a column a set, or one a set and
/// metric. The best of a group is bold.
class ResultsModel : public QAbstractTableModel {
  Q_OBJECT

public:
  enum Column { Source, Method, Temperature, FirstSet };
  using Cell = std::pair<std::size_t, std::size_t>;  ///< row, set

  using QAbstractTableModel::QAbstractTableModel;

  /// `metrics`: one or several of resultMetrics(), by place. `shown`: the run in view.
  void setMatrix(ResultsMatrix matrix, std::vector<std::size_t> metrics, BestOf of, std::optional<Cell> shown);
  [[nodiscard]] const ResultsMatrix& matrix() const { return m_matrix; }
  [[nodiscard]] std::optional<Cell> shown() const { return m_shown; }
  /// Which run an index is of; empty for the columns that name a row.
  [[nodiscard]] std::optional<Cell> cellAt(const QModelIndex& index) const;
  /// The column of a set by the first metric that is shown.
  [[nodiscard]] static int columnOf(std::size_t set, std::size_t metrics) {
    return FirstSet + static_cast<int>(set * metrics);
  }
  [[nodiscard]] bool isBest(const QModelIndex& index) const;
  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  /// Tab-separated with the header, as it is shown.
  [[nodiscard]] QString asText() const;

private:
  [[nodiscard]] const ResultMetric& metricAt(int column) const;
  [[nodiscard]] QString text(int row, int column) const;
  [[nodiscard]] QString toolTip(const MatrixCell& cell) const;

  ResultsMatrix m_matrix;
  std::vector<std::size_t> m_metrics{0};
  std::vector<std::vector<bool>> m_best;  ///< of each metric that is shown
  std::optional<Cell> m_shown;
};

/// What stands in a cell whose run has no number yet.
[[nodiscard]] QString runStateText(RunState state);

}  // namespace oodscope
