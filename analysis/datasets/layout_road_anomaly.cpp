// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"
#include "analysis/formats/file_bytes.h"

#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// Names of the frames that frame_list.json counts. It is a list of file names.
std::set<std::string> listedFrames(const fs::path& file) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;
  const auto bytes = readFileBytes(file, kMostBytes);
  const auto json = nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!json.is_array()) {
    throw Error({.what = "frame list cannot be read",
                 .expected = "a JSON list of file names",
                 .found = json.is_discarded() ? "no JSON" : json.type_name(),
                 .file = file});
  }
  std::set<std::string> names;
  for (const auto& entry : json) {
    if (!entry.is_string()) {
      throw Error({.what = "frame list has a wrong entry",
                   .expected = "a file name",
                   .found = entry.type_name(),
                   .file = file});
    }
    const auto text = entry.get<std::string>();
    const fs::path path(text);
    if (path.has_parent_path() || text.empty() || text == "." || text == ".." || text.find('\0') != std::string::npos) {
      throw Error({.what = "frame list has a wrong entry",
                   .expected = "a file name in frames/",
                   .found = "\"" + text.substr(0, 80) + "\"",
                   .file = file});
    }
    names.insert(text);
  }
  return names;
}

bool hasLabelFolders(const fs::path& frames) {
  for (const auto& folder : foldersIn(frames)) {
    if (endsWith(folder, ".labels")) return true;
  }
  return false;
}

}  // namespace

std::optional<Layout> fitsRoadAnomaly2019(const fs::path& root) {
  const auto frames = root / "frames";
  if (!isFolder(frames)) return std::nullopt;
  if (isFile(root / "frame_list.json") || hasLabelFolders(frames)) return Layout::RoadAnomaly2019;
  return std::nullopt;
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
  for (const auto& file : filesIn(root / "frames")) {
    if (!isNamedAsPicture(file)) {
      set.skipped.push_back({file, "not a picture"});
      continue;
    }
    const bool isListed = listed.erase(file.filename().string()) + listed.erase(file.stem().string()) > 0;
    if (hasList && !isListed) {
      set.skipped.push_back({file, "not in frame_list.json"});
      continue;
    }
    Frame frame{.name = file.stem().string(), .image = file};
    const auto label = root / "frames" / (frame.name + ".labels") / "labels_semantic.png";
    if (isFile(label)) frame.label = label;
    set.frames.push_back(std::move(frame));
  }
  for (const auto& name : listed) set.skipped.push_back({root / "frames" / name, "in frame_list.json but not there"});
  return set;
}

}  // namespace oodscope
