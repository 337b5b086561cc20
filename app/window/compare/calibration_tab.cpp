// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/calibration_tab.h"

#include "app/desk/inference_runner.h"
#include "app/desk/single_run.h"
#include "app/window/tabs/run_first.h"
#include "widgets/panels/run_first_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {
namespace {

QString number(const std::optional<float>& value) {
  return value ? numberText(static_cast<double>(*value), 4) : QString(kNotDefinedSign);
}
QString count(std::uint64_t value) { return groupedText(static_cast<qint64>(value)); }
QString share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? QString(kNotDefinedSign)
                    : numberText(100.0 * static_cast<double>(part) / static_cast<double>(whole), 1);
}

}  // namespace

std::vector<ReliabilityBin> reliabilityBins(const ReliabilityTally& tally) {
  std::vector<ReliabilityBin> bins;
  const auto all = static_cast<double>(tally.count());
  for (const ReliabilityTally::Bin& bin : tally.bins())
    if (bin.confidence() && bin.frequency())
      bins.push_back({*bin.confidence(), *bin.frequency(), static_cast<double>(bin.count) / all});
  return bins;
}

/// What a table's cell has room for; its tool tip says the whole.
QString shortIssue(HygieneIssue issue) {
  switch (issue) {
    case HygieneIssue::NotFinite:
      return CalibrationTab::tr("not finite");
    case HygieneIssue::Constant:
      return CalibrationTab::tr("constant");
    case HygieneIssue::NoFiniteScore:
      return CalibrationTab::tr("nothing finite");
    case HygieneIssue::ManyTies:
      return CalibrationTab::tr("many ties");
    case HygieneIssue::Float16Loss:
      return CalibrationTab::tr("beyond float16");
    case HygieneIssue::SaturatedLogits:
      return CalibrationTab::tr("logits cut off");
    case HygieneIssue::RangeUnlikeSet:
      return CalibrationTab::tr("unlike the set");
  }
  return {};
}

std::vector<GridRow> hygieneRows(const CalibrationReport& report, const DataSet& set) {
  std::vector<GridRow> rows;
  rows.push_back({.cells = {{CalibrationTab::tr("frame")},
                            {CalibrationTab::tr("NaN")},
                            {CalibrationTab::tr("infinite")},
                            {CalibrationTab::tr("lowest")},
                            {CalibrationTab::tr("median")},
                            {CalibrationTab::tr("highest")},
                            {CalibrationTab::tr("distinct")},
                            {CalibrationTab::tr("largest tie, %")},
                            {.text = CalibrationTab::tr("beyond float16"),
                             .toolTip = CalibrationTab::tr("scores that float16 would lose")},
                            {.text = CalibrationTab::tr("logits cut off"),
                             .toolTip = CalibrationTab::tr("stored as float16's largest value")},
                            {CalibrationTab::tr("findings")}},
                  .header = true});
  const SetHygiene& all = report.set;
  const QString median = all.medianOfMedians ? numberText(*all.medianOfMedians, 4) : QString(kNotDefinedSign);
  rows.push_back({.cells = {{.text = CalibrationTab::tr("set"), .strong = true},
                            {count(all.nan)},
                            {count(all.plusInfinity + all.minusInfinity)},
                            {number(all.lowest)},
                            {median},
                            {number(all.highest)},
                            {},
                            {},
                            {count(all.float16Overflow + all.float16Underflow)},
                            {count(all.saturatedLogits)},
                            {.text = all.findings.empty() ? CalibrationTab::tr("none")
                                                          : CalibrationTab::tr("%1 below").arg(all.findings.size()),
                             .tone = all.findings.empty() ? Tone::Ok : Tone::Warn}},
                  .shaded = true});
  for (std::size_t i = 0; i < report.hygiene.size(); ++i) {
    const FrameHygiene& frame = report.hygiene[i];
    QStringList issues, sentences;
    for (const HygieneFinding& finding : all.findings)
      if (finding.frame == i) {
        issues << shortIssue(finding.issue);
        sentences << QString::fromStdString(hygieneIssueText(finding.issue));
      }
    rows.push_back({.cells = {{QString::fromStdString(set.frames[report.frames[i]].name)},
                              {count(frame.nan)},
                              {count(frame.plusInfinity + frame.minusInfinity)},
                              {number(frame.lowest)},
                              {number(frame.median)},
                              {number(frame.highest)},
                              {count(frame.distinct)},
                              {share(frame.largestTie, frame.finite())},
                              {count(frame.float16Overflow + frame.float16Underflow)},
                              {count(frame.saturatedLogits)},
                              {.text = issues.join(QStringLiteral(", ")),
                               .tone = Tone::Warn,
                               .toolTip = sentences.join(QStringLiteral("; "))}},
                    .shaded = i % 2 == 1});
  }
  return rows;
}

