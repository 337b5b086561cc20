// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"
#include "analysis/datasets/picture_codec.h"
#include "analysis/formats/file_bytes.h"

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kImageEnding = "_leftImg8bit.png";

/// A tree <base>/<part>/<split>/<city or scene>/<stem>_<ending>, and the split that was asked for.
struct CityTree {
  fs::path base;
  std::string split;  ///< empty: not asked for
};

std::optional<CityTree> treeOf(const fs::path& root) {
  std::error_code failure;
  auto path = fs::absolute(root, failure).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  if (isFolder(path / "leftImg8bit")) return CityTree{path, ""};
  if (path.filename() == "leftImg8bit") return CityTree{path.parent_path(), ""};
  if (path.parent_path().filename() == "leftImg8bit") {
    return CityTree{path.parent_path().parent_path(), path.filename().string()};
  }
  return std::nullopt;
}

/// Lost and Found's scenes start with a number, Cityscapes' cities do not.
bool hasNumberedScenes(const fs::path& images) {
  for (const auto& split : foldersIn(images)) {
    for (const auto& scene : foldersIn(split)) {
      const auto name = scene.filename().string();
      return name.size() > 2 && name[0] >= '0' && name[0] <= '9' && name[1] >= '0' && name[1] <= '9';
    }
  }
  return false;
}

std::vector<std::string> splitsIn(const CityTree& tree) {
  if (!tree.split.empty()) return {tree.split};
  std::vector<std::string> splits;
  for (const auto& folder : foldersIn(tree.base / "leftImg8bit")) splits.push_back(folder.filename().string());
  if (splits.empty()) {
    throw Error({.what = "set has no images",
                 .expected = "folders train, val or test",
                 .found = "an empty folder",
                 .file = tree.base / "leftImg8bit"});
  }
  return splits;
}

/// Lost and Found is evaluated on all that is there; of Cityscapes, val is what everybody reports.
std::vector<std::string> chosenSplits(const CityTree& tree, Layout layout, DataSet& set) {
  auto splits = splitsIn(tree);
  if (splits.size() == 1) return splits;
  if (layout == layouts::kLostAndFound) {
    std::string names;
    for (const auto& split : splits) names += (names.empty() ? "" : ", ") + split;
    set.remarks.push_back("all splits are opened (" + names +
                          "); \"FOLDER::test\" opens one, \"FOLDER::NoKnown\" the test split without known obstacles");
    return splits;
  }
  const bool hasVal = std::find(splits.begin(), splits.end(), "val") != splits.end();
  const std::string chosen = hasVal ? "val" : splits.front();
  for (const auto& other : splits) {
    if (other == chosen) continue;
    std::string reason = "the " + chosen;
    reason.append(" split is opened; open this folder for the ").append(other).append(" split");
    set.skipped.push_back({tree.base / "leftImg8bit" / other, std::move(reason)});
  }
  set.remarks.push_back("the " + chosen + " split is opened");
  return {chosen};
}

std::optional<fs::path> existing(const fs::path& file) { return isFile(file) ? std::optional(file) : std::nullopt; }

/// Frames that nobody labelled have a label of zeros only, which a PNG stores in next to nothing; only such tiny files
/// are decoded to make sure.
bool isAllZero(const fs::path& label) {
  try {
    const auto start = readFileStart(label, 64);
    const auto size = pictureSizeFromHeader(start);
    const auto bytes = sizeOfFile(label);
    constexpr std::uint64_t kBytesForHeaders = 1024;
    constexpr std::uint64_t kPixelsPerByte = 200;
    if (!size || bytes > kBytesForHeaders + size->area() / kPixelsPerByte) return false;
    const auto samples = decodeSamples(readFileBytes(label), label);
    const auto values = samples.values.values();
    return std::all_of(values.begin(), values.end(), [](std::uint16_t value) { return value == 0; });
  } catch (const Error&) {
    return false;  // a damaged label is told when the frame is read
  }
}

void addLabels(Frame& frame, const fs::path& base, Layout layout, const fs::path& below) {
  const auto with = [&](const char* part, const char* ending) {
    return existing(base / part / below.parent_path() / (below.filename().string() + ending));
  };
  frame.disparity = with("disparity", "_disparity.png");
  frame.camera = with("camera", "_camera.json");
  if (layout == layouts::kLostAndFound) {
    frame.label = with("gtCoarse", "_gtCoarse_labelIds.png");
    return;
  }
  frame.classLabel = with("gtFine", "_gtFine_labelTrainIds.png");
  if (!frame.classLabel) frame.classLabel = with("gtFine", "_gtFine_labelIds.png");
}

