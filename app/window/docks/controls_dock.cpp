// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/docks/controls_dock.h"

#include "app/desk/desk.h"
#include "app/documents/evaluate.h"
#include "app/figures/plot_data.h"
#include "app/window/knobs.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/parameter_fields.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/theme/number_text.h"

namespace oodscope {
ControlsDock::ControlsDock(Desk& desk, ControlsPanel& panel, QObject* parent)
    : QObject(parent), m_desk(desk), m_panel(panel) {
  SessionModel& session = desk.session;
  connect(&panel, &ControlsPanel::editBegan, &session, &SessionModel::beginDrag);
  connect(&panel, &ControlsPanel::editEnded, &session, &SessionModel::endDrag);
  const auto edit = [&session](const Edit& what) { session.edit(what); };
  connect(&panel, &ControlsPanel::temperatureEdited, this, [=](double t) { edit(edits::setTemperature(t)); });
  connect(&panel, &ControlsPanel::thresholdEdited, this, [=](double t) { edit(edits::setThreshold(t)); });
  connect(&panel, &ControlsPanel::pinEdited, this,
          [this, edit](const Pin& pin) { edit(editOf(pin, m_desk.run.threshold())); });
  connect(panel.threshold(), &ThresholdSlider::pinSetEdited, this,
          [=](const QString& set) { edit(edits::setPinSet(set.toStdString())); });
  connect(&panel, &ControlsPanel::heatScaleEdited, this, [=](const HeatScale& scale) { edit(editOf(scale)); });
  connect(&panel, &ControlsPanel::colourMapEdited, this,
          [=](ColourMap map, bool reversed) { edit(edits::setColourMap(colourMapName(map).toStdString(), reversed)); });
  connect(&panel, &ControlsPanel::opacityEdited, this, [=](double share) { edit(edits::setOpacity(share)); });
  connect(&panel, &ControlsPanel::resolutionEdited, this,
          [=](int index) { edit(edits::setResolution(resolutionAt(index))); });
  connect(&panel, &ControlsPanel::channelsEdited, this, [=](int index) { edit(edits::setChannels(index == 1)); });
  connect(&panel, &ControlsPanel::parameterEdited, this, [=](const QString& name, double value) {
    if (const auto what = editOfParameter(name, value)) edit(*what);
  });
}

void ControlsDock::show(const ViewState& view) {
  m_panel.temperature()->setTemperature(static_cast<double>(view.score.temperature));
  const bool hasScores =
      !m_desk.workspace.sets().empty() && !(m_desk.workspace.models().empty() && m_desk.workspace.scores().empty());
  m_panel.temperature()->setNoEffect(hasScores ? noTemperatureReason(view.score) : tr("needs scores of an open set"));
  m_panel.threshold()->setPin(pinOf(view.pin, view.pinValue));
  showPinSets(view);
  m_panel.heatScale()->setHeatScale(heatScaleOf(view));
  m_panel.setColourMap(colourMapFromName(QString::fromStdString(view.colourMap)), view.colourMapReversed);
  m_panel.setOpacity(view.opacity);
  m_panel.parameters()->setFields(parameterFieldsOf(view.score));
}

void ControlsDock::showPinSets(const ViewState& view) {
  QStringList others;
  for (const OpenSet& open : m_desk.workspace.sets())
    if (open.set->name != view.set) others << QString::fromStdString(open.set->name);
  const QString current = isPinnedElsewhere(view) ? QString::fromStdString(view.pinSet) : QString();
  if (others == m_pinSets && current == m_pinSet) return;
  m_pinSets = others;
  m_pinSet = current;
  m_panel.threshold()->setPinSets(others, current);
}

void ControlsDock::showChoices(const ViewState& view) {
  const bool network = defaultResolution(view.protocol) == Resolution::Network;
  m_panel.setResolutions(
      {tr("by protocol (%1)").arg(network ? tr("network") : tr("label")), tr("network"), tr("label")},
      resolutionIndex(view.resolution));
  const OpenModel* model = m_desk.workspace.findModel(QString::fromStdString(view.model));
  QStringList channels;
  if (model != nullptr && model->info && !view.score.imported)
    channels << countedText(model->info->outputs.knownClasses, tr("known class"), tr("known classes"))
             << tr("all %1").arg(countedText(model->info->channels, tr("output"), tr("outputs")));
  m_panel.setChannels(channels.isEmpty() ? QStringList{tr("known classes"), tr("all outputs")} : channels,
                      view.allChannels ? 1 : 0,
                      hasMethod(view.score) ? QString() : tr("imported maps have no channels"));
}

void ControlsDock::setBestTemperature(std::optional<double> temperature, const QString& what) {
  m_panel.temperature()->setBest(temperature, what);
}

}  // namespace oodscope
