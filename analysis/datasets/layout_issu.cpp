// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/natural_order.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr int kIssuUnknown = 254;
constexpr int kClasses = 19;

/// A frame's scene and the drive or weather it is of: "static", "0" of static_0_009599.
struct IssuName {
  std::string scene, drive;
};

std::optional<IssuName> issuName(const std::string& stem) {
  const std::size_t first = stem.find('_');
  const std::size_t second = first == std::string::npos ? first : stem.find('_', first + 1);
  if (second == std::string::npos) return std::nullopt;
  IssuName out{stem.substr(0, first), stem.substr(first + 1, second - first - 1)};
  const bool isScene = out.scene == "static" || out.scene == "temporal";
  return isScene ? std::optional(out) : std::nullopt;
}

/// Drives by bad light or weather. Source: vojirt/benchmark_issu, benchmark/datasets/tracks.py.
constexpr std::array<std::string_view, 3> kStaticLowLight = {"rain", "fog", "lowlight"};
constexpr std::array<std::string_view, 25> kTemporalLowLight = {"25", "17", "45", "91", "41", "40", "33", "38", "52",
                                                                "39", "72", "93", "94", "31", "54", "15", "96", "88",
                                                                "85", "32", "20", "5",  "42", "80", "83"};

bool isLowLight(const IssuName& name) {
  const auto has = [&](const auto& drives) {
    return std::find(drives.begin(), drives.end(), name.drive) != drives.end();
  };
  return name.scene == "static" ? has(kStaticLowLight) : has(kTemporalLowLight);
}

bool fitsIssu(const fs::path& root) {
  const auto images = root / "images";
  if (!isFolder(images)) return false;
  if (lowered(folderName(root)).find("issutrack") != std::string::npos) return true;
  const auto files = filesIn(images);
  const auto isNamed = [](const fs::path& file) { return issuName(file.stem().string()).has_value(); };
  return isFolder(root / "labels_masks") && !files.empty() && std::all_of(files.begin(), files.end(), isNamed);
}

LabelEncoding anomalyTrack() {
  LabelEncoding out{.meaning = {{kIssuUnknown, kAnomaly}, {255, kVoid}},
                    .description = "train ids 0 to 18 normal, 254 anomaly, 255 void",
                    .strict = true};
  for (int value = 0; value < kClasses; ++value) out.meaning[value] = kNormal;
  return out;
}

/// Of what is normal the road alone counts.
LabelEncoding obstacleTrack() {
  LabelEncoding out = anomalyTrack();
  for (int value = 1; value < kClasses; ++value) out.meaning[value] = kVoid;
  out.description = "0 (road) normal, 254 anomaly, all else void";
  return out;
}

DataSet readIssu(const fs::path& root, Layout layout) {
  DataSet set;
  set.name = folderName(root);
  set.root = root;
  set.layout = layout;
  set.encoding = anomalyTrack();
  set.remarks.emplace_back("the anomaly track: train ids are normal; DIR::obstacle opens the obstacle track");
  std::vector<NamedImage> images;
  for (const auto& file : filesIn(root / "images")) {
    if (isNamedAsPicture(file))
      images.push_back({file.stem().string(), file});
    else
      set.skipped.push_back({file, "not a picture"});
  }
  const auto names = addFrames(set, images);
  const auto labels = root / "labels_masks";
  CompanionIndex index(isFolder(labels) ? filesIn(labels) : std::vector<fs::path>(),
                       [](const fs::path& file) -> std::optional<std::string> {
                         return isNamedAsMask(file) ? std::optional(file.stem().string()) : std::nullopt;
                       });
  attach(set, index, &Frame::label, names, NameMatch::OtherForm);
  for (Frame& frame : set.frames) frame.classLabel = frame.label;
  addLabelLeftovers(set, index, "not a picture");
  return set;
}

/// One word of a part: a track, a split, or the light within a split.
bool takeIssuWord(DataSet& set, const std::string& word) {
  if (word == "anomaly") return true;
  if (word == "obstacle") {
    set.encoding = obstacleTrack();
    set.remarks.front() = "the obstacle track: of what is normal the road alone counts";
    return true;
  }
  const std::string scene = word.substr(0, word.find('-'));
  const std::string light = scene.size() == word.size() ? "" : word.substr(scene.size() + 1);
  const bool isKnown =
      (scene == "static" || scene == "temporal") && (light.empty() || light == "normal" || light == "low-light");
  if (!isKnown) return false;
  std::erase_if(set.frames, [&](const Frame& frame) {
    const auto name = issuName(frame.name);
    return !name || name->scene != scene || (!light.empty() && isLowLight(*name) != (light == "low-light"));
  });
  return true;
}

bool takeIssuPart(DataSet& set, const std::string& part) {
  std::string words = lowered(part);
  for (std::size_t at = 0; at <= words.size();) {
    const std::size_t end = std::min(words.find('+', at), words.size());
    if (!takeIssuWord(set, words.substr(at, end - at))) return false;
    at = end + 1;
  }
  set.name.append("_").append(part);
  return true;
}

}  // namespace

namespace declared {

constinit const LayoutKind kIssu{
    .name = "ISSU",
    .hint = "images/static_… and temporal_… with labels_masks/",
    .brief = "ISSU",
    .fits = fitsIssu,
    .read = readIssu,
    .track = TrackRule::Issu,
    .part = "obstacle, static, temporal, static-low-light, …",
    .takePart = takeIssuPart,
};

}  // namespace declared

}  // namespace oodscope
