// SPDX-License-Identifier: GPL-3.0-or-later
// The program without its widgets needs neither a display nor an application of widgets. A Qt warning fails the test
// that is running.
#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QTemporaryDir>

namespace {

void failOnWarning(QtMsgType type, const QMessageLogContext&, const QString& message) {
  if (type != QtDebugMsg && type != QtInfoMsg) ADD_FAILURE() << "Qt: " << message.toStdString();
}

}  // namespace

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  const QTemporaryDir home;  // what a desk puts by stays out of the home of the person at the keyboard
  qputenv("XDG_DATA_HOME", home.path().toLocal8Bit());
  const QCoreApplication application(argc, argv);
  qInstallMessageHandler(failOnWarning);
  return RUN_ALL_TESTS();
}
