// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QPushButton>

namespace oodscope {

/// Looks like a search field and opens the action finder: lens, name, shortcut at the right.
class FindButton : public QPushButton {
  Q_OBJECT

public:
  FindButton(const QString& name, const QString& shortcut, QWidget* parent = nullptr);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  QString m_name, m_shortcut;
};

}  // namespace oodscope