QString closedSetText(const ClosedSetCalibration& closed, bool complete) {
  const auto ece = [](const CalibrationAt& at) {
    const auto error = at.reliability.expectedError();
    return error ? numberText(100.0 * *error, 2) : QString(kNotDefinedSign);
  };
  const QString best =
      CalibrationTab::tr("Least NLL %1 at T %2%3, ECE %4 % there.")
          .arg(numberText(closed.best.nll, 3), numberText(closed.best.temperature, 2),
               closed.best.atEnd ? CalibrationTab::tr(" (at the end of the range)") : QString(), ece(closed.atBest));
  return CalibrationTab::tr("At T %1: ECE %2 %, NLL %3, accuracy %4 %.\n%5\n%6")
      .arg(numberText(closed.now.temperature, 2), ece(closed.now), numberText(closed.now.nll, 3),
           numberText(100.0 * closed.now.accuracy, 2),
           complete ? best : CalibrationTab::tr("No best temperature before all frames are in."),
           CalibrationTab::tr("%1 pixels of %2 with class labels.")
               .arg(groupedText(static_cast<qint64>(closed.pixels)),
                    countedText(static_cast<qint64>(closed.frames), CalibrationTab::tr("frame"),
                                CalibrationTab::tr("frames"))));
}

namespace {

QHBoxLayout* inColumn(QVBoxLayout& column) {
  auto* row = new QHBoxLayout;
  column.addLayout(row, 1);
  return row;
}

}  // namespace

CalibrationTab::CalibrationTab(Workspace& workspace, QWidget* parent)
    : AnalysisTab(parent),
      m_workspace(workspace),
      m_closed(new ReliabilityPlot),
      m_anomaly(new ReliabilityPlot),
      m_closedText(new QLabel),
      m_anomalyText(new QLabel),
      m_use(new QPushButton(tr("Use this T"))),
      m_hygiene(new ValueGrid),
      m_job(
          this, JobPriority::Background,
          [](const Request& request, const std::stop_token& stop) {
            return calibrationReport(*request.live, request.configuration, request.temperature, stop);
          },
          [this](const Request& request, const Outcome<std::optional<CalibrationReport>>& outcome) {
            if (outcome.isFailure()) m_closedText->setText(QString::fromStdString(outcome.failure()));
            const bool present = request.view == runChoiceOf(m_view);
            if (!outcome.hasValue() || !outcome.value() || !present) return;
            m_report = outcome.value();
            show(request);
          }) {
  usePanelBackground(this);
  const Metrics m(this);
  m_closed->setTitle(tr("Class prediction"));
  m_anomaly->setTitle(tr("Score as probability"));
  m_closed->setEmptyText(tr("No class labels"), tr("Needs a set with class labels: Cityscapes, or the demo set."));
  m_anomaly->setEmptyText(tr("No probability"), tr("Needs scores between 0 and 1 and ground truth."));
  for (QLabel* label : {m_closedText, m_anomalyText}) {
    label->setFont(captionFont(font()));
    label->setForegroundRole(kSecondaryRole);
    label->setWordWrap(true);
  }
  m_use->setEnabled(false);
  m_use->setToolTip(tr("Sets the temperature that minimises the NLL"));
  m_hygiene->setColumns({10, 9, 6, 7, 8, 5, 4, 2, 3, 11});
  m_hygiene->setAccessibleName(tr("Score hygiene"));
  const auto pane = [&](QWidget* plot, QLabel* text, QWidget* extra) {
    auto* column = new QVBoxLayout;
    column->setSpacing(m.px(4));
    column->addWidget(plot, 1);
    auto* row = new QHBoxLayout;
    row->addWidget(text, 1);
    if (extra != nullptr) row->addWidget(extra, 0, Qt::AlignTop);
    column->addLayout(row);
    return column;
  };
  auto* table = new QWidget;
  usePanelBackground(table);
  auto* tableLayout = new QVBoxLayout(table);
  tableLayout->setContentsMargins(0, 0, 0, 0);
  tableLayout->addWidget(m_hygiene);
  tableLayout->addStretch(1);
  auto* scroll = new QScrollArea;
  scroll->setWidget(table);
  scroll->setWidgetResizable(true);
  scroll->setFocusPolicy(Qt::NoFocus);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* right = new QVBoxLayout;
  m_title = new QLabel(tr("Hygiene of the scores"));
  m_title->setFont(strongFont(tableFont(font())));
  right->addWidget(m_title);
  right->addWidget(scroll, 1);
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(m.px(8), m.px(6), m.px(8), m.px(6));
  auto* first = new RunFirstPanel;
  m_first = new RunFirst(workspace.runner(), *first, this);
  whole->addWidget(first);
  auto* row = inColumn(*whole);
  row->setSpacing(m.px(12));
  row->addLayout(pane(m_closed, m_closedText, m_use), 3);
  row->addLayout(pane(m_anomaly, m_anomalyText, nullptr), 3);
  row->addLayout(right, 6);
  connect(m_use, &QPushButton::clicked, this, [this] {
    if (m_best) Q_EMIT edited(edits::setTemperature(*m_best));
  });
  connect(&m_workspace.runner(), &InferenceRunner::finished, this, [this] {
    if (isVisible()) start();
  });
}

