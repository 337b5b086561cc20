// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/data_set.h"

#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// Most telling first: a folder of Fishyscapes labels may also hold the images' tree.
constexpr std::array kLayouts = {
    KnownLayout{fitsRoadAnomaly2019, readRoadAnomaly2019},
    KnownLayout{fitsFishyscapes, readFishyscapes},
    KnownLayout{fitsStreetHazards, readStreetHazards},
    KnownLayout{fitsBundle, readBundle},
    KnownLayout{fitsCity, readCity},
};

void requireFolder(const fs::path& root) {
  if (isFolder(root)) return;
  std::error_code failure;
  if (!fs::exists(root, failure)) throw Error({.what = "folder does not exist", .file = root});
  throw Error({.what = "not a set", .expected = "a folder", .found = "a file", .file = root});
}

std::string contentOf(const fs::path& root) {
  constexpr std::size_t kNamed = 8;
  auto entries = foldersIn(root);
  const auto files = filesIn(root);
  entries.insert(entries.end(), files.begin(), files.end());
  if (entries.empty()) return "an empty folder";
  std::string out;
  for (std::size_t i = 0; i < std::min(kNamed, entries.size()); ++i) {
    out += (i == 0 ? "" : ", ") + entries[i].filename().string() + (isFolder(entries[i]) ? "/" : "");
  }
  if (entries.size() > kNamed) out += " and " + std::to_string(entries.size() - kNamed) + " more";
  return out;
}

/// The kind that an extension promises, or Unknown for one that promises none.
FileKind promisedKind(const fs::path& file) {
  const auto ending = lowered(file.extension().string());
  if (ending == ".png") return FileKind::Png;
  if (ending == ".jpg" || ending == ".jpeg") return FileKind::Jpeg;
  if (ending == ".webp") return FileKind::Webp;
  return FileKind::Unknown;
}

void remarkOnKinds(DataSet& set) {
  std::map<std::pair<std::string, FileKind>, std::size_t> mismatches;
  for (const auto& frame : set.frames) {
    const auto promised = promisedKind(frame.image);
    if (promised == FileKind::Unknown || !isFile(frame.image)) continue;
    try {
      const auto found = sniffFile(frame.image);
      if (found != promised) ++mismatches[{frame.image.extension().string(), found}];
    } catch (const Error&) {
      continue;  // told when the frame is read
    }
  }
  for (const auto& [mismatch, count] : mismatches) {
    const bool isFine = isPicture(mismatch.second);
    const auto noun = counted(count, "file") + " named " + mismatch.first + (count == 1 ? " holds " : " hold ");
    set.remarks.push_back(isFine ? noun + std::string(fileKindName(mismatch.second)) + " data"
                                 : noun + "no picture: " + std::string(fileKindName(mismatch.second)));
  }
}

void remarkOnLabels(DataSet& set) {
  if (set.layout == Layout::Cityscapes) return;
  const auto missing = static_cast<std::size_t>(
      std::count_if(set.frames.begin(), set.frames.end(), [](const Frame& frame) { return !frame.label; }));
  if (missing == 0) return;
  set.remarks.push_back(counted(missing, "frame") + " of " + std::to_string(set.frames.size()) +
                        (missing == 1 ? " has" : " have") + " no label: no ground truth, which is not \"no anomaly\"");
}

DataSet finished(DataSet set) {
  if (set.frames.empty()) {
    throw Error({.what = "set has no frames",
                 .expected = "images of the layout " + std::string(layoutName(set.layout)),
                 .found = set.skipped.empty()
                              ? contentOf(set.root)
                              : set.skipped.front().file.filename().string() + ": " + set.skipped.front().reason,
                 .file = set.root});
  }
  std::sort(set.frames.begin(), set.frames.end(),
            [](const Frame& a, const Frame& b) { return naturalLess(a.name, b.name); });
  std::sort(set.skipped.begin(), set.skipped.end(),
            [](const Skipped& a, const Skipped& b) { return naturalLess(a.file.string(), b.file.string()); });
  remarkOnKinds(set);
  remarkOnLabels(set);
  return set;
}

