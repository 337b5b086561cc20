// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/results_tab.h"

#include "analysis/formats/atomic_file.h"
#include "analysis/scores/temperature_range.h"
#include "analysis/tables/table_writers.h"
#include "app/desk/desk.h"
#include "app/desk/run_edits.h"
#include "app/figures/plot_data.h"
#include "app/window/settings.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QAction>
#include <QClipboard>
#include <QComboBox>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace oodscope {
namespace {

constexpr int kThreeNumbers = -1;  // data of the metric's choice: AP, FPR95 and F1* beside each other

QString counted(std::size_t count, const QString& one, const QString& many) {
  return countedText(static_cast<qint64>(count), one, many);
}

QString textOfName(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace

ResultsTab::ResultsTab(Desk& desk, QWidget* parent)
    : AnalysisTab(parent),
      m_desk(desk),
      m_board(desk.results),
      m_model(new ResultsModel(this)),
      m_view(new QTableView),
      m_progress(new QProgressBar),
      m_note(new QLabel) {
  usePanelBackground(this);
  const Metrics m(this);
  makeTable();
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setFont(captionFont(font()));
  m_note->setWordWrap(true);
  m_note->setAccessibleName(tr("State of the results"));
  m_progress->setTextVisible(false);
  m_progress->setFixedSize(m.px(120), m.px(8));
  m_progress->setAccessibleName(tr("Progress of the evaluation"));
  m_progress->hide();
  auto* state = new QHBoxLayout;
  state->addWidget(m_progress);
  state->addWidget(m_note, 1);
  auto* row = new QHBoxLayout;
  row->addWidget(makeChoices());
  row->addStretch(1);
  row->addWidget(makeButtons());
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(12), m.px(6), m.px(12), m.px(6));
  column->setSpacing(m.px(4));
  column->addLayout(row);
  column->addLayout(state);
  column->addWidget(m_view, 1);
  connect(&m_board, &ResultsBoard::changed, this, [this] {
    if (isVisible()) show();
  });
  show();
}

ResultsTab::~ResultsTab() = default;

QWidget* ResultsTab::makeChoices() {
  auto* part = new QWidget;
  auto* row = new QHBoxLayout(part);
  row->setContentsMargins(0, 0, 0, 0);
  m_metric = new QComboBox;
  m_metric->setAccessibleName(tr("Number in the cells"));
  m_metric->addItem(tr("AP · FPR95 · F1*"), kThreeNumbers);
  for (std::size_t i = 0; i < resultMetrics().size(); ++i) {
    m_metric->addItem(textOfName(resultMetrics()[i].title), static_cast<int>(i));
    m_metric->setItemData(m_metric->count() - 1, tr(resultMetrics()[i].help.data()), Qt::ToolTipRole);
  }
  m_metric->setToolTip(tr("Which number of each run is shown; saved with the session"));
  m_bestOf = new QComboBox;
  m_bestOf->setAccessibleName(tr("Best among"));
  m_bestOf->addItem(tr("best of a set"), static_cast<int>(BestOf::Set));
  m_bestOf->addItem(tr("best of a model"), static_cast<int>(BestOf::Source));
  m_bestOf->addItem(tr("best T of a method"), static_cast<int>(BestOf::Method));
  m_bestOf->setToolTip(tr("Among which rows of a column the best number is bold; saved with the session"));
  m_methods = new QToolButton;
  m_methods->setText(tr("Methods"));
  m_methods->setPopupMode(QToolButton::InstantPopup);
  m_methods->setToolTip(tr("Which methods are rows; saved with the session"));
  makeMethodMenu();
  m_temperatures = new QLineEdit;
  m_temperatures->setAccessibleName(tr("Temperatures"));
  m_temperatures->setToolTip(
      tr("Temperatures of the methods that know one, such as 0.5, 1, 2; saved with the session, whose report and "
         "command lines take the same"));
  m_temperatures->setFixedWidth(Metrics(this).px(130));
  auto* caption = new QLabel(tr("T"));
  caption->setBuddy(m_temperatures);
  for (QWidget* widget :
       {static_cast<QWidget*>(m_metric), static_cast<QWidget*>(m_bestOf), static_cast<QWidget*>(m_methods),
        static_cast<QWidget*>(caption), static_cast<QWidget*>(m_temperatures)})
    row->addWidget(widget);
  for (QComboBox* choice : {m_metric, m_bestOf}) connect(choice, &QComboBox::activated, this, &ResultsTab::editLook);
  connect(m_temperatures, &QLineEdit::editingFinished, this, &ResultsTab::editTemperatures);
  return part;
}

void ResultsTab::makeMethodMenu() {
  auto* menu = new QMenu(m_methods);
  for (const Method method : allMethods()) addMethod(*menu, method);
  m_methods->setMenu(menu);
}

void ResultsTab::addMethod(QMenu& menu, const FilteredMethod& method) {
  const QString key = QString::fromStdString(method.name());
  for (const QAction* known : menu.actions())
    if (known->data() == key) return;
  QAction* action = menu.addAction(filteredTitle(method));
  action->setCheckable(true);
  action->setData(key);
  action->setToolTip(methodSummary(method.method));
  connect(action, &QAction::triggered, this, &ResultsTab::editMethods);
}

QWidget* ResultsTab::makeButtons() {
  auto* part = new QWidget;
  auto* row = new QHBoxLayout(part);
  row->setContentsMargins(0, 0, 0, 0);
  m_evaluate = new QPushButton(tr("Evaluate all"));
  m_keep = new QPushButton(tr("Keep"));
  m_keep->setToolTip(tr("Keep the runs of the selected cells: their curves are drawn beside the run in view"));
  m_copy = new QPushButton(tr("Copy"));
  m_copy->setToolTip(tr("Copy the table as it is shown, tab-separated"));
  m_export = new QToolButton;
  m_export->setText(tr("Export"));
  m_export->setPopupMode(QToolButton::InstantPopup);
  m_export->setToolTip(tr("Write the finished cells as a table"));
  makeExportMenu();
  for (QWidget* widget : {static_cast<QWidget*>(m_evaluate), static_cast<QWidget*>(m_keep),
                          static_cast<QWidget*>(m_copy), static_cast<QWidget*>(m_export)})
    row->addWidget(widget);
  connect(m_evaluate, &QPushButton::clicked, this, &ResultsTab::toggle);
  connect(m_keep, &QPushButton::clicked, this, &ResultsTab::keepSelected);
  connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_model->asText()); });
  return part;
}

