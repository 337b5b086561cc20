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
/// "29.00", "≈30.4" (one decimal, for an interval supports no more) or "–".
[[nodiscard]] QString valueText(const ShownValue& value, int decimals = 2);
/// "0.48 M", "12 k", "950": counts of pixels.
[[nodiscard]] QString countText(double count);
/// "18,922".
[[nodiscard]] QString groupedText(qint64 value);
/// "1 frame", "2 frames", "1,204 frames": the words are of one and of any other number.
[[nodiscard]] QString countedText(qint64 count, const QString& one, const QString& many);
/// "10 frames" where nothing is missing, "6 of 10 frames" otherwise.
[[nodiscard]] QString partText(qint64 part, qint64 whole, const QString& one, const QString& many);
/// "0.4 s", "12 s", "3 min", "2 h".
[[nodiscard]] QString durationText(double seconds);

}  // namespace oodscope
