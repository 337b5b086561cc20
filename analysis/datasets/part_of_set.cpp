// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/part_of_set.h"

#include "analysis/core/error.h"
#include "analysis/datasets/folder_listing.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/name_forms.h"
#include "analysis/datasets/natural_order.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/json_text.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// Scenes of Lost and Found's test split whose obstacles Cityscapes knows: children, bicycles.
/// Source: SegmentMeIfYouCan's benchmark code, road_anomaly_benchmark, split LostAndFound-testNoKnown.
constexpr std::array<std::string_view, 4> kKnownObstacles = {"15_Rechbergstr_Deckenpfronn",
                                                             "01_Hanns_Klemm_Str_45_000006",
                                                             "01_Hanns_Klemm_Str_45_000007", "10_Schlossberg_9_000004"};

std::string lastName(const std::string& name) { return name.substr(name.rfind('/') + 1); }

bool hasKnownObstacle(const Frame& frame) {
  const auto name = lastName(frame.name);
  return std::any_of(kKnownObstacles.begin(), kKnownObstacles.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

std::set<std::string> splitsOf(const DataSet& set) {
  std::set<std::string> out;
  for (const auto& frame : set.frames) {
    const auto slash = frame.name.find('/');
    if (slash != std::string::npos) out.insert(frame.name.substr(0, slash));
  }
  return out;
}

std::string joined(const std::set<std::string>& names) {
  std::string out;
  for (const auto& name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

std::string quoted(const std::string& text) { return std::string("\"").append(text).append("\""); }

/// What the frames of a single split are called: without the split.
void dropSplit(DataSet& set) {
  for (auto& frame : set.frames) frame.name = lastName(frame.name);
}

void keepNoKnown(DataSet& set) {
  if (set.layout.kind().part != kNoKnown) {
    throw Error({.what = "set has no part of this name",
                 .expected = "Lost and Found for NoKnown",
                 .found = std::string(set.layout.name()),
                 .file = set.root});
  }
  if (splitsOf(set).contains("test"))
    std::erase_if(set.frames, [](const Frame& frame) { return !frame.name.starts_with("test/"); });
  const auto all = set.frames.size();
  std::erase_if(set.frames, hasKnownObstacle);
  dropSplit(set);
  set.name = "LostAndFound-testNoKnown";
  set.remarks.push_back("NoKnown: the test split without " + counted(all - set.frames.size(), "frame") +
                        " of scenes with children or bicycles");
  constexpr std::size_t kPublished = 1043;
  if (set.frames.size() != kPublished) {
    set.warnings.push_back("NoKnown has " + counted(set.frames.size(), "frame") +
                           " here, 1043 where the published values were measured");
  }
}

std::vector<std::string> namesIn(const fs::path& file) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;
  const auto bytes = readFileBytes(file, kMostBytes);
  std::string text(bytes.begin(), bytes.end());
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  std::vector<std::string> out;
  if (text.find_first_not_of(" \t\r\n") != std::string::npos && text[text.find_first_not_of(" \t\r\n")] == '[') {
    for (const auto& name : parseJson(text, "list of frames", file).list()) out.push_back(name.text({1, 4096}));
    return out;
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const auto first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    out.push_back(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
  }
  return out;
}

/// The list's name for a frame: its own, or that of its image with or without the ending, with folders or without.
std::vector<std::string> namesOf(const DataSet& set, const Frame& frame) {
  const auto image = frame.image.lexically_proximate(set.root);
  return {frame.name, lastName(frame.name), image.generic_string(), image.filename().string(), image.stem().string()};
}

void keepListed(DataSet& set, const fs::path& file) {
  std::set<std::string> wanted;
  for (const auto& name : namesIn(file)) wanted.insert(composedName(name));
  std::set<std::string> missing = wanted;
  std::erase_if(set.frames, [&](const Frame& frame) {
    bool isListed = false;
    for (const auto& name : namesOf(set, frame)) {
      const auto text = composedName(name);
      isListed = isListed || wanted.contains(text);
      if (wanted.contains(text)) missing.erase(text);
    }
    return !isListed;
  });
  if (!missing.empty()) {
    throw Error({.what = "list names frames that the set does not have",
                 .expected = "names of frames or images, one a line",
                 .found = counted(missing.size(), "name") + " without a frame, the first: " + *missing.begin(),
                 .file = file});
  }
  set.name.append("_").append(file.stem().string());
  set.remarks.push_back("only the frames that " + file.filename().string() + " lists");
}

std::optional<fs::path> listFile(const DataSet& set, const std::string& part) {
  for (const auto& file : {set.root / part, fs::path(part)}) {
    if (isFile(file)) return file;
  }
  return std::nullopt;
}

}  // namespace

SetPath splitSetPath(const fs::path& path) {
  std::error_code failure;
  const auto text = path.string();
  const auto at = text.rfind("::");
  if (at == std::string::npos || at == 0 || fs::exists(path, failure)) return {path, ""};
  return {fs::path(text.substr(0, at)), text.substr(at + 2)};
}

void keepPart(DataSet& set, const std::string& part) {
  const auto splits = splitsOf(set);
  const auto takePart = set.layout.kind().takePart;
  if (takePart != nullptr && takePart(set, part)) {
    set.remarks.push_back("the part " + part + " is opened");
  } else if (lowered(part) == "noknown" || lowered(part) == "testnoknown") {
    keepNoKnown(set);
  } else if (splits.contains(part)) {
    std::erase_if(set.frames, [&](const Frame& frame) { return !frame.name.starts_with(part + "/"); });
    dropSplit(set);
    set.name.append("_").append(part);
    set.remarks.push_back("the " + part + " split is opened");
  } else if (const auto file = listFile(set, part)) {
    keepListed(set, *file);
  } else {
    std::string expected(set.layout.kind().part);
    if (!expected.empty()) expected.append(", ");
    if (!splits.empty()) expected.append("a split (").append(joined(splits)).append("), or ");
    expected.append("a file with a list of frame names, after \"::\"");
    throw Error(
        {.what = "set has no part of this name", .expected = expected, .found = quoted(part), .file = set.root});
  }
  if (set.frames.empty()) {
    throw Error(
        {.what = "part of the set has no frames", .expected = "frames", .found = quoted(part), .file = set.root});
  }
}

}  // namespace oodscope