/// Adds a split's frames, their names after `prefix`; returns how many were left out as invalid.
std::size_t addSplit(DataSet& set, const CityTree& tree, const std::string& split, const std::string& prefix) {
  const auto images = tree.base / "leftImg8bit";
  auto folders = foldersIn(images / split);
  folders.push_back(images / split);
  std::size_t invalid = 0;
  for (const auto& folder : folders) {
    for (const auto& file : filesIn(folder)) {
      if (!endsWith(file, kImageEnding)) {
        set.skipped.push_back({file, "not named …_leftImg8bit.png"});
        continue;
      }
      const auto name = file.filename().string();
      const auto stem = name.substr(0, name.size() - kImageEnding.size());
      Frame frame{.name = prefix + stem, .image = file};
      addLabels(frame, tree.base, set.layout, fs::relative(folder, images) / stem);
      if (set.layout == layouts::kLostAndFound && frame.label && isAllZero(*frame.label)) {
        set.skipped.push_back({file, "its label is zero everywhere: the frame is invalid"});
        ++invalid;
        continue;
      }
      set.frames.push_back(std::move(frame));
    }
  }
  return invalid;
}

/// Colour pictures alone, as many mirrors have them, are no class labels.
void warnOfClassLabels(DataSet& set, const fs::path& base) {
  const auto missing = static_cast<std::size_t>(
      std::count_if(set.frames.begin(), set.frames.end(), [](const Frame& frame) { return !frame.classLabel; }));
  if (missing == 0 || !isFolder(base / "gtFine")) return;
  const auto isColoured = [&](const Frame& frame) {
    const auto below = fs::relative(frame.image.parent_path(), base / "leftImg8bit");
    return isFile(base / "gtFine" / below / (frame.name + "_gtFine_color.png"));
  };
  const bool hasColours = std::any_of(set.frames.begin(), set.frames.end(), isColoured);
  set.warnings.push_back(counted(missing, "frame") + " of " + std::to_string(set.frames.size()) +
                         (missing == 1 ? " has" : " have") +
                         " no class labels: …_gtFine_labelIds.png or …_gtFine_labelTrainIds.png is needed" +
                         (hasColours ? "; …_gtFine_color.png is for the eye and not read" : ""));
}

/// Folders of images whose name alone is Cityscapes': neither splits nor file names are there.
bool isPlainFolder(const fs::path& images) {
  if (!foldersIn(images).empty()) return false;
  const auto files = filesIn(images);
  return std::none_of(files.begin(), files.end(), [](const fs::path& file) { return endsWith(file, kImageEnding); });
}

std::optional<Layout> cityAt(const fs::path& root) {
  const auto tree = treeOf(root);
  if (!tree) return std::nullopt;
  if (tree->split.empty() && isPlainFolder(tree->base / "leftImg8bit") &&
      !filesIn(tree->base / "leftImg8bit").empty()) {
    return std::nullopt;
  }
  if (isFolder(tree->base / "gtFine")) return layouts::kCityscapes;
  if (isFolder(tree->base / "gtCoarse")) return layouts::kLostAndFound;
  return hasNumberedScenes(tree->base / "leftImg8bit") ? layouts::kLostAndFound : layouts::kCityscapes;
}

DataSet readCity(const fs::path& root, Layout layout) {
  const auto tree = treeOf(root);
  require(tree.has_value(), "readCity: not such a tree");
  DataSet set;
  set.root = root;
  set.layout = layout;
  set.name = folderName(tree->base) + (tree->split.empty() ? "" : "_" + tree->split);
  if (layout == layouts::kLostAndFound) {
    set.encoding = {.meaning = {{0, kVoid}, {1, kNormal}},
                    .otherwise = kAnomaly,
                    .description = "0 void, 1 normal (road), 2 and above anomaly"};
  } else {
    set.encoding = binaryEncoding();
    set.remarks.emplace_back("Cityscapes has no anomalies: class labels serve the closed-set mIoU");
  }
  const auto splits = chosenSplits(*tree, layout, set);
  std::size_t invalid = 0;
  for (const auto& split : splits) invalid += addSplit(set, *tree, split, splits.size() > 1 ? split + "/" : "");
  if (invalid > 0) set.remarks.push_back(counted(invalid, "frame") + " left out: the label is zero everywhere");
  if (layout == layouts::kCityscapes) warnOfClassLabels(set, tree->base);
  return set;
}

}  // namespace

namespace declared {

constinit const LayoutKind kCityscapes{
    .name = "Cityscapes",
    .hint = "leftImg8bit/",
    .brief = "Cityscapes",
    .fits = [](const fs::path& root) { return cityAt(root) == layouts::kCityscapes; },
    .read = readCity,
    .disparity = DisparityConvention::Cityscapes,
    .hasAnomalyLabels = false,
};

constinit const LayoutKind kLostAndFound{
    .name = "Lost and Found",
    .hint = "leftImg8bit/",
    .brief = "Lost and Found",
    .fits = [](const fs::path& root) { return cityAt(root) == layouts::kLostAndFound; },
    .read = readCity,
    .track = TrackRule::Obstacle,
    .part = kNoKnown,
    .oodisName = "fishyscapes",
};

}  // namespace declared

}  // namespace oodscope
