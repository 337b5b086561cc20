// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/labelled_folders.h"

#include "analysis/core/error.h"
#include "inference/training/samples.h"

#include <algorithm>
#include <array>
#include <map>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using LabelledPart = LabelledFolder::Part;

// StreetHazards: of "unlabeled" nobody knows what it is (the sky among others), "other" is no class of Cityscapes.
constexpr std::array<LabelledPart, 4> kStreetHazardsParts{
    {{"training", "train/images/training", "train/annotations/training"},
     {"validation", "train/images/validation", "train/annotations/validation"},
     {"training", "images/training", "annotations/training"},
     {"validation", "images/validation", "annotations/validation"}}};
constexpr std::array<std::string_view, 13> kStreetHazardsNames{
    "unlabeled", "building", "fence",      "other", "pedestrian", "pole", "road line",
    "road",      "sidewalk", "vegetation", "car",   "wall",       "sign"};
constexpr std::array<std::uint8_t, 13> kStreetHazardsTrainIds{kUnlearned, 2, 4, kVoid, 11, 5, 0, 0, 1, 8, 13, 3, 7};
constexpr std::array kNothing{0};

constexpr std::array<LabelledPart, 4> kVistasParts{{{"training", "training/images", "training/labels"},
                                                    {"training", "training/images", "training/v1.2/labels"},
                                                    {"validation", "validation/images", "validation/labels"},
                                                    {"validation", "validation/images", "validation/v1.2/labels"}}};
constexpr std::array<std::string_view, 65> kVistasNames{"Bird",
                                                        "Ground Animal",
                                                        "Curb",
                                                        "Fence",
                                                        "Guard Rail",
                                                        "Barrier",
                                                        "Wall",
                                                        "Bike Lane",
                                                        "Crosswalk - Plain",
                                                        "Curb Cut",
                                                        "Parking",
                                                        "Pedestrian Area",
                                                        "Rail Track",
                                                        "Road",
                                                        "Service Lane",
                                                        "Sidewalk",
                                                        "Bridge",
                                                        "Building",
                                                        "Tunnel",
                                                        "Person",
                                                        "Bicyclist",
                                                        "Motorcyclist",
                                                        "Other Rider",
                                                        "Lane Marking - Crosswalk",
                                                        "Lane Marking - General",
                                                        "Mountain",
                                                        "Sand",
                                                        "Sky",
                                                        "Snow",
                                                        "Terrain",
                                                        "Vegetation",
                                                        "Water",
                                                        "Banner",
                                                        "Bench",
                                                        "Bike Rack",
                                                        "Billboard",
                                                        "Catch Basin",
                                                        "CCTV Camera",
                                                        "Fire Hydrant",
                                                        "Junction Box",
                                                        "Mailbox",
                                                        "Manhole",
                                                        "Phone Booth",
                                                        "Pothole",
                                                        "Street Light",
                                                        "Pole",
                                                        "Traffic Sign Frame",
                                                        "Utility Pole",
                                                        "Traffic Light",
                                                        "Traffic Sign (Back)",
                                                        "Traffic Sign (Front)",
                                                        "Trash Can",
                                                        "Bicycle",
                                                        "Boat",
                                                        "Bus",
                                                        "Car",
                                                        "Caravan",
                                                        "Motorcycle",
                                                        "On Rails",
                                                        "Other Vehicle",
                                                        "Trailer",
                                                        "Truck",
                                                        "Wheeled Slow",
                                                        "Car Mount",
                                                        "Ego Vehicle"};
/// The user's own car and camera are not learned from, all other classes that Cityscapes has not are void.
constexpr std::array<std::uint8_t, 65> kVistasTrainIds{
    kVoid, kVoid, 1,     4,     kVoid, kVoid, 3,     kVoid, kVoid, kVoid, kVoid, kVoid,      kVoid,
    0,     kVoid, 1,     kVoid, 2,     kVoid, 11,    12,    12,    12,    kVoid, 0,          kVoid,
    kVoid, 10,    kVoid, 9,     8,     kVoid, kVoid, kVoid, kVoid, kVoid, kVoid, kVoid,      kVoid,
    kVoid, kVoid, 0,     kVoid, kVoid, kVoid, 5,     kVoid, 5,     6,     kVoid, 7,          kVoid,
    18,    kVoid, 15,    13,    kVoid, 17,    16,    kVoid, kVoid, 14,    kVoid, kUnlearned, kUnlearned};
