// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/export/grid_editor.h"

#include "analysis/core/error.h"
#include "app/figures/picture_plans.h"
#include "app/figures/plot_data.h"

#include <QComboBox>
#include <QCompleter>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {
namespace {

enum RowColumn { kFrame, kRowCaption, kInset };
enum ColumnColumn { kShows, kColumnCaption };
enum InsetChoice { kNone, kLargestAnomaly, kPartInView, kOwnInset };

QString frameTitle(const std::string& set, const std::string& frame) {
  return QString::fromStdString(set) + QStringLiteral(" / ") + QString::fromStdString(frame);
}

QTableWidget* table(const QStringList& headings, const QString& name) {
  auto* out = new QTableWidget;
  out->setColumnCount(static_cast<int>(headings.size()));
  out->setHorizontalHeaderLabels(headings);
  out->setAccessibleName(name);
  out->verticalHeader()->hide();
  out->verticalHeader()->setDefaultSectionSize(24);
  out->horizontalHeader()->setStretchLastSection(true);
  out->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  out->setSelectionBehavior(QAbstractItemView::SelectRows);
  out->setSelectionMode(QAbstractItemView::SingleSelection);
  out->setShowGrid(false);
  return out;
}

/// The cell's item with this text. Never replaced: it may be the one whose change is being told.
QTableWidgetItem* itemAt(QTableWidget* table, int row, int column, const QString& text) {
  if (table->item(row, column) == nullptr) table->setItem(row, column, new QTableWidgetItem);
  QTableWidgetItem* item = table->item(row, column);
  item->setText(text);
  item->setToolTip(text);
  return item;
}

}  // namespace

GridEditor::GridEditor(std::shared_ptr<SessionResults> results, QWidget* parent)
    : QWidget(parent), m_results(std::move(results)) {
  m_rowTable = table({tr("Frame"), tr("Caption"), tr("Inset")}, tr("Rows of the grid"));
  m_rowTable->setColumnWidth(kFrame, 170);
  m_rowTable->setColumnWidth(kRowCaption, 120);
  m_columnTable = table({tr("Column"), tr("Caption")}, tr("Columns of the grid"));
  m_columnTable->setColumnWidth(kShows, 150);
  m_frames = new QComboBox;
  m_frames->setEditable(true);
  m_frames->setInsertPolicy(QComboBox::NoInsert);
  m_frames->completer()->setFilterMode(Qt::MatchContains);
  m_frames->completer()->setCompletionMode(QCompleter::PopupCompletion);
  m_frames->setAccessibleName(tr("Frame to add"));
  m_frames->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  for (const std::string& set : m_results->sets()) {
    if (!m_results->isOpen(set, m_results->viewSource())) continue;
    const auto live = m_results->liveSet(set, m_results->viewSource());
    for (const std::size_t frame : live->readyFrames())
      m_frames->addItem(
          frameTitle(set, live->dataSet().frames[frame].name),
          QStringList{QString::fromStdString(set), QString::fromStdString(live->dataSet().frames[frame].name)});
  }
  auto* add = new QPushButton(tr("Add"));
  m_remove = new QPushButton(tr("Remove"));
  m_up = new QPushButton(tr("Up"));
  m_down = new QPushButton(tr("Down"));
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(m_frames, 1);
  for (QPushButton* button : {add, m_remove, m_up, m_down}) {
    button->setAutoDefault(false);
    buttons->addWidget(button);
  }
  auto* rows = new QVBoxLayout;
  rows->addWidget(m_rowTable, 1);
  rows->addLayout(buttons);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->addLayout(rows, 3);
  row->addWidget(m_columnTable, 2);
  connect(m_rowTable, &QTableWidget::cellChanged, this, &GridEditor::editRow);
  connect(m_rowTable, &QTableWidget::currentCellChanged, this, [this] {
    m_remove->setEnabled(current() >= 0 && m_rows.size() > 1);
    m_up->setEnabled(current() > 0);
    m_down->setEnabled(current() >= 0 && current() + 1 < static_cast<int>(m_rows.size()));
  });
  connect(m_columnTable, &QTableWidget::cellChanged, this, &GridEditor::editColumn);
  connect(add, &QPushButton::clicked, this, &GridEditor::addFrame);
  connect(m_remove, &QPushButton::clicked, this, &GridEditor::removeFrame);
  connect(m_up, &QPushButton::clicked, this, [this] { moveFrame(-1); });
  connect(m_down, &QPushButton::clicked, this, [this] { moveFrame(1); });
}

