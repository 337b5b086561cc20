// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/name_forms.h"

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> fileNames(const std::vector<fs::path>& files) {
  std::vector<std::string> out;
  out.reserve(files.size());
  for (const auto& file : files) out.push_back(file.filename().string());
  return out;
}

void warnOfPairs(DataSet& set, const CompanionIndex& index) {
  std::vector<std::string> bare;
  for (const auto& frame : set.frames) {
    if (!frame.label) bare.push_back(frame.name);
  }
  const auto unused = index.unused();
  if (unused.empty()) return;
  const auto masks = counted(unused.size(), "mask") + " of " + std::to_string(index.files().size()) +
                     (unused.size() == 1 ? " fits no image: " : " fit no image: ") + namedFew(fileNames(unused));
  if (bare.empty()) return set.warnings.push_back(masks);
  set.warnings.push_back(counted(bare.size(), "image") + " of " + std::to_string(set.frames.size()) +
                         (bare.size() == 1 ? " has no mask: " : " have no mask: ") + namedFew(bare) + "; " + masks);
}

}  // namespace

std::string namedFew(const std::vector<std::string>& names) {
  constexpr std::size_t kNamed = 3;
  std::string out;
  for (std::size_t i = 0; i < std::min(kNamed, names.size()); ++i) out += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamed) out += " and " + std::to_string(names.size() - kNamed) + " more";
  return out;
}

void addLeftovers(DataSet& set, const CompanionIndex& index, const std::string& unusedReason,
                  const std::string& foreignReason) {
  for (const auto& file : index.unused()) set.skipped.push_back({file, unusedReason});
  for (const auto& file : index.doubles()) set.skipped.push_back({file, "another file has the same name"});
  for (const auto& file : index.foreign()) set.skipped.push_back({file, foreignReason});
  if (const auto count = index.matchedBy(NameMatch::OtherForm); count > 0) {
    set.remarks.push_back(counted(count, "file") +
                          " matched although upper and lower case or the Unicode form of the name differ");
  }
  if (const auto count = index.matchedBy(NameMatch::Affix); count > 0)
    set.remarks.push_back(counted(count, "file") + " matched without what is usual before or after a name");
}

void addLabelLeftovers(DataSet& set, const CompanionIndex& index, const std::string& foreignReason) {
  addLeftovers(set, index, "no image of this name", foreignReason);
  warnOfPairs(set, index);
  if (const auto count = index.matchedBy(NameMatch::CommonAffixes); count > 0) {
    set.warnings.push_back("assumed: " + counted(count, "mask") +
                           " belong to the images whose names are alike without what all begin or end with");
  }
  if (!index.doubles().empty()) {
    set.warnings.push_back(counted(index.doubles().size(), "mask") +
                           " not used, another has the same name: " + namedFew(fileNames(index.doubles())));
  }
  std::vector<std::string> broken;
  for (const auto& frame : set.frames) {
    if (frame.label && isBrokenLink(*frame.label)) broken.push_back(frame.label->filename().string());
  }
  if (!broken.empty()) {
    set.warnings.push_back(counted(broken.size(), "mask") +
                           (broken.size() == 1 ? " is a link that leads nowhere: " : " are links that lead nowhere: ") +
                           namedFew(broken));
  }
  std::vector<std::string> foreign;
  for (const auto& file : index.foreign()) {
    const auto ending = file.extension().string();
    if (ending == ".json" || ending == ".xml" || ending == ".txt") foreign.push_back(file.filename().string());
  }
  const bool isAnyBare = std::any_of(set.frames.begin(), set.frames.end(), [](const Frame& f) { return !f.label; });
  if (!foreign.empty() && isAnyBare) {
    set.warnings.push_back(counted(foreign.size(), "file") + " beside the masks " +
                           (foreign.size() == 1 ? "is" : "are") +
                           " no picture; polygons are not read, draw them as masks first: " + namedFew(foreign));
  }
}

void attach(DataSet& set, CompanionIndex& index, std::optional<fs::path> Frame::*member,
            const std::vector<std::string>& names, NameMatch loosest) {
  auto found = index.match(names, loosest);
  const auto first = set.frames.size() - names.size();
  for (std::size_t i = 0; i < names.size(); ++i) set.frames[first + i].*member = std::move(found[i]);
}

std::vector<std::string> addFrames(DataSet& set, const std::vector<NamedImage>& images) {
  std::vector<std::string> names;
  std::vector<std::string> doubles;
  std::map<std::string, fs::path> seen;
  for (const auto& [name, file] : images) {
    const auto [other, isNew] = seen.emplace(composedName(name), file);
    if (!isNew) {
      const auto kept = other->second.filename().string();
      set.skipped.push_back({file, "another image has the same name: " + kept});
      doubles.push_back(file.filename().string() + " (" + kept + " is)");
      continue;
    }
    set.frames.push_back({.name = composedName(name), .image = file});
    names.push_back(name);
  }
  if (!doubles.empty()) {
    set.warnings.push_back(
        counted(doubles.size(), "image") +
        (doubles.size() == 1 ? " is not used, another has its name: " : " are not used, others have their names: ") +
        namedFew(doubles));
  }
  return names;
}

}  // namespace oodscope
