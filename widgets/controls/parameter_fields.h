// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>
#include <QWidget>

#include <vector>

namespace oodscope {

class NumberField;

/// A number that a method takes, as a field shows it.
struct ParameterField {
  QString name;         ///< what edits of it are called by, and its label
  QString explanation;  ///< tool tip
  double value = 0.0, low = 0.0, high = 0.0;
  double step = 1.0;
  int decimals = 0;
};

/// Labelled fields of numbers, a row each. Hidden while there are none.
class ParameterFields : public QWidget {
  Q_OBJECT

public:
  explicit ParameterFields(QWidget* parent = nullptr);
  /// Fields of the same names keep their widgets, so that one being edited keeps the focus.
  void setFields(const std::vector<ParameterField>& fields);
  /// By its name; nullptr where it is not shown.
  [[nodiscard]] NumberField* field(const QString& name) const;

Q_SIGNALS:
  /// The user's doing alone.
  void valueEdited(const QString& name, double value);

private:
  struct Row {
    QString name;
    NumberField* field = nullptr;
  };
  void rebuild(const std::vector<ParameterField>& fields);

  std::vector<Row> m_rows;
  QWidget* m_content = nullptr;
};

}  // namespace oodscope
