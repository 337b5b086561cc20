// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/compare_mode.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/knobs.h"
#include "app/window/main_window.h"
#include "app/window/method_views.h"
#include "app/window/settings.h"
#include "app/window/sweep_tab.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/labelled_combo.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/panels/start_page.h"
#include "widgets/panels/status_widgets.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"

#include <QLabel>
#include <QMenu>
#include <QStackedWidget>

#include <algorithm>
#include <cmath>
#include <thread>
#include <tuple>

namespace oodscope {
namespace {

QString scoreText(double score) { return numberText(score, 3); }

QString gigabytes(std::uint64_t bytes) { return numberText(static_cast<double>(bytes) / 1e9, 1); }

constexpr int kImagePane = 0, kTruthPane = 1, kHeatPane = 2, kDecisionPane = 3;

}  // namespace

void MainWindow::rebuildPanes() {
  const bool comparing = m_compare->isOn();
  std::vector<PaneSpec> panes = comparing ? m_compare->panes() : std::vector<PaneSpec>(4);
  if (!comparing) {
    panes[kImagePane].title = tr("Image");
    panes[kImagePane].look.kind = ViewKind::Image;
    panes[kTruthPane].title = tr("Ground truth");
    panes[kTruthPane].look.kind = ViewKind::GroundTruth;
    panes[kHeatPane].title = tr("Heatmap");
    panes[kHeatPane].look.kind = ViewKind::Heatmap;
    panes[kDecisionPane].title = tr("Decision");
    panes[kDecisionPane].look.kind = ViewKind::Decision;
  }
  const int firstMethod = static_cast<int>(panes.size());
  for (PaneSpec& pane : m_methods->panes()) panes.push_back(std::move(pane));
  m_views->setPanes(panes);
  m_methods->setFirstPane(firstMethod);
  m_views->setCurrent(comparing ? 0 : kDecisionPane);
  m_compare->panesBuilt();
}

void MainWindow::showSoon(unsigned parts) {
  // A threshold that is pinned follows the numbers, any other the hand.
  const bool follows = m_session.view().pin != PinRule::None;
  const unsigned kindsTold = kNumbers | kDetails | kFrames | kStatus | (follows ? kThreshold : 0U);
  unsigned told = parts & kindsTold;
  if ((parts & kThreshold) != 0) told |= kNumbers;
  if ((parts & ~kCursor) != 0) told |= kStatus;
  m_seen.note(parts & ~kindsTold);
  m_told.note(told);
}

void MainWindow::showSeen(unsigned due) {
  const auto is = [due](unsigned parts) { return (due & parts) != 0; };
  if (is(kPicture)) showPicture();
  if (is(kThreshold)) showThreshold();
  if (is(kPicture | kThreshold | kScale)) showScale();
  if (is(kPicture | kThreshold | kCursor)) showCursor();
  if (is(kMethods)) m_methods->show(m_session.view(), currentFrame());
}

void MainWindow::showTold(unsigned due) {
  const auto is = [due](unsigned parts) { return (due & parts) != 0; };
  if (is(kDetails)) {
    showDetails();
    showScale();
  }
  if (is(kThreshold)) {
    showThreshold();
    showScale();
  }
  if (is(kNumbers | kDetails)) showNumbers();
  if (is(kFrames | kDetails)) showFrames();
  showStatus();
}

void MainWindow::showTheme() {
  m_actions->themeLight->setChecked(m_theme.choice() == ThemeChoice::Light);
  m_actions->themeDark->setChecked(m_theme.choice() == ThemeChoice::Dark);
  m_actions->themeSystem->setChecked(m_theme.choice() == ThemeChoice::System);
  showSoon(kPicture);  // legends name colours
}

void MainWindow::showZoom() {
  const bool any = m_controller.picture() != nullptr && m_views->count() > 0;
  m_zoom->setText(any ? tr("%1 %").arg(numberText(100.0 * m_views->transform().scale, 0)) : QString(kNotDefinedSign));
}

void MainWindow::showView(const ViewState& before, const ViewState& after, bool dragging) {
  const bool toggled = before.other.has_value() != after.other.has_value();
  if (m_views->count() == 0 || toggled) rebuildPanes();
  m_controller.show(after, dragging);
  m_failures->follow(after, dragging);
  const QString noEffect = noTemperatureReason(after.score);
  m_controls->temperature()->setTemperature(static_cast<double>(after.score.temperature));
  m_controls->temperature()->setNoEffect(noEffect);
  m_controls->threshold()->setPin(pinOf(after.pin, after.pinValue));
  m_controls->heatScale()->setHeatScale(heatScaleOf(after));
  m_controls->setColourMap(colourMapFromName(QString::fromStdString(after.colourMap)), after.colourMapReversed);
  m_controls->setOpacity(after.opacity);
  m_sweep->setView(after);
  m_sweep->setTemperature(static_cast<double>(after.score.temperature));
  const auto choices = [](const ViewState& v) {
    return std::tie(v.set, v.model, v.score.method, v.score.imported, v.protocol, v.resolution, v.allChannels);
  };
  const auto scoreB = [](const ViewState& v) { return v.other ? std::optional(v.other->score.method) : std::nullopt; };
  if (before == after || choices(before) != choices(after) || scoreB(before) != scoreB(after)) showChoices(after);
  const auto looks = [](const ViewState& v) {
    return std::tie(v.linked, v.crosshair, v.contour, v.voidHatch, v.overlay, v.opacity, v.layout, v.colourMap,
                    v.colourMapReversed);
  };
  if (before == after || looks(before) != looks(after)) showLooks(after);
  const bool sameSet = before.set == after.set && !m_frames->model()->sets().empty();
  if (!sameSet || before == after) showFrames();
  if (before.frame != after.frame || !sameSet)
    if (const auto frame = currentFrame()) {
      const auto& sets = m_workspace.sets();
      for (std::size_t s = 0; s < sets.size(); ++s)
        if (sets[s].set == currentSet()) m_frames->setCurrentFrame(static_cast<int>(s), static_cast<int>(*frame));
    }
  m_centre->setCurrentIndex(m_workspace.sets().empty() ? 0 : 1);
  m_compare->showView(before, after, dragging);
  showTabs(after, dragging);
  if (toggled) showCompareToggled();
  showSoon(kScale | kThreshold | kStatus | (after.layout == ViewLayout::PerMethod ? kMethods : 0U));
  showScene(dragging);
}
void MainWindow::showLooks(const ViewState& after) {
  m_views->setLinked(after.linked);
  m_views->setCrosshairShown(after.crosshair);
  m_views->setContour(after.contour);
  m_views->setVoidHatch(after.voidHatch);
  m_views->setOpacity(after.opacity);
  m_views->setOverlay(after.overlay);
  m_views->setColourMap(colourMapFromName(QString::fromStdString(after.colourMap)), after.colourMapReversed);
  m_views->setArrangement(arrangementOf(after.layout));
  m_actions->link->setChecked(after.linked);
  m_actions->crosshair->setChecked(after.crosshair);
  m_actions->contour->setChecked(after.contour);
  m_actions->voidHatch->setChecked(after.voidHatch);
  m_actions->overlay->setChecked(after.overlay);
  for (auto [action, layout] : {std::pair{m_actions->layoutOne, ViewLayout::One},
                                {m_actions->layoutOneByTwo, ViewLayout::OneByTwo},
                                {m_actions->layoutTwoByTwo, ViewLayout::TwoByTwo},
                                {m_actions->layoutMethods, ViewLayout::PerMethod}})
    action->setChecked(after.layout == layout);
}

void MainWindow::showPicture() {
  const auto& picture = m_controller.picture();
  if (!picture) return;
  if (m_compare->isOn()) {
    m_compare->showPicture();
    showZoom();
    return;
  }
  m_views->setFrame(picture->decoded.image, picture->decoded.label);
  if (kHeatPane < m_views->count()) m_views->view(kHeatPane)->setScores(picture->scores);
  showDecision();
  const QString size = picture->decoded.image
                           ? tr("%1 × %2").arg(picture->decoded.image->width()).arg(picture->decoded.image->height())
                           : picture->failure;
  m_views->header(kImagePane)
      ->setSubtitle(QString::fromStdString(m_session.view().frame) + QStringLiteral(" · ") + size);
  m_views->header(kImagePane)
      ->setNote(m_session.view().contour && picture->decoded.label ? tr("GT contour on") : QString());
  const Tokens& colours = m_theme.current();
  m_views->header(kTruthPane)
      ->setSubtitle(picture->decoded.anomalyShare
                        ? tr("%1 % anomaly").arg(numberText(100.0 * *picture->decoded.anomalyShare, 1))
                        : tr("ground truth is withheld"));
  m_views->header(kTruthPane)
      ->setLegend({{colours.anomaly.over, tr("anomaly")},
                   {colours.strong, tr("normal")},
                   {colours.voidArea.over, tr("void"), true}});
  m_views->header(kDecisionPane)
      ->setLegend({{colours.tp.over, tr("TP")},
                   {colours.fp.over, tr("FP")},
                   {colours.fn.over, tr("FN")},
                   {colours.voidArea.over, tr("void"), true}});
  m_views->view(kHeatPane)->setEmptyText(picture->scores ? QString() : tr("Not scored yet"));
  m_views->header(kHeatPane)->setSubtitle(picture->configuration ? configurationTitle(*picture->configuration)
                                                                 : QString());
  showZoom();
}

void MainWindow::showScale() {
  if (m_compare->isOn()) return;
  const auto& picture = m_controller.picture();
  const ViewState& view = m_session.view();
  const ColourMap map = colourMapFromName(QString::fromStdString(view.colourMap));
  if (!picture || !picture->scores) {
    m_views->header(kHeatPane)->setColourBar(std::nullopt);
    return;
  }
  const ScaleLimits limits = scaleLimits(view, *picture->scores, picture->ordered, m_controller.scales());
  m_views->view(kHeatPane)->setScale(limits.low, limits.high);
  m_views->view(kImagePane)->setScale(limits.low, limits.high);
  m_controls->heatScale()->setCurrentLimits(static_cast<double>(limits.low), static_cast<double>(limits.high));
  ColourBarSpec bar;
  bar.table = colourTable(map, view.colourMapReversed);
  bar.min = static_cast<double>(limits.low);
  bar.max = static_cast<double>(limits.high);
  const QString mark = limits.estimated ? QStringLiteral("≈ ") : QString();
  bar.minText = mark + numberText(bar.min, 2);
  bar.maxText = mark + numberText(bar.max, 2);
  if (const auto threshold = m_controller.threshold()) bar.threshold = static_cast<double>(*threshold);
  if (limits.clampedShare > 0.0)
    bar.remark = tr("▸ %1 % clamped").arg(numberText(std::max(0.1, 100.0 * limits.clampedShare), 1));
  m_views->header(kHeatPane)->setColourBar(bar);
}

void MainWindow::showThreshold() {
  const auto threshold = m_controller.threshold();
  if (threshold && std::isfinite(*threshold)) m_controls->threshold()->setThreshold(static_cast<double>(*threshold));
  if (m_compare->isOn()) {
    m_compare->showThresholds();
    return;
  }
  showDecision();
  if (!threshold) {
    m_curves->setThreshold(0, std::nullopt);
    return;
  }
  m_views->setThreshold(*threshold);
  showMarker(*threshold);
}

void MainWindow::showDecision() {
  if (m_views->count() <= kDecisionPane) return;
  const auto& picture = m_controller.picture();
  const auto threshold = m_controller.threshold();
  const bool scored = picture && picture->scores;
  m_views->view(kDecisionPane)->setScores(scored && threshold ? picture->scores : nullptr);
  m_views->view(kDecisionPane)
      ->setEmptyText(!scored      ? tr("Not scored yet")
                     : !threshold ? tr("No threshold: %1").arg(waitingText().second)
                                  : QString());
  m_views->header(kDecisionPane)
      ->setSubtitle(!threshold                  ? QString()
                    : std::isfinite(*threshold) ? tr("s ≥ δ = %1").arg(scoreText(static_cast<double>(*threshold)))
                                                : tr("nothing is predicted"));
}

void MainWindow::showMarker(float threshold) {
  const auto counts = m_controller.counts();
  const auto numbers = m_controller.numbers();
  const bool counted = counts && numbers && numbers->exact;
  m_curves->setThreshold(0, static_cast<double>(threshold),
                         counted ? curvePlace(*counts, numbers->protocol, threshold) : std::nullopt);
}

void MainWindow::showThresholdScale() {
  const auto scales = m_controller.scales();
  if (!scales) return;
  m_controls->threshold()->setQuantiles(scales->slider, {scales->anomalyShare.begin(), scales->anomalyShare.end()});
}

void MainWindow::showDetails() {
  const auto details = m_controller.details();
  HistogramPlot* histogram = m_curves->histogram();
  if (!details) {
    histogram->setData({});
    histogram->setShares({});
    return;
  }
  showThresholdScale();
  const bool present = details->configuration == LiveController::configurationOf(m_session.view());
  const auto live = m_controller.liveSet();
  const QString part = live ? partNote(live->account().with(details->frames.size())) : QString();
  histogram->setData(histogramData(details->histogram, configurationTitle(details->configuration) + part +
                                                           (present ? QString() : tr(" · new scores follow"))));
  if (!present) histogram->setShares({});
  const auto threshold = m_controller.threshold();
  histogram->setThreshold(present && threshold ? std::optional(static_cast<double>(*threshold)) : std::nullopt);
}

void MainWindow::showCursor() {
  const auto& picture = m_controller.picture();
  if (!m_cursor || !picture) {
    m_cursorPanel->clear();
    m_cursorTitle->setNote(QString());
    m_views->setCrosshair(std::nullopt);
    return;
  }
  m_views->setCrosshair(m_cursor);
  m_cursorTitle->setNote(tr("frame %1 · x %2 y %3")
                             .arg(QString::fromStdString(m_session.view().frame))
                             .arg(static_cast<int>(m_cursor->x()))
                             .arg(static_cast<int>(m_cursor->y())));
  if (m_compare->isOn()) {
    m_compare->showCursor(m_cursor);
    return;
  }
  std::vector<std::string> names;
  if (const OpenModel* model = m_workspace.findModel(QString::fromStdString(m_session.view().model));
      model != nullptr && model->info)
    names = model->info->outputs.channelNames;
  const auto counts = m_controller.counts();
  m_cursorPanel->setView(cursorView(*picture, *m_cursor, m_controller.threshold(), counts.get(), names));
}
void MainWindow::showStatus() {
  const auto set = currentSet();
  const auto numbers = m_controller.numbers();
  if (!set) {
    m_status->setData(tr("No set open"));
    m_status->setState({});
  } else {
    const QString frames = countedText(static_cast<qint64>(set->frames.size()), tr("frame"), tr("frames"));
    const double pixels = numbers ? static_cast<double>(numbers->metrics.positives + numbers->metrics.negatives) : 0.0;
    m_status->setData(pixels > 0 ? tr("%1 · %2 Mpx")
                                       .arg(numbers->account.isComplete() ? frames : framesText(numbers->account),
                                            numberText(pixels * 1e-6, 2))
                                 : frames);
  }
  m_status->setCache(tr("cache %1 GB of %2")
                         .arg(gigabytes(m_cache.bytes()),
                              numberText(static_cast<double>(m_workspace.options().store.maxBytes) / 1e9, 0)));
  m_status->setTiming(m_controller.pictureLatencyMs() > 0.0
                          ? tr("picture %1 ms").arg(numberText(m_controller.pictureLatencyMs(), 0))
                          : QString());
  const QString working = m_workspace.isOpening()    ? tr("Opening…")
                          : m_controller.isSettled() ? tr("Ready")
                                                     : tr("Working…");
  m_status->setSentence(set && !m_session.view().frame.empty()
                            ? tr("Frame %1 · %2").arg(QString::fromStdString(m_session.view().frame), working)
                            : working);
}

void MainWindow::showRecent() {
  const std::vector<RecentEntry> entries = readRecent();
  m_start->setRecent(entries);
  QMenu* menu = m_actions->recentMenu();
  menu->clear();
  menu->setEnabled(!entries.empty());
  for (const RecentEntry& entry : entries) {
    QAction* action = menu->addAction(entry.path, this, [this, path = entry.path] { openPaths({path}); });
    action->setEnabled(!entry.isMissing);
  }
}

}  // namespace oodscope
