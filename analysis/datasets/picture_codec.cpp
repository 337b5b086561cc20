// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/picture_codec.h"

#include "analysis/core/error.h"
#include "analysis/datasets/cmyk.h"
#include "analysis/datasets/picture_structure.h"
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <string_view>
#include <type_traits>

namespace oodscope {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// Far above any road scene; a header that announces more is damaged or hostile.
constexpr std::size_t kMostPixels = std::size_t{1} << 28;

PictureStructure structureOf(FileKind kind, Bytes bytes) {
  if (kind == FileKind::Png) return pngStructure(bytes);
  if (kind == FileKind::Jpeg) return jpegStructure(bytes);
  if (kind == FileKind::Webp) return webpStructure(bytes);
  if (kind == FileKind::Tiff) return tiffStructure(bytes);
  if (kind == FileKind::Bmp) return bmpStructure(bytes);
  PictureStructure other;
  other.isComplete = true;
  return other;
}

/// Throws unless the bytes are a whole picture of a size that can be.
PictureStructure checkedStructure(Bytes bytes, const std::filesystem::path& file) {
  const auto kind = sniffBytes(bytes);
  if (!isPicture(kind)) {
    throw Error({.what = "file is not a picture",
                 .expected = "JPEG, PNG, WebP, TIFF or BMP",
                 .found = contentName(bytes),
                 .file = file});
  }
  auto structure = structureOf(kind, bytes);
  if (!structure.isComplete) {
    throw Error({.what = "picture is truncated",
                 .expected = "a complete " + std::string(fileKindName(kind)),
                 .found = std::to_string(bytes.size()) + " bytes without its end",
                 .file = file});
  }
  if (structure.isAnimated) {
    throw Error({.what = "picture is an animation",
                 .expected = "one picture a file",
                 .found = "an animated WebP",
                 .file = file});
  }
  if (structure.size && structure.size->area() > kMostPixels) {
    throw Error({.what = "picture is too large",
                 .expected = "at most " + std::to_string(kMostPixels) + " pixels",
                 .found = std::to_string(structure.size->width) + "x" + std::to_string(structure.size->height),
                 .file = file});
  }
  return structure;
}

cv::Mat decode(Bytes bytes, int flags, const std::filesystem::path& file) {
  if (bytes.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
    throw Error({.what = "picture is too large", .found = std::to_string(bytes.size()) + " bytes", .file = file});
  }
  try {
    // OpenCV has no read-only matrices; imdecode only reads.
    const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<std::uint8_t*>(bytes.data()));
    cv::Mat decoded = cv::imdecode(raw, flags);
    if (!decoded.empty()) return decoded;
  } catch (const cv::Exception& failure) {
    // Its message names its own functions and types; the code tells the one thing that a user can mend.
    if (failure.code == cv::Error::StsNoMem)
      throw Error({.what = "not enough memory to decode the picture", .file = file});
  }
  throw Error({.what = "picture cannot be decoded",
               .expected = "an intact " + std::string(fileKindName(sniffBytes(bytes))),
               .found = "damaged data, or a variant of the format that is not read",
               .file = file});
}

[[noreturn]] void refuseColours(const std::array<double, 3>& rgb, int x, int y, const std::filesystem::path& file) {
  const auto text = [](double value) { return std::to_string(static_cast<long long>(value)); };
  throw Error({.what = "label has several channels that differ",
               .expected = "one value per pixel",
               .found = "red " + text(rgb[0]) + ", green " + text(rgb[1]) + ", blue " + text(rgb[2]) + " at x " +
                        std::to_string(x) + ", y " + std::to_string(y) + ": translate colours to class numbers first",
               .file = file});
}

std::string numberText(double value) {
  std::array<char, 32> out{};
  const auto end = std::to_chars(out.data(), out.data() + out.size(), value);
  return {out.data(), end.ptr};
}

/// What a label's samples are, whatever their type: whole numbers of 0 to 65535; -1, which writers use for void, is
/// kept as 65535 and told.
template <class T>
std::uint16_t labelValue(T value, bool& hasMinusOne, const std::filesystem::path& file) {
  const auto number = static_cast<double>(value);
  if constexpr (!std::is_unsigned_v<T>) {
    if (number == -1.0) {
      hasMinusOne = true;
      return 65535;
    }
  }
  if (!(number >= 0.0 && number <= 65535.0) || number != std::floor(number)) {
    throw Error({.what = "label has a value that is no class number",
                 .expected = "whole numbers of 0 to 65535, or -1 for void",
                 .found = std::isnan(number) ? "not a number (NaN)" : numberText(number),
                 .file = file});
  }
  return static_cast<std::uint16_t>(number);
}

template <class T>
void fillFrom(RawSamples& out, const cv::Mat& mat, const std::filesystem::path& file) {
  const int channels = mat.channels();
  const bool hasColours = channels >= 3;
  out.values = Grid<std::uint16_t>(Size{mat.cols, mat.rows});
  for (int y = 0; y < mat.rows; ++y) {
    const T* source = mat.ptr<T>(y);
    auto row = out.values.row(y);
    for (std::size_t x = 0; x < row.size(); ++x, source += channels) {
      if (hasColours && (source[0] != source[1] || source[1] != source[2])) {
        refuseColours({static_cast<double>(source[2]), static_cast<double>(source[1]), static_cast<double>(source[0])},
                      static_cast<int>(x), y, file);
      }
      if constexpr (std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::uint16_t>) {
        row[x] = source[0];
      } else {
        row[x] = labelValue(source[0], out.hasMinusOne, file);
      }
    }
  }
}

