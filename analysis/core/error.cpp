// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"

namespace oodscope {
namespace {

std::string text(const ErrorParts& parts) {
  std::string out = parts.what;
  if (!parts.expected.empty()) out += ": expected " + parts.expected;
  if (!parts.found.empty()) out += (parts.expected.empty() ? ": found " : ", found ") + parts.found;
  if (!parts.file.empty()) out += " (" + parts.file.string() + ")";
  return out;
}

}  // namespace

Error::Error(ErrorParts parts) : std::runtime_error(text(parts)), m_parts(std::move(parts)) {}

Error::Error(std::string what, std::filesystem::path file)
    : Error(ErrorParts{.what = std::move(what), .file = std::move(file)}) {}

}  // namespace oodscope
