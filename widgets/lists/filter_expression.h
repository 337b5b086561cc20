// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>
#include <QStringList>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace oodscope {

/// A number that a filter can compare: what it is called, and what it is, for menus.
struct FilterField {
  QString name;     ///< lower case
  QString meaning;  ///< "false positive rate at TPR 95, %"
};

/// A filter as parsed: "fpr95 > 60 and (tag:night or not dog)". Conditions are comparisons of a number
/// (< <= > >= = !=; a value that is not defined never holds), tag:TEXT, class:NAME, or a text that the name or a tag
/// contains, in quotes where it holds blanks. They are joined by `and`, `or`, `not` and brackets; beside each other or
/// behind a comma all must hold. `and` binds before `or`.
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
  /// `fields`: the numbers that there are; without any each name is taken for one.
  explicit FilterExpression(const QString& text, const std::vector<FilterField>& fields = {});
  /// Everything matches what is empty or cannot be read.
  [[nodiscard]] bool matches(const Subject& subject) const;
  [[nodiscard]] bool isEmpty() const { return m_root == nullptr; }
  /// What cannot be read: "no field zzz; fields: ap, fpr95"; empty where all can.
  [[nodiscard]] const QString& error() const { return m_error; }
  /// Where in the text that is.
  [[nodiscard]] qsizetype errorAt() const { return m_errorAt; }

  struct Node;

private:
  std::shared_ptr<const Node> m_root;
  QString m_error;
  qsizetype m_errorAt = 0;
};

}  // namespace oodscope