void GridEditor::setPartInView(PartInView part) { m_partInView = std::move(part); }

void GridEditor::setRecipe(const GridRecipe& complete) {
  m_rows = complete.rows;
  m_choices.clear();
  m_choices.push_back({.shows = tr("Image"), .score = {}, .fixed = true});
  m_choices.push_back({.shows = tr("Ground truth"), .score = {}, .fixed = true});
  const auto addAsked = [&](const QString& shows, bool GridRecipe::*asked) {
    m_choices.push_back({.shows = shows, .score = {}, .shown = complete.*asked, .asked = asked});
  };
  addAsked(tr("True classes"), &GridRecipe::trueClasses);
  addAsked(tr("Predicted classes"), &GridRecipe::predictedClasses);
  addAsked(tr("Open-set map"), &GridRecipe::openSet);
  const auto titled = [&](const ScoreChoice& score) {
    return configurationTitle(m_results->configuration(score, score.imported.value_or(m_results->viewSource())));
  };
  for (const ScoreChoice& score : complete.scores) m_choices.push_back({.shows = titled(score), .score = score});
  // What else the source can give, at the view's temperature.
  for (const FilteredMethod& method : m_results->methods(m_results->viewSource())) {
    ScoreChoice score = m_results->session().view.score;
    score.method = method.method;
    score.filters = method.filters;
    const QString title = titled(score);
    if (std::none_of(m_choices.begin(), m_choices.end(), [&](const Column& c) { return c.shows == title; }))
      m_choices.push_back({.shows = title, .score = score, .fixed = false, .shown = false});
  }
  addAsked(tr("Decision"), &GridRecipe::decision);
  std::size_t caption = 0;
  for (Column& column : m_choices)
    if (column.shown && caption < complete.captions.size())
      column.caption = QString::fromStdString(complete.captions[caption++]);
  showRows(0);
  showColumns();
}

GridRecipe GridEditor::recipe() const {
  GridRecipe out;
  out.rows = m_rows;
  bool captioned = false;
  for (const Column& column : m_choices) {
    if (column.asked != nullptr) out.*column.asked = column.shown;
    if (!column.shown) continue;
    if (column.score) out.scores.push_back(*column.score);
    out.captions.push_back(column.caption.toStdString());
    captioned |= !column.caption.isEmpty();
  }
  if (!captioned) out.captions.clear();
  return out;
}

int GridEditor::current() const { return m_rowTable->currentRow(); }

void GridEditor::showRows(int selected) {
  {
    const QSignalBlocker quiet(m_rowTable);
    m_rowTable->setRowCount(static_cast<int>(m_rows.size()));
    for (int i = 0; i < m_rowTable->rowCount(); ++i) {
      const GridRecipe::Row& row = m_rows[static_cast<std::size_t>(i)];
      itemAt(m_rowTable, i, kFrame, frameTitle(row.set, row.frame))->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
      itemAt(m_rowTable, i, kRowCaption, QString::fromStdString(row.caption.empty() ? row.frame : row.caption));
      showInset(i);
    }
  }
  m_rowTable->setCurrentCell(std::min(selected, m_rowTable->rowCount() - 1), kFrame);
}

void GridEditor::showInset(int row) {
  auto* choices = qobject_cast<QComboBox*>(m_rowTable->cellWidget(row, kInset));
  if (choices == nullptr) {
    choices = new QComboBox;  // the table takes it
    choices->setAccessibleName(tr("Inset"));
    choices->addItems({tr("None"), tr("Largest anomaly"), tr("Part in view")});
    choices->setItemData(kLargestAnomaly, tr("Around the largest anomaly of the ground truth"), Qt::ToolTipRole);
    choices->setItemData(kPartInView, tr("What the window is zoomed to, while it shows this frame"), Qt::ToolTipRole);
    connect(choices, &QComboBox::activated, this, [this, row](int choice) { chooseInset(row, choice); });
    m_rowTable->setCellWidget(row, kInset, choices);
  }
  choices->removeItem(kOwnInset);
  const auto& inset = m_rows[static_cast<std::size_t>(row)].inset;
  if (inset) choices->addItem(tr("%1 × %2 at %3, %4").arg(inset->width).arg(inset->height).arg(inset->x).arg(inset->y));
  choices->setCurrentIndex(inset ? kOwnInset : kNone);
}

