// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"

#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// '*' stands for any text, '?' for one character; both within one name.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t restart = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      restart = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++restart;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::vector<fs::path> filesMatching(const fs::path& root, const std::string& glob) {
  const fs::path pattern(glob);
  bool leavesRoot = glob.empty() || pattern.is_absolute();
  for (const auto& part : pattern) leavesRoot = leavesRoot || part == "..";
  if (leavesRoot) {
    throw Error({.what = "pattern cannot be used",
                 .expected = "a path below the set's folder such as images/*",
                 .found = "\"" + glob + "\"",
                 .file = root});
  }
  std::vector<fs::path> folders = {root};
  for (const auto& part : pattern.parent_path()) {
    std::vector<fs::path> next;
    for (const auto& folder : folders) {
      for (const auto& below : foldersIn(folder)) {
        if (matches(part.string(), below.filename().string())) next.push_back(below);
      }
    }
    folders = std::move(next);
  }
  std::vector<fs::path> out;
  for (const auto& folder : folders) {
    for (const auto& file : filesIn(folder)) {
      if (matches(pattern.filename().string(), file.filename().string())) out.push_back(file);
    }
  }
  return out;
}

/// A mask's stem without the endings that tools add to the image's name.
std::string strippedStem(const fs::path& file) {
  constexpr std::array<std::string_view, 10> kEndings = {"_labels_semantic",
                                                         "_gtFine_labelIds",
                                                         "_gtFine_labelTrainIds",
                                                         "_gtCoarse_labelIds",
                                                         "_leftImg8bit",
                                                         "_labels",
                                                         "_label",
                                                         "_masks",
                                                         "_mask",
                                                         "_gt"};
  auto stem = file.stem().string();
  for (const auto ending : kEndings) {
    if (stem.size() > ending.size() && lowered(stem).ends_with(lowered(ending))) {
      return stem.substr(0, stem.size() - ending.size());
    }
  }
  return stem;
}

/// The image's or mask's folder below the part of the pattern that has no wildcard, so that "a/1" and "b/1" differ.
std::string nameOf(const fs::path& file, const fs::path& root, const std::string& glob) {
  fs::path fixed = root;
  for (const auto& part : fs::path(glob).parent_path()) {
    if (part.string().find_first_of("*?") != std::string::npos) break;
    fixed /= part;
  }
  const auto below = file.parent_path().lexically_relative(fixed);
  return below == "." ? strippedStem(file) : (below / strippedStem(file)).generic_string();
}

}  // namespace

DataSet readGeneric(const fs::path& root, const GenericLayout& generic) {
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.layout = Layout::Generic;
  set.encoding = generic.encoding;
  CompanionIndex masks;
  if (!generic.masks.empty()) {
    masks = CompanionIndex(filesMatching(root, generic.masks), [&](const fs::path& file) -> std::optional<std::string> {
      if (!isNamedAsPicture(file)) return std::nullopt;
      return nameOf(file, root, generic.masks);
    });
  }
  std::set<fs::path> maskFiles;
  for (const auto& file : masks.unused()) maskFiles.insert(file);
  std::map<std::string, fs::path> seen;
  const auto images = filesMatching(root, generic.images);
  if (images.empty()) {
    throw Error({.what = "no image fits the pattern",
                 .expected = "files that fit \"" + generic.images + "\"",
                 .found = "none",
                 .file = root});
  }
  for (const auto& file : images) {
    if (maskFiles.contains(file)) continue;  // "*.png" for images and "*_mask.png" for masks in one folder
    if (!isNamedAsPicture(file)) {
      set.skipped.push_back({file, "not a picture"});
      continue;
    }
    const auto name = nameOf(file, root, generic.images);
    const auto [other, isNew] = seen.emplace(name, file);
    if (!isNew) {
      set.skipped.push_back({file, "another image has the same name: " + other->second.filename().string()});
      continue;
    }
    set.frames.push_back({.name = name, .image = file});
  }
  for (auto& frame : set.frames) {
    if (masks.hasExactly(frame.name)) frame.label = masks.take(frame.name);
  }
  for (auto& frame : set.frames) {
    if (!frame.label) frame.label = masks.take(frame.name);
  }
  addLeftovers(set, masks, "no image of this name", "not a picture");
  return set;
}

}  // namespace oodscope