CalibrationTab::~CalibrationTab() = default;

void CalibrationTab::follow(const ViewState& view, bool dragging) {
  if (dragging) return;
  const bool other = view.set != m_view.set || view.model != m_view.model || !(view.score == m_view.score) ||
                     view.resolution != m_view.resolution || view.protocol != m_view.protocol ||
                     view.allChannels != m_view.allChannels;
  m_view = view;
  if (other) clear();
  if (other && isVisible()) start();
}

void CalibrationTab::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  start();
}

void CalibrationTab::start() {
  auto live = m_workspace.liveSet(QString::fromStdString(m_view.set), m_view);
  // What is there is shown; what is not is said, and run on demand.
  static_cast<void>(m_first->isReady(live ? RunFirst::Sets{live} : RunFirst::Sets{}));
  if (!live || live->readyFrames().empty()) {
    clear();
    const QString waiting =
        !live ? tr("Needs an open set, and a model or score maps for it.")
              : tr("Waiting for scores: none of %1 is scored yet.")
                    .arg(countedText(static_cast<qint64>(live->dataSet().frames.size()), tr("frame"), tr("frames")));
    for (QLabel* label : {m_closedText, m_anomalyText}) label->setText(waiting);
    return;
  }
  m_job.request({std::move(live), SingleRun::configurationOf(m_view), static_cast<double>(m_view.score.temperature),
                 runChoiceOf(m_view)});
}

void CalibrationTab::clear() {
  m_report.reset();
  m_best.reset();
  m_use->setEnabled(false);
  m_use->setText(tr("Use this T"));
  m_closed->setBins({}, {});
  m_anomaly->setBins({}, {});
  m_closedText->clear();
  m_anomalyText->clear();
  m_hygiene->setRows({});
}

void CalibrationTab::show(const Request& request) {
  const auto ece = [](const ReliabilityTally& tally) {
    const auto error = tally.expectedError();
    return error ? tr("ECE %1 %").arg(numberText(100.0 * *error, 2)) : QString();
  };
  m_best.reset();
  const std::size_t all = request.live->dataSet().frames.size();
  const bool complete = m_report->frames.size() == all;
  const QString of =
      partText(static_cast<qint64>(m_report->frames.size()), static_cast<qint64>(all), tr("frame"), tr("frames"));
  m_title->setText(tr("Hygiene of the scores: %1").arg(of));
  if (m_report->closedSet) {
    m_closed->setBins(reliabilityBins(m_report->closedSet->now.reliability), ece(m_report->closedSet->now.reliability));
    m_closedText->setText(closedSetText(*m_report->closedSet, complete));
    m_best = m_report->closedSet->best.temperature;
    m_use->setText(complete ? tr("Use T %1").arg(numberText(*m_best, 2)) : tr("Use this T"));
    if (!complete) m_best.reset();  // no best before all frames are in
  } else {
    m_closed->setBins({}, {});
    m_closedText->setText(QString::fromStdString(m_report->closedSetReason));
    m_use->setText(tr("Use this T"));
  }
  m_use->setEnabled(m_best.has_value());
  m_use->setToolTip(complete ? tr("Sets the temperature that minimises the NLL")
                             : tr("No best temperature before all frames are in: %1").arg(of));
  if (m_report->anomaly) {
    m_anomaly->setBins(reliabilityBins(*m_report->anomaly), ece(*m_report->anomaly));
    m_anomalyText->setText(tr("%1 labelled pixels of %2; accuracy is the share of anomalies among pixels of a score. A "
                              "low base rate makes an "
                              "uncalibrated score overconfident.")
                               .arg(groupedText(static_cast<qint64>(m_report->anomaly->count())), of));
  } else {
    m_anomaly->setBins({}, {});
    m_anomalyText->setText(QString::fromStdString(m_report->anomalyReason));
  }
  m_hygiene->setRows(hygieneRows(*m_report, request.live->dataSet()));
}

}  // namespace oodscope
