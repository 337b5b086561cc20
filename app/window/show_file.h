// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>
#include <QUrl>

#include <functional>

namespace oodscope {

/// Shows an address in another program; false where none could be started.
using UrlOpener = std::function<bool(const QUrl& url)>;
/// Takes the place of the desktop's until it is set again; an empty one gives the desktop's back. For tests.
void setUrlOpener(UrlOpener opener);

/// Documents open in their program; a folder opens, and so does that of any other file. False where nothing could be
/// started.
[[nodiscard]] bool openFile(const QString& file);
/// The folder that holds the file, or the folder itself.
[[nodiscard]] bool openFolderOf(const QString& file);

}  // namespace oodscope
