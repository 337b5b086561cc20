// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/folder_listing.h"

#include "analysis/core/error.h"
#include "analysis/datasets/name_forms.h"
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
    if (isLeftBehind(it->path())) continue;
    std::error_code unknown;
    if (keep(it->status(unknown))) out.push_back(it->path());
  }
  if (failure) throw Error({.what = "folder cannot be read", .found = failure.message(), .file = folder});
  std::sort(out.begin(), out.end(), [](const fs::path& a, const fs::path& b) {
    return naturalLess(a.filename().string(), b.filename().string());
  });
  return out;
}

/// Where a mask is there twice, the one whose kind keeps values exactly is meant.
bool losesValues(const fs::path& file) {
  const auto ending = lowered(file.extension().string());
  return ending == ".jpg" || ending == ".jpeg" || ending == ".webp" || ending == ".gif";
}

}  // namespace

bool isLeftBehind(const fs::path& path) {
  constexpr std::array<std::string_view, 7> kNames = {"__macosx",    "@eadir", "thumbs.db", "ehthumbs.db",
                                                      "desktop.ini", "icon\r", "lost+found"};
  const auto name = path.filename().string();
  if (name.starts_with('.')) return true;
  return std::find(kNames.begin(), kNames.end(), lowered(name)) != kNames.end();
}

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

bool isBrokenLink(const fs::path& path) {
  std::error_code failure;
  return fs::is_symlink(fs::symlink_status(path, failure)) && !fs::exists(path, failure);
}

bool isNamedAsMask(const fs::path& file) {
  constexpr std::array<std::string_view, 16> kEndings = {".npy",  ".npz", ".gif", ".mat", ".jp2", ".pgm",
                                                         ".ppm",  ".pnm", ".pbm", ".tga", ".exr", ".heic",
                                                         ".avif", ".h5",  ".jxl", ".hdf5"};
  return isNamedAsPicture(file) ||
         std::find(kEndings.begin(), kEndings.end(), lowered(file.extension().string())) != kEndings.end();
}

std::string folderName(const fs::path& root) {
  std::error_code failure;
  auto path = fs::absolute(root, failure).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return path.filename().string();
}

bool endsWith(const fs::path& file, std::string_view ending) { return file.filename().string().ends_with(ending); }

CompanionIndex::CompanionIndex(const std::vector<fs::path>& files, const KeyOf& keyOf) {
  std::map<std::string, fs::path> byKey;
  for (const auto& file : files) {
    const auto key = keyOf(file);
    if (!key) {
      m_foreign.push_back(file);
      continue;
    }
    const auto [place, isNew] = byKey.emplace(*key, file);
    if (isNew) continue;
    if (losesValues(place->second) && !losesValues(file)) {
      m_doubles.push_back(place->second);
      place->second = file;
    } else {
      m_doubles.push_back(file);
    }
  }
  for (const auto& [key, file] : byKey) m_entries.push_back({key, file});
}

void CompanionIndex::matchBy(NameMatch rule, Search search, const Words& ofName, const Words& ofFile) {
  std::multimap<std::string, std::size_t> names;
  std::multimap<std::string, std::size_t> entries;
  for (std::size_t i = 0; i < search.names.size(); ++i) {
    if (!search.found[i]) names.emplace(ofName(search.names[i]), i);
  }
  for (std::size_t i = 0; i < m_entries.size(); ++i) {
    if (!m_entries[i].isTaken) entries.emplace(ofFile(m_entries[i].key), i);
  }
  for (const auto& [text, name] : names) {
    if (names.count(text) != 1 || entries.count(text) != 1) continue;
    auto& entry = m_entries[entries.find(text)->second];
    entry.isTaken = true;
    search.found[name] = entry.file;
    ++m_matchedBy[rule];
  }
}

void CompanionIndex::matchByCommonAffixes(Search search) {
  std::vector<std::string> left;
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < search.names.size(); ++i) {
    if (!search.found[i]) left.push_back(lowered(composedName(search.names[i])));
  }
  for (const auto& entry : m_entries) {
    if (!entry.isTaken) keys.push_back(lowered(composedName(entry.key)));
  }
  const auto ofNames = commonAffixes(left);
  const auto ofFiles = commonAffixes(keys);
  const auto without = [](const std::string& text, const CommonAffixes& affixes) {
    const auto name = lowered(composedName(text));
    const auto taken = affixes.prefix.size() + affixes.suffix.size();
    return name.size() > taken ? name.substr(affixes.prefix.size(), name.size() - taken) : name;
  };
  matchBy(
      NameMatch::CommonAffixes, search, [&](const std::string& name) { return without(name, ofNames); },
      [&](const std::string& key) { return without(key, ofFiles); });
}

std::vector<std::optional<fs::path>> CompanionIndex::match(const std::vector<std::string>& names, NameMatch loosest) {
  std::vector<std::optional<fs::path>> found(names.size());
  const Search search{names, found};
  const auto same = [](const std::string& text) { return text; };
  matchBy(NameMatch::Exact, search, same, same);
  matchBy(NameMatch::OtherForm, search, composedName, composedName);
  const auto form = [](const std::string& text) { return lowered(composedName(text)); };
  matchBy(NameMatch::OtherForm, search, form, form);
  if (loosest <= NameMatch::OtherForm) return found;
  const auto lastName = [](const std::string& text, std::string (*strip)(std::string_view)) {
    const auto slash = text.rfind('/') + 1;  // 0 where there is none
    return lowered(text.substr(0, slash) + strip(text.substr(slash)));
  };
  matchBy(
      NameMatch::Affix, search,
      [&](const std::string& name) { return lastName(composedName(name), withoutImageAffix); },
      [&](const std::string& key) { return lastName(composedName(key), withoutMaskAffix); });
  if (loosest == NameMatch::CommonAffixes) matchByCommonAffixes(search);
  return found;
}

std::vector<fs::path> CompanionIndex::files() const {
  std::vector<fs::path> out;
  for (const auto& entry : m_entries) out.push_back(entry.file);
  out.insert(out.end(), m_doubles.begin(), m_doubles.end());
  return out;
}

std::vector<fs::path> CompanionIndex::unused() const {
  std::vector<fs::path> out;
  for (const auto& entry : m_entries) {
    if (!entry.isTaken) out.push_back(entry.file);
  }
  return out;
}

std::size_t CompanionIndex::matchedBy(NameMatch rule) const {
  const auto found = m_matchedBy.find(rule);
  return found == m_matchedBy.end() ? 0 : found->second;
}

}  // namespace oodscope
