// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/stage/stage_stack.h"

#include "app/desk/desk.h"
#include "app/window/class_views.h"
#include "app/window/docks/dock_column.h"
#include "app/window/knobs.h"
#include "app/window/method_views.h"
#include "app/window/window_actions.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/scatter_plot.h"

#include <cmath>
#include <tuple>

namespace oodscope {
namespace {

constexpr int kFrameMs = 16;    // what changes within one screen frame is shown together
constexpr int kReadingMs = 33;  // nobody reads numbers faster

auto looksOf(const ViewState& view) {
  return std::tie(view.linked, view.crosshair, view.contour, view.voidHatch, view.overlay, view.opacity, view.layout,
                  view.colourMap, view.colourMapReversed);
}

}  // namespace

StageStack::StageStack(const StageParts& parts, WindowActions& actions, QObject* parent)
    : QObject(parent),
      m_parts(parts),
      m_actions(actions),
      m_single(parts, nullptr),
      m_compare(parts, nullptr),
      m_methods(new MethodViews(parts.desk.workspace, parts.views)),
      m_classes(new ClassViews(parts.desk, parts.theme, parts.views)),
      m_viewThrottle(this, kFrameMs, [this](unsigned due) { showViews(due); }),
      m_readingThrottle(this, kReadingMs, [this](unsigned due) { showReadings(due); }) {
  m_parts.scatter.setEmptyText(tr("No frames to compare"),
                               tr("AP of each frame under A and B, once both runs are exact."));
  connectViews();
  connectCurves();
  connectRun();
  connectComparison();
  connectActions();
}

bool StageStack::isOn() const { return m_parts.desk.session.view().other.has_value(); }

Stage& StageStack::current() {
  if (isOn()) return m_compare;
  return m_single;
}

void StageStack::connectViews() {
  ViewGrid& views = m_parts.views;
  connect(&views, &ViewGrid::hovered, this, [this](int, QPointF at) {
    m_cursor = at;
    showSoon(kCursor);
  });
  connect(&views, &ViewGrid::hoverLeft, this, [this] {
    m_cursor.reset();
    showSoon(kCursor);
  });
  connect(&views, &ViewGrid::linkedEdited, this,
          [this](bool linked) { m_parts.desk.session.edit(edits::setLinked(linked)); });
  connect(&views, &ViewGrid::regionSelected, this, [this](int, QRect pixels) { m_parts.views.zoomToRegion(pixels); });
  connect(&views, &ViewGrid::viewTransformChanged, this, &StageStack::showZoom);
  connect(&views, &ViewGrid::currentChanged, this, &StageStack::showZoom);
  connect(m_methods, &MethodViews::idleChanged, this, [this] { showSoon(kStatus); });
  connect(m_classes, &ClassViews::idleChanged, this, [this] { showSoon(kStatus); });
}

void StageStack::connectCurves() {
  connect(&m_parts.curves, &CurvesPanel::thresholdEdited, this,
          [this](int curve, double threshold) { current().setCurveThreshold(curve, threshold, false); });
  connect(&m_parts.curves, &CurvesPanel::thresholdReleased, this,
          [this](int curve, double threshold) { current().setCurveThreshold(curve, threshold, true); });
}

void StageStack::connectRun() {
  const SingleRun& run = m_parts.desk.run;
  connect(&run, &SingleRun::pictureChanged, this, [this] { showSoon(kPicture | kMethods | kClasses); });
  connect(&run, &SingleRun::numbersChanged, this, [this] { showSoon(kNumbers); });
  connect(&run, &SingleRun::countsChanged, this, [this] { showSoon(kNumbers | kCursor); });
  connect(&run, &SingleRun::detailsChanged, this, [this] { showSoon(kDetails); });
  connect(&run, &SingleRun::componentsChanged, this, [this] { showSoon(kNumbers); });
  connect(&run, &SingleRun::idleChanged, this, [this] { showSoon(kStatus); });
  connect(&run, &SingleRun::thresholdChanged, this, [this](std::optional<float> threshold) {
    // The decision follows the hand itself; the rest a screen frame later.
    if (threshold && !isOn() && m_parts.desk.session.view().pin == PinRule::None)
      m_parts.views.setThreshold(*threshold);
    showSoon(kThreshold);
  });
}

void StageStack::connectComparison() {
  connect(&m_compare, &CompareStage::framesChanged, this, [this] { showSoon(kFrames); });
  connect(&m_compare, &CompareStage::panesChanged, this, [this] {
    rebuildPanes();
    showLooks(m_parts.desk.session.view());
  });
  const Comparison& comparison = m_parts.desk.comparison;
  connect(&comparison, &Comparison::intervalsChanged, this, [this] {
    m_single.redrawCurves();  // the bands are drawn with the curves
    showSoon(kNumbers);
  });
  connect(&comparison, &Comparison::idleChanged, this, [this] { showSoon(kStatus); });
}

void StageStack::connectActions() {
  const auto on = [this](QAction* action, auto function) { connect(action, &QAction::triggered, this, function); };
  constexpr double kStep = kZoomStep * kZoomStep;
  on(m_actions.fit, [this] { m_parts.views.fit(); });
  on(m_actions.oneToOne, [this] { m_parts.views.oneToOne(); });
  on(m_actions.zoomIn, [this] { m_parts.views.zoomBy(kStep); });
  on(m_actions.zoomOut, [this] { m_parts.views.zoomBy(1.0 / kStep); });
  on(m_actions.wipe, [this](bool comparing) { m_compare.setOn(comparing); });
  on(m_actions.swapRuns, [this] { m_compare.swap(); });
  on(m_actions.bootstrap, [this](bool wanted) {
    Comparison& comparison = m_parts.desk.comparison;
    wanted ? comparison.requestIntervals() : comparison.dropIntervals();
  });
  on(m_actions.pinReference, [this] {
    m_single.pinReference();
    showSoon(kNumbers);
  });
  on(m_actions.clearReference, [this] {
    m_single.clearReference();
    showSoon(kNumbers);
  });
}

void StageStack::rebuildPanes() {
  std::vector<PaneSpec> panes = current().panes();
  const int firstClass = static_cast<int>(panes.size());
  for (PaneSpec& pane : m_classes->panes()) panes.push_back(std::move(pane));
  const int firstMethod = static_cast<int>(panes.size());
  for (PaneSpec& pane : m_methods->panes()) panes.push_back(std::move(pane));
  m_parts.views.setPanes(panes);
  m_methods->setFirstPane(firstMethod);
  m_classes->setFirstPane(firstClass);
  m_parts.views.setCurrent(current().firstCurrent());
  current().panesBuilt();
}

void StageStack::prepare(const ViewState& before, const ViewState& after) {
  if (m_parts.views.count() == 0 || before.other.has_value() != after.other.has_value()) rebuildPanes();
}

void StageStack::showView(const ViewState& before, const ViewState& after) {
  if (before == after || looksOf(before) != looksOf(after)) showLooks(after);
  m_compare.showView(before, after);
  if (before.other.has_value() != after.other.has_value()) showToggled();
  if (before.contour != after.contour) showSoon(kPicture);  // a header says whether it is drawn
  showSoon(kScale | kThreshold | kStatus | (after.layout == ViewLayout::PerMethod ? kMethods : 0U) |
           (after.layout == ViewLayout::Classes ? kClasses : 0U));
}

void StageStack::begin() {
  rebuildPanes();
  showToggled();
}

void StageStack::showToggled() {
  const bool on = isOn();
  m_actions.wipe->setChecked(on);
  m_actions.swapRuns->setEnabled(on);
  m_actions.bootstrap->setEnabled(!on);
  m_parts.docks.showControls(on);
  showLooks(m_parts.desk.session.view());
  m_single.redrawCurves();
  showSoon(kPicture | kDetails | kThreshold | kScale | kNumbers | kFrames | kCursor);
}

void StageStack::showLooks(const ViewState& view) {
  ViewGrid& views = m_parts.views;
  views.setLinked(view.linked);
  views.setCrosshairShown(view.crosshair);
  views.setContour(view.contour);
  views.setVoidHatch(view.voidHatch);
  views.setOpacity(view.opacity);
  views.setOverlay(view.overlay);
  views.setColourMap(colourMapFromName(QString::fromStdString(view.colourMap)), view.colourMapReversed);
  views.setArrangement(arrangementOf(view.layout));
}

void StageStack::showSoon(unsigned parts) {
  // A threshold that is pinned follows the numbers, any other the hand.
  const bool follows = m_parts.desk.session.view().pin != PinRule::None;
  const unsigned readingKinds = kNumbers | kDetails | kFrames | kStatus | (follows ? kThreshold : 0U);
  unsigned readings = parts & readingKinds;
  if ((parts & kThreshold) != 0) readings |= kNumbers;
  if ((parts & ~kCursor) != 0) readings |= kStatus;
  m_viewThrottle.note(parts & ~readingKinds);
  m_readingThrottle.note(readings);
}

void StageStack::showViews(unsigned due) {
  const auto is = [due](unsigned parts) { return (due & parts) != 0; };
  if (is(kPicture)) {
    current().showPicture();
    if (m_parts.desk.run.picture()) showZoom();
  }
  if (is(kThreshold)) showThreshold();
  if (is(kPicture | kThreshold | kScale)) current().showScale();
  if (is(kPicture | kThreshold | kCursor)) showCursor();
  if (is(kMethods)) m_methods->show(m_parts.desk.session.view(), m_parts.desk.currentFrame());
  if (is(kClasses)) m_classes->show(m_parts.desk.session.view());
}

void StageStack::showReadings(unsigned due) {
  const auto is = [due](unsigned parts) { return (due & parts) != 0; };
  if (is(kDetails)) {
    m_single.showDetails();
    current().showScale();
  }
  if (is(kThreshold)) m_viewThrottle.note(kThreshold);  // with the next picture: the views are painted once for both
  if (is(kNumbers | kDetails)) current().showNumbers();
  if (is(kFrames | kDetails)) Q_EMIT framesDue();
  Q_EMIT statusDue();
}

void StageStack::showThreshold() {
  const auto threshold = m_parts.desk.run.threshold();
  if (threshold && std::isfinite(*threshold))
    m_parts.docks.controls().threshold()->setThreshold(static_cast<double>(*threshold));
  current().showThreshold();
  m_classes->showThreshold();
}

void StageStack::setCursor(std::optional<QPointF> at) {
  m_cursor = at;
  showCursor();
}

void StageStack::showCursor() {
  const bool any = m_cursor && m_parts.desk.run.picture();
  m_parts.views.setCrosshair(any ? m_cursor : std::nullopt);
  if (!any) {
    m_parts.docks.cursor().clear();
    m_parts.docks.cursorTitle().setNote(QString());
    return;
  }
  m_parts.docks.cursorTitle().setNote(tr("frame %1 · x %2 y %3")
                                          .arg(QString::fromStdString(m_parts.desk.session.view().frame))
                                          .arg(static_cast<int>(m_cursor->x()))
                                          .arg(static_cast<int>(m_cursor->y())));
  current().showCursor(m_cursor);
}

void StageStack::showZoom() {
  const bool any = m_parts.desk.run.picture() != nullptr && m_parts.views.count() > 0;
  Q_EMIT zoomChanged(any ? std::optional(m_parts.views.transform().scale) : std::nullopt);
}

std::optional<FrameRectangle> StageStack::partInView(const std::string& set, const std::string& frame) const {
  const auto& picture = m_parts.desk.run.picture();
  const ViewState& view = m_parts.desk.session.view();
  if (!picture || !picture->decoded.image || view.set != set || view.frame != frame || m_parts.views.count() == 0)
    return std::nullopt;
  const ImageView& shown = *m_parts.views.view(0);
  const Size size = picture->decoded.image->size();
  const QRectF whole(0, 0, size.width, size.height);
  const QRect part = QRectF(shown.pictureAt({0, 0}), shown.pictureAt(QPointF(shown.width(), shown.height())))
                         .intersected(whole)
                         .toAlignedRect();
  if (part.isEmpty() || QRectF(part) == whole) return std::nullopt;
  return FrameRectangle{part.x(), part.y(), part.width(), part.height()};
}

bool StageStack::isShown() const { return !m_viewThrottle.isDue() && !m_readingThrottle.isDue(); }

}  // namespace oodscope
