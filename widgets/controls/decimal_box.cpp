// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/decimal_box.h"

#include "widgets/theme/number_text.h"

namespace oodscope {
namespace {

QString plainText(QString text) {
  return text.replace(kMinusSign, QLatin1Char('-')).replace(QLatin1Char(','), QLatin1Char('.'));
}

}  // namespace

DecimalBox::DecimalBox(QWidget* parent) : QDoubleSpinBox(parent) { setLocale(QLocale::c()); }

double DecimalBox::valueFromText(const QString& text) const { return QDoubleSpinBox::valueFromText(plainText(text)); }

QValidator::State DecimalBox::validate(QString& input, int& position) const {
  QString plain = plainText(input);
  return QDoubleSpinBox::validate(plain, position);
}

}  // namespace oodscope
