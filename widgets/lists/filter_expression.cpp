// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/filter_expression.h"

#include <QRegularExpression>

#include <algorithm>
#include <cmath>

namespace oodscope {

FilterExpression::FilterExpression(const QString& text) {
  static const QRegularExpression kPart(
      QStringLiteral("([\\p{L}][\\p{L}\\d_]*)\\s*(<=|>=|<|>|=)\\s*(-?\\d[\\d_]*(?:\\.\\d+)?)|tag:([^\\s,]+)|class:([^"
                     "\\s,]+)|([^\\s,]+)"));
  QString plain = text;
  plain.replace(QChar(0x2212), QLatin1Char('-'));
  auto parts = kPart.globalMatch(plain);
  while (parts.hasNext()) {
    const QRegularExpressionMatch part = parts.next();
    if (part.hasCaptured(1)) {
      m_conditions.push_back({part.captured(1).toLower(), part.captured(2),
                              part.captured(3).remove(QLatin1Char('_')).toDouble(), part.captured(0)});
    } else if (part.hasCaptured(4)) {
      m_conditions.push_back({{}, QStringLiteral("tag"), 0.0, part.captured(4)});
    } else if (part.hasCaptured(5)) {
      m_conditions.push_back({{}, QStringLiteral("class"), 0.0, part.captured(5)});
    } else {
      m_conditions.push_back({{}, QStringLiteral("text"), 0.0, part.captured(6)});
    }
  }
}

bool FilterExpression::matches(const Subject& subject) const {
  const auto contains = [](const QStringList& texts, const QString& part) {
    return std::any_of(texts.begin(), texts.end(),
                       [&](const QString& text) { return text.contains(part, Qt::CaseInsensitive); });
  };
  return std::all_of(m_conditions.begin(), m_conditions.end(), [&](const Condition& condition) {
    if (condition.operation == QLatin1String("tag")) return contains(subject.tags, condition.text);
    if (condition.operation == QLatin1String("class"))
      return QString(subject.className)
                 .replace(QLatin1Char(' '), QLatin1Char('_'))
                 .compare(condition.text, Qt::CaseInsensitive) == 0;
    if (condition.operation == QLatin1String("text"))
      return contains({subject.name}, condition.text) || contains(subject.tags, condition.text);
    const auto number = subject.number ? subject.number(condition.key) : std::nullopt;
    if (!number || !*number) return false;
    const double value = **number;
    if (condition.operation == QLatin1String("<")) return value < condition.value;
    if (condition.operation == QLatin1String("<=")) return value <= condition.value;
    if (condition.operation == QLatin1String(">")) return value > condition.value;
    if (condition.operation == QLatin1String(">=")) return value >= condition.value;
    return std::abs(value - condition.value) < 1e-9;
  });
}

}  // namespace oodscope
