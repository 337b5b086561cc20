// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/tabs/open_set_tab.h"

#include "analysis/regions/decision.h"
#include "app/figures/confusion_figure.h"
#include "app/studies/instance_study.h"
#include "app/window/presenters.h"
#include "widgets/panels/scroll_pane.h"
#include "widgets/plots/confusion_plot.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"
#include "widgets/theme/utf8_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <array>
#include <cmath>

namespace oodscope {
namespace {

constexpr std::uint64_t kKeptClasses = std::uint64_t{256} << 20U;  // bytes of class maps between two thresholds

QString openPercent(const std::optional<double>& fraction) {
  return fraction ? numberText(100.0 * *fraction, 2) : QString(kNotDefinedSign);
}
GridCell openCell(const std::optional<double>& fraction, bool strong = false) {
  return fraction ? GridCell{.text = openPercent(fraction), .strong = strong}
                  : GridCell{.text = kNotDefinedSign, .tone = Tone::Tertiary};
}
std::optional<double> less(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::optional(*a - *b) : std::nullopt;
}

std::shared_ptr<const CalibratedOpenSet> calibrate(LiveSet& live, const Configuration& configuration,
                                                   const std::stop_token& stop) {
  auto out = std::make_shared<CalibratedOpenSet>();
  try {
    out->classes = keptClasses(openSetClassesOf(live, configuration), kKeptClasses);
    auto report = openSetRecognition(live, configuration, out->classes, stop);
    auto issu = report ? issuNumbers(live, configuration, &out->classes, stop) : std::optional<IssuNumbers>();
    if (!report || !issu) return nullptr;
    out->report = std::move(*report);
    out->issu = std::move(*issu);
  } catch (const Error& error) {
    out->reason = QString::fromUtf8(error.what());
  }
  return out;
}

std::optional<OpenSetNow> openSetNow(LiveSet& live, const Configuration& configuration,
                                     const CalibratedOpenSet& calibrated, float threshold,
                                     const std::stop_token& stop) {
  OpenSetNow out{.threshold = threshold, .confusion = {}, .instances = {}};
  const std::array below{strictlyBelow(threshold)};
  auto at = openSetAt(live, configuration, calibrated.classes, below, stop);
  const auto instances = at ? instanceApOf(live, configuration, below.front(), stop) : std::optional<InstanceAp>();
  if (!at || !instances) return std::nullopt;
  out.confusion = std::move(at->confusions.front());
  out.instances = *instances;
  return out;
}

}  // namespace

std::vector<GridRow> openSetRows(const CalibratedOpenSet& calibrated, const ScoreSource& source) {
  const OpenSetMeans& means = calibrated.report.means;
  std::vector<GridRow> rows;
  rows.push_back({.cells = {{OpenSetTab::tr("mean IoU, %")},
                            {OpenSetTab::tr("open")},
                            {OpenSetTab::tr("closed")},
                            {OpenSetTab::tr("gap")},
                            {OpenSetTab::tr("δ")},
                            {OpenSetTab::tr("frames")}},
                  .header = true});
  const auto mean = [&](const QString& name, const IouConvention& convention, const std::optional<double>& open,
                        const std::optional<double>& closed, bool strong) {
    rows.push_back({.cells = {{.text = name, .strong = strong, .toolTip = qs(std::string(convention.text))},
                              openCell(open, strong),
                              openCell(closed, strong),
                              openCell(less(closed, open), strong)}});
  };
  mean(OpenSetTab::tr("classes that occur"), kOccurringClasses, means.open.occurring, means.closed.occurring, true);
  mean(OpenSetTab::tr("or are predicted"), kDefinedClasses, means.open.defined, means.closed.defined, false);
  mean(OpenSetTab::tr("all, absent 0"), kAllClasses, means.open.all, means.closed.all, false);
  for (const OpenSetFold& fold : calibrated.report.folds) {
    const MeanIous open = fold.confusion.openMiou(), closed = fold.confusion.closedMiou();
    const auto threshold = fold.threshold ? std::optional(source.exactScore(*fold.threshold)) : std::nullopt;
    rows.push_back({.cells = {{.text = qs(fold.name),
                               .toolTip = OpenSetTab::tr("threshold calibrated on %1").arg(qs(fold.calibratedOn))},
                              openCell(open.occurring),
                              openCell(closed.occurring),
                              openCell(less(closed.occurring, open.occurring)),
                              {threshold ? scoreText(*threshold) : QString(kNotDefinedSign)},
                              {groupedText(static_cast<qint64>(fold.confusion.frames()))}},
                    .ruleAbove = &fold == &calibrated.report.folds.front()});
  }
  const IssuNumbers& issu = calibrated.issu;
  const auto variant = [&](const QString& name, const MeanIous& iou, const std::optional<float>& threshold,
                           bool first) {
    const auto at = threshold ? std::optional(source.exactScore(*threshold)) : std::nullopt;
    rows.push_back({.cells = {{.text = name, .toolTip = qs(std::string(kAllClasses.text))},
                              openCell(iou.all),
                              {},
                              {},
                              {at ? scoreText(*at) : QString(kNotDefinedSign)}},
                    .ruleAbove = first});
  };
  variant(OpenSetTab::tr("oIoU (ISSU) at TPR 95 %"), issu.tpr95, issu.thresholds.tpr95, true);
  variant(OpenSetTab::tr("oIoU at FPR 5 %"), issu.fpr05, issu.thresholds.fpr05, false);
  variant(OpenSetTab::tr("oIoU at best F1"), issu.bestF1, issu.thresholds.bestF1, false);
  rows.push_back({.cells = {{OpenSetTab::tr("TPR at FPR 5 %")}, openCell(issu.tprAtFpr05)}});
  return rows;
}

std::vector<GridRow> openIouRows(const OpenSetConfusion& confusion, const DataSet& set) {
  std::vector<GridRow> rows;
  rows.push_back({.cells = {{OpenSetTab::tr("IoU at δ, %")}, {OpenSetTab::tr("open")}, {OpenSetTab::tr("closed")}},
                  .header = true});
  const auto open = confusion.openIou(), closed = confusion.closedIou();
  const std::vector<SheetClass> classes = knownClassesOf(set, confusion.known());
  for (std::size_t i = 0; i < open.size(); ++i)
    rows.push_back(
        {.cells = {{.text = classes[i].name, .chip = classes[i].colour}, openCell(open[i]), openCell(closed[i])},
         .shaded = i % 2 == 1});
  rows.push_back({.cells = {{.text = OpenSetTab::tr("mean, occurring"), .strong = true},
                            openCell(confusion.openMiou().occurring, true),
                            openCell(confusion.closedMiou().occurring, true)},
                  .ruleAbove = true});
  return rows;
}

OpenSetTab::OpenSetTab(Desk& desk, QWidget* parent)
    : AnalysisTab(parent),
      m_desk(desk),
      m_means(new ValueGrid),
      m_ious(new ValueGrid),
      m_note(new QLabel),
      m_nowNote(new QLabel),
      m_plot(new ConfusionPlot),
      m_job(
          this, JobPriority::Background,
          [](const Request& request, const std::stop_token& stop) {
            return calibrate(*request.live, request.configuration, stop);
          },
          [this](const Request& request, const Outcome<std::shared_ptr<const CalibratedOpenSet>>& outcome) {
            if (!(m_request == request)) return;
            if (outcome.isFailure()) clear(QString::fromStdString(outcome.failure()));
            if (!outcome.hasValue() || !outcome.value()) return;
            m_calibrated = outcome.value();
            show();
            startNow();
          }),
      m_nowJob(
          this, JobPriority::Background,
          [](const NowRequest& request, const std::stop_token& stop) {
            return openSetNow(*request.run.live, request.run.configuration, *request.calibrated, request.threshold,
                              stop);
          },
          [this](const NowRequest& request, const Outcome<std::optional<OpenSetNow>>& outcome) {
            if (request.calibrated != m_calibrated) return;
            if (outcome.isFailure()) m_nowNote->setText(QString::fromStdString(outcome.failure()));
            if (!outcome.hasValue() || !outcome.value()) return;
            m_now = outcome.value();
            showNow();
          }) {
  usePanelBackground(this);
  const Metrics m(this);
  m_means->setColumns({6, 5, 4, 3, 2});
  m_means->setAccessibleName(tr("Open-set recognition"));
  m_ious->setColumns({2, 1});
  m_ious->setAccessibleName(tr("IoU of each class"));
  m_plot->setTitle(tr("Confusion at δ, % of the true class"));
  for (QLabel* label : {m_note, m_nowNote}) {
    label->setFont(captionFont(font()));
    label->setForegroundRole(kSecondaryRole);
    label->setWordWrap(true);
  }
  const auto pane = [&](ValueGrid* grid, QLabel* note) {
    auto* side = new QWidget;
    usePanelBackground(side);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(m.px(8), m.px(6), m.px(8), m.px(6));
    column->addWidget(grid);
    column->addWidget(note);
    column->addStretch(1);
    auto* scroll = new ScrollPane(side, ScrollPane::Ways::Down);
    scroll->setLeast(200, 80);
    return scroll;
  };
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  auto* row = new QHBoxLayout;
  row->setSpacing(m.px(8));
  row->addWidget(pane(m_means, m_note), 4);
  row->addWidget(pane(m_ious, m_nowNote), 3);
  row->addWidget(m_plot, 4);
  whole->addLayout(row, 1);
  clear(tr("No set scored yet"));
  connect(&desk.run, &SingleRun::thresholdChanged, this, [this] { startNow(); });
  connect(&desk.run, &SingleRun::countsChanged, this, [this] { start(); });
  connect(&desk.workspace.runner(), &InferenceRunner::finished, this, [this] { start(); });
}

OpenSetTab::~OpenSetTab() = default;

QString OpenSetTab::note() const { return m_note->text(); }

std::optional<OpenSetTab::Request> OpenSetTab::request() const {
  auto live = m_desk.run.liveSet();
  if (!live) return std::nullopt;
  const std::size_t frames = live->labelledFrames().size();
  if (frames == 0) return std::nullopt;
  return Request{std::move(live), SingleRun::configurationOf(m_view), frames};
}

void OpenSetTab::follow(const ViewState& view, bool dragging) {
  m_view = view;
  if (dragging) return;  // the threshold comes by its own signal
  start();
}

void OpenSetTab::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  start();
}

