// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/opacity_slider.h"

#include "widgets/controls/number_field.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSlider>

#include <cmath>

namespace oodscope {

OpacitySlider::OpacitySlider(QWidget* parent)
    : QWidget(parent), m_slider(new QSlider(Qt::Horizontal)), m_field(new NumberField) {
  const Metrics m(this);
  m_slider->setRange(0, 100);
  m_slider->setPageStep(10);
  m_slider->setAccessibleName(tr("Opacity"));
  m_slider->setToolTip(tr("Opacity of heatmap and decision over the image"));
  m_field->setRange(0.0, 100.0);
  m_field->setDecimals(0);
  m_field->setSingleStep(5.0);
  m_field->setSuffix(QStringLiteral(" %"));
  m_field->setFixedWidth(m.px(62));
  m_field->setAccessibleName(tr("Opacity"));
  m_field->setToolTip(m_slider->toolTip());
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(m.px(8));
  layout->addWidget(m_slider, 1);
  layout->addWidget(m_field);
  connect(m_slider, &QSlider::sliderPressed, this, &OpacitySlider::editBegan);
  connect(m_slider, &QSlider::sliderReleased, this, &OpacitySlider::editEnded);
  connect(m_slider, &QSlider::valueChanged, this, [this](int percent) {
    const bool alone = !m_slider->isSliderDown();  // a key or the wheel
    m_field->setShown(percent);
    if (alone) Q_EMIT editBegan();
    Q_EMIT opacityEdited(percent / 100.0);
    if (alone) Q_EMIT editEnded();
  });
  connect(m_field, &NumberField::valueEdited, this, [this](double percent) {
    const QSignalBlocker blocker(m_slider);
    m_slider->setValue(static_cast<int>(std::lround(percent)));
    Q_EMIT editBegan();
    Q_EMIT opacityEdited(percent / 100.0);
    Q_EMIT editEnded();
  });
  setOpacity(1.0);
}

void OpacitySlider::setOpacity(double share) {
  const QSignalBlocker blocker(m_slider);
  m_slider->setValue(static_cast<int>(std::lround(share * 100.0)));
  m_field->setShown(share * 100.0);
}

double OpacitySlider::opacity() const { return m_slider->value() / 100.0; }

}  // namespace oodscope
