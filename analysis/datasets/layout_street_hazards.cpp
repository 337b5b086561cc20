// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layouts.h"

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// The folder that holds images/test and annotations/test.
std::optional<fs::path> testFolder(const fs::path& root) {
  for (const auto& base : {root / "test", root}) {
    if (isFolder(base / "images" / "test") &&
        (isFolder(base / "annotations") || !foldersIn(base / "images" / "test").empty())) {
      return base;
    }
  }
  return std::nullopt;
}

bool fitsStreetHazards(const fs::path& root) { return testFolder(root).has_value(); }

DataSet readStreetHazards(const fs::path& root, Layout layout) {
  const auto base = testFolder(root);
  require(base.has_value(), "readStreetHazards: not such a folder");
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.layout = layout;
  // Stored values are one more than the class; every class but 13 is normal, "unlabeled" too, and nothing is void.
  for (int value = 0; value <= 13; ++value) set.encoding.meaning[value] = kNormal;
  set.encoding.meaning[14] = kAnomaly;
  set.encoding.strict = true;
  set.encoding.description = "value - 1 is the class: 13 anomaly, all others normal, no void";
  const auto images = *base / "images" / "test";
  const auto annotations = *base / "annotations" / "test";
  auto folders = foldersIn(images);
  folders.push_back(images);
  for (const auto& folder : folders) {
    const auto town = fs::path(folder == images ? "" : folder.filename());
    CompanionIndex labels(isFolder(annotations / town) ? filesIn(annotations / town) : std::vector<fs::path>(),
                          [](const fs::path& file) -> std::optional<std::string> {
                            return isNamedAsMask(file) ? std::optional(file.stem().string()) : std::nullopt;
                          });
    std::vector<NamedImage> pictures;
    std::vector<std::string> names;
    for (const auto& file : filesIn(folder)) {
      if (isNamedAsPicture(file)) {
        pictures.push_back({(town / file.stem()).string(), file});
      } else {
        set.skipped.push_back({file, "not a picture"});
      }
    }
    for (const auto& name : addFrames(set, pictures)) names.push_back(fs::path(name).filename().string());
    attach(set, labels, &Frame::label, names, NameMatch::OtherForm);
    addLabelLeftovers(set, labels, "not a picture");
  }
  for (Frame& frame : set.frames) frame.classLabel = frame.label;
  return set;
}

}  // namespace

namespace declared {

constinit const LayoutKind kStreetHazardsFolder{
    .name = "StreetHazards",
    .hint = "test/images with test/annotations",
    .brief = "StreetHazards",
    .fits = fitsStreetHazards,
    .read = readStreetHazards,
    .classes = &schemes::kStreetHazards,
};

}  // namespace declared

}  // namespace oodscope