constexpr std::array kVistasUnlabeled{65};

constexpr std::array<LabelledPart, 1> kWildDashParts{{{"", "images", "labels"}}};
constexpr std::array<std::string_view, 81> kWildDashNames{"unlabeled",
                                                          "egovehicle",
                                                          "overlay",
                                                          "outofroi",
                                                          "static",
                                                          "dynamic",
                                                          "ground",
                                                          "road",
                                                          "sidewalk",
                                                          "parking",
                                                          "railtrack",
                                                          "building",
                                                          "wall",
                                                          "fence",
                                                          "guardrail",
                                                          "bridge",
                                                          "tunnel",
                                                          "pole",
                                                          "polegroup",
                                                          "trafficlight",
                                                          "trafficsign",
                                                          "vegetation",
                                                          "terrain",
                                                          "sky",
                                                          "person",
                                                          "rider",
                                                          "car",
                                                          "truck",
                                                          "bus",
                                                          "caravan",
                                                          "trailer",
                                                          "onrails",
                                                          "motorcycle",
                                                          "bicycle",
                                                          "pickup",
                                                          "van",
                                                          "billboard",
                                                          "streetlight",
                                                          "roadmarking",
                                                          "junctionbox",
                                                          "mailbox",
                                                          "manhole",
                                                          "phonebooth",
                                                          "pothole",
                                                          "bikerack",
                                                          "trafficsignframe",
                                                          "utilitypole",
                                                          "motorcyclist",
                                                          "bicyclist",
                                                          "otherrider",
                                                          "bird",
                                                          "groundanimal",
                                                          "curb",
                                                          "trafficsignany",
                                                          "trafficsignback",
                                                          "trashcan",
                                                          "otherbarrier",
                                                          "othervehicle",
                                                          "autorickshaw",
                                                          "bench",
                                                          "mountain",
                                                          "tramtrack",
                                                          "wheeledslow",
                                                          "boat",
                                                          "bikelane",
                                                          "bikelanesidewalk",
                                                          "banner",
                                                          "dashcammount",
                                                          "water",
                                                          "sand",
                                                          "pedestrianarea",
                                                          "firehydrant",
                                                          "cctvcamera",
                                                          "snow",
                                                          "catchbasin",
                                                          "crosswalkplain",
                                                          "crosswalkzebra",
                                                          "manholesidewalk",
                                                          "curbterrain",
                                                          "servicelane",
                                                          "curbcut"};
constexpr std::array<std::uint8_t, 81> kWildDashTrainIds{
    kUnlearned, kUnlearned, kUnlearned, kUnlearned, kVoid, kVoid, kVoid, 0,          1,     kVoid, kVoid, 2,
    3,          4,          kVoid,      kVoid,      kVoid, 5,     kVoid, 6,          7,     8,     9,     10,
    11,         12,         13,         14,         15,    kVoid, kVoid, 16,         17,    18,    14,    13,
    kVoid,      kVoid,      0,          kVoid,      kVoid, 0,     kVoid, 0,          kVoid, 5,     5,     12,
    12,         12,         kVoid,      kVoid,      1,     kVoid, kVoid, kVoid,      3,     kVoid, 17,    kVoid,
    kVoid,      0,          kVoid,      kVoid,      0,     1,     kVoid, kUnlearned, kVoid, kVoid, 0,     kVoid,
    kVoid,      kVoid,      0,          0,          0,     1,     9,     0,          1};

constexpr std::array<LabelledPart, 2> kAdeParts{{{"training", "images/training", "annotations/training"},
                                                 {"validation", "images/validation", "annotations/validation"}}};

