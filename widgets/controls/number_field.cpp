// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/number_field.h"

#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QSignalBlocker>
#include <QWheelEvent>

#include <cmath>

namespace oodscope {

NumberField::NumberField(QWidget* parent) : QDoubleSpinBox(parent) {
  setLocale(QLocale::c());
  setKeyboardTracking(false);
  setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  setFont(numberFont(font()));
  connect(this, &QDoubleSpinBox::valueChanged, this, &NumberField::valueEdited);
}

void NumberField::setShown(double value) {
  const QSignalBlocker blocker(this);
  setValue(value);
}

QString NumberField::textFromValue(double value) const { return numberText(value, decimals()); }

double NumberField::valueFromText(const QString& text) const {
  QString plain = text;
  plain.replace(kMinusSign, QLatin1Char('-'));
  return QDoubleSpinBox::valueFromText(plain);
}

QValidator::State NumberField::validate(QString& input, int& position) const {
  QString plain = input;
  plain.replace(kMinusSign, QLatin1Char('-'));
  return QDoubleSpinBox::validate(plain, position);
}

void NumberField::stepBy(int steps) {
  if (m_factor <= 0.0) return QDoubleSpinBox::stepBy(steps);
  setValue(value() * std::pow(m_factor, steps));
  selectAll();
}

void NumberField::wheelEvent(QWheelEvent* event) {
  if (!hasFocus()) return event->ignore();
  QDoubleSpinBox::wheelEvent(event);
}

}  // namespace oodscope
