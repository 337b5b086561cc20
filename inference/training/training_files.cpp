// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/training_files.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <system_error>

namespace oodscope::training_files {
namespace {

namespace fs = std::filesystem;

}  // namespace

void removeLeftovers(const fs::path& folder) {
  constexpr std::size_t random = 6;
  const auto isPart = [](std::string_view end) {
    const auto all = [end](auto fits) { return !end.empty() && std::all_of(end.begin(), end.end(), fits); };
    return all([](unsigned char c) { return std::isdigit(c) != 0 || c == '-'; }) ||
           (end.size() == random && all([](unsigned char c) { return std::isalnum(c) != 0; }));
  };
  std::error_code failure;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    const std::string name = entry.path().filename().string();
    for (const char* own : {kCheckpoint, kLog, kWeights, kSidecar, kBestWeights, kBestSidecar}) {
      const std::string start = std::string(own) + ".part-";
      if (name.starts_with(start) && isPart(std::string_view(name).substr(start.size())) &&
          entry.is_regular_file(failure))
        fs::remove(entry.path(), failure);
    }
  }
}

void requireOwnFolder(const fs::path& folder) {
  std::error_code failure;
  if (fs::exists(folder / kCheckpoint, failure)) return;
  for (const char* own : {kLog, kWeights, kSidecar, kBestWeights, kBestSidecar}) {
    if (!fs::exists(folder / own, failure)) continue;
    throw Error({.what = "the folder holds a file that training would replace: name another folder, or move it away",
                 .expected = std::string("an empty folder, or a training's with its ") + kCheckpoint,
                 .found = std::string(own) + " without a checkpoint",
                 .file = folder});
  }
}

}  // namespace oodscope::training_files
