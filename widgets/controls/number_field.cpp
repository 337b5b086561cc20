// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/number_field.h"

#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QSignalBlocker>

#include <cmath>

namespace oodscope {
namespace {

constexpr int kPlainDecimals = 5;      // what fits in a field
constexpr double kLeastPlain = 0.001;  // below it, three digits take more than that

}  // namespace

NumberField::NumberField(QWidget* parent) : DecimalBox(parent) {
  setKeyboardTracking(false);
  setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  setFont(numberFont(font()));
  connect(this, &QDoubleSpinBox::valueChanged, this, &NumberField::valueEdited);
}

void NumberField::setShown(double value) {
  const QSignalBlocker blocker(this);
  setValue(value);
}

QString NumberField::textFromValue(double value) const {
  const bool isLong = decimals() > kPlainDecimals && value != 0.0 && std::abs(value) < kLeastPlain;
  return isLong ? QString::number(value, 'e', 2)
                      .replace(QStringLiteral("e-0"), QStringLiteral("e-"))
                      .replace(u'-', kMinusSign)
                : numberText(value, decimals());
}

void NumberField::stepBy(int steps) {
  if (m_factor <= 0.0) return DecimalBox::stepBy(steps);
  setValue(value() * std::pow(m_factor, steps));
  selectAll();
}

}  // namespace oodscope
