// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers on a German desktop: shown with a point, and whoever types 1.6 or 1,6 means 1.6.
#include "widgets/controls/decimal_box.h"
#include "widgets/controls/number_field.h"

#include <QTest>

#include <gtest/gtest.h>

namespace oodscope {
namespace {

class GermanDesktop : public testing::Test {
protected:
  GermanDesktop() { QLocale::setDefault(QLocale(QLocale::German, QLocale::Germany)); }
  ~GermanDesktop() override { QLocale::setDefault(m_before); }

  static double typed(QDoubleSpinBox& box, const char* text) {
    box.show();
    box.setFocus();
    box.selectAll();
    QTest::keyClicks(&box, QString::fromLatin1(text));
    QTest::keyClick(&box, Qt::Key_Return);
    return box.value();
  }

private:
  QLocale m_before;
};

template <class Box>
class Boxes : public GermanDesktop {};
using Kinds = testing::Types<DecimalBox, NumberField>;
TYPED_TEST_SUITE(Boxes, Kinds);

TYPED_TEST(Boxes, ReadAPointAndACommaAlike) {
  TypeParam box;
  box.setDecimals(3);
  box.setRange(-5000.0, 5000.0);
  EXPECT_EQ(this->typed(box, "1.6"), 1.6);
  EXPECT_EQ(this->typed(box, "2,5"), 2.5);
  EXPECT_EQ(this->typed(box, "-0,125"), -0.125);
  EXPECT_EQ(this->typed(box, "1234.5"), 1234.5);
}

TYPED_TEST(Boxes, ReadAPowerOfTen) {
  TypeParam box;
  box.setDecimals(7);
  box.setRange(-10.0, 10.0);
  EXPECT_DOUBLE_EQ(this->typed(box, "4.38e-5"), 0.0000438);
  EXPECT_DOUBLE_EQ(this->typed(box, "1E-3"), 0.001);
  EXPECT_DOUBLE_EQ(this->typed(box, "-2,5e0"), -2.5);
}

TYPED_TEST(Boxes, ShowAPointAndNoGroups) {
  TypeParam box;
  box.setDecimals(2);
  box.setRange(0.0, 5000.0);
  box.setValue(1234.5);
  EXPECT_EQ(box.text(), QStringLiteral("1234.50"));
}

TEST(NumberFields, ShowSmallNumbersInThreeDigits) {
  NumberField field;
  field.setRange(-10.0, 10.0);
  field.setDecimals(7);
  field.setShown(0.0000438);
  EXPECT_EQ(field.text(), QStringLiteral("4.38e−5"));
  EXPECT_DOUBLE_EQ(field.value(), 0.0000438);
  field.setShown(0.25);
  EXPECT_EQ(field.text(), QStringLiteral("0.2500000"));
  field.setDecimals(3);
  field.setShown(0.0);
  EXPECT_EQ(field.text(), QStringLiteral("0.000"));
}

}  // namespace
}  // namespace oodscope
