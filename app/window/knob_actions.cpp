// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/knob_actions.h"

#include "app/desk/desk.h"
#include "app/desk/inference_runner.h"
#include "app/figures/plot_data.h"
#include "app/window/method_choices.h"
#include "app/window/window_actions.h"
#include "widgets/controls/slider_scales.h"

#include <QMenu>

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

constexpr double kTemperatureStep = 1.1;   // a key press: ten percent
constexpr double kThresholdSteps = 100.0;  // a key press: a hundredth of the slider

auto layoutsOf(const WindowActions& actions) {
  return std::array{
      std::pair{actions.layoutOne, ViewLayout::One}, std::pair{actions.layoutOneByTwo, ViewLayout::OneByTwo},
      std::pair{actions.layoutTwoByTwo, ViewLayout::TwoByTwo}, std::pair{actions.layoutMethods, ViewLayout::PerMethod},
      std::pair{actions.layoutClasses, ViewLayout::Classes}};
}

}  // namespace

KnobActions::KnobActions(Desk& desk, WindowActions& actions, QObject* parent)
    : QObject(parent), m_desk(desk), m_actions(actions) {
  connectLooks();
  connectScores();
  connectInference();
}

void KnobActions::connectLooks() {
  SessionModel& session = m_desk.session;
  for (const auto& knob :
       {std::pair{m_actions.link, &edits::setLinked}, std::pair{m_actions.crosshair, &edits::setCrosshair},
        std::pair{m_actions.contour, &edits::setContour}, std::pair{m_actions.voidHatch, &edits::setVoidHatch},
        std::pair{m_actions.overlay, &edits::setOverlay}})
    connect(knob.first, &QAction::triggered, this, [&session, set = knob.second](bool on) { session.edit(set(on)); });
  for (const auto& [action, layout] : layoutsOf(m_actions))
    connect(action, &QAction::triggered, this, [&session, to = layout] { session.edit(edits::setLayout(to)); });
}

void KnobActions::connectScores() {
  SessionModel& session = m_desk.session;
  const auto on = [this](QAction* action, auto function) { connect(action, &QAction::triggered, this, function); };
  for (std::size_t i = 0; i < m_actions.methods.size(); ++i)
    on(m_actions.methods[i], [&session, i] { session.edit(edits::setMethod(allMethods()[i])); });
  connectFilters(m_actions.filters, RunSide::A);
  connectFilters(m_actions.filtersOfB, RunSide::B);
  on(m_actions.temperatureUp, [&session] { session.edit(edits::scaleTemperature(kTemperatureStep)); });
  on(m_actions.temperatureDown, [&session] { session.edit(edits::scaleTemperature(1.0 / kTemperatureStep)); });
  on(m_actions.temperatureReset, [&session] { session.edit(edits::setTemperature(1.0)); });
  on(m_actions.thresholdUp, [this] { moveThreshold(1); });
  on(m_actions.thresholdDown, [this] { moveThreshold(-1); });
  on(m_actions.keepCurve, [&session] { session.keepRun(runChoiceOf(session.view())); });
}

void KnobActions::connectFilters(const WindowActions::FilterActions& actions, RunSide side) {
  SessionModel& session = m_desk.session;
  connect(actions.none, &QAction::triggered, this, [this, &session, side] {
    session.edit(edits::setFilters({}, side));
    show(session.view());  // what was checked already stays checked
  });
  for (std::size_t i = 0; i < actions.each.size(); ++i)
    connect(actions.each[i], &QAction::triggered, this,
            [&session, side, i](bool on) { session.edit(edits::setFilter(allFilters()[i], on, side)); });
}

void KnobActions::showFilters(const WindowActions::FilterActions& actions, const ViewState& run) {
  QString notOpen;
  const auto live = m_desk.workspace.liveSet(QString::fromStdString(run.set), run, notOpen);
  actions.none->setChecked(run.score.filters.empty());
  for (std::size_t i = 0; i < actions.each.size(); ++i) {
    const Filter filter = allFilters()[i];
    const bool isChosen = std::ranges::find(run.score.filters, filter) != run.score.filters.end();
    const auto lack = live ? live->source().whyNot({filter}) : std::nullopt;
    actions.each[i]->setChecked(isChosen);
    actions.each[i]->setEnabled(isChosen || !lack);  // what is chosen can always be taken out
    actions.each[i]->setToolTip(lack ? QString::fromStdString(lack->what) : filterSummary(filter));
  }
}

void KnobActions::connectInference() {
  InferenceRunner& runner = m_desk.workspace.runner();
  connect(m_actions.pauseInference, &QAction::triggered, this,
          [&runner](bool pause) { pause ? runner.pause() : runner.resume(); });
  connect(m_actions.cancelInference, &QAction::triggered, this, [&runner] { runner.cancel(); });
}

void KnobActions::moveThreshold(int steps) {
  const auto details = m_desk.run.details();
  const auto now = m_desk.run.threshold();
  if (!details || details->sliderScale.empty() || !now) return;
  const ThresholdScale scale(details->sliderScale, ThresholdScale::Kind::Quantile);
  const double position = scale.position(static_cast<double>(*now)) + steps / kThresholdSteps;
  m_desk.session.edit(edits::setThreshold(scale.score(std::clamp(position, 0.0, 1.0))));
}

void KnobActions::show(const ViewState& view) {
  m_actions.link->setChecked(view.linked);
  m_actions.crosshair->setChecked(view.crosshair);
  m_actions.contour->setChecked(view.contour);
  m_actions.voidHatch->setChecked(view.voidHatch);
  m_actions.overlay->setChecked(view.overlay);
  for (const auto& [action, layout] : layoutsOf(m_actions)) action->setChecked(view.layout == layout);
  const auto methods = allMethods();
  for (std::size_t i = 0; i < methods.size(); ++i)
    m_actions.methods[i]->setChecked(hasMethod(view.score) && methods[i] == view.score.method);
  showFilters(m_actions.filters, view);
  m_actions.filtersOfB.menu->setEnabled(view.other.has_value());
  if (view.other) showFilters(m_actions.filtersOfB, Comparison::viewOfB(view));
}

void KnobActions::showChoices(const ViewState& view) {
  const auto methods = allMethods();
  for (std::size_t i = 0; i < methods.size(); ++i) {
    const QString why = whyNotMethod(m_desk.workspace, view, methods[i]);
    m_actions.methods[i]->setEnabled(why.isEmpty());
    m_actions.methods[i]->setToolTip(methodExplanation(methods[i], why));
  }
}

}  // namespace oodscope
