// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/controls/decimal_box.h"

namespace oodscope {

/// A spin box whose setter never emits: valueEdited is the user's doing alone. Negative numbers are shown with U+2212.
class NumberField : public DecimalBox {
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
  void stepBy(int steps) override;

private:
  double m_factor = 0.0;
};

}  // namespace oodscope
