// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/datasets/layout.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

class LabelCensus;

/// What each value of a label file means; values not listed take `otherwise`.
struct LabelEncoding {
  std::map<int, std::uint8_t> meaning = {};  ///< raw value -> kNormal, kAnomaly or kVoid
  std::uint8_t otherwise = kVoid;
  std::string description = {};   ///< "0 normal, 1 and 2 anomaly, 255 void"
  bool strict = false;            ///< a value that is not listed is an error, not `otherwise`
  bool isOtherwiseMeant = false;  ///< the user said what values not listed mean: they need no word
};

/// Left camera of a stereo pair, for distances. Units: focal lengths in pixels, baseline in metres.
struct StereoCamera {
  double baseline = 0.0;
  double focalX = 0.0, focalY = 0.0;
  double centreX = 0.0, centreY = 0.0;
};

/// One image with what belongs to it. Nothing is decoded until asked for.
struct Frame {
  std::string name;  ///< unique in its set, as shown and sorted: "3" or "t5/0012"
  std::filesystem::path image;
  std::optional<std::filesystem::path> overlay = {};  ///< Fishyscapes Static: signed rgb .npz added to the image
  std::optional<std::filesystem::path> label = {};    ///< absent: withheld, which is not "no anomaly"
  std::optional<std::filesystem::path> regionOfInterest = {};
  std::optional<std::filesystem::path> disparity = {};
  std::optional<std::filesystem::path> camera = {};
  std::optional<std::filesystem::path> classLabel = {};  ///< the true classes, for closed-set mIoU
};

struct Skipped {
  std::filesystem::path file;
  std::string reason;
};

struct DataSet {
  std::string name = {};     ///< the folder's name, with the version where that is part of its identity
  std::string version = {};  ///< "v3" for Fishyscapes Static, whose versions give different results; else empty
  std::filesystem::path root = {};
  Layout layout = {};
  LabelEncoding encoding = {};
  std::vector<Frame> frames = {};     ///< natural order of names (2 before 10)
  std::vector<Skipped> skipped = {};  ///< what was there and not used, and why
  std::vector<std::string> remarks =
      {};  ///< for whoever asks: "label value 2 is read as anomaly", "files named .png hold JPEG data"
  std::vector<std::string> warnings = {};  ///< likely mistakes: the user must see them wherever the set is used

  /// Index of the frame of that name; nothing where there is none. Cost: O(frames).
  [[nodiscard]] std::optional<std::size_t> find(std::string_view frame) const;
};

/// How a folder that no known layout fits is to be read. Globs match the path below the root, '*' within a folder. An
/// empty `images` stands for the usual folders; an encoding that lists nothing for what the masks' values tell.
struct GenericLayout {
  std::string images;  ///< "images/*"
  std::string masks;  ///< "masks/*"; matched to images by stem: first exactly, then but for case, Unicode form, affixes
  LabelEncoding encoding;
};

/// The known layout that fits `root`, if any; layouts::kGeneric for a plain pair of folders with usual names (images
/// and masks, img and gt, …) or pictures with their masks beside them, where the masks' values tell their meaning.
/// Cost: a few folder listings, for plain folders a few masks.
[[nodiscard]] std::optional<Layout> recogniseLayout(const std::filesystem::path& root);

/// The sets in a folder: itself where a layout fits it, else those among its sub-folders, three deep, in natural order.
/// Empty where there is none. Throws Error where `root` is not a readable folder.
[[nodiscard]] std::vector<std::filesystem::path> findDataSets(const std::filesystem::path& root);

/// Recognises the layout of `root` and lists its frames. `root` may name a part of a set: "FOLDER::train" or any other
/// split of a city tree, "FOLDER::NoKnown" of Lost and Found, "FOLDER::LIST" with a text or JSON file of frame names
/// (see part_of_set.h). A folder that holds exactly one set stands for it. Throws Error (what was looked for, what was
/// found) where no layout fits and none is given. Cost: one directory walk, a few bytes of some files, and some of the
/// masks, whose values are held against the encoding: all of them only where they might be 0 and 255 alone. What is
/// assumed, left over or likely wrong is in `warnings`.
[[nodiscard]] DataSet openDataSet(const std::filesystem::path& root, const std::optional<GenericLayout>& generic = {});

/// Decodes the image as RGB exactly as PIL's convert("RGB") does: content sniffed, no ICC, no EXIF rotation, gamma
/// ignored, alpha dropped, 16-bit samples cut to their high byte (for 16-bit grey PIL would clip at 255 instead). The
/// overlay, if any, is added and the sum clipped to 0..255. Throws Error for unreadable, truncated or foreign content.
[[nodiscard]] RgbImage readImage(const Frame& frame);
/// The same for any picture file.
[[nodiscard]] RgbImage readPicture(const std::filesystem::path& file);

/// Width and height of a picture from its header alone, where the format tells them (JPEG, PNG, WebP); else by
/// decoding. Throws Error for unreadable or foreign content.
[[nodiscard]] Size readPictureSize(const std::filesystem::path& file);

/// Decodes and maps the label, a picture or .npy; pixels outside the region of interest, where the frame has one,
/// become void. Palette labels are read by index, or by their colours where those are grey and spell the encoding's
/// values; -1 and 65535 are void where the encoding does not list them. In lossy files (JPEG) values take the meaning
/// of the nearest listed one where those lie far apart, else they are refused. What the file held is added to `census`,
/// where one is given: see labelFindings. Requires: frame.label. Throws Error: unreadable, a kind that is not read,
/// several pages, several channels that differ, another size than the image (both are named), values that are not in
/// the encoding of a strict layout.
[[nodiscard]] LabelMap readLabel(const DataSet& set, const Frame& frame, LabelCensus* census = nullptr);

/// Classes of frame.classLabel by the scheme of the set's layout (LayoutKind::classes), 255 void: Cityscapes train ids
/// (files named …labelIds are translated), StreetHazards' thirteen. Requires: frame.classLabel. Throws Error:
/// unreadable, another size than the image, a value that is no class.
[[nodiscard]] ClassMap readClassLabel(const DataSet& set, const Frame& frame);

/// How a disparity PNG (16 bits) stores pixels of disparity.
enum class DisparityConvention { LostAndFound /* png/256 */, Cityscapes /* (png-1)/256, 0 none */ };

/// Distance in metres per pixel, baseline * (fx + fy) / 2 / disparity; 0 where unknown, never as far. The convention is
/// that of the set's layout (LayoutKind::disparity). Requires: disparity and camera. Throws Error: unreadable, not
/// 16-bit, another size than the image. Source: Lost and Found's tools.
[[nodiscard]] Grid<float> readDistance(const Frame& frame, DisparityConvention convention);

/// Cityscapes' camera JSON: extrinsic.baseline, intrinsic.fx, fy, u0, v0. Throws Error: unreadable, a key that is
/// missing, no number or out of the range of any camera (baseline and focal lengths above 0).
[[nodiscard]] StereoCamera readCamera(const std::filesystem::path& file);

}  // namespace oodscope
