// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/results_model.h"

#include "app/figures/plot_data.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"
#include "widgets/theme/utf8_text.h"

#include <QFont>
#include <QGuiApplication>

namespace oodscope {
namespace {

const QString kPartOfFrames = QStringLiteral(" †");

QString framesOf(const ResultRow& row) {
  return ResultsModel::tr("of %1").arg(partText(row.frames + row.withoutAnomaly, row.framesTotal - row.unlabelled,
                                                ResultsModel::tr("frame"), ResultsModel::tr("frames")));
}

}  // namespace

QString runStateText(RunState state) {
  switch (state) {
    case RunState::WaitsForFrames:
    case RunState::Waits:
      return QStringLiteral("…");
    case RunState::Runs:
      return QStringLiteral("▸ …");
    case RunState::Failed:
      return ResultsModel::tr("failed");
    default:
      return QString(kNotDefinedSign);
  }
}

void ResultsModel::setMatrix(ResultsMatrix matrix, std::vector<std::size_t> metrics, BestOf of,
                             std::optional<Cell> shown) {
  const auto isSameRow = [](const MatrixRow& a, const MatrixRow& b) {
    return a.source == b.source && a.configuration == b.configuration;
  };
  const bool isReset = matrix.sets != m_matrix.sets || metrics != m_metrics ||
                       !std::ranges::equal(matrix.rows, m_matrix.rows, isSameRow);
  if (isReset) beginResetModel();
  m_matrix = std::move(matrix);
  m_metrics = std::move(metrics);
  m_shown = shown;
  m_best.clear();
  for (const std::size_t metric : m_metrics) m_best.push_back(bestCells(m_matrix, resultMetrics()[metric], of));
  if (isReset)
    endResetModel();
  else if (rowCount() > 0)
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columnCount() - 1));
}

std::optional<ResultsModel::Cell> ResultsModel::cellAt(const QModelIndex& index) const {
  if (!index.isValid() || index.column() < FirstSet) return std::nullopt;
  return Cell{static_cast<std::size_t>(index.row()),
              static_cast<std::size_t>(index.column() - FirstSet) / m_metrics.size()};
}

const ResultMetric& ResultsModel::metricAt(int column) const {
  return resultMetrics()[m_metrics[static_cast<std::size_t>(column - FirstSet) % m_metrics.size()]];
}

bool ResultsModel::isBest(const QModelIndex& index) const {
  const auto cell = cellAt(index);
  if (!cell) return false;
  const std::size_t shown = static_cast<std::size_t>(index.column() - FirstSet) % m_metrics.size();
  return m_best[shown][cell->first * m_matrix.sets.size() + cell->second];
}

int ResultsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_matrix.rows.size());
}

int ResultsModel::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : FirstSet + static_cast<int>(m_matrix.sets.size() * m_metrics.size());
}

QString ResultsModel::text(int row, int column) const {
  const MatrixRow& scored = m_matrix.rows[static_cast<std::size_t>(row)];
  const Configuration& configuration = scored.configuration;
  if (column == Source) return QString::fromStdString(scored.source);
  if (column == Method && configuration.method) return methodTitle(configuration);
  if (column == Method)
    return scored.polarity.empty() ? tr("score maps")
                                   : tr("score maps, %1").arg(QString::fromStdString(scored.polarity));
  if (column == Temperature)
    return configuration.temperature ? numberText(static_cast<double>(*configuration.temperature), 2)
                                     : QString(kNotDefinedSign);
  const auto place = cellAt(index(row, column));
  const MatrixCell& cell = m_matrix.at(place->first, place->second);
  const bool isPending = cell.state == RunState::Waits || cell.state == RunState::WaitsForFrames ||
                         cell.state == RunState::Runs || cell.state == RunState::Failed;
  if (isPending || !cell.result) return runStateText(cell.state);
  const auto value = metricAt(column).of(*cell.result);
  if (!value) return QString(kNotDefinedSign);
  return numberText(100.0 * *value, 2) + (cell.isWhole() ? QString() : kPartOfFrames);
}

QString ResultsModel::toolTip(const MatrixCell& cell) const {
  switch (cell.state) {
    case RunState::Unknown:
      return cell.result ? tr("%1: evaluate it again").arg(framesOf(*cell.result)) : tr("Not evaluated");
    case RunState::WaitsForFrames:
      return tr("Waits for its frames to be scored");
    case RunState::Waits:
      return tr("Waits for its turn");
    case RunState::Runs:
      return tr("Is being evaluated");
    case RunState::Failed:
    case RunState::Impossible:
      return QString::fromStdString(cell.reason);
    case RunState::Done:
      break;
  }
  if (!cell.result) return {};
  const ResultRow& row = *cell.result;
  QStringList lines;
  for (const ResultMetric& metric : resultMetrics()) {
    const auto value = metric.of(row);
    lines << qs(metric.title) + QLatin1Char(' ') + (value ? numberText(100.0 * *value, 2) : QString(kNotDefinedSign));
  }
  lines << framesOf(row) + (cell.isWhole() ? tr(", exact") : tr(": not the set's number, and without a place"));
  lines << tr("Click to look at this run");
  return lines.join(QLatin1Char('\n'));
}

QVariant ResultsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const auto place = cellAt(index);
  if (role == Qt::DisplayRole) return text(index.row(), index.column());
  if (role == Qt::TextAlignmentRole && index.column() >= Temperature)
    return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (!place) return {};
  const MatrixCell& cell = m_matrix.at(place->first, place->second);
  const Tokens& t = tokensFor(QGuiApplication::palette());
  switch (role) {
    case Qt::FontRole: {
      QFont font;
      font.setBold(isBest(index));
      return font;
    }
    case Qt::ForegroundRole:
      if (cell.state == RunState::Failed) return t.err;
      if (cell.state != RunState::Done || !cell.result) return t.text3;
      return {};
    case Qt::BackgroundRole:
      if (m_shown == place) return t.selection;
      return {};
    case Qt::ToolTipRole:
      return toolTip(cell);
    case Qt::AccessibleTextRole:
      return text(index.row(), index.column()) + (isBest(index) ? tr(", best") : QString());
    default:
      return {};
  }
}

QVariant ResultsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole && section >= Temperature) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (section >= FirstSet && role == Qt::ToolTipRole)
    return qs(metricAt(section).title) + QStringLiteral(": ") + tr(metricAt(section).help.data());
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Source:
      return tr("model or maps");
    case Method:
      return tr("method");
    case Temperature:
      return tr("T");
    default:
      break;
  }
  const QString set =
      QString::fromStdString(m_matrix.sets[static_cast<std::size_t>(section - FirstSet) / m_metrics.size()]);
  return set + QLatin1Char('\n') + qs(metricAt(section).title) + tr(", %");
}

QString ResultsModel::asText() const {
  QStringList lines;
  for (int row = -1; row < rowCount(); ++row) {
    QStringList cells;
    for (int column = 0; column < columnCount(); ++column)
      cells << (row < 0 ? headerData(column, Qt::Horizontal, Qt::DisplayRole)
                              .toString()
                              .replace(QLatin1Char('\n'), QLatin1Char(' '))
                        : text(row, column));
    lines << cells.join(QLatin1Char('\t'));
  }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace oodscope