void ResultsTab::makeExportMenu() {
  auto* menu = new QMenu(m_export);
  for (const TableWriter* writer : reportTableWriters()) {
    QAction* action = menu->addAction(tr("%1…").arg(textOfName(writer->title)));
    connect(action, &QAction::triggered, this,
            [this, writer] { saveAs(std::string(writer->name), textOfName(writer->ending)); });
  }
  m_export->setMenu(menu);
}

void ResultsTab::makeTable() {
  m_view->setModel(m_model);
  m_view->setAccessibleName(tr("Results"));
  m_view->setFrameShape(QFrame::NoFrame);
  m_view->setShowGrid(false);
  m_view->setAlternatingRowColors(true);
  m_view->setFont(numberFont(tableFont(font())));
  m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_view->setWordWrap(false);
  m_view->verticalHeader()->hide();
  m_view->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  m_view->verticalHeader()->setDefaultSectionSize(Metrics(this).row());
  m_view->horizontalHeader()->setFont(captionFont(font()));
  m_view->horizontalHeader()->setHighlightSections(false);
  m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_view->horizontalHeader()->setResizeContentsPrecision(50);  // hundreds of rows are as wide as those in sight
  m_view->setTabKeyNavigation(false);
  connect(m_view, &QTableView::clicked, this, [this](const QModelIndex& index) {
    // A click with Ctrl or Shift selects several.
    if (m_view->selectionModel()->selectedIndexes().size() <= 1) load(index);
  });
  connect(m_view, &QTableView::activated, this, &ResultsTab::load);
}

std::vector<std::size_t> ResultsTab::metrics() const {
  const int chosen = m_metric->currentData().toInt();
  if (chosen == kThreeNumbers) return {0, 1, 2};
  return {static_cast<std::size_t>(chosen)};
}

