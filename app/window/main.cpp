// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/provenance.h"
#include "app/options/end_in_words.h"
#include "app/options/exit_code.h"
#include "app/options/plain_numbers.h"
#include "app/window/docks/window_room.h"
#include "app/window/export/document_commands.h"
#include "app/window/main_window.h"
#include "app/window/picture_run.h"
#include "app/window/settings.h"
#include "app/window/window_options.h"
#include "inference/models/model.h"
#include "widgets/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QLocale>
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

/// Where Qt cannot start (a display that does not answer), it says why and aborts; a message and a code are enough.
void sayAndEnd(QtMsgType type, const QMessageLogContext&, const QString& message) {
  std::fprintf(stderr, "oodscope: %s\n", qPrintable(message));
  if (type == QtFatalMsg) std::_Exit(oodscope::kNothingDone);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace oodscope;
  endInWords();
  prepareProcessForInference(argc, argv);
  if (const auto code = runDocumentCommand(argc, argv)) return *code;
  // Before Qt starts: help needs no display, numbers are read alike under every locale, and Qt takes --session.
  CommandLine line = partedCommandLine(argc, argv);
  WindowOptions options;
  if (const auto code = parseWindowOptions(line.own, options)) return *code;
  if (const std::string why = whyNoDisplay(line); !why.empty()) {
    std::fprintf(stderr, "oodscope: %s\n", why.c_str());
    return kNothingDone;
  }
  int count = static_cast<int>(line.qt.size()) - 1;
  qInstallMessageHandler(sayAndEnd);
  QApplication application(count, line.qt.data());
  qInstallMessageHandler(nullptr);
  keepPlainNumbers();
  QLocale::setDefault(QLocale::c());
  QApplication::setOrganizationName(QStringLiteral("oodscope"));
  QApplication::setApplicationName(QStringLiteral("oodscope"));
  QApplication::setApplicationVersion(QString::fromStdString(programVersion()));

  Theme theme(application, options.theme.value_or(readThemeChoice()));
  auto [work, refused] = readWorkOptions();
  options.request.remarks = refused;
  applyWorkOptions(options, work);
  MainWindow window(theme, work);
  window.file().setAutosaving(!options.screenshot && !options.firstPaint);
  const QSize forPicture = options.screenshot ? QSize(1680, 1050) : QSize();
  WindowRoom::show(window, options.size.value_or(forPicture));
  // The first paint comes before the first file is touched.
  QTimer::singleShot(0, &window, [&] {
    window.open(options.request);
    if (!options.screenshot) window.offerLeftWork();
  });
  FirstPaint firstPaint;
  if (options.firstPaint) window.installEventFilter(&firstPaint);
  std::unique_ptr<PictureRun> picture;
  if (options.screenshot) picture = std::make_unique<PictureRun>(window, *options.screenshot);
  return QApplication::exec();
}