void collectSets(const fs::path& folder, int depth, std::vector<fs::path>& out) {
  if (recogniseLayout(folder)) {
    out.push_back(folder);
    return;
  }
  if (depth == 0) return;
  for (const auto& below : foldersIn(folder)) {
    try {
      collectSets(below, depth - 1, out);
    } catch (const Error&) {
      continue;  // a folder that may not be read holds no set for this user
    }
  }
}

}  // namespace

std::string_view layoutName(Layout layout) {
  switch (layout) {
    case Layout::CourseBundle:
      return "Course bundle";
    case Layout::SmiycAnomaly:
      return "SegmentMeIfYouCan Anomaly track";
    case Layout::SmiycObstacle:
      return "SegmentMeIfYouCan Obstacle track";
    case Layout::FishyscapesLostAndFound:
      return "Fishyscapes Lost and Found";
    case Layout::FishyscapesStatic:
      return "Fishyscapes Static";
    case Layout::RoadAnomaly2019:
      return "Road Anomaly 2019";
    case Layout::LostAndFound:
      return "Lost and Found";
    case Layout::StreetHazards:
      return "StreetHazards";
    case Layout::Cityscapes:
      return "Cityscapes";
    case Layout::Generic:
      break;
  }
  return "Images and masks";
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

LabelEncoding binaryEncoding() {
  return {.meaning = {{0, kNormal}, {1, kAnomaly}, {255, kVoid}},
          .otherwise = kVoid,
          .description = "0 normal, 1 anomaly, 255 void",
          .strict = true};
}

void addLeftovers(DataSet& set, const CompanionIndex& index, const std::string& unusedReason,
                  const std::string& foreignReason) {
  for (const auto& file : index.unused()) set.skipped.push_back({file, unusedReason});
  for (const auto& file : index.doubles()) set.skipped.push_back({file, "another file has the same name"});
  for (const auto& file : index.foreign()) set.skipped.push_back({file, foreignReason});
  if (index.takenByOtherCase() > 0) {
    set.remarks.push_back(counted(index.takenByOtherCase(), "file") + " matched although upper and lower case differ");
  }
}

std::optional<Layout> recogniseLayout(const fs::path& root) {
  if (!isFolder(root)) return std::nullopt;
  for (const auto& known : kLayouts) {
    if (const auto layout = known.fits(root)) return layout;
  }
  return std::nullopt;
}

std::vector<fs::path> findDataSets(const fs::path& root) {
  requireFolder(root);
  constexpr int kDepth = 3;
  std::vector<fs::path> out;
  collectSets(root, kDepth, out);
  return out;
}

DataSet openDataSet(const fs::path& root, const std::optional<GenericLayout>& generic) {
  requireFolder(root);
  if (generic) return finished(readGeneric(root, *generic));
  for (const auto& known : kLayouts) {
    if (const auto layout = known.fits(root)) return finished(known.read(root, *layout));
  }
  const auto below = findDataSets(root);
  if (!below.empty()) {
    std::string names;
    for (const auto& set : below) names += (names.empty() ? "" : ", ") + fs::relative(set, root).string();
    throw Error({.what = "folder is not one set",
                 .expected = "a single set",
                 .found = counted(below.size(), "set") + " in it: " + names,
                 .file = root});
  }
  throw Error({.what = "no known layout fits the folder",
               .expected =
                   "images/ with labels_masks/ (course, SegmentMeIfYouCan), <number>_<id>_labels.png (Fishyscapes), "
                   "frame_list.json with frames/ (Road Anomaly), leftImg8bit/ (Lost and Found, Cityscapes), "
                   "test/images with test/annotations (StreetHazards), or globs for images and masks",
               .found = contentOf(root),
               .file = root});
}

}  // namespace oodscope
