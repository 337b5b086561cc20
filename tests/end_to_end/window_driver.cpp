// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/end_to_end/window_driver.h"

#include "widgets/controls/scale_slider.h"

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QElapsedTimer>
#include <QMouseEvent>
#include <QSettings>
#include <QTest>

namespace oodscope {

bool waitUntilIdle(MainWindow& window, int limitMs) {
  QElapsedTimer clock;
  clock.start();
  for (int quiet = 0; quiet < 5;) {
    if (clock.elapsed() > limitMs) return false;
    QTest::qWait(20);
    quiet = window.isIdle() ? quiet + 1 : 0;
  }
  return true;
}

void dragSlider(ScaleSlider* slider, double from, double to) {
  const int y = slider->height() / 2;
  const auto at = [&](double position) { return QPoint(qRound(slider->pixelOf(position)), y); };
  QTest::mousePress(slider, Qt::LeftButton, Qt::NoModifier, at(from));
  for (int step = 1; step <= 10; ++step) {
    const QPointF place = at(from + (to - from) * step / 10.0);
    QMouseEvent move(QEvent::MouseMove, place, slider->mapToGlobal(place), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(slider, &move);
    QTest::qWait(5);
  }
  QTest::mouseRelease(slider, Qt::LeftButton, Qt::NoModifier, at(to));
}

bool choose(QComboBox* combo, const QString& text) {
  combo->setFocus();
  QTest::keyClick(combo, Qt::Key_Home);
  for (int i = 0; i < combo->count() && !combo->currentText().startsWith(text); ++i)
    QTest::keyClick(combo, Qt::Key_Down);
  return combo->currentText().startsWith(text);
}

QComboBox* comboNamed(MainWindow& window, const QString& name) {
  for (QComboBox* combo : window.findChildren<QComboBox*>())
    if (combo->accessibleName() == name) return combo;
  return nullptr;
}

void picture(QWidget& window, const QString& name) {
  const QString folder = QStringLiteral(OODSCOPE_BINARY_DIR "/screenshots");
  QDir().mkpath(folder);
  ASSERT_TRUE(window.grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png")));
}

void WindowFixture::SetUp() {
  QApplication::setOrganizationName(QStringLiteral("oodscope-test"));
  QApplication::setApplicationName(QStringLiteral("oodscope-test"));
  qputenv("XDG_CONFIG_HOME", m_home.filePath(QStringLiteral("config")).toLocal8Bit());
  qputenv("XDG_DATA_HOME", m_home.filePath(QStringLiteral("data")).toLocal8Bit());
  qputenv("XDG_RUNTIME_DIR", m_home.path().toLocal8Bit());
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_home.filePath(QStringLiteral("config")));
  m_theme = std::make_unique<Theme>(*qApp, ThemeChoice::Dark);
}

}  // namespace oodscope
