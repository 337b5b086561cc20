// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"

#include <QAbstractTableModel>
#include <QColor>
#include <QImage>
#include <QString>
#include <QStringList>

#include <optional>
#include <unordered_set>
#include <vector>

namespace oodscope {

/// One region that is wrongly taken for an anomaly, or one object that was not found.
struct FailureRow {
  int id = 0;  ///< rank in the whole list, as shown
  int set = 0, frame = 0;
  QString frameName = {};
  qint64 area = 0;                             ///< pixels
  std::optional<double> peak = {}, mean = {};  ///< scores
  std::optional<double> margin = {};           ///< peak - threshold
  std::optional<double> recall = {};           ///< missed objects: share of their pixels found, percent
  std::optional<double> overlap = {};          ///< regions: share of their pixels near an object, percent
  std::optional<double> distance = {};         ///< metres
  QString predictedClass = {};
  QColor predictedColour = {};
  double classShare = 0.0;  ///< percent of the area predicted so
  QStringList tags = {};
  std::optional<double> brushed = {};  ///< pixels of it that are brushed; empty: nothing is brushed
};

/// Failures of one kind as a table that sorts by its raw values (Qt::UserRole).
class FailureModel : public QAbstractTableModel {
  Q_OBJECT

public:
  enum class Column { Id, Thumbnail, Frame, Area, Recall, Peak, Mean, Margin, Class, Tag, Distance };
  enum Role { kSortRole = Qt::UserRole, kChipRole, kShareRole };

  explicit FailureModel(FailureKind kind, QObject* parent = nullptr);
  void setRows(std::vector<FailureRow> rows);
  [[nodiscard]] const std::vector<FailureRow>& rows() const { return m_rows; }
  void setThumbnail(int row, const QImage& thumbnail);
  void setTags(int row, const QStringList& tags);
  [[nodiscard]] FailureKind kind() const { return m_kind; }
  [[nodiscard]] Column columnAt(int section) const { return m_columns[static_cast<std::size_t>(section)]; }
  /// Of the column in this table; -1 where it has none.
  [[nodiscard]] int sectionOf(Column column) const;

  [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
  [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
  [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
  /// A row came into view without its picture. Said once a row.
  void thumbnailNeeded(int row) const;

private:
  FailureKind m_kind;
  std::vector<Column> m_columns;
  std::vector<FailureRow> m_rows;
  std::vector<QImage> m_thumbnails;
  mutable std::unordered_set<int> m_asked;
};

}  // namespace oodscope