void ResultsTab::showLook() {
  const ResultsLook& look = m_desk.session.session().results;
  const auto known = std::ranges::find(resultMetrics(), look.metric, &ResultMetric::name);
  const int metric = known == resultMetrics().end() ? kThreeNumbers : static_cast<int>(known - resultMetrics().begin());
  m_metric->setCurrentIndex(m_metric->findData(metric));
  m_bestOf->setCurrentIndex(m_bestOf->findData(static_cast<int>(look.bestOf)));
}

void ResultsTab::editLook() {
  const int metric = m_metric->currentData().toInt();
  m_desk.session.setResultsLook({.metric = metric == kThreeNumbers
                                               ? std::string()
                                               : std::string(resultMetrics()[static_cast<std::size_t>(metric)].name),
                                 .bestOf = static_cast<BestOf>(m_bestOf->currentData().toInt())});
  show();
}

void ResultsTab::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  m_board.open();
  show();
}

void ResultsTab::follow(const ViewState& view, bool dragging) {
  if (dragging || !isVisible()) return;
  if (m_board.cellOf(view) != m_model->shown()) show();
}

void ResultsTab::show() {
  showLook();
  const auto of = static_cast<BestOf>(m_bestOf->currentData().toInt());
  m_model->setMatrix(m_board.matrix(), metrics(), of, m_board.cellOf(m_desk.session.view()));
  if (!m_temperatures->hasFocus() || m_refused.isEmpty())
    m_temperatures->setText(QString::fromStdString(temperaturesText(m_board.temperatures())));
  const std::vector<FilteredMethod> methods = m_board.methods();
  const ScoreChoice& looked = m_desk.session.view().score;
  if (!looked.filters.empty()) addMethod(*m_methods->menu(), {looked.method, looked.filters});
  for (const FilteredMethod& method : methods) addMethod(*m_methods->menu(), method);
  for (QAction* action : m_methods->menu()->actions())
    action->setChecked(std::ranges::find(methods, FilteredMethod::named(action->data().toString().toStdString())) !=
                       methods.end());
  const bool isEvaluating = m_board.isEvaluating();
  m_evaluate->setText(isEvaluating ? tr("Stop") : tr("Evaluate all"));
  m_outlook = isEvaluating ? ResultsOutlook{} : m_board.outlook();
  m_evaluate->setEnabled(isEvaluating || m_outlook.runs > 0);
  const bool hasCells = !m_model->matrix().cells.empty();
  for (QWidget* widget : {static_cast<QWidget*>(m_keep), static_cast<QWidget*>(m_copy)}) widget->setEnabled(hasCells);
  m_export->setEnabled(m_model->matrix().count(RunState::Done) > 0);
  showNote();
}

void ResultsTab::showNote() {
  const bool isEvaluating = m_board.isEvaluating();
  m_progress->setVisible(isEvaluating);
  if (isEvaluating) {
    const ResultsProgress progress = m_board.progress();
    const auto done = static_cast<int>(progress.runsDone + progress.framesDone);
    m_progress->setRange(0, static_cast<int>(progress.runsTotal + progress.framesTotal));
    m_progress->setValue(done);
  }
  QStringList parts;
  for (const QString& said : {m_refused, m_saved})
    if (!said.isEmpty()) parts << said;
  if (m_model->matrix().cells.empty())
    parts << tr("Open sets, and models or score maps for them: each run's exact numbers stand here once evaluated.");
  else
    parts << (isEvaluating ? progressText() : outlookText()) << bestText();
  m_note->setText(parts.join(QStringLiteral(" · ")));
}

QString ResultsTab::outlookText() const {
  const ResultsOutlook& outlook = m_outlook;
  if (outlook.runs == 0) return tr("All runs are evaluated");
  QString text = tr("%1 of %2 not evaluated")
                     .arg(groupedText(static_cast<qint64>(outlook.runs)),
                          counted(m_model->matrix().cells.size(), tr("run"), tr("runs")));
  if (!outlook.networkFrames) return text + tr("; counting what a network must run for");
  if (*outlook.networkFrames > 0)
    text += tr("; a network must run for %1 first").arg(counted(*outlook.networkFrames, tr("frame"), tr("frames")));
  else if (outlook.frames > 0)
    text += tr("; %1 are read first").arg(counted(outlook.frames, tr("frame"), tr("frames")));
  return text + (outlook.seconds ? tr(", about %1 in all").arg(durationText(*outlook.seconds))
                                 : tr(", for how long is known once the first are done"));
}