void fill(RawSamples& out, const cv::Mat& mat, const std::filesystem::path& file) {
  switch (mat.depth()) {
    case CV_8U:
      return fillFrom<std::uint8_t>(out, mat, file);
    case CV_16U:
      return fillFrom<std::uint16_t>(out, mat, file);
    case CV_8S:
      return fillFrom<std::int8_t>(out, mat, file);
    case CV_16S:
      return fillFrom<std::int16_t>(out, mat, file);
    case CV_32S:
      return fillFrom<std::int32_t>(out, mat, file);
    case CV_32F:
      return fillFrom<float>(out, mat, file);
    case CV_64F:
      return fillFrom<double>(out, mat, file);
    default:
      break;
  }
  throw Error({.what = "label has samples of another kind",
               .expected = "whole numbers",
               .found = "half-precision numbers",
               .file = file});
}

RgbImage decodeInkTiff(Bytes bytes, std::size_t inkTagAt, const std::filesystem::path& file) {
  const auto retold = inkTiffAsRgba(bytes, inkTagAt);
  const cv::Mat ink = decode(retold, cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION, file);
  if (ink.type() != CV_8UC4)
    throw Error({.what = "picture cannot be decoded", .expected = "four inks of 8 bits", .file = file});
  RgbImage image(Size{ink.cols, ink.rows});
  for (int y = 0; y < ink.rows; ++y) {
    const auto* source = ink.ptr<cv::Vec4b>(y);
    for (auto& pixel : image.row(y)) {
      pixel = rgbFromInk((*source)[2], (*source)[1], (*source)[0], (*source)[3]);
      ++source;
    }
  }
  return image;
}

}  // namespace

RgbImage decodeRgb(Bytes bytes, const std::filesystem::path& file) {
  const auto structure = checkedStructure(bytes, file);
  if (structure.components == 4) return decodeCmykJpeg(bytes, file);
  if (structure.inkTagAt > 0) return decodeInkTiff(bytes, structure.inkTagAt, file);
  const cv::Mat bgr = decode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION, file);
  RgbImage image(Size{bgr.cols, bgr.rows});
  for (int y = 0; y < bgr.rows; ++y) {
    const auto* source = bgr.ptr<cv::Vec3b>(y);
    auto row = image.row(y);
    for (std::size_t x = 0; x < row.size(); ++x) row[x] = {source[x][2], source[x][1], source[x][0]};
  }
  return image;
}

RawSamples decodeSamples(Bytes bytes, const std::filesystem::path& file) {
  const auto structure = checkedStructure(bytes, file);
  RawSamples out;
  std::vector<std::uint8_t> retold;
  if (structure.isPalette) {
    retold = palettePngAsGrey(bytes);
    bytes = retold;
    out.palette = structure.palette;
  }
  if (structure.pages > 1) {
    throw Error({.what = "label has several pages",
                 .expected = "one picture a file",
                 .found = std::to_string(structure.pages) + " pages",
                 .file = file});
  }
  const cv::Mat mat = decode(bytes, cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION, file);
  fill(out, mat, file);
  out.isLossy = structure.isLossy;
  out.bitDepth = mat.depth() == CV_8U ? std::min(structure.bitDepth, 8) : static_cast<int>(mat.elemSize1()) * 8;
  const bool isExpanded =
      mat.channels() == 1 && mat.depth() == CV_8U && (out.bitDepth == 1 || out.bitDepth == 2 || out.bitDepth == 4);
  if (isExpanded) {
    const int step = 255 / ((1 << out.bitDepth) - 1);
    for (auto& value : out.values.values()) value = static_cast<std::uint16_t>(value / step);
  }
  return out;
}

RawSamples samplesOf(const NpyArray& array, const std::filesystem::path& file) {
  auto shape = array.header.shape;
  while (shape.size() > 2 && shape.back() == 1) shape.pop_back();
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());
  constexpr std::size_t kMostSide = 1 << 20;
  const bool isMap = shape.size() == 2 && shape[0] > 0 && shape[1] > 0 && shape[0] < kMostSide && shape[1] < kMostSide;
  if (!isMap || shape[0] * shape[1] > kMostPixels) {
    throw Error({.what = "label array is no map",
                 .expected = "height x width class numbers",
                 .found = npyText(array.header),
                 .file = file});
  }
  RawSamples out;
  out.values = Grid<std::uint16_t>(Size{static_cast<int>(shape[1]), static_cast<int>(shape[0])});
  auto values = out.values.values();
  const auto type = array.header.type;
  out.bitDepth = static_cast<int>(npyTypeSize(type)) * 8;
  if (type == NpyType::Float16 || type == NpyType::Float32 || type == NpyType::Float64) {
    const auto numbers = npyAsFloat(array);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = labelValue(numbers[i], out.hasMinusOne, file);
  } else {
    const auto numbers = npyAsInteger(array);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = labelValue(numbers[i], out.hasMinusOne, file);
  }
  return out;
}

std::string contentName(Bytes bytes) { return describeBytes(bytes); }

std::optional<Size> pictureSizeFromHeader(Bytes start) { return structureOf(sniffBytes(start), start).size; }

}  // namespace oodscope
