// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/decimal_box.h"

#include "widgets/theme/number_text.h"

#include <QRegularExpression>

#include <algorithm>

namespace oodscope {
namespace {

QString plainText(QString text) {
  return text.replace(kMinusSign, QLatin1Char('-')).replace(QLatin1Char(','), QLatin1Char('.'));
}

bool hasExponent(const QString& plain) { return plain.contains(QLatin1Char('e'), Qt::CaseInsensitive); }

}  // namespace

DecimalBox::DecimalBox(QWidget* parent) : QDoubleSpinBox(parent) { setLocale(QLocale::c()); }

double DecimalBox::valueFromText(const QString& text) const {
  const QString plain = plainText(text);
  if (!hasExponent(plain)) return QDoubleSpinBox::valueFromText(plain);
  return std::clamp(QLocale::c().toDouble(plain), minimum(), maximum());
}

QValidator::State DecimalBox::validate(QString& input, int& position) const {
  static const QRegularExpression number(QStringLiteral("^[+-]?\\d*\\.?\\d*e[+-]?\\d*$"),
                                         QRegularExpression::CaseInsensitiveOption);
  QString plain = plainText(input);
  if (!hasExponent(plain)) return QDoubleSpinBox::validate(plain, position);
  if (!number.match(plain).hasMatch()) return QValidator::Invalid;
  bool isWhole = false;
  const double value = QLocale::c().toDouble(plain, &isWhole);
  return isWhole && value >= minimum() && value <= maximum() ? QValidator::Acceptable : QValidator::Intermediate;
}

}  // namespace oodscope