void GridEditor::showColumns() {
  const QSignalBlocker quiet(m_columnTable);
  m_columnTable->setRowCount(static_cast<int>(m_choices.size()));
  for (int i = 0; i < m_columnTable->rowCount(); ++i) {
    const Column& column = m_choices[static_cast<std::size_t>(i)];
    QTableWidgetItem* shows = itemAt(m_columnTable, i, kShows, column.shows);
    shows->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable);
    if (!column.fixed) {
      shows->setFlags(shows->flags() | Qt::ItemIsUserCheckable);
      shows->setCheckState(column.shown ? Qt::Checked : Qt::Unchecked);
    }
    const QString text = column.caption.isEmpty() ? column.shows : column.caption;
    itemAt(m_columnTable, i, kColumnCaption, text)
        ->setFlags(column.shown ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsEditable : Qt::NoItemFlags);
  }
}

void GridEditor::editRow(int row, int column) {
  if (column != kRowCaption) return;
  GridRecipe::Row& edited = m_rows[static_cast<std::size_t>(row)];
  const std::string text = m_rowTable->item(row, column)->text().trimmed().toStdString();
  edited.caption = text == edited.frame ? std::string() : text;
  Q_EMIT recipeEdited();
}

void GridEditor::editColumn(int row, int column) {
  Column& edited = m_choices[static_cast<std::size_t>(row)];
  const QTableWidgetItem* item = m_columnTable->item(row, column);
  if (column == kColumnCaption) {
    const QString text = item->text().trimmed();
    edited.caption = text == edited.shows ? QString() : text;
  } else if (!edited.fixed) {
    edited.shown = item->checkState() == Qt::Checked;
    // A grid without a score shows nothing of the network: the last one stays.
    if (edited.score &&
        std::none_of(m_choices.begin(), m_choices.end(), [](const Column& c) { return c.score && c.shown; }))
      edited.shown = true;
    showColumns();
  }
  Q_EMIT recipeEdited();
}

void GridEditor::chooseInset(int row, int choice) {
  GridRecipe::Row& edited = m_rows[static_cast<std::size_t>(row)];
  const auto before = edited.inset;
  if (choice == kNone) edited.inset.reset();
  if (choice == kLargestAnomaly) {
    const auto live = m_results->liveSet(edited.set, m_results->viewSource());
    try {
      edited.inset =
          aroundLargestAnomaly(live->dataSet(), live->dataSet().frames[m_results->frameOf(edited.set, edited.frame)]);
    } catch (const Error&) {  // its label has gone
      edited.inset.reset();
    }
  }
  if (choice == kPartInView) {
    const auto part = m_partInView ? m_partInView(edited) : std::nullopt;
    if (part) edited.inset = part;  // else what was there stays: the tool tip says what is needed
  }
  showInset(row);
  if (edited.inset != before) Q_EMIT recipeEdited();
}

void GridEditor::addFrame() {
  const QStringList chosen = m_frames->itemData(m_frames->findText(m_frames->currentText())).toStringList();
  if (chosen.size() != 2) return;
  const GridRecipe::Row row{chosen[0].toStdString(), chosen[1].toStdString()};
  const int at = current() < 0 ? static_cast<int>(m_rows.size()) : current() + 1;
  m_rows.insert(m_rows.begin() + at, row);
  showRows(at);
  Q_EMIT recipeEdited();
}

void GridEditor::removeFrame() {
  if (current() < 0 || m_rows.size() < 2) return;
  m_rows.erase(m_rows.begin() + current());
  showRows(current());
  Q_EMIT recipeEdited();
}

void GridEditor::moveFrame(int by) {
  const int to = current() + by;
  if (current() < 0 || to < 0 || to >= static_cast<int>(m_rows.size())) return;
  std::swap(m_rows[static_cast<std::size_t>(current())], m_rows[static_cast<std::size_t>(to)]);
  showRows(to);
  Q_EMIT recipeEdited();
}

}  // namespace oodscope
