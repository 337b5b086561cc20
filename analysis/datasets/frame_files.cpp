// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/cityscapes.h"
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/label_census.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/datasets/picture_codec.h"
#include "analysis/datasets/raw_label.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/npz.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

/// Enough for the header of a JPEG with an EXIF thumbnail and an ICC profile.
constexpr std::size_t kHeaderBytes = std::size_t{256} << 10;

std::string text(Size size) { return std::to_string(size.width) + "x" + std::to_string(size.height); }

/// Size of the frame's image, or nothing where the image itself is unreadable: that is reported when it is opened.
std::optional<Size> imageSize(const Frame& frame) {
  try {
    return readPictureSize(frame.image);
  } catch (const Error&) {
    return std::nullopt;
  }
}

void checkSize(const Frame& frame, Size found, const char* what, const std::filesystem::path& file) {
  const auto expected = imageSize(frame);
  if (!expected || *expected == found) return;
  throw Error({.what = std::string("image and ") + what + " differ in size",
               .expected = "the image's " + text(*expected),
               .found = std::string(what) + " of " + text(found),
               .file = file});
}

RawSamples readSamples(const std::filesystem::path& file) { return decodeSamples(readFileBytes(file), file); }

/// Fishyscapes Static: array "rgb" of signed differences, height x width x 3.
void addOverlay(RgbImage& image, const std::filesystem::path& file) {
  const auto overlay = readNpz(file, "rgb");
  const auto& shape = overlay.header.shape;
  const bool isFloating = overlay.header.type == NpyType::Float16 || overlay.header.type == NpyType::Float32 ||
                          overlay.header.type == NpyType::Float64;
  const std::vector<std::size_t> expected = {static_cast<std::size_t>(image.height()),
                                             static_cast<std::size_t>(image.width()), 3};
  if (isFloating || shape != expected) {
    throw Error({.what = "overlay does not fit its image",
                 .expected = "integers of " + std::to_string(expected[0]) + "x" + std::to_string(expected[1]) + "x3",
                 .found = npyText(overlay.header),
                 .file = file});
  }
  const auto differences = npyAsInteger(overlay);
  const auto sum = [](std::uint8_t value, std::int64_t difference) {
    const auto bounded = std::clamp<std::int64_t>(difference, -255, 255);
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(value + bounded, 0, 255));
  };
  auto pixels = image.values();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    auto& pixel = pixels[i];
    pixel = {sum(pixel.r, differences[3 * i]), sum(pixel.g, differences[3 * i + 1]),
             sum(pixel.b, differences[3 * i + 2])};
  }
}

constexpr std::size_t kLabelValues = 256;

std::vector<std::optional<std::uint8_t>> classesOfLabelIds() {
  std::vector<std::optional<std::uint8_t>> out(kLabelValues);
  std::copy(kCityscapesTrainIds.begin(), kCityscapesTrainIds.end(), out.begin());
  out[kVoid] = kVoid;
  return out;
}

std::vector<std::optional<std::uint8_t>> classesOf(const ClassScheme& scheme) {
  std::vector<std::optional<std::uint8_t>> out(kLabelValues);
  for (std::size_t i = 0; i < scheme.classes.size(); ++i)
    out[static_cast<std::size_t>(scheme.firstValue) + i] = static_cast<std::uint8_t>(i);
  for (const int value : scheme.voidValues) out[static_cast<std::size_t>(value)] = kVoid;
  out[kVoid] = kVoid;
  return out;
}

/// Makes pixels void whose class label is.
void leaveOutVoidClasses(const Frame& frame, LabelMap& label) {
  const auto& file = frame.classLabel.value();
  const auto classes = readSamples(file);
  checkSize(frame, classes.values.size(), "class label", file);
  if (classes.values.size() != label.size()) {
    throw Error({.what = "label and class label differ in size",
                 .expected = text(label.size()),
                 .found = text(classes.values.size()),
                 .file = file});
  }
  for (std::size_t i = 0; i < label.values().size(); ++i)
    if (classes.values.values()[i] == kVoid) label.values()[i] = kVoid;
}

}  // namespace

RgbImage readImage(const Frame& frame) {
  auto image = readPicture(frame.image);
  if (frame.overlay) addOverlay(image, *frame.overlay);
  return image;
}

RgbImage readPicture(const std::filesystem::path& file) { return decodeRgb(readFileBytes(file), file); }

