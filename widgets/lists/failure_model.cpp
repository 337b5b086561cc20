// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/failure_model.h"

#include "widgets/theme/number_text.h"

#include <algorithm>
#include <limits>

namespace oodscope {
namespace {

using Column = FailureModel::Column;

QVariant sortValue(const std::optional<double>& value) {
  return value ? *value : -std::numeric_limits<double>::infinity();
}

QString shown(const std::optional<double>& value, int decimals) {
  return value ? numberText(*value, decimals) : QString(kNotDefinedSign);
}

QString shownScore(const std::optional<double>& value) { return value ? scoreText(*value) : QString(kNotDefinedSign); }

QVariant sortValueOf(const FailureRow& row, Column column) {
  switch (column) {
    case Column::Id:
      return row.id;
    case Column::Thumbnail:
      return {};
    case Column::Frame:
      return row.frame;
    case Column::Area:
      return row.area;
    case Column::Recall:
      return sortValue(row.recall);
    case Column::Peak:
      return sortValue(row.peak);
    case Column::Mean:
      return sortValue(row.mean);
    case Column::Margin:
      return sortValue(row.margin);
    case Column::Class:
      return row.predictedClass;
    case Column::Tag:
      return row.tags.join(QStringLiteral(", "));
    case Column::Distance:
      return sortValue(row.distance);
  }
  return {};
}

QVariant textOf(const FailureRow& row, Column column) {
  switch (column) {
    case Column::Id:
      return QString::number(row.id);
    case Column::Thumbnail:
      return {};
    case Column::Frame:
      return row.frameName;
    case Column::Area:
      return groupedText(row.area);
    case Column::Recall:
      return shown(row.recall, 1);
    case Column::Peak:
      return shownScore(row.peak);
    case Column::Mean:
      return shownScore(row.mean);
    case Column::Margin:
      return row.margin ? signedScoreText(*row.margin) : QString(kNotDefinedSign);
    case Column::Class:
      return row.predictedClass;
    case Column::Tag:
      return row.tags.join(QStringLiteral(", "));
    case Column::Distance:
      return shown(row.distance, 1);
  }
  return {};
}

}  // namespace

FailureModel::FailureModel(FailureKind kind, QObject* parent) : QAbstractTableModel(parent), m_kind(kind) {
  if (kind == FailureKind::FalsePositive)
    m_columns = {Column::Id,   Column::Thumbnail, Column::Frame, Column::Area, Column::Peak,
                 Column::Mean, Column::Margin,    Column::Class, Column::Tag,  Column::Distance};
  else
    m_columns = {Column::Thumbnail, Column::Frame, Column::Area, Column::Recall,
                 Column::Peak,      Column::Class, Column::Tag,  Column::Distance};
}

void FailureModel::setRows(std::vector<FailureRow> rows) {
  beginResetModel();
  m_rows = std::move(rows);
  m_thumbnails.assign(m_rows.size(), {});
  m_asked.clear();
  endResetModel();
}

void FailureModel::setThumbnail(int row, const QImage& thumbnail) {
  if (row < 0 || row >= rowCount()) return;
  m_thumbnails[static_cast<std::size_t>(row)] = thumbnail;
  const QModelIndex at = index(row, sectionOf(Column::Thumbnail));
  Q_EMIT dataChanged(at, at, {Qt::DecorationRole});
}

void FailureModel::setTags(int row, const QStringList& tags) {
  if (row < 0 || row >= rowCount()) return;
  m_rows[static_cast<std::size_t>(row)].tags = tags;
  const QModelIndex at = index(row, sectionOf(Column::Tag));
  Q_EMIT dataChanged(at, at);
}

int FailureModel::sectionOf(Column column) const {
  const auto found = std::find(m_columns.begin(), m_columns.end(), column);
  return found == m_columns.end() ? -1 : static_cast<int>(found - m_columns.begin());
}

int FailureModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int FailureModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant FailureModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const FailureRow& row = m_rows[static_cast<std::size_t>(index.row())];
  const Column column = columnAt(index.column());
  if (role == Qt::DecorationRole && column == Column::Thumbnail) {
    const QImage& picture = m_thumbnails[static_cast<std::size_t>(index.row())];
    if (picture.isNull() && m_asked.insert(index.row()).second) Q_EMIT thumbnailNeeded(index.row());
    return picture;
  }
  if (role == kChipRole && column == Column::Class) return row.predictedColour;
  if (role == kShareRole && column == Column::Class) return row.classShare;
  if (role == Qt::TextAlignmentRole) {
    const bool text = column == Column::Class || column == Column::Tag || column == Column::Thumbnail;
    return static_cast<int>((text ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  }
  if (role == kSortRole) return sortValueOf(row, column);
  return role == Qt::DisplayRole ? textOf(row, column) : QVariant();
}

QVariant FailureModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return data(index(0, section), role);
  if (role != Qt::DisplayRole) return {};
  switch (columnAt(section)) {
    case Column::Id:
      return QStringLiteral("#");
    case Column::Thumbnail:
      return QString();
    case Column::Frame:
      return tr("frame");
    case Column::Area:
      return tr("area, px");
    case Column::Recall:
      return tr("recall, %");
    case Column::Peak:
      return tr("peak");
    case Column::Mean:
      return tr("mean");
    case Column::Margin:
      return tr("margin");
    case Column::Class:
      return tr("predicted class");
    case Column::Tag:
      return tr("tag");
    case Column::Distance:
      return tr("dist., m");
  }
  return {};
}

}  // namespace oodscope
