// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/show_file.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QStringList>

#include <utility>

namespace oodscope {
namespace {

UrlOpener& urlOpener() {
  static UrlOpener opener;
  return opener;
}

bool openUrl(const QString& path) {
  const QUrl url = QUrl::fromLocalFile(path);
  return urlOpener() ? urlOpener()(url) : QDesktopServices::openUrl(url);
}

}  // namespace

void setUrlOpener(UrlOpener opener) { urlOpener() = std::move(opener); }

bool openFile(const QString& file) {
  static const QStringList kDocuments = QStringLiteral("pdf png svg html csv tex md txt").split(QLatin1Char(' '));
  const QFileInfo info(file);
  if (!info.isFile() || !kDocuments.contains(info.suffix().toLower())) return openFolderOf(file);
  return openUrl(info.absoluteFilePath());
}

bool openFolderOf(const QString& file) {
  const QFileInfo info(file);
  return openUrl(info.isDir() ? info.absoluteFilePath() : info.absolutePath());
}

}  // namespace oodscope
