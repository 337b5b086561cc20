// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kSemanticLabel = "_labels_semantic.png";
constexpr std::array<std::string_view, 6> kBundleFolders = {"images",    "labels_masks", "class_labels",
                                                            "disparity", "camera",       "roi"};

bool isPart(const fs::path& folder) {
  return std::find(kBundleFolders.begin(), kBundleFolders.end(), folder.filename().string()) != kBundleFolders.end();
}

/// Whether a file in the image folder is meant as an image. Named as a picture is enough, so that a damaged one fails
/// aloud as a frame instead of vanishing from the set.
bool isMeantAsImage(const fs::path& file) {
  return isNamedAsPicture(file) || (!isNamedAsMask(file) && isFile(file) && isPicture(sniffFile(file)));
}

std::optional<std::string> stemOf(const fs::path& file) { return file.stem().string(); }

std::optional<std::string> maskStem(const fs::path& file) {
  return isNamedAsMask(file) || isMeantAsImage(file) ? stemOf(file) : std::nullopt;
}

std::optional<std::string> semanticStem(const fs::path& file) {
  const auto name = file.filename().string();
  if (!name.ends_with(kSemanticLabel)) return std::nullopt;
  return name.substr(0, name.size() - kSemanticLabel.size());
}

CompanionIndex indexOf(const fs::path& folder, const CompanionIndex::KeyOf& keyOf) {
  return isFolder(folder) ? CompanionIndex(filesIn(folder), keyOf) : CompanionIndex();
}

std::optional<std::string> pictureStem(const fs::path& file) {
  return isMeantAsImage(file) ? stemOf(file) : std::nullopt;
}

std::optional<std::string> jsonStem(const fs::path& file) {
  return lowered(file.extension().string()) == ".json" ? stemOf(file) : std::nullopt;
}

bool hasObstacleImages(const fs::path& images) {
  const auto files = filesIn(images);
  return std::any_of(files.begin(), files.end(),
                     [](const fs::path& file) { return lowered(file.extension().string()) == ".webp"; });
}

/// The course's own rule: in the sets whose name holds "RoadAnomaly", 2 is anomaly, too.
bool readsTwoAsAnomaly(const std::string& name) { return lowered(name).find("roadanomaly") != std::string::npos; }

void describeEncoding(DataSet& set) {
  set.encoding = binaryEncoding();
  if (set.layout != layouts::kCourseBundle) return;
  if (readsTwoAsAnomaly(set.name)) {
    set.encoding.meaning[2] = kAnomaly;
    set.encoding.description = "0 normal, 1 and 2 anomaly, 255 void";
    set.remarks.emplace_back("label value 2 is read as anomaly, as the course does for sets named RoadAnomaly");
  }
  const auto name = lowered(set.name);
  if (name.find("lostfound") != std::string::npos || name.find("lostandfound") != std::string::npos) {
    set.remarks.emplace_back(
        "labels are read as 0 normal, 1 anomaly, 255 void: in this layout Lost and Found's own label ids are not used");
  }
}

std::optional<Layout> bundleAt(const fs::path& root) {
  const auto images = root / "images";
  if (!isFolder(images)) return std::nullopt;
  const auto name = lowered(folderName(root));
  const auto labels = root / "labels_masks";
  const auto labelFiles = isFolder(labels) ? filesIn(labels) : std::vector<fs::path>();
  const bool hasSemantic = std::any_of(labelFiles.begin(), labelFiles.end(),
                                       [](const fs::path& file) { return endsWith(file, kSemanticLabel); });
  if (hasSemantic || name.find("anomalytrack") != std::string::npos ||
      name.find("obstacletrack") != std::string::npos) {
    if (name.find("obstacle") != std::string::npos) return layouts::kSmiycObstacle;
    if (name.find("anomaly") != std::string::npos) return layouts::kSmiycAnomaly;
    return hasObstacleImages(images) ? layouts::kSmiycObstacle : layouts::kSmiycAnomaly;
  }
  if (isFolder(labels)) return layouts::kCourseBundle;
  // Images alone are a set with withheld labels, but not where an unknown folder beside them may hold the labels.
  const auto folders = foldersIn(root);
  const auto files = filesIn(images);
  const bool isAllKnown = std::all_of(folders.begin(), folders.end(), isPart);
  const bool hasImage = std::any_of(files.begin(), files.end(), isMeantAsImage);
  return isAllKnown && hasImage ? std::optional(layouts::kCourseBundle) : std::nullopt;
}