constexpr std::array kLabelledFolders{
    LabelledFolder{.name = "StreetHazards",
                   .parts = kStreetHazardsParts,
                   .hasTowns = true,
                   .firstValue = 1,
                   .classes = kStreetHazardsNames.size(),
                   .voidValues = kNothing,
                   .classNames = kStreetHazardsNames,
                   .toCityscapes = kStreetHazardsTrainIds,
                   .source = "Hendrycks et al., anomaly-seg"},
    LabelledFolder{.name = "Mapillary Vistas 1.2",
                   .parts = kVistasParts,
                   .classes = kVistasNames.size(),
                   .voidValues = kVistasUnlabeled,
                   .classNames = kVistasNames,
                   .toCityscapes = kVistasTrainIds,
                   .isMapped = true,
                   .source = "Mapillary's config.json; train ids as Hoyer et al., HRDA, have them"},
    LabelledFolder{.name = "WildDash 2",
                   .parts = kWildDashParts,
                   .mark = "panoptic.json",
                   .classes = kWildDashNames.size(),
                   .classNames = kWildDashNames,
                   .toCityscapes = kWildDashTrainIds,
                   .isMapped = true,
                   .source = "Zendel et al., CVPR 2022, unified label policy"},
    LabelledFolder{.name = "ADE20k scene parsing",
                   .parts = kAdeParts,
                   .firstValue = 1,
                   .classes = 150,
                   .voidValues = kNothing,
                   .source = "Zhou et al., sceneparsing"},
};

bool holdsFiles(const fs::path& folder) {
  std::error_code failure;
  const fs::directory_iterator entries(folder, failure);
  return !failure &&
         std::any_of(begin(entries), end(entries), [&](const auto& entry) { return entry.is_regular_file(failure); });
}

bool holdsFolders(const fs::path& folder) {
  std::error_code failure;
  const fs::directory_iterator entries(folder, failure);
  return !failure &&
         std::any_of(begin(entries), end(entries), [&](const auto& entry) { return entry.is_directory(failure); });
}

bool isThere(const fs::path& root, const LabelledFolder& kind, const LabelledPart& part) {
  std::error_code failure;
  const fs::path images = root / part.images;
  return fs::is_directory(images, failure) && fs::is_directory(root / part.masks, failure) &&
         (kind.mark.empty() || fs::exists(root / kind.mark, failure)) &&
         (kind.hasTowns ? holdsFolders(images) : holdsFiles(images));
}

const LabelledPart* partIn(const fs::path& root, const LabelledFolder& kind, const std::string& wanted) {
  for (const LabelledPart& part : kind.parts)
    if ((wanted.empty() || part.name == wanted) && isThere(root, kind, part)) return &part;
  return nullptr;
}

/// Files by their path below `folder` without its ending: "t1/0001".
std::map<std::string, fs::path> labelledFilesBelow(const fs::path& folder) {
  std::error_code failure;
  std::map<std::string, fs::path> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder, failure)) {
    if (!entry.is_regular_file(failure)) continue;
    out.emplace(fs::relative(entry.path(), folder).replace_extension().generic_string(), entry.path());
  }
  if (failure) throw Error({.what = "folder cannot be read", .found = failure.message(), .file = folder});
  return out;
}

}  // namespace

std::span<const LabelledFolder> labelledFolders() { return kLabelledFolders; }

std::optional<LabelledPairs> findLabelled(const fs::path& folder, const std::string& part) {
  for (const LabelledFolder& kind : kLabelledFolders) {
    if (partIn(folder, kind, {}) == nullptr) continue;
    const LabelledPart* found = partIn(folder, kind, part);
    if (found == nullptr) {
      std::string parts;
      for (const LabelledPart& each : kind.parts)
        if (isThere(folder, kind, each)) parts.append(parts.empty() ? "" : ", ").append(each.name);
      throw Error({.what = std::string(kind.name) + " has no part of this name",
                   .expected = parts,
                   .found = part,
                   .file = folder});
    }
    LabelledPairs out{.kind = &kind, .part = std::string(found->name), .files = {}};
    const auto masks = labelledFilesBelow(folder / found->masks);
    for (const auto& [stem, image] : labelledFilesBelow(folder / found->images)) {
      if (const auto mask = masks.find(stem); mask != masks.end())
        out.files.emplace_back(image, mask->second);
      else
        ++out.withoutMask;
    }
    if (out.files.empty()) {
      throw Error({.what = "no picture has a mask",
                   .expected = "files of the same stem in " + std::string(found->masks),
                   .found = std::to_string(masks.size()) + " masks",
                   .file = folder / found->images});
    }
    return out;
  }
  return std::nullopt;
}

}  // namespace oodscope
