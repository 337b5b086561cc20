// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/controls_panel.h"

#include "widgets/controls/colour_map_combo.h"
#include "widgets/controls/opacity_slider.h"
#include "widgets/controls/parameter_fields.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/theme/rule.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>

namespace oodscope {
namespace {

void fill(QComboBox* combo, const QStringList& names, int current, const QString& noEffect,
          const QString& explanation) {
  const QSignalBlocker blocker(combo);
  combo->clear();
  combo->addItems(names);
  combo->setCurrentIndex(current);
  combo->setEnabled(noEffect.isEmpty() && names.size() > 1);
  combo->setToolTip(noEffect.isEmpty() ? explanation : noEffect);
}

}  // namespace

ControlsPanel::ControlsPanel(QWidget* parent)
    : QWidget(parent),
      m_temperature(new TemperatureSlider),
      m_threshold(new ThresholdSlider),
      m_heatScale(new HeatScaleControl),
      m_colourMap(new ColourMapCombo),
      m_opacity(new OpacitySlider),
      m_resolutions(new QComboBox),
      m_channels(new QComboBox),
      m_parameters(new ParameterFields) {
  usePanelBackground(this);
  const Metrics m(this);
  auto* grid = new QGridLayout;
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(m.px(12));
  grid->setVerticalSpacing(m.px(6));
  grid->setColumnStretch(1, 1);
  int row = 0;
  const auto add = [&](const QString& name, QWidget* control) {
    auto* label = new QLabel(name);
    label->setFixedHeight(m.control());
    label->setBuddy(control);
    grid->addWidget(label, row, 0, Qt::AlignTop);
    grid->addWidget(control, row++, 1);
  };
  add(tr("Heat scale"), m_heatScale);
  add(tr("Colour map"), m_colourMap);
  add(tr("Opacity"), m_opacity);
  add(tr("Scored at"), m_resolutions);
  add(tr("Channels"), m_channels);
  for (QComboBox* combo : {m_resolutions, m_channels}) {
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(8);
  }
  m_resolutions->setAccessibleName(tr("Resolution at which scores are computed"));
  m_channels->setAccessibleName(tr("Channels that take part in the score"));

  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(m.px(12), m.px(8), m.px(12), m.px(8));
  layout->setSpacing(m.px(6));
  layout->addWidget(m_temperature);
  layout->addWidget(m_threshold);
  layout->addSpacing(m.px(4));
  layout->addWidget(new Rule);
  layout->addSpacing(m.px(4));
  layout->addLayout(grid);
  layout->addWidget(m_parameters);
  layout->addStretch(1);

  connect(m_temperature, &TemperatureSlider::editBegan, this, &ControlsPanel::editBegan);
  connect(m_temperature, &TemperatureSlider::editEnded, this, &ControlsPanel::editEnded);
  connect(m_temperature, &TemperatureSlider::temperatureEdited, this, &ControlsPanel::temperatureEdited);
  connect(m_threshold, &ThresholdSlider::editBegan, this, &ControlsPanel::editBegan);
  connect(m_threshold, &ThresholdSlider::editEnded, this, &ControlsPanel::editEnded);
  connect(m_threshold, &ThresholdSlider::thresholdEdited, this, &ControlsPanel::thresholdEdited);
  connect(m_threshold, &ThresholdSlider::pinEdited, this, &ControlsPanel::pinEdited);
  connect(m_heatScale, &HeatScaleControl::heatScaleEdited, this, &ControlsPanel::heatScaleEdited);
  connect(m_colourMap, &ColourMapCombo::colourMapEdited, this, &ControlsPanel::colourMapEdited);
  connect(m_opacity, &OpacitySlider::editBegan, this, &ControlsPanel::editBegan);
  connect(m_opacity, &OpacitySlider::editEnded, this, &ControlsPanel::editEnded);
  connect(m_opacity, &OpacitySlider::opacityEdited, this, &ControlsPanel::opacityEdited);
  connect(m_resolutions, &QComboBox::activated, this, &ControlsPanel::resolutionEdited);
  connect(m_channels, &QComboBox::activated, this, &ControlsPanel::channelsEdited);
  connect(m_parameters, &ParameterFields::valueEdited, this, &ControlsPanel::parameterEdited);
}

void ControlsPanel::setColourMap(ColourMap map, bool reversed) { m_colourMap->setColourMap(map, reversed); }
void ControlsPanel::setOpacity(double share) { m_opacity->setOpacity(share); }
void ControlsPanel::setResolutions(const QStringList& names, int current, const QString& noEffect) {
  fill(m_resolutions, names, current, noEffect,
       tr("Where scores meet labels: at the network's output, at the labels' own size, or as the protocol's authors "
          "do."));
}
void ControlsPanel::setChannels(const QStringList& names, int current, const QString& noEffect) {
  fill(m_channels, names, current, noEffect,
       tr("Which outputs of the network take part in the score: those of the known classes, or a void output, too."));
}

}  // namespace oodscope
