// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/lists/filter_expression.h"

#include <QLineEdit>

class QCompleter;
class QLabel;
class QMenu;

namespace oodscope {

/// A field for a filter expression. It offers the numbers that can be compared while one types and in the menu of its
/// sign, says in a line below what cannot be read, and Escape empties it before that is anybody's shortcut.
class FilterEdit : public QLineEdit {
  Q_OBJECT

public:
  explicit FilterEdit(std::vector<FilterField> fields, QWidget* parent = nullptr);

  [[nodiscard]] const FilterExpression& expression() const { return m_expression; }
  /// Whole expressions that the menu offers.
  void setExamples(const QStringList& examples);
  /// The line that says what cannot be read; for a place below the field. It is hidden while there is nothing to say.
  [[nodiscard]] QLabel* note() const { return m_note; }
  /// What the sign at the field's left opens: fields with their meanings, words, examples. The caller owns it.
  [[nodiscard]] QMenu* makeMenu();
  /// The field's names, and the words that join conditions, that begin as what stands before the cursor.
  [[nodiscard]] QStringList proposals() const;

Q_SIGNALS:
  /// Another one, by the user or by setText().
  void expressionChanged();
  void edited(const QString& text);  ///< by the user

protected:
  bool event(QEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

private:
  void read(const QString& text);
  void propose();
  void complete(const QString& name);
  void insertText(const QString& text);
  /// Where the word begins that the cursor stands behind.
  [[nodiscard]] int wordBegin() const;
  void explain();

  std::vector<FilterField> m_fields;
  QStringList m_examples;
  FilterExpression m_expression;
  QCompleter* m_completer;
  QLabel* m_note;
};

}  // namespace oodscope
