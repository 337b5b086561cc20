// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/ensemble_tab.h"

#include "analysis/core/numbers.h"
#include "widgets/plots/weight_heat_plot.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSlider>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kStepsOfOne = 100;  // of a slider, from a weight of 0 to one of 1
constexpr int kMostOfGrid = 3;    // integers that weights are tried from, as SynBoost's search
constexpr std::array kNormalisations{"min-max:set", "min-max:frame",    "rank:set",          "rank:frame",
                                     "none:set",    "standardised:set", "standardised:frame"};
constexpr std::array kCriteria{"ap-fpr95", "ap", "fpr95"};

QString percentOr(const std::optional<double>& fraction) {
  return fraction ? numberText(100.0 * *fraction, 2) : QString(kNotDefinedSign);
}

/// What a factor is written as: its label in quotes where it holds what has a meaning in an ensemble.
QString factorText(std::string_view score, const std::string& source) {
  return QString::fromStdString(
      textOf(EnsembleFactor{.score = {.base = std::string(score), .filters = {}}, .source = source}));
}

QTableWidgetItem* cellOf(const QString& text) {
  auto* item = new QTableWidgetItem(text);
  item->setFlags(Qt::ItemIsSelectable | Qt::ItemIsEnabled);
  return item;
}

}  // namespace

EnsembleTab::EnsembleTab(Workspace& workspace, QWidget* parent)
    : AnalysisTab(parent),
      m_workspace(workspace),
      m_job(this, JobPriority::Background, &EnsembleTab::work,
            [this](const Request& request, const Outcome<Result>& outcome) { take(request, outcome); }) {
  usePanelBackground(this);
  const Metrics m(this);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(12), m.px(8), m.px(12), m.px(8));
  addMaking(*this);
  m_sliderGrid = new QGridLayout;
  column->addLayout(m_sliderGrid);
  addActions(*this);
  m_note = new QLabel(tr("A weighted sum of scores of what is open, as 0.5*msp+0.5*max-logit."));
  m_note->setObjectName(QStringLiteral("ensemble-note"));
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setFont(captionFont(font()));
  m_note->setWordWrap(true);
  column->addWidget(m_note);
  auto* row = new QHBoxLayout;
  m_table = new QTableWidget;
  m_table->setAccessibleName(tr("Weights and what they give"));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_heat = new WeightHeatPlot;
  row->addWidget(m_table, 2);
  row->addWidget(m_heat, 1);
  column->addLayout(row, 1);
  column->addStretch();
  m_table->hide();  // until there are rows
  m_heat->hide();
  connect(m_table, &QTableWidget::cellDoubleClicked, this, [this](int at, int) { useRow(at); });
  for (const auto signal : {&Workspace::modelOpened, &Workspace::modelClosed, &Workspace::scoresOpened})
    connect(&m_workspace, signal, this, &EnsembleTab::fillScores);
  connect(&m_workspace, &Workspace::sourceRenamed, this, &EnsembleTab::fillScores);
  follow({}, false);
}

EnsembleTab::~EnsembleTab() = default;

void EnsembleTab::addMaking(QWidget& parent) {
  auto* row = new QHBoxLayout;
  const auto place = [&]<class Part>(Part*& part, const QString& name, const QString& tip, int stretch = 0) {
    part = new Part;
    part->setAccessibleName(name);
    part->setToolTip(tip);
    row->addWidget(part, stretch);
  };
  place(m_name, tr("Name of the ensemble"), tr("What the ensemble is called among the models"));
  m_name->setText(tr("ensemble"));
  place(m_text, tr("Terms of the ensemble"),
        tr("A weight, a star, a score; several with a plus. A star between scores multiplies them."), 1);
  m_text->setPlaceholderText(QStringLiteral("0.5*msp+0.5*max-logit"));
  place(m_scores, tr("Score to add"), tr("What is open, and what it can be scored by"));
  m_scores->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  m_scores->setMinimumContentsLength(12);
  place(m_add, tr("Add the score"), tr("Adds the chosen score to the terms"));
  m_add->setText(tr("Add"));
  place(m_make, tr("New ensemble"), tr("Makes it a source of the session and shows it"));
  m_make->setText(tr("New ensemble"));
  static_cast<QVBoxLayout*>(parent.layout())->addLayout(row);
  connect(m_add, &QPushButton::clicked, this, &EnsembleTab::addScore);
  connect(m_make, &QPushButton::clicked, this, &EnsembleTab::make);
}

