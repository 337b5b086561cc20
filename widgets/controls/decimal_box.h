// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QDoubleSpinBox>

namespace oodscope {

/// A spin box for real numbers that is the same on every desktop: shown with a decimal point and no grouping, read with
/// point or comma, since keypads have the one and papers the other, and with a power of ten (4e-5). The minus sign may
/// be U+2212.
class DecimalBox : public QDoubleSpinBox {
  Q_OBJECT

public:
  explicit DecimalBox(QWidget* parent = nullptr);

protected:
  [[nodiscard]] double valueFromText(const QString& text) const override;
  QValidator::State validate(QString& input, int& position) const override;
};

}  // namespace oodscope
