// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>
#include <QUrl>

#include <functional>

class QObject;

namespace oodscope {

/// Opens a file, folder or address in the program that the desktop has for it, and says in words where that fails,
/// which may be seconds later: `failed` is called as long as `context` is there. What was started outlives the window.
void openOutside(const QUrl& url, QObject* context, std::function<void(const QString& why)> failed);

/// The folder that holds a file, or the folder itself.
[[nodiscard]] QUrl folderOf(const QString& path);
/// What a person wants to see of it: a document itself, of any other file, and of one that has gone, its folder.
[[nodiscard]] QUrl documentOrFolder(const QString& path);

/// Shows an address in another program; false where none could be started.
using UrlOpener = std::function<bool(const QUrl& url)>;
/// Takes the place of the desktop's until it is set again; an empty one gives the desktop's back. For tests.
void setUrlOpener(UrlOpener opener);

}  // namespace oodscope