void EnsembleTab::addActions(QWidget& parent) {
  auto* row = new QHBoxLayout;
  m_normalisation = new QComboBox;
  m_normalisation->setAccessibleName(tr("Normalisation of the ensemble's scores"));
  m_normalisation->setToolTip(tr("How scores are brought to one scale, over the set or over each frame"));
  for (const char* name : kNormalisations) m_normalisation->addItem(QString::fromLatin1(name));
  m_criterion = new QComboBox;
  m_criterion->setAccessibleName(tr("Criterion of the search"));
  m_criterion->setToolTip(tr("What makes weights the best: AP minus FPR95, AP, or the lowest FPR95"));
  for (const char* name : kCriteria) m_criterion->addItem(QString::fromLatin1(name));
  m_search = new QPushButton(tr("Search"));
  m_search->setToolTip(tr("Tries weights from 0 to 3 of all terms on this set"));
  m_ablate = new QPushButton(tr("Ablation"));
  m_ablate->setToolTip(tr("Leaves each term out in turn; nothing is trained anew"));
  for (QWidget* part : std::initializer_list<QWidget*>{m_normalisation, m_criterion, m_search, m_ablate})
    row->addWidget(part);
  row->addStretch(1);
  static_cast<QVBoxLayout*>(parent.layout())->addLayout(row);
  connect(m_normalisation, &QComboBox::activated, this, &EnsembleTab::changeNormalisation);
  connect(m_search, &QPushButton::clicked, this, [this] { start(Task::Search); });
  connect(m_ablate, &QPushButton::clicked, this, [this] { start(Task::Ablation); });
}

void EnsembleTab::fillScores() {
  m_scores->clear();
  for (const SourceItem& item : m_workspace.sourceItems()) {
    ViewState view = m_view;
    if (item.model) {
      view.model = item.label;
      view.score.imported.reset();
    } else {
      view.score.imported = item.label;
    }
    QString reason;
    const auto live = m_workspace.liveSet(QString::fromStdString(m_view.set), view, reason);
    if (!live) continue;
    if (!live->source().takesMethods()) m_scores->addItem(factorText(kFinishedMaps, item.label));
    for (const Method method : servedMethods(live->source())) m_scores->addItem(factorText(method.name(), item.label));
  }
}

void EnsembleTab::addScore() {
  if (m_scores->currentText().isEmpty()) return;
  const QString before = m_text->text();
  m_text->setText(before + (before.isEmpty() ? QString() : QStringLiteral("+")) + QStringLiteral("1*") +
                  m_scores->currentText());
}

void EnsembleTab::make() {
  try {
    const EnsembleExpression expression = parseEnsemble(m_text->text().toStdString());
    EnsembleEntry entry{.name = m_name->text().toStdString(),
                        .text = textOf(expression),
                        .normalisation = m_normalisation->currentText().toStdString(),
                        .model = m_view.score.imported ? std::string() : m_view.model,
                        .temperature = static_cast<double>(m_view.score.temperature)};
    if (!needsBase(expression)) entry.model.clear();
    m_workspace.putEnsemble(entry);
    TermWeights own;
    for (const EnsembleTerm& term : expression.terms) own.push_back(term.weight);
    Q_EMIT edited(edits::setEnsemble(entry.name, own));
  } catch (const Error& error) {
    m_note->setText(QString::fromUtf8(error.what()));
    Q_EMIT warned(m_note->text());
  }
}

void EnsembleTab::changeNormalisation() {
  if (!m_shown) return;
  EnsembleEntry entry = *m_shown;
  entry.normalisation = m_normalisation->currentText().toStdString();
  m_workspace.putEnsemble(entry);
  follow(m_view, false);
}

void EnsembleTab::follow(const ViewState& view, bool dragging) {
  const bool otherSources = view.set != m_view.set;
  m_view = view;
  const EnsembleEntry* entry = view.score.imported ? m_workspace.findEnsemble(*view.score.imported) : nullptr;
  if (entry != nullptr) {
    showEnsemble(*entry, view.score.weights);
  } else if (m_shown || m_sliders.empty()) {
    m_shown.reset();
    makeSliders({});
  }
  for (QPushButton* button : {m_search, m_ablate}) button->setEnabled(entry != nullptr);
  if (!dragging && otherSources) fillScores();
}

