// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/label_encoding.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/name_forms.h"
#include "analysis/datasets/natural_order.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// What people call the folder of images and that of masks, the likeliest first, with '_' for '-' and ' '.
constexpr std::array<std::string_view, 24> kImageFolders = {
    "images", "image",           "imgs",     "img",        "leftimg8bit", "rgb",
    "rgbs",   "rgb_images",      "original", "originals",  "color",       "colour",
    "colors", "original_images", "frames",   "photos",     "photo",       "pictures",
    "inputs", "input",           "raw",      "jpegimages", "left",        "x"};
constexpr std::array<std::string_view, 36> kMaskFolders = {"labels_masks",
                                                           "label_masks",
                                                           "labels_mask",
                                                           "masks",
                                                           "mask",
                                                           "labels",
                                                           "label",
                                                           "gts",
                                                           "gt",
                                                           "gt_masks",
                                                           "ground_truth",
                                                           "groundtruth",
                                                           "ground_truths",
                                                           "annotations",
                                                           "annotation",
                                                           "annots",
                                                           "annot",
                                                           "anno",
                                                           "annos",
                                                           "segmentations",
                                                           "segmentation",
                                                           "segmentationclass",
                                                           "segs",
                                                           "seg",
                                                           "targets",
                                                           "target",
                                                           "truth",
                                                           "semantic",
                                                           "semantics",
                                                           "labelmasks",
                                                           "labels_semantic",
                                                           "ood_masks",
                                                           "ood_gts",
                                                           "anomaly_masks",
                                                           "labelids",
                                                           "y"};
constexpr std::array<std::string_view, 12> kMaskEndings = {"_labels_semantic",
                                                           "_ground_truth",
                                                           "_groundtruth",
                                                           "_labels",
                                                           "_label",
                                                           "_masks",
                                                           "_mask",
                                                           "_seg",
                                                           "_gt",
                                                           "_L",
                                                           "-mask",
                                                           "-gt"};
constexpr std::array<std::string_view, 5> kMaskBeginnings = {"label_", "mask_", "gt_", "seg_", "lbl_"};

template <std::size_t N>
std::size_t rankOf(const fs::path& folder, const std::array<std::string_view, N>& names) {
  auto name = lowered(folder.filename().string());
  std::replace(name.begin(), name.end(), '-', '_');
  std::replace(name.begin(), name.end(), ' ', '_');
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

bool holdsPictures(const fs::path& folder, bool masks) {
  const auto files = filesIn(folder);
  return std::any_of(files.begin(), files.end(),
                     [&](const fs::path& file) { return masks ? isNamedAsMask(file) : isNamedAsPicture(file); });
}

/// "img/*", or "img/*/*" where the pictures are one folder further.
std::optional<std::string> globOf(const fs::path& folder, bool masks) {
  const auto name = folder.filename().string();
  if (name.find_first_of("*?") != std::string::npos) return std::nullopt;
  if (holdsPictures(folder, masks)) return name + "/*";
  for (const auto& below : foldersIn(folder)) {
    if (holdsPictures(below, masks)) return name + "/*/*";
  }
  return std::nullopt;
}

/// The usual folder whose name comes first in the list and that holds pictures.
template <std::size_t N>
std::optional<std::string> folderGlob(const fs::path& root, const std::array<std::string_view, N>& names, bool masks) {
  auto folders = foldersIn(root);
  std::erase_if(folders, [&](const fs::path& folder) { return rankOf(folder, names) == names.size(); });
  std::stable_sort(folders.begin(), folders.end(),
                   [&](const fs::path& a, const fs::path& b) { return rankOf(a, names) < rankOf(b, names); });
  for (const auto& folder : folders) {
    if (auto glob = globOf(folder, masks)) return glob;
  }
  return std::nullopt;
}

/// Pictures with their masks beside them: the ending or beginning that makes one name of another.
std::optional<PlainGuess> guessedFlat(const fs::path& root) {
  std::set<std::string> stems;
  for (const auto& file : filesIn(root)) {
    if (isNamedAsPicture(file)) stems.insert(composedStem(file));
  }
  const auto pairs = [&](std::string_view before, std::string_view after) {
    return std::count_if(stems.begin(), stems.end(), [&](const std::string& stem) {
      return stem.size() > before.size() + after.size() && stem.starts_with(before) && stem.ends_with(after) &&
             stems.contains(stem.substr(before.size(), stem.size() - before.size() - after.size()));
    });
  };
  for (const auto ending : kMaskEndings) {
    if (pairs("", ending) > 0) return PlainGuess{"*", std::string("*").append(ending).append(".*")};
  }
  for (const auto beginning : kMaskBeginnings) {
    if (pairs(beginning, "") > 0) return PlainGuess{"*", std::string(beginning).append("*")};
  }
  return std::nullopt;
}

DataSet readAs(const fs::path& root, const PlainGuess& guess) {
  return readGeneric(root, {.images = guess.images, .masks = guess.masks, .encoding = binaryEncoding()});
}

}  // namespace

std::optional<PlainGuess> guessedPlain(const fs::path& root) {
  const auto images = folderGlob(root, kImageFolders, false);
  const auto masks = folderGlob(root, kMaskFolders, true);
  if (images && masks) return PlainGuess{*images, *masks};
  return guessedFlat(root);
}

namespace {

bool fitsPlain(const fs::path& root) {
  constexpr std::size_t kSampled = 4;
  const auto guess = guessedPlain(root);
  if (!guess) return false;
  try {
    const auto set = readAs(root, *guess);
    LabelCensus census;
    sampleLabels(set, kSampled, census);
    return inferredEncoding(valuesIn(census)).has_value();
  } catch (const Error&) {
    return false;  // openDataSet says what it saw
  }
}

DataSet readPlain(const fs::path& root, Layout /*layout*/) {
  const auto guess = guessedPlain(root);
  require(guess.has_value(), "readPlain: not such a folder");
  auto set = readAs(root, *guess);
  set.remarks.push_back("images are " + guess->images + ", masks " + guess->masks + ", told by their names");
  return set;
}

}  // namespace

namespace declared {

constinit const LayoutKind kImagesAndMasks{
    .name = "Images and masks",
    .hint = "images and masks of usual names",
    .brief = {},
    .fits = fitsPlain,
    .read = readPlain,
    .track = TrackRule::ByImages,
    .mayLabelsDiffer = true,
};

}  // namespace declared

}  // namespace oodscope
