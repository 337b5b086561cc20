// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <string_view>
#include <system_error>

namespace oodscope {

/// A file or folder that ships with the program, "demo/session.json": in share/oodscope beside the installed program's
/// bin, else in the source tree that it was built from. The path may name nothing where neither is there.
[[nodiscard]] inline std::filesystem::path resourceFile(std::string_view name) {
  std::error_code unknown;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  const std::filesystem::path installed = program.parent_path() / "../share/oodscope" / name;
  if (!unknown && std::filesystem::exists(installed, unknown)) return std::filesystem::weakly_canonical(installed);
  return std::filesystem::path(OODSCOPE_RESOURCES_DIR) / name;
}

}  // namespace oodscope
