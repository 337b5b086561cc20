// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace oodscope::testing {

/// A file or folder below the shared data folder, or nothing where it is absent.
inline std::optional<std::filesystem::path> sharedPath(const std::string& below) {
  const std::filesystem::path path = std::filesystem::path(OODSCOPE_SHARED_DIR) / below;
  if (std::filesystem::exists(path)) return path;
  return std::nullopt;
}

}  // namespace oodscope::testing

/// Declares `name` as the path below the shared folder, or skips the test and says what was missing.
#define OODSCOPE_SHARED_OR_SKIP(name, below)                            \
  const auto name##Found = ::oodscope::testing::sharedPath(below);      \
  if (!name##Found) GTEST_SKIP() << "shared folder has no " << (below); \
  const std::filesystem::path name = *name##Found
