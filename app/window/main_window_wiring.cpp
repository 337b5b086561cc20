// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/compare_mode.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/failures/failures_tab.h"
#include "app/window/help_windows.h"
#include "app/window/inference_runner.h"
#include "app/window/knobs.h"
#include "app/window/main_window.h"
#include "app/window/method_views.h"
#include "app/window/model_tab.h"
#include "app/window/settings.h"
#include "app/window/sweep_tab.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/labelled_combo.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/banner.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/messages_panel.h"
#include "widgets/panels/model_panel.h"
#include "widgets/panels/start_page.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"

#include <QDateTime>
#include <QDockWidget>
#include <QStackedWidget>

namespace oodscope {
namespace {

/// "opened as course: 24 frames, 2 files left out": which frames take part in a number is said beside the number.
QString openedText(const DataSet& set) {
  const std::string_view layout = layoutName(set.layout);
  return MainWindow::tr("opened as %1: %2, %3")
      .arg(QString::fromUtf8(layout.data(), static_cast<int>(layout.size())),
           countedText(static_cast<qint64>(set.frames.size()), MainWindow::tr("frame"), MainWindow::tr("frames")),
           set.skipped.empty() ? MainWindow::tr("no file left out")
                               : MainWindow::tr("%1 left out")
                                     .arg(countedText(static_cast<qint64>(set.skipped.size()), MainWindow::tr("file"),
                                                      MainWindow::tr("files"))));
}

}  // namespace

void MainWindow::connectControls() {
  connect(m_controls, &ControlsPanel::editBegan, &m_session, &SessionModel::beginDrag);
  connect(m_controls, &ControlsPanel::editEnded, &m_session, &SessionModel::endDrag);
  connect(m_controls, &ControlsPanel::temperatureEdited, this,
          [this](double value) { m_session.edit(edits::setTemperature(value)); });
  connect(m_controls, &ControlsPanel::thresholdEdited, this,
          [this](double value) { m_session.edit(edits::setThreshold(value)); });
  connect(m_controls, &ControlsPanel::pinEdited, this,
          [this](const Pin& pin) { m_session.edit(editOf(pin, m_controller.threshold())); });
  connect(m_controls, &ControlsPanel::heatScaleEdited, this,
          [this](const HeatScale& scale) { m_session.edit(editOf(scale)); });
  connect(m_controls, &ControlsPanel::colourMapEdited, this, [this](ColourMap map, bool reversed) {
    m_session.edit(edits::setColourMap(colourMapName(map).toStdString(), reversed));
  });
  connect(m_controls, &ControlsPanel::opacityEdited, this,
          [this](double share) { m_session.edit(edits::setOpacity(share)); });
  connect(m_controls, &ControlsPanel::resolutionEdited, this,
          [this](int index) { m_session.edit(edits::setResolution(static_cast<Resolution>(index))); });
  connect(m_controls, &ControlsPanel::channelsEdited, this,
          [this](int index) { m_session.edit(edits::setChannels(index == 1)); });

  connect(m_setCombo, &QComboBox::activated, this, [this](int index) {
    const QString name = m_setCombo->itemData(index).toString();
    const OpenSet* open = m_workspace.findSet(name);
    const bool isEmpty = open == nullptr || open->set->frames.empty();
    m_session.edit(edits::setSet(name.toStdString(), isEmpty ? std::string() : open->set->frames.front().name));
  });
  connect(m_modelCombo, &QComboBox::activated, this, [this](int index) {
    const std::string name = m_modelCombo->itemData(index).toString().toStdString();
    const bool imported = m_modelCombo->itemData(index, Qt::UserRole + 1).toBool();
    m_session.edit(imported ? edits::setImported(name, m_workspace.holdsLogits(m_session.view(), name))
                            : edits::setModel(name));
  });
  connect(m_methodCombo, &QComboBox::activated, this, [this](int index) {
    m_session.edit(edits::setMethod(static_cast<Method>(m_methodCombo->itemData(index).toInt())));
  });
  connect(m_protocolCombo, &QComboBox::activated, this, [this](int index) {
    m_session.edit(edits::setProtocol(static_cast<Protocol>(m_protocolCombo->itemData(index).toInt())));
  });
}

void MainWindow::connectViews() {
  connect(m_views, &ViewGrid::hovered, this, [this](int, QPointF at) {
    m_cursor = at;
    showSoon(kCursor);
  });
  connect(m_views, &ViewGrid::hoverLeft, this, [this] {
    m_cursor.reset();
    showSoon(kCursor);
  });
  connect(m_views, &ViewGrid::linkedEdited, this, [this](bool linked) { m_session.edit(edits::setLinked(linked)); });
  connect(m_views, &ViewGrid::regionSelected, this, [this](int, QRect pixels) { m_views->zoomToRegion(pixels); });

  connect(m_views, &ViewGrid::viewTransformChanged, this, [this] { showZoom(); });
  connect(m_views, &ViewGrid::currentChanged, this, [this] { showZoom(); });
  connect(m_methods, &MethodViews::settledChanged, this, [this] { showSoon(kStatus); });
  connect(&m_cache, &CacheMeter::changed, this, [this] { showSoon(kStatus); });
  connect(&m_cache, &CacheMeter::warned, this,
          [this](const QString& text) { tell(Severity::Warning, text, QString()); });

  connect(m_curves, &CurvesPanel::thresholdEdited, this, [this](int curve, double threshold) {
    if (!m_compare->editCurveThreshold(curve, threshold, false))
      m_session.drag(edits::setThreshold(threshold, RunSide::A, "operating point"));
  });
  connect(m_curves, &CurvesPanel::thresholdSettled, this, [this](int curve, double threshold) {
    if (!m_compare->editCurveThreshold(curve, threshold, true))
      m_session.drop(edits::setThreshold(threshold, RunSide::A, "operating point"));
  });

  connect(m_frames, &FrameListView::currentFrameChanged, this, [this](int set, int frame) {
    const auto& sets = m_workspace.sets();
    if (set < 0 || set >= static_cast<int>(sets.size())) return;
    const DataSet& chosen = *sets[static_cast<std::size_t>(set)].set;
    // Which frame is looked at is no knob: it is remembered, and not a step of undo.
    m_session.follow(edits::setFrame(chosen.name, chosen.frames[static_cast<std::size_t>(frame)].name));
  });
  connect(m_frames, &FrameListView::thumbnailNeeded, this, [this](int set, int frame) {
    const auto& sets = m_workspace.sets();
    if (set >= 0 && set < static_cast<int>(sets.size()))
      m_thumbnails.request(sets[static_cast<std::size_t>(set)].set, static_cast<std::size_t>(frame));
  });
  connect(m_frames, &FrameListView::shownCountChanged, this,
          [this](int shown, int all) { m_framesTitle->setNote(tr("%1 of %2").arg(shown).arg(all)); });
  connect(&m_thumbnails, &ThumbnailLoader::previewReady, this,
          [this](const QString& set, std::size_t frame, const FramePreview& preview) {
            m_previews[set][frame] = preview;
            const auto& sets = m_workspace.sets();
            for (std::size_t s = 0; s < sets.size(); ++s)
              if (QString::fromStdString(sets[s].set->name) == set)
                m_frames->model()->setThumbnail(static_cast<int>(s), static_cast<int>(frame), preview.thumbnail);
            showSoon(kFrames);
          });
}

void MainWindow::connectResults() {
  connect(&m_session, &SessionModel::viewChanged, this, &MainWindow::showView);
  connect(&m_session, &SessionModel::thresholdDropped, this, [this](float threshold) {
    const QString text =
        tr("The threshold %1 was of another score's range and has been dropped: it follows best F1 now.")
            .arg(numberText(static_cast<double>(threshold), 3));
    tell(Severity::Info, text, QString());
    if (m_isWarned) return;  // good news does not replace a warning
    m_banner->setView({Severity::Info, QString(), text, tr("Messages")});
    m_banner->show();
  });
  connect(&m_controller, &LiveController::pictureChanged, this, [this] { showSoon(kPicture | kMethods); });
  connect(&m_controller, &LiveController::numbersChanged, this, [this] { showSoon(kNumbers); });
  connect(&m_controller, &LiveController::countsChanged, this, [this] { showSoon(kNumbers | kCursor); });
  connect(&m_controller, &LiveController::detailsChanged, this, [this] { showSoon(kDetails); });
  connect(&m_controller, &LiveController::thresholdChanged, this, [this](std::optional<float> threshold) {
    // The decision follows the hand itself; the rest a screen frame later.
    if (threshold && !m_compare->isOn() && m_session.view().pin == PinRule::None) m_views->setThreshold(*threshold);
    showSoon(kThreshold);
  });
  connect(&m_controller, &LiveController::componentsChanged, this, [this] { showSoon(kNumbers); });
  connect(&m_controller, &LiveController::failed, this,
          [this](const QString& text) { tell(Severity::Error, text, QString()); });
  connect(&m_controller, &LiveController::settledChanged, this, [this] { showSoon(kStatus); });
  connect(m_sweep, &SweepTab::temperatureEdited, this,
          [this](double value) { m_session.edit(edits::setTemperature(value)); });
  connect(m_sweep, &SweepTab::progressed, this, [this](int done, int total) {
    if (total == 0) {
      m_sweepProgress.reset();
      if (m_workspace.runner().isBusy()) return;  // inference goes on showing its own
      m_status->progress()->finish();
      return;
    }
    ProgressView view;
    view.what = tr("sweep");
    view.done = done;
    view.total = total;
    m_sweepProgress = view;
    if (!m_workspace.runner().isBusy()) m_status->progress()->setView(view);
  });
  connect(m_sweep, &SweepTab::bestFound, this, [this](std::optional<double> temperature, const QString& what) {
    m_controls->temperature()->setBest(temperature, what);
  });
}

void MainWindow::connectWorkspace() {
  connect(&m_workspace, &Workspace::setOpened, this, [this](const QString& name) {
    const OpenSet* open = m_workspace.findSet(name);
    remember(QString::fromStdString(open->entry.path.string()), QStringLiteral("set"));
    if (!m_isWarned) m_banner->setView({Severity::Info, name, openedText(*open->set), tr("Details")});
    m_banner->show();
    chooseDefaults();
    showOpenChoices();
  });
  connect(&m_workspace, &Workspace::modelOpened, this, [this](const QString& name) {
    remember(QString::fromStdString(m_workspace.findModel(name)->entry.path.string()), QStringLiteral("model"));
    chooseDefaults();
    showOpenChoices();
    showView(m_session.view(), m_session.view(), false);
  });
  connect(&m_workspace, &Workspace::scoresOpened, this, [this](const QString&) {
    chooseDefaults();
    showOpenChoices();
  });
  connect(&m_workspace, &Workspace::setClosed, this, [this](const QString& name) {
    m_previews.erase(name);
    chooseDefaults();
  });
  connect(&m_workspace, &Workspace::modelClosed, this, [this](const QString&) { chooseDefaults(); });
  connect(&m_workspace, &Workspace::message, this, &MainWindow::tell);
  connect(&m_workspace, &Workspace::folderUnknown, this, &MainWindow::askAboutFolder);
  connect(m_modelPanel, &ModelPanel::openRequested, m_actions->openModel, &QAction::trigger);
  connect(m_modelPanel, &ModelPanel::currentEdited, this,
          [this](const QString& name) { m_session.edit(edits::setModelAtHand(name.toStdString())); });
  connect(m_modelTab, &ModelTab::failed, this,
          [this](const QString& text, const QString& file) { tell(Severity::Error, text, file); });
  connect(&m_workspace, &Workspace::settled, this, [this] { showSoon(kNumbers | kStatus); });
  connect(
      &m_workspace.runner(), &InferenceRunner::frameFailed, this,
      [this](const std::shared_ptr<LiveSet>& set, std::size_t frame, const QString& text) {
        tell(Severity::Warning,
             QString::fromStdString(set->dataSet().name + ", frame " + set->dataSet().frames[frame].name + ": ") + text,
             QString());
      });
  connect(&m_workspace.runner(), &InferenceRunner::progressChanged, this, [this](const InferenceProgress& progress) {
    if (progress.done >= progress.total) {
      if (m_sweepProgress)
        m_status->progress()->setView(*m_sweepProgress);
      else
        m_status->progress()->finish();
      return;
    }
    ProgressView view;
    view.what = tr("inference");
    view.done = static_cast<int>(progress.done);
    view.total = static_cast<int>(progress.total);
    view.secondsLeft = progress.secondsLeft;
    view.rate = tr("%1 frames/s").arg(numberText(progress.framesPerSecond, 1));
    view.canPause = true;
    view.isPaused = progress.paused;
    m_status->progress()->setView(view);
    m_actions->pauseInference->setChecked(progress.paused);
  });
  connect(&m_workspace.runner(), &InferenceRunner::finished, this, [this] {
    m_cache.count();
    showSoon(kNumbers | kStatus);
  });
  connect(m_status->progress(), &ProgressItem::pauseRequested, this,
          [this](bool pause) { pause ? m_workspace.runner().pause() : m_workspace.runner().resume(); });
  connect(m_status->progress(), &ProgressItem::stopRequested, this, [this] {
    if (m_sweepProgress && !m_workspace.runner().isBusy())
      m_sweep->cancel();
    else
      m_workspace.runner().cancel();
  });
  connect(m_status, &StatusLine::messagesRequested, this, [this] { m_actions->messages->trigger(); });
  connect(m_banner, &Banner::closed, this, [this] {
    m_isWarned = false;
    m_banner->hide();
  });
  connect(m_banner, &Banner::actionTriggered, this, [this] { m_messagesDock->show(); });
  connect(m_messages, &MessagesPanel::countChanged, m_status, &StatusLine::setMessageCount);
  connect(m_start, &StartPage::openFolderRequested, m_actions->openFolder, &QAction::trigger);
  connect(m_start, &StartPage::openModelRequested, m_actions->openModel, &QAction::trigger);
  connect(m_start, &StartPage::openSessionRequested, m_actions->openSession, &QAction::trigger);
  connect(m_start, &StartPage::openDemoRequested, m_actions->openDemo, &QAction::trigger);
  connect(m_start, &StartPage::recentActivated, this, [this](const QString& path) { openPaths({path}); });
  connect(m_start, &StartPage::dropped, this, &MainWindow::openPaths);
}

void MainWindow::stepFrame(int steps) { m_frames->step(steps); }

void MainWindow::tell(Severity severity, const QString& text, const QString& file) {
  m_messages->add({QDateTime::currentDateTime(), severity, text, file});
  if (severity == Severity::Info) return;
  m_isWarned = true;
  m_banner->setView({severity, QString(), text, tr("Messages")});
  m_banner->show();
}

void MainWindow::remember(const QString& path, const QString& kind) {
  addRecent(path, kind);
  showRecent();
}

void MainWindow::chooseDefaults() {
  ViewState view = m_session.view();
  if (m_workspace.sets().empty() && !m_workspace.isOpening()) {
    view.set.clear();
    view.frame.clear();
  }
  if (m_workspace.models().empty() && !m_workspace.isOpening()) view.model.clear();
  if (m_workspace.findSet(QString::fromStdString(view.set)) == nullptr && !m_workspace.sets().empty()) {
    const DataSet& set = *m_workspace.sets().front().set;
    // A session that is still opening its sets must not lose the one it names.
    const bool named = !view.set.empty() && m_workspace.isOpening();
    if (!named) view.set = set.name;
  }
  if (const OpenSet* open = m_workspace.findSet(QString::fromStdString(view.set));
      open != nullptr && !open->set->frames.empty()) {
    const auto& frames = open->set->frames;
    const bool known =
        std::any_of(frames.begin(), frames.end(), [&](const Frame& frame) { return frame.name == view.frame; });
    if (!known) view.frame = frames.front().name;
  }
  const bool unknownModel = m_workspace.findModel(QString::fromStdString(view.model)) == nullptr;
  if (!m_workspace.models().empty() && (view.model.empty() || (unknownModel && !m_workspace.isOpening())))
    view.model = m_workspace.models().front().name().toStdString();
  if (m_workspace.models().empty() && !view.score.imported && !m_workspace.scoreFolders().empty())
    view.score.imported = m_workspace.scoreFolders().front().filename().string();
  if (view.score.imported && m_workspace.findSet(QString::fromStdString(view.set)) != nullptr)
    view.score.importedLogits = m_workspace.holdsLogits(view, *view.score.imported);
  m_session.follow(view);
  showView(m_session.view(), m_session.view(), false);
}

void MainWindow::connectFailures() {
  connect(m_actions->nextFailure, &QAction::triggered, this, [this] { m_failures->step(1); });
  connect(m_actions->previousFailure, &QAction::triggered, this, [this] { m_failures->step(-1); });
  connect(m_failures, &FailureDesk::framesChanged, this, [this] { showSoon(kFrames); });
  connect(m_failures, &FailureDesk::curvesChanged, this, [this] {
    m_shownNumbers.reset();
    showSoon(kNumbers);
  });
  connect(m_failures, &FailureDesk::settledChanged, this, [this] { showSoon(kStatus); });
  connect(m_failures, &FailureDesk::failed, this,
          [this](const QString& text) { tell(Severity::Error, text, QString()); });
  connect(m_failures, &FailureDesk::regionTitleChanged, m_regionTitle, &DockTitle::setNote);
  connect(m_failures, &FailureDesk::regionRaised, this, [this] {
    m_regionDock->show();
    m_regionDock->raise();
  });
}
}  // namespace oodscope
