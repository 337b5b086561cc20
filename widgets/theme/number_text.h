// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>

#include <optional>

namespace oodscope {

inline constexpr QChar kMinusSign(0x2212);
inline constexpr QChar kNotDefinedSign(0x2013);
inline constexpr QChar kAboutSign(0x2248);

/// A number as shown: empty means not defined, which is never 0, 1 or NaN.
struct ShownValue {
  std::optional<double> value = {};
  bool estimated = false;
  std::optional<double> halfWidth = {};  ///< of the 95 % interval
  QString reason = {};                   ///< why it is not defined: tool tip and accessible description
};

/// Fixed decimals, U+2212 as minus, "0.00" never negative.
[[nodiscard]] QString numberText(double value, int decimals);
/// The same with a sign always; a value that rounds to zero has none.
[[nodiscard]] QString signedNumberText(double value, int decimals);
/// A number that a program wrote, as it is printed: U+2212 as minus, "5·10⁻⁵" in place of "5e-05".
[[nodiscard]] QString typesetNumber(const QString& text);
/// A score as it stands alone: three decimals, or as many as three significant digits take where it is small ("0.220",
/// "0.0128", "−12.345"); with a power of ten below 0.00001 and from ten million on ("1.28e−7"). Not finite: "∞", "–".
[[nodiscard]] QString scoreText(double value);
/// The same with a sign always: a margin.
[[nodiscard]] QString signedScoreText(double value);
/// A score of a range that spans `span`: as many decimals as tell its hundredth parts apart, two at least ("0.00",
/// "0.0038"), so that both ends of a scale never read alike. With a power of ten where that takes more than six.
[[nodiscard]] QString scaleText(double value, double span);
/// A round number of an axis with steps of `step`: as few decimals as tell neighbours apart, without zeros behind.
[[nodiscard]] QString tickText(double value, double step);
/// Decimals that a field needs for values of a range that spans `span`: three, fewer for wide ranges, more for narrow
/// ones; 1 to 9.
[[nodiscard]] int fieldDecimals(double span);
/// "29.00", "≈30.4" (one decimal, for an interval supports no more) or "–".
[[nodiscard]] QString valueText(const ShownValue& value, int decimals = 2);
/// "0.48 M", "12 k", "950": counts of pixels.
[[nodiscard]] QString countText(double count);
/// "18,922".
[[nodiscard]] QString groupedText(qint64 value);
/// "1 frame", "2 frames", "1,204 frames": the words are of one and of any other number.
[[nodiscard]] QString countedText(qint64 count, const QString& one, const QString& many);
/// "1 px", "2–3 px".
[[nodiscard]] QString pixelRangeText(qint64 low, qint64 high);
/// "10 frames" where nothing is missing, "6 of 10 frames" otherwise.
[[nodiscard]] QString partText(qint64 part, qint64 whole, const QString& one, const QString& many);
/// "0.4 s", "12 s", "3 min", "2 h".
[[nodiscard]] QString durationText(double seconds);

}  // namespace oodscope
