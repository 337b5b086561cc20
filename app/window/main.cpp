// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/evaluation/provenance.h"
#include "app/window/export/document_commands.h"
#include "app/window/main_window.h"
#include "app/window/picture_run.h"
#include "app/window/settings.h"
#include "app/window/window_options.h"
#include "inference/models/model.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QTimer>

#include <cstdio>
#include <cstdlib>

namespace {

/// Says so and ends the program once the window has been painted: what the start-up bench waits for.
class FirstPaint : public QObject {
protected:
  bool eventFilter(QObject*, QEvent* event) override {
    if (event->type() == QEvent::Paint)
      QTimer::singleShot(0, this, [] {
        std::puts("painted");
        std::fflush(stdout);
        std::_Exit(0);
      });
    return false;
  }
};

}  // namespace

int main(int argc, char** argv) {
  using namespace oodscope;
  prepareProcessForInference(argc, argv);
  if (const auto code = runDocumentCommand(argc, argv)) return *code;
  QApplication application(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("oodscope"));
  QApplication::setApplicationName(QStringLiteral("oodscope"));
  QApplication::setApplicationVersion(QString::fromStdString(programVersion()));

  WindowOptions options;
  if (const auto code = parseWindowOptions(application.arguments(), options)) return *code;
  Theme theme(application, options.theme.value_or(readThemeChoice()));
  WorkOptions work = readWorkOptions();
  applyWorkOptions(options, work);
  MainWindow window(theme, work);
  if (options.size) window.resize(*options.size);
  window.show();
  // The first paint comes before the first file is touched.
  QTimer::singleShot(0, &window, [&] {
    window.open(options.request);
    if (!options.screenshot && !options.request.session && options.request.sets.empty())
      if (auto crashed = takeCrashedSession()) window.restore(std::move(*crashed));
  });
  FirstPaint firstPaint;
  if (options.firstPaint) window.installEventFilter(&firstPaint);
  std::unique_ptr<PictureRun> picture;
  if (options.screenshot) picture = std::make_unique<PictureRun>(window, *options.screenshot);
  return QApplication::exec();
}