QString ResultsTab::progressText() const {
  const ResultsProgress progress = m_board.progress();
  QString text =
      tr("%1 of %2")
          .arg(groupedText(static_cast<qint64>(progress.runsDone)), counted(progress.runsTotal, tr("run"), tr("runs")));
  if (progress.framesTotal > 0)
    text += tr(", %1 of %2 made ready")
                .arg(groupedText(static_cast<qint64>(progress.framesDone)),
                     counted(progress.framesTotal, tr("frame"), tr("frames")));
  return text + (progress.secondsLeft ? tr(", about %1 left").arg(durationText(*progress.secondsLeft))
                                      : tr(", time left not known yet"));
}

QString ResultsTab::bestText() const {
  const ResultsMatrix& matrix = m_model->matrix();
  const auto whole = static_cast<std::size_t>(std::ranges::count_if(matrix.cells, &MatrixCell::isWhole));
  if (whole < 2) return tr("the best is bold once two runs are exact");
  const std::size_t possible = matrix.cells.size() - matrix.count(RunState::Impossible);
  return tr("bold: %1, of the %2 that are exact")
      .arg(m_bestOf->currentText(),
           partText(static_cast<qint64>(whole), static_cast<qint64>(possible), tr("run"), tr("runs")));
}

void ResultsTab::toggle() {
  if (m_board.isEvaluating())
    m_board.cancel();
  else
    m_board.evaluateAll();
}

void ResultsTab::load(const QModelIndex& index) {
  const auto cell = m_model->cellAt(index);
  if (!cell || m_model->matrix().at(cell->first, cell->second).state == RunState::Impossible) return;
  Q_EMIT edited(showRun(m_desk.workspace, m_desk.session.view(), m_board.choiceOf(cell->first, cell->second)));
}

void ResultsTab::keepSelected() {
  std::vector<ResultsModel::Cell> cells;
  for (const QModelIndex& index : m_view->selectionModel()->selectedIndexes()) {
    const auto cell = m_model->cellAt(index);
    if (cell && std::ranges::find(cells, *cell) == cells.end()) cells.push_back(*cell);
  }
  if (cells.empty()) Q_EMIT warned(tr("Select the cells whose runs are to be kept first."));
  for (const auto& [row, set] : cells)
    if (m_model->matrix().at(row, set).state != RunState::Impossible)
      m_desk.session.keepRun(m_board.choiceOf(row, set));
}

void ResultsTab::editTemperatures() {
  const auto typed = temperaturesFromText(m_temperatures->text().toStdString());
  m_refused =
      typed ? QString()
            : tr("Temperatures are numbers from %1 to %2 with commas between them: “%3” is not")
                  .arg(numberText(kLowestTemperature, 2), numberText(kHighestTemperature, 0), m_temperatures->text());
  const bool isUsual = typed && *typed == m_board.temperatures();
  if (typed && !isUsual) m_desk.session.setTemperatures(*typed);
  show();
}

void ResultsTab::editMethods() {
  std::vector<std::string> chosen;
  for (const QAction* action : m_methods->menu()->actions())
    if (action->isChecked()) chosen.push_back(action->data().toString().toStdString());
  const bool areFiltered =
      std::ranges::any_of(chosen, [](const std::string& name) { return name.find('+') != std::string::npos; });
  if (!areFiltered && chosen.size() == allMethods().size()) chosen.clear();  // all that a source allows
  m_desk.session.setMethods(std::move(chosen));
  show();
}

void ResultsTab::saveAs(const std::string& format, const QString& ending) {
  const QString file = QFileDialog::getSaveFileName(
      this, tr("Save the results"), lastFolder() + QStringLiteral("/results") + ending, QLatin1Char('*') + ending);
  if (file.isEmpty()) return;
  try {
    exportTo(file, format);
  } catch (const std::exception& error) {
    Q_EMIT failed(QString::fromUtf8(error.what()));
  }
}

void ResultsTab::exportTo(const QString& file, const std::string& format) {
  writeFileAtomically(file.toStdString(), writeTable(tableOf(m_board.matrix()), format));
  m_saved = tr("saved %1").arg(file);
  showNote();
}

QString ResultsTab::note() const { return m_note->text(); }

}  // namespace oodscope
