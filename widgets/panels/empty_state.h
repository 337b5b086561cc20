// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

namespace oodscope {

/// What will appear in an empty dock and what it takes, in its middle.
class EmptyState : public QWidget {
  Q_OBJECT

public:
  EmptyState(const QString& title, const QString& explanation, QWidget* parent = nullptr);
  void setTexts(const QString& title, const QString& explanation);
  [[nodiscard]] QSize minimumSizeHint() const override;

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  QString m_title;
  QString m_explanation;
};

}  // namespace oodscope
