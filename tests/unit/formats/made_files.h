// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/error.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace oodscope::testing {

/// A file that record_files.py wrote.
inline std::filesystem::path recorded(const std::string& name) {
  return std::filesystem::path(OODSCOPE_SOURCE_DIR) / "tests/unit/formats/files" / name;
}
inline std::string contentOf(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}
/// The message of the Error that `call` throws; "no error" where it throws none.
template <class Call>
std::string errorOf(Call call) {
  try {
    static_cast<void>(call());
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace oodscope::testing
