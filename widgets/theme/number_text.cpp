// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/number_text.h"

#include "analysis/tables/number_text.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kMostDecimals = 6;      // more are counted by nobody: a power of ten says it better
constexpr double kMostPlain = 1e7;    // likewise from here on
constexpr double kLeastPlain = 1e-5;  // and below

/// 10 to this power is the number's first digit.
int exponentOf(double value) { return static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9)); }

/// "1.28e−7": so many digits behind the first.
QString withExponent(double value, int digits) {
  QString text = QLocale::c().toString(value, 'e', std::clamp(digits, 0, 15));
  const auto at = text.indexOf(QLatin1Char('e'));
  const int exponent = text.mid(at + 1).toInt();
  text.truncate(at);
  text += QLatin1Char('e') + QString::number(exponent);
  return text.replace(QLatin1Char('-'), kMinusSign);
}

QString withoutZerosBehind(QString text) {
  if (!text.contains(QLatin1Char('.'))) return text;
  while (text.endsWith(QLatin1Char('0'))) text.chop(1);
  if (text.endsWith(QLatin1Char('.'))) text.chop(1);
  return text;
}

QString notFiniteText(double value) {
  if (std::isnan(value)) return kNotDefinedSign;
  return value > 0.0 ? QStringLiteral("∞") : kMinusSign + QStringLiteral("∞");
}

}  // namespace

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

QString scoreText(double value) {
  constexpr int kDigits = 3;
  if (!std::isfinite(value)) return notFiniteText(value);
  const double size = std::abs(value);
  if (size == 0.0 || (size >= 0.1 && size < kMostPlain)) return numberText(value, kDigits);
  if (size >= kMostPlain || size < kLeastPlain) return withExponent(value, kDigits - 1);
  return numberText(value, kDigits - 1 - exponentOf(value));
}

QString signedScoreText(double value) {
  const QString text = scoreText(value);
  const bool zero = std::none_of(text.cbegin(), text.cend(), [](QChar c) { return c >= u'1' && c <= u'9'; });
  return value > 0.0 && !zero ? QLatin1Char('+') + text : text;
}

QString scaleText(double value, double span) {
  constexpr int kLeastDecimals = 2;
  if (!std::isfinite(value)) return notFiniteText(value);
  const double size = std::abs(value);
  if (!std::isfinite(span) || span <= 0.0) return scoreText(value);
  const int decimals = std::max(kLeastDecimals, 1 - exponentOf(span));
  if (decimals <= kMostDecimals && size < kMostPlain) return numberText(value, decimals);
  if (size < span * 1e-9) return QStringLiteral("0");
  return withExponent(value, std::max(1, exponentOf(value) - exponentOf(span) + 1));
}

QString tickText(double value, double step) {
  if (!std::isfinite(value)) return notFiniteText(value);
  if (!std::isfinite(step) || step <= 0.0) return scoreText(value);
  const double size = std::abs(value);
  if (size < step * 1e-6) return QStringLiteral("0");
  const int last = exponentOf(step) - 1;  // steps are 1, 2, 2.5 or 5 times a power of ten
  if (size >= kMostPlain || -last > kMostDecimals + 1) {
    const QString text = withExponent(value, exponentOf(value) - last);
    const auto at = text.indexOf(QLatin1Char('e'));
    return withoutZerosBehind(text.left(at)) + text.mid(at);
  }
  return withoutZerosBehind(numberText(value, std::max(0, -last)));
}

int fieldDecimals(double span) {
  if (!std::isfinite(span) || span <= 0.0) return 3;
  if (span >= 0.1) return span > 50.0 ? 1 : span > 5.0 ? 2 : 3;
  return std::min(2 - exponentOf(span), 9);
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

QString pixelRangeText(qint64 low, qint64 high) {
  return (low == high ? groupedText(low) : groupedText(low) + QStringLiteral("–") + groupedText(high)) +
         QStringLiteral(" px");
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
