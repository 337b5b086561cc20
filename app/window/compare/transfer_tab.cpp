// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/transfer_tab.h"

#include "app/desk/inference_runner.h"
#include "app/desk/single_run.h"
#include "app/window/presenters.h"
#include "app/window/tabs/run_first.h"
#include "widgets/controls/number_field.h"
#include "widgets/panels/run_first_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

using Kind = ThresholdRule::Kind;
constexpr std::array<Kind, 4> kKinds{Kind::TruePositiveRate, Kind::BestF1, Kind::FalsePositiveRate, Kind::CostRatio};
constexpr std::uint64_t kMostKept = std::uint64_t{200} << 20U;  // bytes of sorted scores between two rules
constexpr std::array<double, 4> kDefaults{0.95, 0.0, 0.05, 10.0};

bool isRate(Kind kind) { return kind == Kind::TruePositiveRate || kind == Kind::FalsePositiveRate; }

QString percentText(const std::optional<double>& fraction, int decimals) {
  return fraction ? numberText(100.0 * *fraction, decimals) : QString(kNotDefinedSign);
}

}  // namespace

QString ruleText(const ThresholdRule& rule) {
  switch (rule.kind) {
    case Kind::TruePositiveRate:
      return TransferTab::tr("TPR %1 %").arg(numberText(100.0 * rule.value, 1));
    case Kind::BestF1:
      return TransferTab::tr("best F1");
    case Kind::FalsePositiveRate:
      return TransferTab::tr("FPR %1 %").arg(numberText(100.0 * rule.value, 1));
    case Kind::FlaggedShare:
      return TransferTab::tr("%1 % of pixels").arg(numberText(100.0 * rule.value, 1));
    case Kind::CostRatio:
      return TransferTab::tr("least cost, a miss %1 times a false alarm").arg(numberText(rule.value, 1));
  }
  return {};
}

std::vector<ShownTransfer> shownTransfers(const TransferMatrix& matrix) {
  std::vector<ShownTransfer> out;
  for (std::size_t a = 0; a < matrix.sets; ++a)
    for (std::size_t b = 0; b < matrix.sets; ++b) {
      const TransferCell& cell = matrix.at(a, b);
      ShownTransfer shown;
      if (!cell.threshold) {
        shown.text = kNotDefinedSign;
        shown.detail = TransferTab::tr("the rule has no answer on the set it is chosen on: no anomalous pixel");
        out.push_back(shown);
        continue;
      }
      shown.share = cell.f1;
      shown.text = percentText(cell.f1, 1);
      if (cell.f1Gap) shown.gap = signedNumberText(-100.0 * *cell.f1Gap, 1);
      shown.threshold = static_cast<double>(*cell.threshold);
      shown.precision = cell.precision;
      shown.recall = cell.recall;
      shown.fpr = cell.fpr;
      shown.gapShare = cell.f1Gap;
      QStringList lines;
      lines << (std::isfinite(*cell.threshold)
                    ? TransferTab::tr("threshold %1").arg(scoreText(static_cast<double>(*cell.threshold)))
                    : TransferTab::tr("predicts nothing"));
      lines << TransferTab::tr("precision %1, recall %2")
                   .arg(percentText(cell.precision, 2), percentText(cell.recall, 2));
      lines << TransferTab::tr("FPR %1, F1 %2").arg(percentText(cell.fpr, 2), percentText(cell.f1, 2));
      if (cell.f1Gap) lines << TransferTab::tr("F1 below the set's own best by %1").arg(percentText(cell.f1Gap, 2));
      if (cell.recallGap)
        lines << TransferTab::tr("recall against the set's own choice %1")
                     .arg(signedNumberText(-100.0 * *cell.recallGap, 2));
      shown.detail = lines.join(QLatin1Char('\n'));
      out.push_back(std::move(shown));
    }
  return out;
}

