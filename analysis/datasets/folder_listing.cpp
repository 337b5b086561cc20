// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/folder_listing.h"

#include "analysis/core/error.h"
#include "analysis/datasets/natural_order.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

template <class Keep>
std::vector<fs::path> list(const fs::path& folder, Keep keep) {
  std::error_code failure;
  std::vector<fs::path> out;
  fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, failure);
  for (; !failure && it != fs::directory_iterator(); it.increment(failure)) {
    if (it->path().filename().string().starts_with('.')) continue;
    std::error_code unknown;
    if (keep(it->status(unknown))) out.push_back(it->path());
  }
  if (failure) throw Error({.what = "folder cannot be read", .found = failure.message(), .file = folder});
  std::sort(out.begin(), out.end(), [](const fs::path& a, const fs::path& b) {
    return naturalLess(a.filename().string(), b.filename().string());
  });
  return out;
}

}  // namespace

std::vector<fs::path> filesIn(const fs::path& folder) {
  // Links that lead nowhere are files, too: they must be said, not dropped.
  return list(folder, [](fs::file_status status) { return !fs::is_directory(status); });
}

std::vector<fs::path> foldersIn(const fs::path& folder) {
  if (!isFolder(folder)) return {};
  return list(folder, [](fs::file_status status) { return fs::is_directory(status); });
}

bool isFolder(const fs::path& path) {
  std::error_code failure;
  return fs::is_directory(path, failure);
}

bool isFile(const fs::path& path) {
  std::error_code failure;
  return fs::is_regular_file(path, failure);
}

bool isNamedAsPicture(const fs::path& file) {
  constexpr std::array<std::string_view, 7> kEndings = {".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp"};
  return std::find(kEndings.begin(), kEndings.end(), lowered(file.extension().string())) != kEndings.end();
}

std::string folderName(const fs::path& root) {
  std::error_code failure;
  auto path = fs::absolute(root, failure).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return path.filename().string();
}

bool endsWith(const fs::path& file, std::string_view ending) { return file.filename().string().ends_with(ending); }

CompanionIndex::CompanionIndex(const std::vector<fs::path>& files, const KeyOf& keyOf) {
  for (const auto& file : files) {
    const auto key = keyOf(file);
    if (!key) {
      m_foreign.push_back(file);
    } else if (m_files.emplace(*key, file).second) {
      m_namesByLowerCase.emplace(lowered(*key), *key);
    } else {
      m_doubles.push_back(file);
    }
  }
}

std::optional<fs::path> CompanionIndex::take(const std::string& name) {
  if (const auto exact = m_files.find(name); exact != m_files.end()) {
    m_taken.insert(name);
    return exact->second;
  }
  const auto [first, last] = m_namesByLowerCase.equal_range(lowered(name));
  if (std::distance(first, last) != 1 || m_taken.contains(first->second)) return std::nullopt;
  m_taken.insert(first->second);
  ++m_takenByOtherCase;
  return m_files.at(first->second);
}

std::vector<fs::path> CompanionIndex::unused() const {
  std::vector<fs::path> out;
  for (const auto& [name, file] : m_files) {
    if (!m_taken.contains(name)) out.push_back(file);
  }
  return out;
}

}  // namespace oodscope
