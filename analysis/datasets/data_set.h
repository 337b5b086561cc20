// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

enum class Layout {
  CourseBundle,
  SmiycAnomaly,
  SmiycObstacle,
  FishyscapesLostAndFound,
  FishyscapesStatic,
  RoadAnomaly2019,
  LostAndFound,
  StreetHazards,
  Cityscapes,
  Generic
};
[[nodiscard]] std::string_view layoutName(Layout layout);

/// What each value of a label file means; values not listed take `otherwise`.
struct LabelEncoding {
  std::map<int, std::uint8_t> meaning;  ///< raw value -> kNormal, kAnomaly or kVoid
  std::uint8_t otherwise = kVoid;
  std::string description;              ///< "0 normal, 1 and 2 anomaly, 255 void"
};

/// Left camera of a stereo pair, for distances. Units: focal lengths in pixels, baseline in metres.
struct StereoCamera {
  double baseline = 0.0;
  double focalX = 0.0, focalY = 0.0;
  double centreX = 0.0, centreY = 0.0;
};

/// One image with what belongs to it. Nothing is decoded until asked for.
struct Frame {
  std::string name;                                   ///< unique in its set, as shown and sorted: "3" or "t5/0012"
  std::filesystem::path image;
  std::optional<std::filesystem::path> overlay = {};  ///< Fishyscapes Static: signed rgb .npz added to the image
  std::optional<std::filesystem::path> label = {};    ///< absent: withheld, which is not "no anomaly"
  std::optional<std::filesystem::path> regionOfInterest = {};
  std::optional<std::filesystem::path> disparity = {};
  std::optional<std::filesystem::path> camera = {};
  std::optional<std::filesystem::path> classLabel = {};  ///< Cityscapes labelIds or labelTrainIds, for closed-set mIoU
};

struct Skipped {
  std::filesystem::path file;
  std::string reason;
};

struct DataSet {
  std::string name;  ///< the folder's name
  std::filesystem::path root;
  Layout layout = Layout::Generic;
  LabelEncoding encoding;
  std::vector<Frame> frames;     ///< natural order of names (2 before 10)
  std::vector<Skipped> skipped;  ///< what was there and not used, and why
  std::vector<std::string> remarks;  ///< said aloud: "label value 2 is read as anomaly", "files named .png hold JPEG data"
};

/// How a folder that no known layout fits is to be read. Globs match the path below the root, '*' within a folder.
struct GenericLayout {
  std::string images;  ///< "images/*"
  std::string masks;   ///< "masks/*"; matched to images by stem, suffixes as _labels stripped
  LabelEncoding encoding;
};

/// Recognises the layout of `root` and lists its frames without decoding pixels. Throws Error (what was looked for, what
/// was found) where no layout fits and none is given. Cost: one directory walk and a few bytes of some files.
[[nodiscard]] DataSet openDataSet(const std::filesystem::path& root, const std::optional<GenericLayout>& generic = {});

/// Decodes the image as RGB exactly as PIL's convert("RGB") does: content sniffed, no ICC, no EXIF rotation, gamma ignored.
/// Throws Error for unreadable, truncated or foreign content.
[[nodiscard]] RgbImage readImage(const Frame& frame);

/// Decodes and maps the label. Requires: frame.label. Throws Error: unreadable, several channels that differ, values that
/// are not in the encoding of a strict layout.
[[nodiscard]] LabelMap readLabel(const DataSet& set, const Frame& frame);

/// Cityscapes train ids (0..18, 255 void) of frame.classLabel.
[[nodiscard]] ClassMap readClassLabel(const Frame& frame);

/// Distance in metres per pixel; 0 where unknown. Requires disparity and camera. Source: reference protocols, section 4.
enum class DisparityConvention { LostAndFound /* png/256 */, Cityscapes /* (png-1)/256, 0 none */ };
[[nodiscard]] Grid<float> readDistance(const Frame& frame, DisparityConvention convention);
[[nodiscard]] StereoCamera readCamera(const std::filesystem::path& file);

}  // namespace oodscope
