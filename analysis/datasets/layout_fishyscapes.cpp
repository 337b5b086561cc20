// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kLabelEnding = "_labels.png";
constexpr std::string_view kOverlayEnding = "rgb.npz";
constexpr std::string_view kPictureEnding = "_leftImg8bit.png";

/// "0000_04_Maurener_Weg_8_000000_000030_labels.png": the number of the benchmark and the name of the base image.
struct LabelName {
  std::string number;
  std::string baseId;
};

std::optional<LabelName> labelName(const fs::path& file) {
  const auto name = file.filename().string();
  if (!name.ends_with(kLabelEnding)) return std::nullopt;
  const auto digits = name.find_first_not_of("0123456789");
  if (digits != 4 || name[digits] != '_') return std::nullopt;
  const auto rest = name.substr(digits + 1, name.size() - digits - 1);
  if (rest.size() <= kLabelEnding.size()) return std::nullopt;
  return LabelName{name.substr(0, digits), rest.substr(0, rest.size() - kLabelEnding.size())};
}

bool isStatic(const fs::path& root) {
  const auto files = filesIn(root);
  return std::any_of(files.begin(), files.end(), [](const fs::path& file) { return endsWith(file, kOverlayEnding); }) ||
         lowered(folderName(root)).find("static") != std::string::npos;
}

std::string versionIn(const std::string& name) {
  for (const char* version : {"v1", "v2", "v3"}) {
    if (lowered(name).find(version) != std::string::npos) return version;
  }
  return {};
}

void collectImages(const fs::path& folder, int depth, std::map<std::string, fs::path>& images) {
  for (const auto& file : filesIn(folder)) {
    const auto name = file.filename().string();
    if (name.ends_with(kPictureEnding)) images.emplace(name.substr(0, name.size() - kPictureEnding.size()), file);
  }
  if (depth == 0) return;
  for (const auto& below : foldersIn(folder)) collectImages(below, depth - 1, images);
}

/// Base images by id: beside the labels, or in a leftImg8bit tree in the folder, beside it, or one folder further.
std::map<std::string, fs::path> baseImages(const fs::path& root) {
  std::map<std::string, fs::path> images;
  collectImages(root, 0, images);
  const auto absolute = fs::absolute(root).lexically_normal();
  const auto parent = (absolute.has_filename() ? absolute : absolute.parent_path()).parent_path();
  for (const auto& place : {root, parent}) {
    auto candidates = foldersIn(place);
    candidates.push_back(place);
    for (const auto& candidate : candidates) {
      const auto tree = candidate / "leftImg8bit";
      if (isFolder(tree)) collectImages(tree, 2, images);
    }
  }
  return images;
}

std::optional<Layout> fishyscapesAt(const fs::path& root) {
  const auto files = filesIn(root);
  const bool hasLabels =
      std::any_of(files.begin(), files.end(), [](const fs::path& file) { return labelName(file).has_value(); });
  if (!hasLabels) return std::nullopt;
  return isStatic(root) ? layouts::kFishyscapesStatic : layouts::kFishyscapesLostAndFound;
}

DataSet readFishyscapes(const fs::path& root, Layout layout) {
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.layout = layout;
  const bool hasOverlays = layout == layouts::kFishyscapesStatic;
  if (hasOverlays) {
    set.encoding = binaryEncoding();
    set.version = versionIn(set.name);
    set.remarks.push_back(set.version.empty()
                              ? "the folder's name does not tell the version (v1, v2, v3), which changes results"
                              : "version " + set.version);
  } else {
    set.encoding = {.meaning = {{0, kNormal}, {1, kAnomaly}, {255, kVoid}},
                    .otherwise = kVoid,
                    .description = "0 normal, 1 anomaly, anything else void"};
  }
  const auto files = filesIn(root);
  std::map<std::string, fs::path> overlays;
  for (const auto& file : files) {
    if (endsWith(file, kOverlayEnding)) overlays.emplace(file.filename().string().substr(0, 4), file);
  }
  const auto images = baseImages(root);
  for (const auto& file : files) {
    const auto name = labelName(file);
    if (!name) {
      if (!endsWith(file, kOverlayEnding) && !endsWith(file, kPictureEnding)) {
        set.skipped.push_back({file, "neither a label nor an overlay"});
      }
      continue;
    }
    const auto image = images.find(name->baseId);
    if (image == images.end()) {
      set.skipped.push_back({file, "no image " + name->baseId + std::string(kPictureEnding) +
                                       " in a leftImg8bit folder here or beside the set"});
      continue;
    }
    Frame frame{.name = name->number + "_" + name->baseId, .image = image->second, .label = file};
    if (hasOverlays) {
      const auto overlay = overlays.find(name->number);
      if (overlay == overlays.end()) {
        set.skipped.push_back({file, "no overlay " + name->number + "…rgb.npz"});
        continue;
      }
      frame.overlay = overlay->second;
    }
    set.frames.push_back(std::move(frame));
  }
  return set;
}

/// The benchmark's number at the start of a frame's name.
std::optional<std::string> benchmarkNumber(const Frame& frame) { return frame.name.substr(0, frame.name.find('_')); }

}  // namespace

namespace declared {

constinit const LayoutKind kFishyscapesStatic{
    .name = "Fishyscapes Static",
    .hint = "<number>_<id>_labels.png",
    .brief = "Fishyscapes",
    .fits = [](const fs::path& root) { return fishyscapesAt(root) == layouts::kFishyscapesStatic; },
    .read = readFishyscapes,
    .scoreName = benchmarkNumber,
};

constinit const LayoutKind kFishyscapesLostAndFound{
    .name = "Fishyscapes Lost and Found",
    .hint = "<number>_<id>_labels.png",
    .brief = "Fishyscapes",
    .fits = [](const fs::path& root) { return fishyscapesAt(root) == layouts::kFishyscapesLostAndFound; },
    .read = readFishyscapes,
    .track = TrackRule::Obstacle,
    .scoreName = benchmarkNumber,
    .oodisName = "fishyscapes",
};

}  // namespace declared

}  // namespace oodscope
