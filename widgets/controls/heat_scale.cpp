// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/heat_scale.h"

#include "widgets/controls/number_field.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace oodscope {

HeatScaleControl::HeatScaleControl(QWidget* parent)
    : QWidget(parent),
      m_modes(new QComboBox),
      m_lock(new QToolButton),
      m_limits(new QWidget),
      m_low(new NumberField),
      m_high(new NumberField) {
  const Metrics m(this);
  m_modes->addItems({tr("Image"), tr("Set, 0–100 %"), tr("Set, 0–99.9 %"), tr("Percentiles"), tr("Manual")});
  m_modes->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_modes->setMinimumContentsLength(8);
  m_modes->setAccessibleName(tr("Heat scale"));
  m_modes->setToolTip(tr("Which scores the ends of the colour map stand for"));
  m_lock->setCheckable(true);
  m_lock->setAutoRaise(true);
  m_lock->setFixedSize(m.px(26), m.control());
  m_low->setAccessibleName(tr("Lower end"));
  m_high->setAccessibleName(tr("Upper end"));
  auto* limits = new QHBoxLayout(m_limits);
  limits->setContentsMargins(0, 0, 0, 0);
  limits->setSpacing(m.px(4));
  limits->addWidget(m_low, 1);
  limits->addWidget(new QLabel(QStringLiteral("–")));
  limits->addWidget(m_high, 1);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(m.px(8));
  row->addWidget(m_modes, 1);
  row->addWidget(m_lock);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(m.px(4));
  layout->addLayout(row);
  layout->addWidget(m_limits);

  connect(m_modes, &QComboBox::activated, this, [this](int index) {
    const auto mode = static_cast<HeatScale::Mode>(index);
    if (mode == m_scale.mode) return;
    m_scale.mode = mode;
    const bool manual = mode == HeatScale::Mode::Manual;
    m_scale.low = manual ? m_currentLow : 0.0;
    m_scale.high = manual ? m_currentHigh
                          : (mode == HeatScale::Mode::SetTrimmed   ? 99.9
                             : mode == HeatScale::Mode::Percentile ? 99.0
                                                                   : 100.0);
    edit();
  });
  connect(m_lock, &QToolButton::clicked, this, [this](bool on) {
    m_scale.locked = on;
    edit();
  });
  connect(m_low, &NumberField::valueEdited, this, [this](double value) {
    m_scale.low = value;
    edit();
  });
  connect(m_high, &NumberField::valueEdited, this, [this](double value) {
    m_scale.high = value;
    edit();
  });
  showScale();
}

void HeatScaleControl::setHeatScale(const HeatScale& scale) {
  if (scale == m_scale) return;
  m_scale = scale;
  showScale();
}

void HeatScaleControl::setCurrentLimits(double low, double high) {
  m_currentLow = low;
  m_currentHigh = high;
}

void HeatScaleControl::edit() {
  showScale();
  Q_EMIT heatScaleEdited(m_scale);
}

void HeatScaleControl::showScale() {
  m_modes->setCurrentIndex(static_cast<int>(m_scale.mode));
  m_lock->setChecked(m_scale.locked);
  m_lock->setIcon(icon(m_scale.locked ? QStringLiteral("lock") : QStringLiteral("unlock")));
  m_lock->setAccessibleName(tr("Lock heat scale"));
  m_lock->setToolTip(m_scale.locked ? tr("Locked: the same limits in all frames and views")
                                    : tr("Not locked: limits follow each frame"));
  const bool percentile = m_scale.mode == HeatScale::Mode::Percentile;
  const bool manual = m_scale.mode == HeatScale::Mode::Manual;
  m_limits->setVisible(percentile || manual);
  if (!m_limits->isVisibleTo(this)) return;
  const double span = std::max(m_scale.high - m_scale.low, 0.0);
  for (NumberField* field : {m_low, m_high}) {
    const QSignalBlocker blocker(field);  // fewer decimals round what it holds: no edit, and not in the new unit
    field->setDecimals(percentile ? 1 : std::max(3, fieldDecimals(span)));
    field->setSuffix(percentile ? QStringLiteral(" %") : QString());
    field->setRange(percentile ? 0.0 : -1e6, percentile ? 100.0 : 1e6);
    field->setSingleStep(percentile ? 0.5 : span > 0.0 && span < 1.0 ? span / 20.0 : 0.05);
  }
  m_low->setShown(m_scale.low);
  m_high->setShown(m_scale.high);
}

}  // namespace oodscope
