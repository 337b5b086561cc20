// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/picture_codec.h"

#include "analysis/core/error.h"
#include "analysis/datasets/picture_structure.h"
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>

namespace oodscope {
namespace {

using Bytes = std::span<const std::uint8_t>;

/// Far above any road scene; a header that announces more is damaged or hostile.
constexpr std::size_t kMostPixels = std::size_t{1} << 28;

PictureStructure structureOf(FileKind kind, Bytes bytes) {
  if (kind == FileKind::Png) return pngStructure(bytes);
  if (kind == FileKind::Jpeg) return jpegStructure(bytes);
  if (kind == FileKind::Webp) return webpStructure(bytes);
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
                 .found = std::string(fileKindName(kind)),
                 .file = file});
  }
  auto structure = structureOf(kind, bytes);
  if (!structure.isComplete) {
    throw Error({.what = "picture is truncated",
                 .expected = "a complete " + std::string(fileKindName(kind)),
                 .found = std::to_string(bytes.size()) + " bytes without its end",
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
    throw Error({.what = "picture cannot be decoded",
                 .expected = "an intact " + std::string(fileKindName(sniffBytes(bytes))),
                 .found = failure.err,
                 .file = file});
  }
  throw Error({.what = "picture cannot be decoded",
               .expected = "an intact " + std::string(fileKindName(sniffBytes(bytes))),
               .found = "damaged data",
               .file = file});
}

template <class T>
Grid<std::uint16_t> equalChannels(const cv::Mat& mat, const std::filesystem::path& file) {
  const int channels = mat.channels();
  const int colours = channels >= 3 ? 3 : 1;
  Grid<std::uint16_t> out(Size{mat.cols, mat.rows});
  for (int y = 0; y < mat.rows; ++y) {
    const T* source = mat.ptr<T>(y);
    auto row = out.row(y);
    for (std::size_t x = 0; x < row.size(); ++x, source += channels) {
      if (colours == 3 && (source[0] != source[1] || source[1] != source[2])) {
        throw Error({.what = "label has several channels that differ",
                     .expected = "one value per pixel",
                     .found = "red " + std::to_string(source[2]) + ", green " + std::to_string(source[1]) + ", blue " +
                              std::to_string(source[0]) + " at x " + std::to_string(x) + ", y " + std::to_string(y),
                     .file = file});
      }
      row[x] = static_cast<std::uint16_t>(source[0]);
    }
  }
  return out;
}

}  // namespace

RgbImage decodeRgb(Bytes bytes, const std::filesystem::path& file) {
  checkedStructure(bytes, file);
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
  const cv::Mat mat = decode(bytes, cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION, file);
  if (mat.depth() == CV_8U) {
    out.values = equalChannels<std::uint8_t>(mat, file);
    out.bitDepth = std::min(structure.bitDepth, 8);
  } else if (mat.depth() == CV_16U) {
    out.values = equalChannels<std::uint16_t>(mat, file);
    out.bitDepth = 16;
  } else {
    throw Error({.what = "label has samples of another kind",
                 .expected = "integers of 1 to 16 bits",
                 .found = cv::typeToString(mat.type()),
                 .file = file});
  }
  const bool isExpanded = mat.channels() == 1 && (out.bitDepth == 1 || out.bitDepth == 2 || out.bitDepth == 4);
  if (isExpanded) {
    const int step = 255 / ((1 << out.bitDepth) - 1);
    for (auto& value : out.values.values()) value = static_cast<std::uint16_t>(value / step);
  }
  return out;
}

std::optional<Size> pictureSizeFromHeader(Bytes start) { return structureOf(sniffBytes(start), start).size; }

}  // namespace oodscope
