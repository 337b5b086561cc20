// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/frame_model.h"

#include "widgets/theme/number_text.h"

namespace oodscope {
namespace {

quint64 keyOf(int set, int frame) { return (static_cast<quint64>(set) << 32U) | static_cast<quint32>(frame); }

}  // namespace

QString metricTitle(FrameMetric metric) {
  switch (metric) {
    case FrameMetric::Ap:
      return QStringLiteral("AP");
    case FrameMetric::Fpr95:
      return QStringLiteral("FPR95");
    case FrameMetric::F1:
      return QStringLiteral("F1");
    case FrameMetric::MeanScore:
      return FrameModel::tr("mean score");
    case FrameMetric::Delta:
      return QStringLiteral("ΔAP");
    case FrameMetric::Disagreement:
      return FrameModel::tr("disagreement");
  }
  return {};
}

std::optional<double> metricOf(const FrameRow& row, FrameMetric metric) {
  switch (metric) {
    case FrameMetric::Ap:
      return row.ap;
    case FrameMetric::Fpr95:
      return row.fpr95;
    case FrameMetric::F1:
      return row.f1;
    case FrameMetric::MeanScore:
      return row.meanScore;
    case FrameMetric::Delta:
      return row.apA && row.apB ? std::optional(*row.apB - *row.apA) : std::nullopt;
    case FrameMetric::Disagreement:
      return row.disagreement;
  }
  return {};
}

bool isWorse(const FrameRow& a, const FrameRow& b, FrameMetric metric) {
  const auto left = metricOf(a, metric);
  const auto right = metricOf(b, metric);
  if (!left || !right) return left.has_value() && !right;
  const bool highIsWorse = metric == FrameMetric::Fpr95 || metric == FrameMetric::MeanScore ||
                           metric == FrameMetric::Delta || metric == FrameMetric::Disagreement;
  return highIsWorse ? *left > *right : *left < *right;
}

void FrameModel::setSets(std::vector<FrameSet> sets) {
  beginResetModel();
  m_sets = std::move(sets);
  m_thumbnails.clear();
  for (const FrameSet& set : m_sets) m_thumbnails.emplace_back(set.frames.size());
  m_asked.clear();
  endResetModel();
}

void FrameModel::updateFrame(int set, int frame, const FrameRow& row) {
  const QModelIndex at = indexOf(set, frame);
  if (!at.isValid()) return;
  m_sets[static_cast<std::size_t>(set)].frames[static_cast<std::size_t>(frame)] = row;
  Q_EMIT dataChanged(at, at);
}

void FrameModel::updateFrames(int set, std::vector<FrameRow> rows) {
  if (set < 0 || set >= static_cast<int>(m_sets.size())) return;
  auto& frames = m_sets[static_cast<std::size_t>(set)].frames;
  if (rows.size() != frames.size() || rows.empty() || rows == frames) return;
  frames = std::move(rows);
  Q_EMIT dataChanged(indexOf(set, 0), indexOf(set, static_cast<int>(frames.size()) - 1));
}

void FrameModel::setThumbnail(int set, int frame, const QImage& thumbnail) {
  const QModelIndex at = indexOf(set, frame);
  if (!at.isValid()) return;
  m_thumbnails[static_cast<std::size_t>(set)][static_cast<std::size_t>(frame)] = thumbnail;
  Q_EMIT dataChanged(at, at, {kThumbnailRole});
}

const FrameRow* FrameModel::frameAt(const QModelIndex& index) const {
  if (!index.isValid() || isSet(index)) return nullptr;
  return &m_sets[static_cast<std::size_t>(setOf(index))].frames[static_cast<std::size_t>(index.row())];
}

QModelIndex FrameModel::indexOf(int set, int frame) const {
  if (set < 0 || set >= static_cast<int>(m_sets.size())) return {};
  if (frame < 0 || frame >= static_cast<int>(m_sets[static_cast<std::size_t>(set)].frames.size())) return {};
  return createIndex(frame, 0, static_cast<quintptr>(set) + 1);
}

int FrameModel::setOf(const QModelIndex& index) {
  return isSet(index) ? index.row() : static_cast<int>(index.internalId()) - 1;
}

QModelIndex FrameModel::index(int row, int column, const QModelIndex& parent) const {
  if (column != 0 || row < 0) return {};
  if (!parent.isValid())
    return row < static_cast<int>(m_sets.size()) ? createIndex(row, 0, quintptr{0}) : QModelIndex();
  return isSet(parent) ? indexOf(parent.row(), row) : QModelIndex();
}

QModelIndex FrameModel::parent(const QModelIndex& index) const {
  return index.isValid() && !isSet(index) ? createIndex(setOf(index), 0, quintptr{0}) : QModelIndex();
}

int FrameModel::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return static_cast<int>(m_sets.size());
  return isSet(parent) ? static_cast<int>(m_sets[static_cast<std::size_t>(parent.row())].frames.size()) : 0;
}

int FrameModel::columnCount(const QModelIndex&) const { return 1; }

QVariant FrameModel::dataOfSet(const FrameSet& set, int role) {
  if (role == kIsMissingRole) return !set.missing.isEmpty();
  if (role == Qt::DisplayRole) return set.name;
  if (role == Qt::AccessibleTextRole)
    return set.missing.isEmpty() ? set.name : tr("%1, missing: %2").arg(set.name, set.missing);
  if (role == Qt::ToolTipRole && !set.missing.isEmpty()) return set.missing;
  return {};
}

QString FrameModel::described(const FrameRow& row) {
  QStringList parts{tr("frame %1").arg(row.name)};
  for (const FrameMetric metric : {FrameMetric::Ap, FrameMetric::Fpr95, FrameMetric::F1}) {
    const auto value = metricOf(row, metric);
    parts << metricTitle(metric) + QLatin1Char(' ') + valueText({.value = value, .estimated = row.estimated});
  }
  if (row.label == FrameLabel::Withheld) parts << tr("label withheld");
  if (row.label == FrameLabel::Unread) parts << tr("label not read yet");
  if (row.label == FrameLabel::Failed) parts << tr("label cannot be read");
  if (row.label == FrameLabel::Void) parts << tr("label void everywhere: nothing is known");
  if (row.label == FrameLabel::None) parts << tr("no anomaly");
  if (!row.tags.isEmpty()) parts << tr("tags: %1").arg(row.tags.join(QStringLiteral(", ")));
  return parts.join(QStringLiteral(" · "));
}

QVariant FrameModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  if (role == kIsSetRole) return isSet(index);
  if (isSet(index)) return dataOfSet(m_sets[static_cast<std::size_t>(index.row())], role);
  const FrameRow& row = *frameAt(index);
  switch (role) {
    case Qt::DisplayRole:
      return row.name;
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
      return described(row);
    case kThumbnailRole: {
      const int set = setOf(index);
      const QImage& picture = m_thumbnails[static_cast<std::size_t>(set)][static_cast<std::size_t>(index.row())];
      if (picture.isNull() && m_asked.insert(keyOf(set, index.row())).second) Q_EMIT thumbnailNeeded(set, index.row());
      return picture;
    }
    default:
      return {};
  }
}

}  // namespace oodscope
