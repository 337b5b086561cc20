// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/autosave.h"

#include <QStandardPaths>

#include <filesystem>
#include <fstream>

namespace oodscope {
namespace {

std::filesystem::path stateFolder() {
  return std::filesystem::path(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation).toStdString());
}

std::filesystem::path autosaveFile() { return stateFolder() / "autosave.oodscope"; }
std::filesystem::path runningMark() { return stateFolder() / "running"; }

}  // namespace

void writeAutosave(const Session& session) {
  std::filesystem::create_directories(stateFolder());
  writeSession(session, autosaveFile());
  std::ofstream(runningMark()) << '1';
}

void markCleanExit() {
  std::error_code ignored;
  std::filesystem::remove(runningMark(), ignored);
}

std::optional<Session> takeCrashedSession() {
  std::error_code ignored;
  if (!std::filesystem::exists(runningMark(), ignored)) return std::nullopt;
  markCleanExit();
  try {
    return readSession(autosaveFile());
  } catch (const std::exception&) {
    return std::nullopt;  // nothing was saved before the crash
  }
}

}  // namespace oodscope
