// SPDX-License-Identifier: GPL-3.0-or-later
// What the window has for comparisons: docks, tabs and wiring.
#include "app/window/compare/calibration_tab.h"
#include "app/window/compare/compare_mode.h"
#include "app/window/compare/runs_tab.h"
#include "app/window/compare/transfer_tab.h"
#include "app/window/main_window.h"
#include "app/window/scene3d/scene_tab.h"
#include "app/window/sweep_tab.h"
#include "widgets/controls/compare_panel.h"
#include "widgets/controls/labelled_combo.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/dock_title.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/scatter_plot.h"

#include <QDockWidget>
#include <QStackedWidget>
#include <QTabWidget>

namespace oodscope {

void MainWindow::buildCompare(QDockWidget* controls) {
  m_controlsDock = controls;
  m_comparePanel = new ComparePanel;
  m_controlsStack->addWidget(m_comparePanel);
  m_scatter = new ScatterPlot;
  m_scatter->setEmptyText(tr("No frames to compare"), tr("AP of each frame under A and B, once both runs are exact."));
  m_analysis->addTab(m_scatter, tr("A against B"));
  m_runs = new RunsTab(m_workspace, m_session);
  m_analysis->addTab(m_runs, tr("Runs"));
  m_transfer = new TransferTab(m_workspace);
  m_analysis->addTab(m_transfer, tr("Transfer"));
  m_calibration = new CalibrationTab(m_workspace);
  m_analysis->addTab(m_calibration, tr("Calibration"));
  m_compare = std::make_unique<CompareMode>(
      m_workspace, m_session, m_controller, m_theme,
      CompareWidgets{m_views, m_curves, m_metrics, m_metricsTitle, m_cursorPanel, m_frames, m_comparePanel, m_scatter});
  showCompareToggled();
}

void MainWindow::connectCompare() {
  connect(m_actions->wipe, &QAction::triggered, this, [this](bool on) { m_compare->setOn(on); });
  connect(m_actions->swapRuns, &QAction::triggered, this, [this] { m_compare->swap(); });
  connect(m_actions->bootstrap, &QAction::triggered, this, [this](bool on) {
    if (on)
      m_compare->comparison().requestIntervals();
    else
      m_compare->comparison().dropIntervals();
  });
  connect(m_actions->keepCurve, &QAction::triggered, this, [this] { m_runs->keep(pinnedRunOf(m_session.view())); });
  connect(m_compare.get(), &CompareMode::keepRequested, m_runs, &RunsTab::keep);
  connect(m_runs, &RunsTab::runsChanged, this, [this] {
    m_shownNumbers.reset();  // kept curves are drawn with the others
    showSoon(kNumbers);
  });
  connect(m_runs, &RunsTab::makeA, this, [this](const PinnedRun& run) {
    m_session.edit(edits::setRun(run));
    chooseDefaults();  // another set has other frames
  });
  connect(m_runs, &RunsTab::makeB, this, [this](const PinnedRun& run) {
    // B shares A's set, protocol, resolution and channels: a run of others would become another run.
    const ViewState& view = m_session.view();
    PinnedRun asB = run;
    asB.set = view.set;
    asB.protocol = view.protocol;
    asB.resolution = view.resolution;
    asB.allChannels = view.allChannels;
    if (!(asB == run) && (run.set != asB.set || run.protocol != asB.protocol || run.allChannels != asB.allChannels ||
                          measuredAt(run.resolution, run.protocol) != measuredAt(asB.resolution, asB.protocol)))
      tell(Severity::Warning,
           tr("Run B is measured like run A: set %1, %2 protocol, %3. The kept run is of set %4, %5 protocol, %6.")
               .arg(QString::fromStdString(asB.set), protocolTitle(asB.protocol), RunModel::atText(asB),
                    QString::fromStdString(run.set), protocolTitle(run.protocol), RunModel::atText(run)),
           QString());
    m_compare->compareWith(OtherRun{.model = run.model, .score = run.score});
  });
  connect(m_transfer, &TransferTab::thresholdChosen, this, [this](float threshold, const QString& set) {
    m_session.edit(
        edits::setThreshold(static_cast<double>(threshold), RunSide::A, tr("threshold of %1").arg(set).toStdString()));
  });
  connect(m_calibration, &CalibrationTab::temperatureEdited, this,
          [this](double temperature) { m_session.edit(edits::setTemperature(temperature)); });
  connect(m_compare.get(), &CompareMode::framesChanged, this, [this] { showSoon(kFrames); });
  connect(m_compare.get(), &CompareMode::panesChanged, this, [this] {
    rebuildPanes();
    showLooks(m_session.view());
  });
  connect(m_compare.get(), &CompareMode::frameRequested, this, [this](std::size_t frame) {
    const auto set = currentSet();
    if (!set || frame >= set->frames.size()) return;
    m_session.follow(edits::setFrame(set->name, set->frames[frame].name));
  });
  connect(&m_compare->comparison(), &Comparison::intervalsChanged, this, [this] {
    m_shownNumbers.reset();  // the bands are drawn with the curves
    showSoon(kNumbers);
  });
  connect(&m_compare->comparison(), &Comparison::failed, this,
          [this](const QString& text) { tell(Severity::Error, text, QString()); });
  connect(&m_compare->comparison(), &Comparison::settledChanged, this, [this] { showSoon(kStatus); });
  connect(m_methodComboB, &QComboBox::activated, this, [this](int index) {
    m_session.edit(edits::setMethod(static_cast<Method>(m_methodComboB->itemData(index).toInt()), RunSide::B));
  });
}

bool MainWindow::areTabsBusy() const {
  return m_runs->isBusy() || m_transfer->isBusy() || m_calibration->isBusy() || m_scene->isBusy() || m_sweep->isBusy();
}

void MainWindow::showTabs(const ViewState& view, bool dragging) {
  if (dragging) return;
  m_transfer->setView(view);
  m_calibration->setView(view);
}

void MainWindow::addKeptCurves(std::vector<CurveData>& precisionRecall, std::vector<CurveData>& roc) const {
  const auto shown = m_controller.numbers();
  const PinnedRun present = pinnedRunOf(m_session.view());
  for (const KeptRun& run : m_runs->comparable(m_session.view())) {
    const auto& kept = run.numbers;
    const bool same = run.run.model == present.model && run.run.score.imported == present.score.imported &&
                      run.run.allChannels == present.allChannels;
    if (shown && same && kept->configuration == shown->configuration) continue;  // the curve is there already
    const QString name = configurationTitle(kept->configuration) + partNote(kept->account);
    precisionRecall.push_back(precisionRecallCurve(*kept, CurveRole::Other, name));
    roc.push_back(rocCurve(*kept, CurveRole::Other, name));
    for (CurveData* curve : {&precisionRecall.back(), &roc.back()}) curve->value.clear();  // the table says it
    roc.back().fpr95.reset();
  }
}

void MainWindow::showCompareToggled() {
  const bool on = m_compare->isOn();
  m_actions->wipe->setChecked(on);
  m_actions->swapRuns->setEnabled(on);
  m_actions->bootstrap->setEnabled(!on);
  m_swapInBar->setVisible(on);
  m_methodBInBar->setVisible(on);
  m_methodCombo->setCaption(on ? QStringLiteral("A") : tr("Method"));
  m_methodCombo->setAccent(on ? LabelledCombo::Accent::A : LabelledCombo::Accent::None);
  m_controlsStack->setCurrentIndex(on ? 1 : 0);
  m_controlsDock->setWindowTitle(on ? tr("Compare") : tr("Controls"));
  m_analysis->setTabVisible(m_analysis->indexOf(m_scatter), on);
  if (m_views->count() == 0) return;
  showLooks(m_session.view());
  m_shownNumbers.reset();
  showSoon(kPicture | kDetails | kThreshold | kScale | kNumbers | kFrames | kCursor);
}

}  // namespace oodscope
