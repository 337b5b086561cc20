// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/run_model.h"

#include "app/window/presenters.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QGuiApplication>

#include <array>

namespace oodscope {
namespace {

struct ShownMetric {
  const char* name;
  std::optional<double> PixelMetrics::*value;
};
constexpr std::array<ShownMetric, 4> kShownMetrics{{{"AP", &PixelMetrics::ap},
                                                    {"FPR95", &PixelMetrics::fpr95},
                                                    {"AUROC", &PixelMetrics::auroc},
                                                    {"best F1", &PixelMetrics::bestF1}}};

bool isMetric(int column) { return column >= RunModel::Ap && column < RunModel::Columns; }
const ShownMetric& metricOf(int column) { return kShownMetrics[static_cast<std::size_t>((column - RunModel::Ap) / 2)]; }
bool isDelta(int column) { return (column - RunModel::Ap) % 2 == 1; }

}  // namespace

bool RunModel::setRuns(std::vector<KeptRun> runs) {
  if (runs == m_runs) return false;
  // Where the same runs stay, selection and check boxes stay under the hand.
  const bool isReset = runs.size() != m_runs.size();
  if (isReset) beginResetModel();
  m_runs = std::move(runs);
  if (isReset)
    endResetModel();
  else
    Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));
  return true;
}

Qt::ItemFlags RunModel::flags(const QModelIndex& index) const {
  const Qt::ItemFlags flags = QAbstractTableModel::flags(index);
  return index.isValid() && index.column() == Set ? flags | Qt::ItemIsUserCheckable : flags;
}

bool RunModel::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!index.isValid() || index.column() != Set || role != Qt::CheckStateRole) return false;
  Q_EMIT overlayEdited(index.row(), value.toInt() == Qt::Checked);
  return true;
}

int RunModel::referenceOf(int row) const {
  const RunChoice& run = m_runs[static_cast<std::size_t>(row)].run;
  for (int i = 0; i < row; ++i) {
    const RunChoice& other = m_runs[static_cast<std::size_t>(i)].run;
    if (other.set == run.set && other.protocol == run.protocol &&
        measuredAt(other.resolution, other.protocol) == measuredAt(run.resolution, run.protocol))
      return i;
  }
  return -1;
}

int RunModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(m_runs.size());
}
int RunModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(Columns); }

QString RunModel::text(int row, int column) const {
  const KeptRun& kept = m_runs[static_cast<std::size_t>(row)];
  switch (column) {
    case Set:
      return QString::fromStdString(kept.run.set);
    case Model:
      return QString::fromStdString(kept.run.score.imported ? std::string() : kept.run.model);
    case Method:
      return scoreTitle(kept.run.score);
    case Temperature:
      return noTemperatureReason(kept.run.score).isEmpty()
                 ? numberText(static_cast<double>(kept.run.score.temperature), 2)
                 : QString(kNotDefinedSign);
    case Protocol:
      return protocolTitle(kept.run.protocol);
    case At:
      return atText(kept.run);
    case Frames:
      return kept.numbers ? framesText(kept.numbers->account) : QString(kNotDefinedSign);
    default:
      break;
  }
  const auto value = kept.numbers ? kept.numbers->metrics.*metricOf(column).value : std::nullopt;
  if (!value) return QString(kNotDefinedSign);
  if (!isDelta(column)) return numberText(100.0 * *value, 2);
  const int reference = referenceOf(row);
  if (reference < 0) return {};
  const KeptRun& first = m_runs[static_cast<std::size_t>(reference)];
  if (!kept.numbers->account.isComplete() || !first.numbers || !first.numbers->account.isComplete())
    return QString(kNotDefinedSign);
  const auto other = first.numbers ? first.numbers->metrics.*metricOf(column).value : std::nullopt;
  return other ? signedNumberText(100.0 * (*value - *other), 2) : QString(kNotDefinedSign);
}

QString RunModel::toolTip(int row, int column) const {
  const KeptRun& kept = m_runs[static_cast<std::size_t>(row)];
  if (column == Set)
    return !kept.overlaid            ? tr("Check it to draw its curves beside those of the run in view")
           : kept.notDrawn.isEmpty() ? tr("Its curves are drawn beside those of the run in view")
                                     : kept.notDrawn;
  if (!kept.numbers) return kept.state;
  if (column == Temperature) return noTemperatureReason(kept.run.score);
  if (isMetric(column) && isDelta(column) && referenceOf(row) >= 0)
    return tr("against row %1: the first of the same set, protocol and resolution; none before both are of all frames")
        .arg(referenceOf(row) + 1);
  return {};
}

QVariant RunModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const int row = index.row(), column = index.column();
  switch (role) {
    case Qt::DisplayRole:
      return text(row, column);
    case Qt::ToolTipRole:
      return toolTip(row, column);
    case Qt::CheckStateRole:
      if (column == Set) return m_runs[static_cast<std::size_t>(row)].overlaid ? Qt::Checked : Qt::Unchecked;
      break;
    case Qt::DecorationRole:  // the colour of its curves
      if (column == Set) {
        const Tokens& t = tokensFor(QGuiApplication::palette());
        return t.runs[static_cast<std::size_t>(row) % t.runs.size()];
      }
      break;
    case Qt::TextAlignmentRole:
      if (isMetric(column) || column == Temperature) return QVariant(Qt::AlignRight | Qt::AlignVCenter);
      break;
    default:
      break;
  }
  return {};
}

QVariant RunModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole && (isMetric(section) || section == Temperature))
    return QVariant(Qt::AlignRight | Qt::AlignVCenter);
  if (role != Qt::DisplayRole) return {};
  switch (section) {
    case Set:
      return tr("set");
    case Model:
      return tr("model");
    case Method:
      return tr("method");
    case Temperature:
      return tr("T");
    case Protocol:
      return tr("protocol");
    case At:
      return tr("at");
    case Frames:
      return tr("of");
    default:
      return isDelta(section) ? QStringLiteral("Δ") : tr(metricOf(section).name) + QStringLiteral(", %");
  }
}

QString RunModel::atText(const RunChoice& run) {
  const bool network = measuredAt(run.resolution, run.protocol) == Resolution::Network;
  return (network ? tr("network") : tr("label")) + (run.allChannels ? tr(", all outputs") : QString());
}

QString RunModel::asText() const {
  QStringList lines;
  for (int row = -1; row < rowCount(); ++row) {
    QStringList cells;
    for (int column = 0; column < Columns; ++column)
      cells << (row < 0 ? headerData(column, Qt::Horizontal, Qt::DisplayRole).toString() : text(row, column));
    lines << cells.join(QLatin1Char('\t'));
  }
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace oodscope
