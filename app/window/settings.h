// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/workspace.h"
#include "app/session/session.h"
#include "app/window/preferences_dialog.h"
#include "widgets/panels/start_page.h"
#include "widgets/theme/tokens.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <filesystem>
#include <optional>
#include <vector>

namespace oodscope {

/// What the program remembers between runs, below the user's configuration and cache folders. Never part of a session.

struct WindowLayout {
  QByteArray geometry, state;
};
[[nodiscard]] WindowLayout readWindowLayout();
void writeWindowLayout(const WindowLayout& layout);

[[nodiscard]] ThemeChoice readThemeChoice();
void writeThemeChoice(ThemeChoice choice);

/// Device, threads, memory, cache place, size and precision. Each value has a range: one that lies outside (the file is
/// text that anybody edits) is left at its default, and `refused` says so with file, key and range.
struct ReadWorkOptions {
  WorkOptions options;
  QStringList refused;
};
[[nodiscard]] ReadWorkOptions readWorkOptions();
void writeWorkOptions(const WorkOptions& options);

/// What a new session begins with.
[[nodiscard]] SessionDefaults readDefaults();
void writeDefaults(const SessionDefaults& defaults);

/// Entries of one name are told apart by the fewest of their parents, as what is open is.
[[nodiscard]] std::vector<RecentEntry> readRecent();
/// Those that lie nowhere any more.
void forgetMissingRecent();
/// Puts it first; at most twelve are kept.
void addRecent(const QString& path, const QString& kind);

[[nodiscard]] QString lastFolder();
void rememberFolder(const QString& path);

[[nodiscard]] std::filesystem::path thumbnailFolder();
/// Where windows put their sessions by for a start after a crash: the usual place, or one that the user chose.
[[nodiscard]] std::filesystem::path autosaveFolder();
void writeAutosaveFolder(const std::filesystem::path& folder);
/// The preferences' file where it cannot be written; empty where it can.
[[nodiscard]] QString unwritableSettings();
/// resources/demo/session.json as installed or in the source tree; empty where there is none.
[[nodiscard]] std::optional<std::filesystem::path> demoSession();

}  // namespace oodscope
