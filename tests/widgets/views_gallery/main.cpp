// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/views_gallery/pages.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QFont>

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  QApplication::setFont(QFont(QStringLiteral("Noto Sans"), 10));
  const QStringList arguments = QApplication::arguments();
  if (arguments.size() < 2) qFatal("usage: views_gallery FOLDER [views|plots|scene3d]");
  const QString folder = arguments.at(1);
  QDir().mkpath(folder);
  const auto wanted = [&](const char* page) { return arguments.size() < 3 || arguments.at(2) == QLatin1String(page); };
  oodscope::Theme theme(application, oodscope::ThemeChoice::Dark);
  for (const auto choice : {oodscope::ThemeChoice::Dark, oodscope::ThemeChoice::Light}) {
    theme.setChoice(choice);
    const QString name = theme.isDark() ? QStringLiteral("dark") : QStringLiteral("light");
    if (wanted("views")) oodscope::viewsPage(folder, name);
    if (wanted("plots")) oodscope::plotsPage(folder, name);
  }
  return 0;
}
