// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/temperature_slider.h"

#include "widgets/controls/number_field.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/controls/slider_scales.h"
#include "widgets/theme/elided_label.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <cmath>

namespace oodscope {

TemperatureSlider::TemperatureSlider(QWidget* parent)
    : QWidget(parent),
      m_label(new QLabel(tr("Temperature <i>T</i>"))),
      m_reason(new ElidedLabel),
      m_reset(new QToolButton),
      m_field(new NumberField),
      m_slider(new ScaleSlider) {
  const Metrics m(this);
  m_reset->setIcon(icon(QStringLiteral("reset")));
  m_reset->setAutoRaise(true);
  nameControl(m_reset, tr("Reset temperature"));
  m_field->setDecimals(2);
  m_field->setRange(kLowestTemperature, kHighestTemperature);
  m_field->setStepFactor(1.05);
  m_field->setFixedWidth(m.px(74));
  m_field->setAccessibleName(tr("Temperature"));
  m_field->setToolTip(tr("Softmax temperature, 0.05 to 20 (Shift+[ and Shift+])"));
  m_reason->setForegroundRole(kSecondaryRole);
  m_reason->setFont(tableFont(font()));
  m_reason->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  m_reason->hide();
  m_slider->setObjectName(QStringLiteral("temperature-scale"));
  m_slider->setAccessibleName(tr("Temperature"));
  m_slider->setFill(ScaleSlider::Fill::FromNeutral, temperaturePosition(1.0));
  std::vector<ScaleSlider::Tick> ticks;
  for (const auto& [temperature, label] : {std::pair{0.05, ".05"},
                                           {0.1, ".1"},
                                           {0.25, "¼"},
                                           {0.5, "½"},
                                           {1.0, "1"},
                                           {2.0, "2"},
                                           {4.0, "4"},
                                           {8.0, "8"},
                                           {20.0, "20"}})
    ticks.push_back({temperaturePosition(temperature), QString::fromUtf8(label)});
  m_slider->setTicks(std::move(ticks));

  auto* top = new QHBoxLayout;
  top->setContentsMargins(0, 0, 0, 0);
  top->setSpacing(m.px(8));
  top->addWidget(m_label);
  top->addWidget(m_reason, 1);
  top->addStretch(0);
  top->addWidget(m_reset);
  top->addWidget(m_field);
  top->addStrut(m.control());  // the row keeps its height, field or reason
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(m.px(2));
  layout->addLayout(top);
  layout->addWidget(m_slider);
  m_label->setBuddy(m_field);

  connect(m_slider, &ScaleSlider::dragBegan, this, &TemperatureSlider::editBegan);
  connect(m_slider, &ScaleSlider::dragEnded, this, &TemperatureSlider::editEnded);
  connect(m_slider, &ScaleSlider::positionEdited, this, [this](double position) {
    double temperature = temperatureAt(position);
    for (const auto& mark : {m_reference, m_best, std::optional<double>(1.0)})  // exactly the mark, not its pixel
      if (mark && temperaturePosition(*mark) == position) temperature = *mark;
    temperature = std::round(temperature * 1000.0) / 1000.0;
    m_temperature = temperature;
    m_field->setShown(temperature);
    Q_EMIT temperatureEdited(temperature);
  });
  connect(m_field, &NumberField::valueEdited, this, &TemperatureSlider::editOnce);
  connect(m_reset, &QToolButton::clicked, this, [this] { editOnce(m_reference.value_or(1.0)); });
  showMarks();
  setTemperature(1.0);
}

void TemperatureSlider::setTemperature(double temperature) {
  m_temperature = temperature;
  m_field->setShown(temperature);
  m_slider->setPosition(temperaturePosition(temperature));
  m_slider->setValueText(tr("temperature %1").arg(numberText(temperature, 2)));
}

void TemperatureSlider::setReference(std::optional<double> temperature) {
  m_reference = temperature;
  showMarks();
}

void TemperatureSlider::setBest(std::optional<double> temperature, const QString& what) {
  m_best = temperature;
  m_bestName = what;
  showMarks();
}

void TemperatureSlider::setNoEffect(const QString& reason) {
  const bool works = reason.isEmpty();
  if (works == m_works && reason == m_reason->text()) return;
  m_reason->setText(reason);
  m_reason->setVisible(!works);
  m_reset->setVisible(works);
  m_field->setVisible(works);
  m_slider->setEnabled(works);
  m_label->setEnabled(works);
  m_slider->setToolTip(reason);
  setAccessibleDescription(reason);
  m_works = works;
  showSlider();
}

void TemperatureSlider::setCompact(bool compact) {
  m_compact = compact;
  showSlider();
}

void TemperatureSlider::showSlider() { m_slider->setVisible(m_works || !m_compact); }

void TemperatureSlider::showMarks() {
  std::vector<ScaleSlider::Mark> marks;
  marks.push_back({temperaturePosition(m_reference.value_or(1.0)), ScaleSlider::MarkShape::Pennant,
                   tr("reference, T %1").arg(numberText(m_reference.value_or(1.0), 2))});
  if (m_best)
    marks.push_back({temperaturePosition(*m_best), ScaleSlider::MarkShape::Diamond,
                     m_bestName.isEmpty() ? tr("best trade-off, T %1").arg(numberText(*m_best, 2)) : m_bestName});
  m_slider->setMarks(std::move(marks));
}

void TemperatureSlider::editOnce(double temperature) {
  Q_EMIT editBegan();
  setTemperature(temperature);
  Q_EMIT temperatureEdited(temperature);
  Q_EMIT editEnded();
}

}  // namespace oodscope
