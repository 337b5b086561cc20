// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QString>

#include <functional>

class QObject;
class QUrl;

namespace oodscope {

/// Opens a file, folder or address in the program that the desktop has for it, and says in words where that fails,
/// which may be seconds later: `failed` is called as long as `context` is there. What was started outlives the window.
void openOutside(const QUrl& url, QObject* context, std::function<void(const QString& why)> failed);

/// The folder that holds a file, or the folder itself.
[[nodiscard]] QUrl folderOf(const QString& path);

}  // namespace oodscope
