// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/name_forms.h"
#include "analysis/formats/json_text.h"

#include <set>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// Names of the frames that frame_list.json counts. It is a list of file names.
std::set<std::string> listedFrames(const fs::path& file) {
  std::set<std::string> names;
  for (const JsonValue& entry : readJsonFile(file, "frame list").list()) {
    const std::string text = entry.text({1, 255});
    if (fs::path(text).has_parent_path() || text == "." || text == "..") entry.refuse("a file name in frames/");
    names.insert(composedName(text));
  }
  return names;
}

bool hasLabelFolders(const fs::path& frames) {
  for (const auto& folder : foldersIn(frames)) {
    if (endsWith(folder, ".labels")) return true;
  }
  return false;
}

bool fitsRoadAnomaly2019(const fs::path& root) {
  const auto frames = root / "frames";
  return isFolder(frames) && (isFile(root / "frame_list.json") || hasLabelFolders(frames));
}

DataSet readRoadAnomaly2019(const fs::path& root, Layout layout) {
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.layout = layout;
  set.encoding = {.meaning = {{0, kNormal}, {1, kNormal}},
                  .otherwise = kAnomaly,
                  .description = "0 and 1 normal, 2 and above anomaly, no void"};
  const auto listFile = root / "frame_list.json";
  const bool hasList = isFile(listFile);
  auto listed = hasList ? listedFrames(listFile) : std::set<std::string>();
  if (!hasList) set.remarks.emplace_back("no frame_list.json: every image in frames/ is a frame");
  std::vector<NamedImage> images;
  for (const auto& file : filesIn(root / "frames")) {
    if (!isNamedAsPicture(file)) {
      set.skipped.push_back({file, "not a picture"});
      continue;
    }
    const bool isListed = listed.erase(composedName(file.filename().string())) + listed.erase(composedStem(file)) > 0;
    if (hasList && !isListed) {
      set.skipped.push_back({file, "not in frame_list.json"});
      continue;
    }
    images.push_back({file.stem().string(), file});
  }
  const auto names = addFrames(set, images);
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (const auto& name : {names[i], set.frames[i].name}) {
      const auto label = root / "frames" / (name + ".labels") / "labels_semantic.png";
      if (isFile(label) || isBrokenLink(label)) set.frames[i].label = label;
    }
  }
  for (const auto& name : listed) set.skipped.push_back({root / "frames" / name, "in frame_list.json but not there"});
  if (!listed.empty()) {
    set.warnings.push_back(counted(listed.size(), "frame") + " of frame_list.json " +
                           (listed.size() == 1 ? "is" : "are") +
                           " not there: " + namedFew({listed.begin(), listed.end()}));
  }
  return set;
}

}  // namespace

namespace declared {

constinit const LayoutKind kRoadAnomaly2019{
    .name = "Road Anomaly 2019",
    .hint = "frame_list.json with frames/",
    .brief = "Road Anomaly",
    .fits = fitsRoadAnomaly2019,
    .read = readRoadAnomaly2019,
};

}  // namespace declared

}  // namespace oodscope
