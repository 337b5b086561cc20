// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/main_window.h"
#include "widgets/theme/tokens.h"

#include <QSize>
#include <QStringList>

#include <optional>

namespace oodscope {

/// What `oodscope` was started with: the names and meanings of oodscope-cli's options.
struct WindowOptions {
  WindowRequest request;
  std::optional<QString> screenshot;  ///< write the settled window's picture there and exit
  std::optional<QSize> size;
  std::optional<ThemeChoice> theme;
  std::optional<std::filesystem::path> cacheFolder;
  bool firstPaint = false;  ///< say "painted" on standard output after the first paint, and exit: for measuring
  bool noCache = false;
  int threads = 0;
};

/// Fills `options`. An exit code where the program is to end at once: 0 after --help or --version, 2 for wrong usage
/// (said on standard error).
[[nodiscard]] std::optional<int> parseWindowOptions(const QStringList& arguments, WindowOptions& options);

/// What of it concerns how work is done.
void applyWorkOptions(const WindowOptions& options, WorkOptions& work);

}  // namespace oodscope
