// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

namespace oodscope {

/// "fpr95 > 60 tag:night dog": conditions separated by spaces or commas, all of which must hold. A condition is a
/// comparison of a number (< <= > >= = with a value not defined never holding), tag:TEXT, class:NAME, or a text the
/// name contains.
class FilterExpression {
public:
  struct Subject {
    QString name;
    QStringList tags;
    /// The number called so, lower case; empty outer: no such number, empty inner: not defined here.
    std::function<std::optional<std::optional<double>>(const QString&)> number;
    QString className = {};  ///< of class:NAME, whole, '_' for spaces
  };

  FilterExpression() = default;
  explicit FilterExpression(const QString& text);
  [[nodiscard]] bool matches(const Subject& subject) const;
  [[nodiscard]] bool isEmpty() const { return m_conditions.empty(); }

private:
  struct Condition {
    QString key;        // of a number, or empty
    QString operation;  // of a number, or "tag", "text"
    double value = 0.0;
    QString text;
  };
  std::vector<Condition> m_conditions;
};

}  // namespace oodscope
