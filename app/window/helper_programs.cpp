// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/helper_programs.h"

#include <QCoreApplication>
#include <QDesktopServices>
#include <QFileInfo>
#include <QPointer>
#include <QProcess>
#include <QStandardPaths>
#include <QStringList>

#include <utility>

namespace oodscope {
namespace {

const char* const kOpener = "xdg-open";
constexpr int kNotThere = 2, kNotStarted = 4;  // of its exit codes

UrlOpener& urlOpener() {
  static UrlOpener opener;
  return opener;
}

QString inHelperWords(const char* text) { return QCoreApplication::translate("HelperPrograms", text); }

/// What the opener's exit codes mean, as its manual lists them.
QString whyOpenerFailed(int code) {
  switch (code) {
    case kNotThere:
      return inHelperWords("it is not there any more");
    case 3:
      return inHelperWords("no program is installed that can show it");
    case kNotStarted:
      return inHelperWords("the program for it could not be started");
    default:
      return inHelperWords("%1 ended with code %2").arg(QLatin1String(kOpener)).arg(code);
  }
}

}  // namespace

void openOutside(const QUrl& url, QObject* context, std::function<void(const QString& why)> failed) {
  const QString shown = url.isLocalFile() ? url.toLocalFile() : url.toString();
  const auto say = [guard = QPointer<QObject>(context), failed = std::move(failed), shown](const QString& why) {
    if (guard) failed(inHelperWords("%1 cannot be shown: %2.").arg(shown, why));
  };
  if (url.isLocalFile() && !QFileInfo::exists(shown)) return say(whyOpenerFailed(kNotThere));
  if (urlOpener()) {
    if (!urlOpener()(url)) say(whyOpenerFailed(kNotStarted));
    return;
  }
  const QString opener = QStandardPaths::findExecutable(QLatin1String(kOpener));
  if (opener.isEmpty()) {
    if (!QDesktopServices::openUrl(url)) say(inHelperWords("%1 is not installed").arg(QLatin1String(kOpener)));
    return;
  }
  // Without a parent: a browser that it became must not end with this window.
  auto* process = new QProcess;
  process->setProcessChannelMode(QProcess::ForwardedChannels);
  QObject::connect(process, &QProcess::finished, process, [process, say](int code, QProcess::ExitStatus status) {
    if (status == QProcess::NormalExit && code != 0) say(whyOpenerFailed(code));
    process->deleteLater();
  });
  QObject::connect(process, &QProcess::errorOccurred, process, [process, say](QProcess::ProcessError error) {
    if (error != QProcess::FailedToStart) return;  // whatever else ends it was somebody's wish
    say(process->errorString());
    process->deleteLater();
  });
  process->start(opener, {url.toString(QUrl::FullyEncoded)});
}

QUrl folderOf(const QString& path) {
  const QFileInfo file(path);
  return QUrl::fromLocalFile(file.isDir() ? file.absoluteFilePath() : file.absolutePath());
}

QUrl documentOrFolder(const QString& path) {
  static const QStringList kDocuments = QStringLiteral("pdf png svg html csv tex md txt").split(QLatin1Char(' '));
  const QFileInfo file(path);
  const bool isDocument = file.isFile() && kDocuments.contains(file.suffix().toLower());
  return isDocument ? QUrl::fromLocalFile(file.absoluteFilePath()) : folderOf(path);
}

void setUrlOpener(UrlOpener opener) { urlOpener() = std::move(opener); }

}  // namespace oodscope
