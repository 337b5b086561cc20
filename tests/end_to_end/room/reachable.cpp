// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/room/reachable.h"

#include "widgets/controls/scale_slider.h"
#include "widgets/plots/plot_widget.h"
#include "widgets/views/image_view.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractScrollArea>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QDockWidget>
#include <QLineEdit>
#include <QMainWindow>
#include <QScrollBar>
#include <QStatusBar>
#include <QTabBar>
#include <QToolButton>

namespace oodscope {
namespace {

constexpr int kLeastSide = 8;  // pixels of a control that a mouse can hit

template <class... Kinds>
bool isOneOf(QWidget* widget) {
  return ((qobject_cast<Kinds*>(widget) != nullptr) || ...);
}

/// The area that scrolls `widget`, where it is one's content.
const QAbstractScrollArea* areaAround(const QWidget& widget) {
  const QWidget* viewport = widget.parentWidget();
  const auto* area = viewport == nullptr ? nullptr : qobject_cast<const QAbstractScrollArea*>(viewport->parentWidget());
  return area != nullptr && area->viewport() == viewport ? area : nullptr;
}

/// What scrolling can bring into the viewport, in its coordinates.
QRect scrolledRange(const QAbstractScrollArea& area) {
  const auto before = [](const QScrollBar& bar) { return bar.value() - bar.minimum(); };
  const auto after = [](const QScrollBar& bar) { return bar.maximum() - bar.value(); };
  const QScrollBar &across = *area.horizontalScrollBar(), &down = *area.verticalScrollBar();
  return area.viewport()->rect().adjusted(-before(across), -before(down), after(across), after(down));
}

/// Docks that share a place: Qt puts those whose tab is not the current one outside the window. A bar without tabs is
/// nowhere.
bool isBehindATab(const QWidget& widget) {
  if (const auto* bar = qobject_cast<const QTabBar*>(&widget); bar != nullptr)
    return bar->count() == 0 ||
           (qobject_cast<const QMainWindow*>(bar->parentWidget()) != nullptr && bar->visibleRegion().isEmpty());
  for (const QWidget* around = &widget; around != nullptr; around = around->parentWidget())
    if (qobject_cast<const QDockWidget*>(around) != nullptr) return around->visibleRegion().isEmpty();
  return false;
}

QString textCutOff(const QWidget& control) {
  const auto* button = qobject_cast<const QAbstractButton*>(&control);
  if (button == nullptr || button->text().isEmpty() || button->metaObject()->className() == QStringLiteral("QCheckBox"))
    return {};
  const auto* tool = qobject_cast<const QToolButton*>(button);
  if (tool != nullptr && tool->toolButtonStyle() == Qt::ToolButtonIconOnly && !tool->icon().isNull()) return {};
  QString text = button->text();
  text.remove(QLatin1Char('&'));
  const int needed = button->fontMetrics().horizontalAdvance(text);
  return needed > button->width() ? QStringLiteral("its text needs %1 of %2").arg(needed).arg(button->width())
                                  : QString();
}

}  // namespace

QList<QWidget*> controlsOf(QWidget& window) {
  QList<QWidget*> out;
  for (QWidget* widget : window.findChildren<QWidget*>()) {
    if (!widget->isVisible() || widget->window() != &window || isBehindATab(*widget)) continue;
    const bool isBarButton = qobject_cast<QTabBar*>(widget->parentWidget()) != nullptr;  // it scrolls its own
    const bool isPart = qobject_cast<QAbstractSpinBox*>(widget->parentWidget()) != nullptr ||
                        qobject_cast<QComboBox*>(widget->parentWidget()) != nullptr ||
                        qobject_cast<QLineEdit*>(widget->parentWidget()) != nullptr;
    if (isBarButton || isPart || qobject_cast<QScrollBar*>(widget) != nullptr) continue;
    if (isOneOf<QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider, QAbstractItemView, QTabBar,
                PlotWidget, ImageView, ScaleSlider, QStatusBar>(widget))
      out << widget;
  }
  return out;
}

QString whyOutOfReach(const QWidget& control, const QWidget& window) {
  if (control.width() < kLeastSide || control.height() < kLeastSide)
    return QStringLiteral("it is %1 x %2").arg(control.width()).arg(control.height());
  if (const QString cut = textCutOff(control); !cut.isEmpty()) return cut;
  QRect rect = control.rect();
  for (const QWidget* at = &control; at != &window; at = at->parentWidget()) {
    const QWidget* parent = at->parentWidget();
    rect.translate(at->pos());
    const QAbstractScrollArea* area = areaAround(*at);
    const QRect room = area != nullptr ? scrolledRange(*area) : parent->rect();
    if (!room.contains(rect)) {
      const auto text = [](const QRect& r) {
        return QStringLiteral("%1,%2 %3x%4").arg(r.x()).arg(r.y()).arg(r.width()).arg(r.height());
      };
      return QStringLiteral("%1 is outside %2 of %3 %4")
          .arg(text(rect), text(room), QString::fromLatin1(parent->metaObject()->className()), parent->objectName());
    }
    if (area != nullptr) rect = parent->rect();  // scrolled to, it is somewhere in the viewport
  }
  return {};
}

QStringList outOfReach(QWidget& window) {
  QStringList out;
  for (const QWidget* control : controlsOf(window))
    if (const QString why = whyOutOfReach(*control, window); !why.isEmpty())
      out << QStringLiteral("%1 “%2”: %3")
                 .arg(QString::fromLatin1(control->metaObject()->className()), control->accessibleName(), why);
  return out;
}

}  // namespace oodscope
