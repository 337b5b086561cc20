// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "app/figures/figure_writer.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/help_windows.h"
#include "app/window/inference_runner.h"
#include "app/window/latency_overlay.h"
#include "app/window/main_window.h"
#include "app/window/settings.h"
#include "app/window/sweep_tab.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"

#include <QClipboard>
#include <QDockWidget>
#include <QFileDialog>
#include <QGuiApplication>
#include <QTabWidget>

#include <algorithm>

namespace oodscope {
namespace {

constexpr double kTemperatureStep = 1.1;   // a key press: ten percent
constexpr double kThresholdSteps = 100.0;  // a key press: a hundredth of the slider

}  // namespace

void MainWindow::connectActions() {
  const auto on = [this](QAction* action, auto function) { connect(action, &QAction::triggered, this, function); };
  on(m_actions->openFolder, [this] { openDialog(QStringLiteral("folder")); });
  on(m_actions->openModel, [this] { openDialog(QStringLiteral("model")); });
  on(m_actions->openScores, [this] { openDialog(QStringLiteral("scores")); });
  on(m_actions->openSession, [this] { openDialog(QStringLiteral("session")); });
  on(m_actions->openDemo, [this] {
    const auto demo = demoSession();
    if (demo)
      m_file.open(*demo);
    else
      tell(Severity::Error, tr("The demo is not installed beside the program."), QString());
  });
  on(m_actions->save, [this] { m_file.save(); });
  on(m_actions->saveAs, [this] { m_file.saveAs(); });
  on(m_actions->quit, [this] { close(); });
  on(m_actions->fit, [this] { m_views->fit(); });
  on(m_actions->oneToOne, [this] { m_views->oneToOne(); });
  on(m_actions->zoomIn, [this] { m_views->zoomBy(kZoomStep * kZoomStep); });
  on(m_actions->zoomOut, [this] { m_views->zoomBy(1.0 / (kZoomStep * kZoomStep)); });
  on(m_actions->link, [this](bool checked) { m_session.edit(edits::setLinked(checked)); });
  on(m_actions->crosshair, [this](bool checked) { m_session.edit(edits::setCrosshair(checked)); });
  on(m_actions->contour, [this](bool checked) { m_session.edit(edits::setContour(checked)); });
  on(m_actions->voidHatch, [this](bool checked) { m_session.edit(edits::setVoidHatch(checked)); });
  on(m_actions->overlay, [this](bool checked) { m_session.edit(edits::setOverlay(checked)); });
  on(m_actions->preferences, [this] { showPreferences(); });
  on(m_actions->palette, [this] { m_help->showPalette(); });
  on(m_actions->cheatSheet, [this] { m_help->showCheatSheet(); });
  on(m_actions->about, [this] { m_help->showAbout(); });
  on(m_actions->latency, [this](bool shown) { m_latency->setVisible(shown); });
  on(m_actions->closeSet, [this] { m_workspace.closeSet(QString::fromStdString(m_session.view().set)); });
  on(m_actions->closeModel, [this] { m_workspace.closeModel(QString::fromStdString(m_session.view().model)); });
  const auto layout = [this](ViewLayout value) { m_session.edit(edits::setLayout(value)); };
  on(m_actions->layoutOne, [layout] { layout(ViewLayout::One); });
  on(m_actions->layoutOneByTwo, [layout] { layout(ViewLayout::OneByTwo); });
  on(m_actions->layoutTwoByTwo, [layout] { layout(ViewLayout::TwoByTwo); });
  on(m_actions->layoutMethods, [layout] { layout(ViewLayout::PerMethod); });
  on(m_actions->nextFrame, [this] { stepFrame(1); });
  on(m_actions->previousFrame, [this] { stepFrame(-1); });
  on(m_actions->firstFrame, [this] { stepFrame(-1000000); });
  on(m_actions->lastFrame, [this] { stepFrame(1000000); });
  for (std::size_t i = 0; i < m_actions->methods.size(); ++i)
    on(m_actions->methods[i], [this, i] { m_session.edit(edits::setMethod(allMethods()[i])); });
  const auto temper = [this](double factor) { m_session.edit(edits::scaleTemperature(factor)); };
  on(m_actions->temperatureUp, [temper] { temper(kTemperatureStep); });
  on(m_actions->temperatureDown, [temper] { temper(1.0 / kTemperatureStep); });
  on(m_actions->temperatureReset, [this] { m_session.edit(edits::setTemperature(1.0)); });
  const auto moveThreshold = [this](int direction) {
    const auto details = m_controller.details();
    const auto now = m_controller.threshold();
    if (!details || details->sliderScale.empty() || !now) return;
    const ThresholdScale scale(details->sliderScale, ThresholdScale::Kind::Quantile);
    const double position = scale.position(static_cast<double>(*now)) + direction / kThresholdSteps;
    m_session.edit(edits::setThreshold(scale.score(std::clamp(position, 0.0, 1.0))));
  };
  on(m_actions->thresholdUp, [moveThreshold] { moveThreshold(1); });
  on(m_actions->thresholdDown, [moveThreshold] { moveThreshold(-1); });
  on(m_actions->sweep, [this] {
    m_analysis->setCurrentWidget(m_sweep);
    if (m_sweep->isBusy())
      m_sweep->cancel();
    else
      m_sweep->start();
  });
  on(m_actions->pauseInference,
     [this](bool pause) { pause ? m_workspace.runner().pause() : m_workspace.runner().resume(); });
  on(m_actions->cancelInference, [this] { m_workspace.runner().cancel(); });
  on(m_actions->pinReference, [this] {
    m_reference = presentNumbers();
    showSoon(kNumbers);
  });
  on(m_actions->clearReference, [this] {
    m_reference.reset();
    showSoon(kNumbers);
  });
  on(m_actions->copyMetrics, [this] { QGuiApplication::clipboard()->setText(m_metrics->asText()); });
  on(m_actions->savePicture, [this] {
    const QString file = QFileDialog::getSaveFileName(
        this, tr("Save the window's picture"), lastFolder() + QStringLiteral("/oodscope.png"), tr("PNG (*.png)"));
    if (file.isEmpty()) return;
    try {
      writePicture(grab().toImage(), file);
    } catch (const Error& error) {
      tell(Severity::Error, QString::fromUtf8(error.what()), file);
    }
  });
  on(m_actions->messages, [this](bool shown) { m_messagesDock->setVisible(shown); });
  connect(m_messagesDock, &QDockWidget::visibilityChanged, m_actions->messages, &QAction::setChecked);
  const auto theme = [this](ThemeChoice choice) {
    m_theme.setChoice(choice);
    writeThemeChoice(choice);
    showTheme();
  };
  on(m_actions->themeToggle, [this, theme] { theme(m_theme.isDark() ? ThemeChoice::Light : ThemeChoice::Dark); });
  on(m_actions->themeLight, [theme] { theme(ThemeChoice::Light); });
  on(m_actions->themeDark, [theme] { theme(ThemeChoice::Dark); });
  on(m_actions->themeSystem, [theme] { theme(ThemeChoice::System); });
}

}  // namespace oodscope
