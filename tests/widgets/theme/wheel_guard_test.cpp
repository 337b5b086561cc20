// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/wheel_guard.h"
#include "widgets/theme/style.h"

#include <gtest/gtest.h>

#include <QtTest/qtestspontaneevent.h>
#include <QApplication>
#include <QComboBox>
#include <QScrollArea>
#include <QScrollBar>
#include <QSlider>
#include <QSpinBox>
#include <QTest>
#include <QVBoxLayout>
#include <QWheelEvent>

namespace oodscope {
namespace {

/// As the window system sends it: what a program sends itself goes to nothing that lies around the widget.
void turn(QWidget& widget) {
  const QPointF at = widget.rect().center();
  QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, -120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
  QSpontaneKeyEvent::setSpontaneous(&event);
  qApp->notify(&widget, &event);
}

struct WheelGuard : testing::Test {
  WheelGuard() {
    auto* content = new QWidget;
    auto* column = new QVBoxLayout(content);
    choice = new QComboBox;
    choice->addItems({QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")});
    number = new QSpinBox;
    number->setValue(50);
    slider = new QSlider(Qt::Horizontal);
    slider->setValue(50);
    for (QWidget* widget :
         {static_cast<QWidget*>(choice), static_cast<QWidget*>(number), static_cast<QWidget*>(slider)})
      column->addWidget(widget);
    content->setMinimumHeight(900);
    area.setWidget(content);
    area.setWidgetResizable(true);
    area.resize(300, 200);
    for (QWidget* widget :
         {static_cast<QWidget*>(choice), static_cast<QWidget*>(number), static_cast<QWidget*>(slider)})
      guardWheel(*widget);
    area.show();
    QTest::qWait(20);  // until it is known how far it scrolls
    area.setFocus();
  }
  QScrollArea area;
  QComboBox* choice;
  QSpinBox* number;
  QSlider* slider;
};

TEST_F(WheelGuard, WithoutFocusNoValueChangesAndWhatLiesAroundScrolls) {
  for (QWidget* widget :
       {static_cast<QWidget*>(choice), static_cast<QWidget*>(number), static_cast<QWidget*>(slider)}) {
    const int before = area.verticalScrollBar()->value();
    turn(*widget);
    EXPECT_GT(area.verticalScrollBar()->value(), before) << widget->metaObject()->className();
    EXPECT_FALSE(widget->hasFocus());
    EXPECT_FALSE(widget->focusPolicy() == Qt::WheelFocus) << "a real wheel would give it focus first";
  }
  EXPECT_EQ(choice->currentIndex(), 0);
  EXPECT_EQ(number->value(), 50);
  EXPECT_EQ(slider->value(), 50);
}

TEST_F(WheelGuard, WithFocusTheWheelWorks) {
  area.activateWindow();
  ASSERT_TRUE(QTest::qWaitForWindowActive(&area));
  number->setFocus();
  turn(*number);
  EXPECT_EQ(number->value(), 49);
  choice->setFocus();
  turn(*choice);
  EXPECT_EQ(choice->currentIndex(), 1);
}

TEST_F(WheelGuard, TheStyleGuardsWhatItPolishes) {
  Style style;
  QSpinBox fresh;
  fresh.setValue(5);
  style.polish(&fresh);
  turn(fresh);
  EXPECT_EQ(fresh.value(), 5);
  EXPECT_FALSE(changesByWheel(*area.verticalScrollBar()));
}

}  // namespace
}  // namespace oodscope
