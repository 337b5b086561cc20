// SPDX-License-Identifier: GPL-3.0-or-later
// One QApplication for all tests of a program; a Qt warning fails the test that is running.
#include <gtest/gtest.h>

#include <QApplication>
#include <QFont>

namespace {

void failOnWarning(QtMsgType type, const QMessageLogContext&, const QString& message) {
  if (type == QtDebugMsg || type == QtInfoMsg) return;
  // The offscreen platform says this of every text-input focus change; it is about the platform, not the widget.
  if (message.contains(QLatin1String("This plugin does not support"))) return;
  ADD_FAILURE() << "Qt: " << message.toStdString();
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  QApplication::setFont(QFont(QStringLiteral("Noto Sans"), 10));
  qInstallMessageHandler(failOnWarning);
  return RUN_ALL_TESTS();
}
