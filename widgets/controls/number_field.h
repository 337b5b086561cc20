// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QDoubleSpinBox>

namespace oodscope {

/// A spin box whose setter never emits: valueEdited is the user's doing alone. Numbers in the C locale with U+2212.
class NumberField : public QDoubleSpinBox {
  Q_OBJECT

public:
  explicit NumberField(QWidget* parent = nullptr);
  void setShown(double value);
  /// Steps of a factor instead of a difference: for logarithmic quantities.
  void setStepFactor(double factor) { m_factor = factor; }

Q_SIGNALS:
  void valueEdited(double value);

protected:
  [[nodiscard]] QString textFromValue(double value) const override;
  [[nodiscard]] double valueFromText(const QString& text) const override;
  QValidator::State validate(QString& input, int& position) const override;
  void stepBy(int steps) override;
  void wheelEvent(QWheelEvent* event) override;

private:
  double m_factor = 0.0;
};

}  // namespace oodscope
