// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/labels.h"

#include "app/session/run_spec.h"

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// The folder's parts from the innermost one outwards.
std::vector<std::string> partsOf(const fs::path& folder) {
  std::vector<std::string> parts;
  for (const fs::path& part : fs::path(folderIdOf(folder)).relative_path())
    if (!part.empty()) parts.push_back(part.generic_string());
  std::reverse(parts.begin(), parts.end());
  return parts;
}

/// How many parts both have alike, from the innermost one.
std::size_t alike(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto end = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end.first - a.begin());
}

/// The name behind so many of its parents.
std::string prefixed(const std::string& name, const std::vector<std::string>& parents, std::size_t count) {
  std::string out;
  for (std::size_t p = count; p-- > 0;) out.append(parents[p]).append(1, '/');
  return out.append(name);
}

bool endsIn(const NamedItem& item, std::string_view label) {
  if (label == item.name) return true;
  const std::vector<std::string> parents = partsOf(item.folder);
  const std::string whole = std::string("/").append(prefixed(item.name, parents, parents.size()));
  return whole.ends_with(std::string("/").append(label));
}

}  // namespace

NamedItem namedItem(const DataSet& set) {
  // The set may bear a label already: its own name holds no slash.
  const std::size_t slash = set.name.rfind('/');
  return {slash == std::string::npos ? set.name : set.name.substr(slash + 1), set.root.parent_path()};
}

NamedItem namedItem(const fs::path& path) {
  const fs::path whole = path.has_filename() ? path : path.parent_path();
  return {whole.filename().string(), whole.parent_path()};
}

std::vector<std::string> distinctLabels(const std::vector<NamedItem>& items) {
  std::vector<std::vector<std::string>> parents;
  parents.reserve(items.size());
  for (const NamedItem& item : items) parents.push_back(partsOf(item.folder));
  std::vector<std::string> labels;
  labels.reserve(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    std::size_t needed = 0;
    for (std::size_t j = 0; j < items.size(); ++j)
      if (items[j].name == items[i].name && parents[j] != parents[i])
        needed = std::max(needed, alike(parents[i], parents[j]) + 1);
    labels.push_back(prefixed(items[i].name, parents[i], std::min(needed, parents[i].size())));
  }
  return labels;
}

std::optional<std::size_t> itemCalled(std::string_view label, const std::vector<NamedItem>& items,
                                      const std::vector<std::string>& labels) {
  if (label.empty()) return std::nullopt;
  for (std::size_t i = 0; i < labels.size(); ++i)
    if (labels[i] == label) return i;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (endsIn(items[i], label)) return i;
  return std::nullopt;
}

}  // namespace oodscope