Size readPictureSize(const std::filesystem::path& file) {
  const auto start = readFileStart(file, kHeaderBytes);
  if (start.empty()) throw Error({.what = "file is empty", .expected = "a picture", .found = "0 bytes", .file = file});
  if (const auto size = pictureSizeFromHeader(start)) return *size;
  const auto bytes = readFileBytes(file);
  if (const auto size = pictureSizeFromHeader(bytes)) return *size;
  return decodeRgb(bytes, file).size();
}

LabelMap readLabel(const DataSet& set, const Frame& frame, LabelCensus* census) {
  require(frame.label.has_value(), "readLabel: the frame has no label");
  const auto& file = *frame.label;
  auto raw = readRawLabel(file, set.encoding);
  checkSize(frame, raw.values.size(), "label", file);
  const auto meaning = meaningsFor(raw, set.encoding, file);
  LabelMap label(raw.values.size());
  const auto values = raw.values.values();
  auto out = label.values();
  for (std::size_t i = 0; i < values.size(); ++i) out[i] = meaning[values[i]];
  if (census != nullptr) census->add(file, std::move(raw.facts));
  if (set.layout.kind().isVoidByClass && frame.classLabel) leaveOutVoidClasses(frame, label);
  if (frame.regionOfInterest) {
    const auto region = readSamples(*frame.regionOfInterest);
    checkSize(frame, region.values.size(), "region of interest", *frame.regionOfInterest);
    if (region.values.size() != label.size()) {
      throw Error({.what = "label and region of interest differ in size",
                   .expected = text(label.size()),
                   .found = text(region.values.size()),
                   .file = *frame.regionOfInterest});
    }
    const auto inside = region.values.values();
    const int least = region.isLossy ? 128 : 1;  // JPEG leaves some grey where black was
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (inside[i] < least) out[i] = kVoid;
    }
  }
  return label;
}

ClassMap readClassLabel(const DataSet& set, const Frame& frame) {
  require(frame.classLabel.has_value(), "readClassLabel: the frame has no class label");
  const auto& file = *frame.classLabel;
  const auto samples = readRawLabel(file, {});
  if (samples.facts.isLossy) {
    throw Error({.what = "class label was changed by lossy compression",
                 .expected = "class numbers as PNG",
                 .found = "JPEG or lossy WebP",
                 .file = file});
  }
  checkSize(frame, samples.values.size(), "class label", file);
  const bool isLabelIds = file.filename().string().find("labelIds") != std::string::npos;
  const ClassScheme& scheme = *set.layout.kind().classes;
  const std::vector<std::optional<std::uint8_t>> classOf = isLabelIds ? classesOfLabelIds() : classesOf(scheme);
  ClassMap classes(samples.values.size());
  auto out = classes.values();
  const auto values = samples.values.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t value = values[i] == kMinusOne ? kVoid : values[i];
    if (value >= classOf.size() || !classOf[value]) {
      throw Error({.what = "class label has a value that is no class",
                   .expected = isLabelIds ? "Cityscapes label ids 0 to 33" : scheme.valueText(),
                   .found = std::to_string(value),
                   .file = file});
    }
    out[i] = *classOf[value];
  }
  return classes;
}

Grid<float> readDistance(const Frame& frame, DisparityConvention convention) {
  require(frame.disparity.has_value() && frame.camera.has_value(), "readDistance: the frame lacks disparity or camera");
  const auto camera = readCamera(*frame.camera);
  const auto samples = readSamples(*frame.disparity);
  if (samples.bitDepth != 16) {
    throw Error({.what = "disparity is not a 16-bit PNG",
                 .expected = "16 bits per pixel",
                 .found = std::to_string(samples.bitDepth),
                 .file = *frame.disparity});
  }
  checkSize(frame, samples.values.size(), "disparity", *frame.disparity);
  const double scale = camera.baseline * (camera.focalX + camera.focalY) / 2.0 * 256.0;
  const int offset = convention == DisparityConvention::Cityscapes ? 1 : 0;
  Grid<float> distance(samples.values.size(), 0.0F);
  const auto values = samples.values.values();
  auto out = distance.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int steps = static_cast<int>(values[i]) - offset;
    if (steps > 0) out[i] = static_cast<float>(scale / steps);
  }
  return distance;
}

}  // namespace oodscope
