// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/main_window.h"
#include "widgets/theme/tokens.h"

#include <QSize>

#include <optional>
#include <string>
#include <vector>

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

/// Fills `options` from what follows the program's name. Needs no application and no display. An exit code where the
/// program is to end at once: 0 after --help or --version, 2 for wrong usage (said on standard error).
[[nodiscard]] std::optional<int> parseWindowOptions(const std::vector<std::string>& arguments, WindowOptions& options);

/// A command line parted into what this program reads and what Qt reads (-platform NAME, -style NAME, …; one dash or
/// two). --session FILE is this program's, -session ID the session manager's.
struct CommandLine {
  std::vector<std::string> own;
  std::vector<char*> qt;  ///< the program's name first, a null pointer last
};
[[nodiscard]] CommandLine partedCommandLine(int argc, char** argv);

/// Why no window can be shown here, in words; empty where one can, as far as the environment tells.
[[nodiscard]] std::string whyNoDisplay(const CommandLine& line);

/// What of it concerns how work is done.
void applyWorkOptions(const WindowOptions& options, WorkOptions& work);

}  // namespace oodscope
