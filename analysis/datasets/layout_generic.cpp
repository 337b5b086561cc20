// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/name_forms.h"

#include <set>

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

/// The image's or mask's folder below the part of the pattern that has no wildcard, so that "a/1" and "b/1" differ.
std::string nameOf(const fs::path& file, const fs::path& root, const std::string& glob) {
  fs::path fixed = root;
  for (const auto& part : fs::path(glob).parent_path()) {
    if (part.string().find_first_of("*?") != std::string::npos) break;
    fixed /= part;
  }
  const auto below = file.parent_path().lexically_relative(fixed);
  return below == "." ? file.stem().string() : (below / file.stem()).generic_string();
}

/// Frames are called by their images without what is usual before or after a name ("img_3" is 3), where all stay
/// unique.
void shortenNames(DataSet& set) {
  std::vector<std::string> names;
  for (const auto& frame : set.frames) {
    const auto slash = frame.name.rfind('/') + 1;  // 0 where there is none
    names.push_back(frame.name.substr(0, slash) + withoutImageAffix(frame.name.substr(slash)));
  }
  if (std::set<std::string>(names.begin(), names.end()).size() != names.size()) return;
  for (std::size_t i = 0; i < names.size(); ++i) set.frames[i].name = names[i];
}

}  // namespace

DataSet readGeneric(const fs::path& root, const GenericLayout& generic) {
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.encoding = generic.encoding;
  CompanionIndex masks;
  if (!generic.masks.empty()) {
    masks = CompanionIndex(filesMatching(root, generic.masks), [&](const fs::path& file) -> std::optional<std::string> {
      if (!isNamedAsMask(file)) return std::nullopt;
      return nameOf(file, root, generic.masks);
    });
  }
  std::set<fs::path> maskFiles;
  for (const auto& file : masks.files()) maskFiles.insert(file);
  const auto files = filesMatching(root, generic.images);
  if (files.empty()) {
    throw Error({.what = "no image fits the pattern",
                 .expected = "files that fit \"" + generic.images + "\"",
                 .found = "none",
                 .file = root});
  }
  std::vector<NamedImage> images;
  for (const auto& file : files) {
    if (maskFiles.contains(file)) continue;  // "*.png" for images and "*_mask.png" for masks in one folder
    if (isNamedAsPicture(file)) {
      images.push_back({nameOf(file, root, generic.images), file});
    } else {
      set.skipped.push_back({file, isNamedAsMask(file) ? "a kind of picture that is not read" : "not a picture"});
    }
  }
  const auto names = addFrames(set, images);
  attach(set, masks, &Frame::label, names, NameMatch::CommonAffixes);
  shortenNames(set);
  addLabelLeftovers(set, masks, "not a picture");
  return set;
}

}  // namespace oodscope
