// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layouts.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kInstances = "_instanceIds.png";
constexpr std::string_view kCoarse = "_gtCoarse";
constexpr std::string_view kLeft = "_leftImg8bit";
/// Label ids that Cityscapes leaves out of its evaluation. Source: cityscapesScripts, helpers/labels.py.
constexpr std::array kLeftOut = {0, 1, 2, 3, 4, 5, 6, 9, 10, 14, 15, 16, 18, 29, 30};
constexpr int kFirstInstance = 1000;

/// The folder of label files below root: itself, or one of usual name.
std::optional<fs::path> instanceFolder(const fs::path& root) {
  for (const auto& folder : {root, root / "labels", root / "gt", root / "labels_masks"}) {
    if (!isFolder(folder)) continue;
    const auto files = filesIn(folder);
    if (std::any_of(files.begin(), files.end(), [](const fs::path& file) { return endsWith(file, kInstances); }))
      return folder;
  }
  return std::nullopt;
}

std::string withoutEnding(std::string name, std::string_view ending) {
  if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  return name;
}

/// "02_Hanns_Klemm_Str_44_000007_000140" of its _gtCoarse_instanceIds.png, "elephant0004" of its _instanceIds.png.
std::optional<std::string> instanceKey(const fs::path& file) {
  const auto name = file.filename().string();
  if (!name.ends_with(kInstances)) return std::nullopt;
  return withoutEnding(name.substr(0, name.size() - kInstances.size()), kCoarse);
}

bool isOodisImage(const fs::path& file) {
  const auto name = file.filename().string();
  return isNamedAsPicture(file) && name.find("_gtCoarse") == std::string::npos &&
         name.find("_gtFine") == std::string::npos && !name.ends_with(kInstances);
}

fs::path pictureFolder(const fs::path& root, const fs::path& labels) {
  return isFolder(root / "images") ? root / "images" : labels;
}

bool fitsOodis(const fs::path& root) {
  const auto labels = instanceFolder(root);
  if (!labels) return false;
  const auto pictures = filesIn(pictureFolder(root, *labels));
  return std::any_of(pictures.begin(), pictures.end(), isOodisImage);
}

DataSet readOodis(const fs::path& root, Layout layout) {
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.layout = layout;
  set.encoding = {.otherwise = kAnomaly,
                  .description =
                      "1000 and above an instance (anomaly), label ids that Cityscapes leaves out void, "
                      "all others normal",
                  .isOtherwiseMeant = true};
  for (int value = 0; value < kFirstInstance; ++value) set.encoding.meaning[value] = kNormal;
  for (const int value : kLeftOut) set.encoding.meaning[value] = kVoid;
  const auto labels = instanceFolder(root).value();
  CompanionIndex index(filesIn(labels), [](const fs::path& file) { return instanceKey(file); });
  std::vector<NamedImage> images;
  for (const auto& file : filesIn(pictureFolder(root, labels))) {
    if (instanceKey(file)) continue;
    if (isOodisImage(file))
      images.push_back({withoutEnding(file.stem().string(), kLeft), file});
    else
      set.skipped.push_back({file, "no image"});
  }
  const auto names = addFrames(set, images);
  attach(set, index, &Frame::label, names, NameMatch::OtherForm);
  addLabelLeftovers(set, index, "not an _instanceIds.png");
  return set;
}

}  // namespace

namespace declared {

constinit const LayoutKind kOodis{
    .name = "OoDIS",
    .hint = "images with _instanceIds.png",
    .brief = "OoDIS",
    .fits = fitsOodis,
    .read = readOodis,
    .track = TrackRule::ByImages,
};

}  // namespace declared

}  // namespace oodscope