TransferTab::TransferTab(Workspace& workspace, QWidget* parent)
    : AnalysisTab(parent),
      m_workspace(workspace),
      m_rule(new QComboBox),
      m_value(new NumberField),
      m_button(new QPushButton(tr("Over all open sets"))),
      m_note(new QLabel),
      m_plot(new TransferMatrixPlot),
      m_job(
          this, JobPriority::Background,
          [this](const Request& request, const std::stop_token& stop) { return work(request, stop); },
          [this](const Request& request, const Outcome<Result>& outcome) { take(request, outcome); }) {
  usePanelBackground(this);
  const Metrics m(this);
  m_rule->addItems({tr("TPR"), tr("best F1"), tr("FPR"), tr("cost ratio")});
  m_rule->setAccessibleName(tr("Rule that chooses the threshold"));
  m_value->setAccessibleName(tr("Value of the rule"));
  m_value->setFixedWidth(m.px(80));
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setFont(captionFont(font()));
  m_note->setWordWrap(true);
  m_note->setText(tr("A threshold chosen on one set by a rule, applied to the others."));
  auto* row = new QHBoxLayout;
  auto* caption = new QLabel(tr("Chosen at"));
  caption->setBuddy(m_rule);
  row->addWidget(caption);
  row->addWidget(m_rule);
  row->addWidget(m_value);
  row->addWidget(m_button);
  row->addWidget(m_note, 1);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(m.px(12), m.px(8), m.px(12), m.px(8));
  column->addLayout(row);
  auto* first = new RunFirstPanel;
  m_first = new RunFirst(workspace.runner(), *first, this);
  column->addWidget(first);
  column->addWidget(m_plot, 1);
  showRule();
  connect(m_rule, &QComboBox::activated, this, [this] {
    showRule();
    if (m_wanted) start();
  });
  connect(m_value, &NumberField::valueEdited, this, [this] {
    if (m_wanted) start();
  });
  connect(m_button, &QPushButton::clicked, this, &TransferTab::start);
  connect(m_first, &RunFirst::ready, this, &TransferTab::start);
  const auto again = [this] {
    if (m_wanted || isVisible()) start();
  };
  connect(&m_workspace, &Workspace::setOpened, this, again);
  connect(&m_workspace, &Workspace::modelOpened, this, again);
  connect(m_plot, &TransferMatrixPlot::cellClicked, this, [this](int a, int) {
    if (!m_matrix || a < 0 || a >= static_cast<int>(m_names.size())) return;
    const auto threshold = m_matrix->at(static_cast<std::size_t>(a), static_cast<std::size_t>(a)).threshold;
    if (threshold && std::isfinite(*threshold))
      Q_EMIT edited(edits::setThreshold(static_cast<double>(*threshold), RunSide::A,
                                        tr("threshold of %1").arg(m_names[static_cast<std::size_t>(a)]).toStdString()));
  });
}

TransferTab::~TransferTab() = default;

ThresholdRule TransferTab::rule() const {
  const Kind kind = kKinds[static_cast<std::size_t>(std::max(0, m_rule->currentIndex()))];
  return {kind, isRate(kind) ? m_value->value() / 100.0 : m_value->value()};
}

void TransferTab::setRule(const ThresholdRule& rule) {
  m_rule->setCurrentIndex(static_cast<int>(std::find(kKinds.begin(), kKinds.end(), rule.kind) - kKinds.begin()));
  showRule();
  m_value->setShown(isRate(rule.kind) ? 100.0 * rule.value : rule.value);
}

void TransferTab::showRule() {
  const auto index = static_cast<std::size_t>(std::max(0, m_rule->currentIndex()));
  const Kind kind = kKinds[index];
  m_value->setVisible(kind != Kind::BestF1);
  m_value->setDecimals(1);
  m_value->setRange(0.1, isRate(kind) ? 100.0 : 10000.0);
  m_value->setSuffix(isRate(kind) ? QStringLiteral(" %") : QStringLiteral(" : 1"));
  m_value->setToolTip(kind == Kind::CostRatio ? tr("Cost of a missed pixel over that of a false alarm") : QString());
  m_value->setShown(isRate(kind) ? 100.0 * kDefaults[index] : kDefaults[index]);
}

