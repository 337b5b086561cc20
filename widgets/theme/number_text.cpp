// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/number_text.h"

#include "analysis/tables/number_text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace oodscope {

QString numberText(double value, int decimals) {
  QString text = QLocale::c().toString(value, 'f', decimals);
  if (!text.startsWith(QLatin1Char('-'))) return text;
  const bool zero = std::none_of(text.cbegin(), text.cend(), [](QChar c) { return c >= u'1' && c <= u'9'; });
  text.remove(0, 1);
  return zero ? text : kMinusSign + text;
}

QString typesetNumber(const QString& text) { return QString::fromStdString(typesetText(text.toStdString())); }

QString signedNumberText(double value, int decimals) {
  const QString text = numberText(value, decimals);
  const bool zero = std::none_of(text.cbegin(), text.cend(), [](QChar c) { return c >= u'1' && c <= u'9'; });
  return value > 0.0 && !zero ? QLatin1Char('+') + text : text;
}

QString valueText(const ShownValue& value, int decimals) {
  if (!value.value || !std::isfinite(*value.value)) return kNotDefinedSign;
  if (value.estimated) return kAboutSign + numberText(*value.value, std::min(decimals, 1));
  return numberText(*value.value, decimals);
}

QString countText(double count) {
  if (count >= 1e5) return numberText(count / 1e6, 2) + QStringLiteral(" M");
  if (count >= 1e4) return numberText(count / 1e3, 0) + QStringLiteral(" k");
  return groupedText(static_cast<qint64>(std::llround(count)));
}

QString groupedText(qint64 value) {
  QLocale locale(QLocale::English, QLocale::UnitedStates);
  QString text = locale.toString(std::abs(value));
  return value < 0 ? kMinusSign + text : text;
}

QString countedText(qint64 count, const QString& one, const QString& many) {
  return groupedText(count) + QLatin1Char(' ') + (count == 1 ? one : many);
}

QString partText(qint64 part, qint64 whole, const QString& one, const QString& many) {
  if (part == whole) return countedText(whole, one, many);
  return groupedText(part) + QStringLiteral(" of ") + countedText(whole, one, many);
}

QString durationText(double seconds) {
  if (seconds < 10.0) return numberText(seconds, 1) + QStringLiteral(" s");
  if (seconds < 100.0) return numberText(seconds, 0) + QStringLiteral(" s");
  if (seconds < 6000.0) return numberText(seconds / 60.0, 0) + QStringLiteral(" min");
  return numberText(seconds / 3600.0, 1) + QStringLiteral(" h");
}

}  // namespace oodscope