void EnsembleTab::showEnsemble(const EnsembleEntry& entry, const TermWeights& given) {
  const EnsembleExpression expression = parseEnsemble(entry.text);
  if (!m_shown || m_shown->text != entry.text || m_shown->normalisation != entry.normalisation) {
    if (!m_shown || m_shown->text != entry.text) makeSliders(expression);
    m_table->setRowCount(0);
    m_table->hide();
    m_heat->clear();
    m_heat->hide();
    m_rows.clear();
  }
  m_shown = entry;
  m_normalisation->setCurrentText(QString::fromStdString(entry.normalisation));
  for (std::size_t t = 0; t < m_sliders.size(); ++t) {
    const double weight = t < given.size() ? given[t] : expression.terms[t].weight;
    m_weights[t] = weight;
    const int step = static_cast<int>(std::lround(weight * kStepsOfOne));
    const QSignalBlocker quiet(m_sliders[t]);
    m_sliders[t]->setRange(std::min({0, step, m_sliders[t]->minimum()}),
                           std::max({kStepsOfOne, step, m_sliders[t]->maximum()}));
    if (!m_sliders[t]->isSliderDown()) m_sliders[t]->setValue(step);
    m_values[t]->setText(numberText(weight, 2));
  }
}

void EnsembleTab::makeSliders(const EnsembleExpression& expression) {
  while (QLayoutItem* item = m_sliderGrid->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  m_sliders.clear();
  m_values.clear();
  m_terms.clear();
  m_weights.clear();
  for (const EnsembleTerm& term : expression.terms) {
    std::string text;
    for (const EnsembleFactor& factor : term.factors) text.append(text.empty() ? "" : "*").append(textOf(factor));
    const int row = static_cast<int>(m_sliders.size());
    auto* slider = new QSlider(Qt::Horizontal);
    slider->setRange(0, kStepsOfOne);
    slider->setAccessibleName(tr("Weight of %1").arg(QString::fromStdString(text)));
    slider->setToolTip(tr("Moves the set's numbers as it moves"));
    m_sliders.push_back(slider);
    m_values.push_back(new QLabel);
    m_terms.push_back(text);
    m_weights.push_back(term.weight);
    m_sliderGrid->addWidget(new QLabel(QString::fromStdString(text)), row, 0);
    m_sliderGrid->addWidget(slider, row, 1);
    m_sliderGrid->addWidget(m_values.back(), row, 2);
    connect(slider, &QSlider::valueChanged, this, [this, row] { weightMoved(static_cast<std::size_t>(row)); });
    connect(slider, &QSlider::sliderReleased, this, &EnsembleTab::released);
  }
}

void EnsembleTab::weightMoved(std::size_t term) {
  // The others stay what they are to the last digit, which a slider's steps are not.
  m_weights[term] = static_cast<double>(m_sliders[term]->value()) / kStepsOfOne;
  const bool isHeld = m_sliders[term]->isSliderDown();
  const Edit edit = edits::setWeights(m_weights);
  if (isHeld)
    Q_EMIT dragged(edit);
  else
    Q_EMIT edited(edit);
}

void EnsembleTab::start(Task task) {
  const auto live = m_workspace.liveSet(QString::fromStdString(m_view.set), m_view);
  if (!m_shown || !live || live->labelledFrames().empty()) {
    m_note->setText(tr("Needs an ensemble that is shown, on a set with ground truth."));
    return;
  }
  m_note->setText(tr("Working …"));
  const WeightedTerms* terms = live->source().weightedTerms();
  m_job.request({.task = task,
                 .live = live,
                 .question = {.choices = weightGrid(m_sliders.size(), kMostOfGrid),
                              .criterion = parseWeightCriterion(m_criterion->currentText().toStdString()),
                              .protocol = m_view.protocol},
                 .shown = configurationOf(m_view.score),
                 .weights = terms->weights(configurationOf(m_view.score)),
                 .view = runChoiceOf(m_view)});
}

EnsembleTab::Result EnsembleTab::work(const Request& request, const std::stop_token& stop) {
  const EnsembleSet set = ensembleSetOf(request.live, request.shown);
  if (request.task == Task::Ablation) return {{}, leaveOneOut(set, request.weights, request.question.protocol)};
  return {searchWeights(set, request.question.choices, request.question.criterion, request.question.protocol, stop),
          {}};
}

void EnsembleTab::take(const Request& request, const Outcome<Result>& outcome) {
  if (outcome.isFailure()) m_note->setText(QString::fromStdString(outcome.failure()));
  if (!outcome.hasValue() || request.live->source().name() != m_view.score.imported) return;
  if (request.task == Task::Ablation)
    showAblation(request, outcome.value().ablation);
  else if (outcome.value().search)
    showSearch(request, *outcome.value().search);
}

void EnsembleTab::showSearch(const Request& request, const WeightSearch& search) {
  QStringList titles;
  for (const std::string& term : m_terms) titles << QString::fromStdString(term);
  titles << tr("AP") << tr("FPR95") << tr("Criterion");
  m_table->show();
  m_table->setColumnCount(static_cast<int>(titles.size()));
  m_table->setHorizontalHeaderLabels(titles);
  m_table->setRowCount(static_cast<int>(search.trials.size()));
  m_rows.clear();
  for (const WeightTrial& trial : search.trials) {
    const int row = static_cast<int>(m_rows.size());
    int at = 0;
    for (const double weight : trial.weights) m_table->setItem(row, at++, cellOf(numberText(weight, 2)));
    m_table->setItem(row, at++, cellOf(percentOr(trial.metrics.ap)));
    m_table->setItem(row, at++, cellOf(percentOr(trial.metrics.fpr95)));
    m_table->setItem(row, at, cellOf(percentOr(criterionOf(request.question.criterion, trial.metrics))));
    m_rows.push_back(trial.weights);
  }
  if (search.best) m_table->selectRow(static_cast<int>(*search.best));
  const FrameAccount account = request.live->account();
  QString text =
      search.best
          ? tr("The best of %1 choices is selected; a double click takes weights over.").arg(search.trials.size())
          : tr("The criterion is not defined here.");
  if (!account.isComplete()) text += tr(" Of a part of the frames.");
  m_note->setText(text);
  showHeat(request, search);
}

void EnsembleTab::showHeat(const Request& request, const WeightSearch& search) {
  m_heat->clear();
  m_heat->hide();
  if (m_terms.size() < 2) return;
  constexpr int kSide = kMostOfGrid + 1;
  std::vector<std::optional<double>> values(kSide * kSide);
  std::optional<std::pair<int, int>> best;
  for (std::size_t t = 0; t < search.trials.size(); ++t) {
    const WeightTrial& trial = search.trials[t];
    const auto value = criterionOf(request.question.criterion, trial.metrics);
    for (int first = 0; first < kSide; ++first)
      for (int second = 0; second < kSide; ++second) {
        // A cell is a proportion of the two weights; of further ones the best is shown.
        const bool isOfIt = std::abs(trial.weights[0] * second - trial.weights[1] * first) < 1e-9 &&
                            (first > 0) == (trial.weights[0] > 0.0) && (second > 0) == (trial.weights[1] > 0.0);
        auto& cell = values.at(static_cast<std::size_t>(first) * kSide + static_cast<std::size_t>(second));
        if (!isOfIt || !value || (cell && *cell >= *value)) continue;
        cell = value;
        if (search.best == t && !best) best = std::pair(first, second);
      }
  }
  m_heat->show();
  m_heat->setCells(QString::fromStdString(m_terms[0]), QString::fromStdString(m_terms[1]), kSide, std::move(values),
                   best);
}

void EnsembleTab::showAblation(const Request&, const std::vector<Ablation>& rows) {
  m_heat->clear();
  m_heat->hide();
  m_table->show();
  m_table->setColumnCount(3);
  m_table->setHorizontalHeaderLabels({tr("Terms"), tr("AP"), tr("FPR95")});
  m_table->setRowCount(static_cast<int>(rows.size()));
  m_rows.clear();
  for (const Ablation& one : rows) {
    const int row = static_cast<int>(m_rows.size());
    m_table->setItem(row, 0, cellOf(QString::fromStdString(ablationName(one, m_terms))));
    m_table->setItem(row, 1, cellOf(percentOr(one.metrics ? one.metrics->ap : std::nullopt)));
    m_table->setItem(row, 2, cellOf(percentOr(one.metrics ? one.metrics->fpr95 : std::nullopt)));
    m_rows.push_back(one.weights);
  }
  m_note->setText(QString::fromUtf8(kAblationRemark));
}

void EnsembleTab::useRow(int row) {
  if (row < 0 || row >= static_cast<int>(m_rows.size())) return;
  Q_EMIT edited(edits::setWeights(m_rows[static_cast<std::size_t>(row)]));
}

}  // namespace oodscope