void TransferTab::follow(const ViewState& view, bool dragging) {
  if (dragging) return;
  const bool other = !(view.score == m_view.score) || view.model != m_view.model ||
                     view.resolution != m_view.resolution || view.protocol != m_view.protocol ||
                     view.allChannels != m_view.allChannels;
  m_view = view;
  if (other && m_matrix) {
    m_matrix.reset();  // of other scores
    m_plot->setCells({}, {});
    m_note->setText(tr("A threshold chosen on one set by a rule, applied to the others."));
  }
  if (other && m_wanted && isVisible()) start();
}

void TransferTab::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  if (!m_workspace.sets().empty()) start();
}

void TransferTab::start() {
  m_wanted = true;
  Request request;
  request.configuration = SingleRun::configurationOf(m_view);
  request.rule = rule();
  request.view = runChoiceOf(m_view);
  for (const OpenSet& open : m_workspace.sets()) {
    const auto live = m_workspace.liveSet(QString::fromStdString(open.set->name), m_view);
    if (live) request.sets.push_back(live);
  }
  if (!m_first->isReady(request.sets)) return;
  std::erase_if(request.sets, [](const auto& live) { return live->labelledFrames().empty(); });
  if (request.sets.empty()) {
    m_note->setText(tr("Needs an open set with ground truth, and a model or score maps for it."));
    m_plot->setCells({}, {});
    return;
  }
  m_job.request(std::move(request));
}

void TransferTab::take(const Request& request, const Outcome<Result>& outcome) {
  if (outcome.isFailure()) m_note->setText(QString::fromStdString(outcome.failure()));
  if (!outcome.hasValue() || outcome.value().names.empty() || !(request.view == runChoiceOf(m_view))) return;
  m_matrix = outcome.value().matrix;
  m_names = outcome.value().names;
  m_plot->setTitle(tr("F1 of thresholds chosen at %1").arg(ruleText(request.rule)));
  std::vector<ShownTransfer> cells = shownTransfers(*m_matrix);
  const bool complete = outcome.value().isComplete;
  if (!complete)  // a part of a set is not held against another
    for (ShownTransfer& cell : cells) {
      cell.gap.clear();
      cell.gapShare.reset();
    }
  m_plot->setCells(outcome.value().titles, std::move(cells));
  m_note->setText(tr("%1 · %2 · row: chosen on, column: applied to · %3")
                      .arg(QString::fromStdString(request.view.score.imported.value_or(request.view.model)),
                           configurationTitle(request.configuration),
                           complete ? tr("below: gap to the set's own best F1")
                                    : tr("no gaps before every set is of all its frames")));
}

TransferTab::Result TransferTab::work(const Request& request, const std::stop_token& stop) {
  if (!(m_cache.configuration == request.configuration)) m_cache.counts.clear();
  m_cache.configuration = request.configuration;
  Result result;
  std::vector<SetScores> sets;
  CountsCache used{request.configuration, {}};
  for (const auto& live : request.sets) {
    std::shared_ptr<const ThresholdCounts> counts;
    for (const auto& [known, value] : m_cache.counts)
      if (known == live && value->frames().size() == live->labelledFrames().size()) counts = value;
    if (!counts) counts = live->counts(request.configuration, stop);
    if (!counts) return result;
    used.counts.emplace_back(live, counts);
    result.names.push_back(QString::fromStdString(live->dataSet().name));
    const FrameAccount account = live->account().with(counts->frames().size());
    result.titles.push_back(result.names.back() + partNote(account));
    result.isComplete = result.isComplete && account.isComplete();
    SetScores scores;
    for (const SortedScores& sorted : counts->sorted()) scores.push_back(&sorted);
    sets.push_back(std::move(scores));
  }
  result.matrix = transferMatrix(sets, request.rule);
  std::uint64_t bytes = 0;
  for (const SetScores& scores : sets)
    for (const SortedScores* sorted : scores)
      bytes += sorted->positiveKeys().size_bytes() + sorted->negativeKeys().size_bytes();
  m_cache = bytes <= kMostKept ? std::move(used) : CountsCache{};
  return result;
}

}  // namespace oodscope