DataSet readBundle(const fs::path& root, Layout layout) {
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.layout = layout;
  describeEncoding(set);

  const bool isSmiyc = layout != layouts::kCourseBundle;
  CompanionIndex labels = indexOf(root / "labels_masks", isSmiyc ? semanticStem : maskStem);
  CompanionIndex classes = indexOf(root / "class_labels", maskStem);
  CompanionIndex disparities = indexOf(root / "disparity", pictureStem);
  CompanionIndex regions = indexOf(root / "roi", pictureStem);
  CompanionIndex cameras = indexOf(root / "camera", jsonStem);

  std::vector<NamedImage> images;
  for (const auto& file : filesIn(root / "images")) {
    if (isMeantAsImage(file)) {
      images.push_back({file.stem().string(), file});
    } else {
      set.skipped.push_back({file, isNamedAsMask(file) ? "a kind of picture that is not read" : "not a picture"});
    }
  }
  const auto names = addFrames(set, images);
  attach(set, labels, &Frame::label, names, isSmiyc ? NameMatch::OtherForm : NameMatch::CommonAffixes);
  attach(set, classes, &Frame::classLabel, names, NameMatch::Affix);
  attach(set, disparities, &Frame::disparity, names, NameMatch::Affix);
  attach(set, regions, &Frame::regionOfInterest, names, NameMatch::Affix);
  attach(set, cameras, &Frame::camera, names, NameMatch::Affix);
  addLabelLeftovers(set, labels, isSmiyc ? "not a _labels_semantic.png" : "not a picture");
  addLeftovers(set, classes, "no image of this name", "not a picture");
  addLeftovers(set, disparities, "no image of this name", "not a picture");
  addLeftovers(set, regions, "no image of this name", "not a picture");
  addLeftovers(set, cameras, "no image of this name", "not a .json");
  for (const auto& folder : foldersIn(root)) {
    if (!isPart(folder)) set.skipped.push_back({folder, "not a folder of this layout"});
  }
  for (const auto& folder : foldersIn(root / "images"))
    set.skipped.push_back({folder, "sub-folders are not looked into"});
  return set;
}

}  // namespace

namespace declared {

constinit const LayoutKind kCourseBundle{
    .name = "Course bundle",
    .hint = "images/ with labels_masks/",
    .brief = "course",
    .fits = [](const fs::path& root) { return bundleAt(root) == layouts::kCourseBundle; },
    .read = readBundle,
    .track = TrackRule::ByImages,
    .mayLabelsDiffer = true,
};

constinit const LayoutKind kSmiycAnomaly{
    .name = "SegmentMeIfYouCan Anomaly track",
    .hint = "images/ with labels_masks/",
    .brief = "SegmentMeIfYouCan",
    .fits = [](const fs::path& root) { return bundleAt(root) == layouts::kSmiycAnomaly; },
    .read = readBundle,
    .track = TrackRule::ByImagesAndNames,
    .smiycName = "AnomalyTrack-all",
    .oodisName = "roadanomaly",
};

constinit const LayoutKind kSmiycObstacle{
    .name = "SegmentMeIfYouCan Obstacle track",
    .hint = "images/ with labels_masks/",
    .brief = "SegmentMeIfYouCan",
    .fits = [](const fs::path& root) { return bundleAt(root) == layouts::kSmiycObstacle; },
    .read = readBundle,
    .track = TrackRule::ByImagesAndNames,
    .smiycName = "ObstacleTrack-all",
    .oodisName = "roadobstacle",
};

}  // namespace declared

}  // namespace oodscope
