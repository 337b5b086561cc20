// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/tokens.h"

#include <QEvent>
#include <QLabel>
#include <QPainter>

namespace oodscope {

/// A label of one line that asks for the room its text wants and takes any less: the text ends in "…", and the tool
/// tip then says all of it. What it says never makes its neighbours or the window wider.
class ElidedLabel : public QLabel {
public:
  explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr) : QLabel(text, parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
  }
  [[nodiscard]] QSize minimumSizeHint() const override { return {0, QLabel::minimumSizeHint().height()}; }

protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    const QColor colour = palette().color(foregroundRole());
    painter.setPen(isEnabled() ? colour : disabledColour(colour));
    painter.drawText(contentsRect(), static_cast<int>(alignment() | Qt::TextSingleLine),
                     fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
  }
  bool event(QEvent* event) override {
    if (event->type() == QEvent::ToolTip && toolTip() != text())
      setToolTip(fontMetrics().horizontalAdvance(text()) > contentsRect().width() ? text() : QString());
    return QLabel::event(event);
  }
};

}  // namespace oodscope