void OpenSetTab::start() {
  auto wanted = request();
  if (!wanted) return clear(tr("Needs a set with class labels and ground truth, and a source with classes."));
  if (m_request && m_request == wanted) return;
  if (!(m_request && m_request->live == wanted->live)) clear(tr("Evaluating…"));
  if (!isVisible()) {
    m_request.reset();
    return;
  }
  m_request = wanted;
  m_note->setText(tr("Evaluating…"));
  m_job.request(std::move(*wanted));
}

void OpenSetTab::startNow() {
  if (!isVisible() || !m_calibrated || !m_calibrated->reason.isEmpty() || !m_request) return;
  const auto threshold = m_desk.run.threshold();
  if (!threshold || !std::isfinite(*threshold)) {
    m_now.reset();
    return showNow();
  }
  m_nowJob.request({*m_request, m_calibrated, *threshold});
}

void OpenSetTab::clear(const QString& reason) {
  m_request.reset();
  m_calibrated.reset();
  m_now.reset();
  m_means->setRows({});
  m_note->setText(reason);
  showNow();
}

void OpenSetTab::show() {
  if (!m_calibrated->reason.isEmpty()) {
    m_means->setRows({});
    m_note->setText(m_calibrated->reason);
    m_now.reset();
    return showNow();
  }
  const FrameAccount account = m_request->live->account();
  m_means->setRows(openSetRows(*m_calibrated, m_request->live->source()));
  m_note->setText(tr("Each group of frames at the threshold of the others (first TPR above 95 %); means weighted by "
                     "frames, of %1. Void pixels do not count.")
                      .arg(framesText(account)));
}

void OpenSetTab::showNow() {
  const bool any = m_now && m_now->confusion && m_request;
  if (!any) {
    m_ious->setRows({});
    m_nowNote->clear();
    m_plot->setCounts({}, {});
    m_plot->setEmptyText(m_calibrated && m_calibrated->reason.isEmpty() ? tr("No threshold that predicts something")
                                                                        : m_note->text());
    return;
  }
  const DataSet& set = m_request->live->dataSet();
  m_ious->setRows(openIouRows(*m_now->confusion, set));
  showConfusion(*m_plot, set, *m_now->confusion);
  const InstanceAp& found = m_now->instances;
  m_nowNote->setText(
      tr("Anomaly where s ≥ δ = %1. Instances as OoDIS': AP %2 %, AP50 %3 %, %4 predicted for %5 true ones.")
          .arg(scoreText(m_request->live->source().exactScore(m_now->threshold)), openPercent(found.ap),
               openPercent(found.ap50), groupedText(static_cast<qint64>(found.predicted)),
               groupedText(static_cast<qint64>(found.truths))));
}

}  // namespace oodscope
