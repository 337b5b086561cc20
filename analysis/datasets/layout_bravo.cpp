// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// How files of a subset end. Source: valeoai/bravo_challenge, bravo_toolkit/codec/bravo_tarfile.py and README, A1.
struct BravoSubset {
  std::string_view folder;
  std::string_view image;    ///< before the picture's own ending
  std::string_view invalid;  ///< what is none of the known classes: not 0
  std::string_view classes;  ///< train ids, 255 void
};
constexpr std::array<BravoSubset, 6> kBravoSubsets = {{
    {"bravo_ACDC", "_rgb_anon", "_gt_invIds.png", "_gt_labelTrainIds.png"},
    {"bravo_SMIYC", "", "_labels_semantic.png", "_labels_semantic_fake.png"},
    {"bravo_outofcontext", "_leftImg8bit", "_gt_invIds.png", "_gt_labelTrainIds.png"},
    {"bravo_synobjs", "", "_mask.png", "_gt.png"},
    {"bravo_synflare", "_leftImg8bit", "_gt_invIds.png", "_gt_labelTrainIds.png"},
    {"bravo_synrain", "_leftImg8bit", "_gt_invIds.png", "_gt_labelTrainIds.png"},
}};

const BravoSubset* subsetOf(const fs::path& root) {
  const std::string name = lowered(folderName(root));
  const auto* found = std::find_if(kBravoSubsets.begin(), kBravoSubsets.end(), [&](const BravoSubset& subset) {
    return lowered(std::string(subset.folder)) == name;
  });
  return found == kBravoSubsets.end() ? nullptr : &*found;
}

void collectBravo(const fs::path& folder, int depth, std::vector<fs::path>& out) {
  for (const auto& file : filesIn(folder)) out.push_back(file);
  if (depth == 0) return;
  for (const auto& below : foldersIn(folder)) collectBravo(below, depth - 1, out);
}

/// The name without the ending; nothing where it has another.
std::optional<std::string> without(const std::string& name, std::string_view ending) {
  if (!name.ends_with(ending) || name.size() == ending.size()) return std::nullopt;
  return name.substr(0, name.size() - ending.size());
}

/// The folder's path with the last "labels_masks" or "gt" said as "images", where labels lie beside pictures.
std::string placeOf(const fs::path& below) {
  fs::path out;
  for (const auto& part : below) out /= part == "labels_masks" ? fs::path("images") : part;
  return out.generic_string();
}

DataSet readBravo(const fs::path& root, Layout layout) {
  const BravoSubset& subset = *subsetOf(root);
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.layout = layout;
  const bool isSmiyc = subset.invalid == "_labels_semantic.png";
  set.encoding = {.meaning = {{0, kNormal}},
                  .otherwise = kAnomaly,
                  .description = "0 valid (normal), all else invalid (anomaly)",
                  .isOtherwiseMeant = true};
  if (isSmiyc) set.encoding = binaryEncoding();
  constexpr int kDepth = 4;
  std::vector<fs::path> files;
  collectBravo(root, kDepth, files);
  std::map<std::string, fs::path> invalid, classes;
  std::vector<NamedImage> images;
  std::vector<std::string> keys;
  for (const auto& file : files) {
    const std::string place = placeOf(file.lexically_relative(root).parent_path());
    const auto key = [&](const std::string& name) {
      return place.empty() ? name : std::string(place).append(1, '/').append(name);
    };
    const std::string name = file.filename().string();
    const auto classKey = without(name, subset.classes), invalidKey = without(name, subset.invalid);
    const auto imageKey = without(file.stem().string(), subset.image);
    if (classKey)
      classes.emplace(key(*classKey), file);
    else if (invalidKey)
      invalid.emplace(key(*invalidKey), file);
    else if (imageKey && isNamedAsPicture(file))
      images.push_back({key(file.stem().string()), file});
    else
      set.skipped.push_back({file, "neither an image nor a label of this subset"});
  }
  for (const std::string& name : addFrames(set, images)) keys.push_back(*without(name, subset.image));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto attachFrom = [&](std::map<std::string, fs::path>& from, std::optional<fs::path>& place) {
      const auto found = from.find(keys[i]);
      if (found == from.end()) return;
      place = found->second;
      from.erase(found);
    };
    attachFrom(invalid, set.frames[i].label);
    attachFrom(classes, set.frames[i].classLabel);
  }
  for (const auto& [key, file] : invalid) set.skipped.push_back({file, "no image of this name"});
  for (const auto& [key, file] : classes) set.skipped.push_back({file, "no image of this name"});
  return set;
}

}  // namespace

namespace declared {

constinit const LayoutKind kBravo{
    .name = "BRAVO",
    .hint = "bravo_ACDC/, bravo_SMIYC/, bravo_synobjs/ or another subset",
    .brief = "BRAVO",
    .fits = [](const fs::path& root) { return subsetOf(root) != nullptr; },
    .read = readBravo,
    .isVoidByClass = true,
};

}  // namespace declared

}  // namespace oodscope
