// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/wheel_guard.h"

#include <QCoreApplication>
#include <QEvent>
#include <QWidget>

namespace oodscope {
namespace {

/// One filter for all of them.
class WheelGuard : public QObject {
public:
  using QObject::QObject;

protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() != QEvent::Wheel || static_cast<QWidget*>(watched)->hasFocus()) return false;
    event->ignore();  // goes on to what lies around it
    return true;
  }
};

}  // namespace

bool changesByWheel(const QWidget& widget) {
  return widget.inherits("QComboBox") || widget.inherits("QAbstractSpinBox") ||
         (widget.inherits("QAbstractSlider") && !widget.inherits("QScrollBar"));
}

void guardWheel(QWidget& widget) {
  if (!changesByWheel(widget)) return;
  static QObject* guard = new WheelGuard(QCoreApplication::instance());
  if (widget.focusPolicy() == Qt::WheelFocus) widget.setFocusPolicy(Qt::StrongFocus);
  widget.removeEventFilter(guard);  // polished again, it has one
  widget.installEventFilter(guard);
}

}  // namespace oodscope
