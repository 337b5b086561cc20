// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/score_picture.h"

#include "analysis/core/error.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/tiff_header.h"

#include <array>
#include <cstring>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kMostPixels = std::size_t{1} << 28;
constexpr unsigned kByteBits = 8;

/// What a picture's header says of its samples.
struct Samples {
  unsigned bits = 0, channels = 1;
  TiffSample kind = TiffSample::Unsigned;
  std::size_t pages = 1;
  std::uint64_t width = 0, height = 0;
};

Samples samplesOf(Bytes bytes, FileKind kind) {
  if (kind == FileKind::Tiff) {
    const auto header = readTiffHeader(bytes);
    return header ? Samples{header->bits, header->samples, header->sample, header->pages, header->width, header->height}
                  : Samples{};
  }
  constexpr std::size_t kWidthAt = 16, kHeightAt = 20, kDepthAt = 24, kColourAt = 25;  // within a PNG's first chunk
  constexpr unsigned kPalette = 3;
  if (kind != FileKind::Png || bytes.size() <= kColourAt) return {};
  constexpr std::array<unsigned, 7> kChannels = {1, 0, 3, 1, 2, 0, 4};  // by colour type
  const unsigned colour = bytes[kColourAt];
  const unsigned channels = colour < kChannels.size() ? kChannels.at(colour) : 0;
  const auto number = [&](std::size_t at) {
    return std::uint64_t{bytes[at]} << 24U | std::uint64_t{bytes[at + 1]} << 16U | std::uint64_t{bytes[at + 2]} << 8U |
           bytes[at + 3];
  };
  return {colour == kPalette ? kByteBits : bytes[kDepthAt],
          channels,
          TiffSample::Unsigned,
          1,
          number(kWidthAt),
          number(kHeightAt)};
}

std::string samplesText(const Samples& samples) {
  if (samples.bits == 0) return "a header that cannot be read";
  std::string out = samples.channels == 1 ? "one channel" : std::to_string(samples.channels) + " channels";
  out += " of " + std::to_string(samples.bits) + (samples.bits == 1 ? " bit" : " bits");
  if (samples.channels == 1 && samples.bits <= kByteBits) out += ", a picture drawn for looking at";
  return out;
}

/// How the decoder's elements are to be read: it tells 16, 32 and 64 bits apart, and not what they mean.
std::optional<NpyType> elementType(const Samples& samples) {
  using enum NpyType;
  const bool isSigned = samples.kind == TiffSample::Signed, isFloating = samples.kind == TiffSample::Floating;
  if (samples.channels != 1 || samples.kind == TiffSample::Other) return std::nullopt;
  switch (samples.bits) {
    case 16:
      return isFloating ? Float16 : isSigned ? Int16 : UInt16;
    case 32:
      return isFloating ? Float32 : isSigned ? Int32 : UInt32;
    case 64:
      return isFloating ? Float64 : isSigned ? Int64 : UInt64;
    default:
      return std::nullopt;
  }
}

/// OpenCV refuses float16 for its name, not for its bits: as whole numbers of 16 bits it unpacks them.
void nameHalvesWhole(std::vector<std::uint8_t>& bytes) {
  const auto header = readTiffHeader(bytes);
  if (header && header->sampleAt > 0 && header->sampleAt < bytes.size())
    bytes[header->sampleAt] = static_cast<std::uint8_t>(TiffSample::Unsigned);
}

cv::Mat decoded(Bytes bytes, FileKind kind, const fs::path& file) {
  cv::Mat mat;
  try {
    const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<std::uint8_t*>(bytes.data()));
    mat = cv::imdecode(raw, cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception&) {
    mat.release();  // said below, in words of our own
  }
  if (!mat.empty() && mat.total() <= kMostPixels) return mat;
  const auto header = kind == FileKind::Tiff ? readTiffHeader(bytes) : std::nullopt;
  throw Error({.what = "score map cannot be decoded",
               .expected = "an intact " + std::string(fileKindName(kind)),
               .found = header ? "damaged data, or a compression that is not read (number " +
                                     std::to_string(header->compression) + ")"
                               : "damaged or truncated data",
               .file = file});
}

}  // namespace

NpyArray readScorePicture(const fs::path& file) {
  auto bytes = readFileBytes(file);
  const auto kind = sniffBytes(bytes);
  const auto samples = samplesOf(bytes, kind);
  const auto refuse = [&](const std::string& expected, const std::string& found) {
    throw Error({.what = "picture is no score map", .expected = expected, .found = found, .file = file});
  };
  if (samples.pages > 1) refuse("a TIFF of one page, one file a frame", std::to_string(samples.pages) + " pages");
  const auto type = elementType(samples);
  if (!type || (kind == FileKind::Png && type != NpyType::UInt16)) {
    refuse("one channel of 16-bit or floating values: .npy, 16-bit grey PNG or float TIFF",
           kind == FileKind::Png || kind == FileKind::Tiff ? samplesText(samples) : describeBytes(bytes));
  }
  if (samples.width == 0 || samples.height == 0 || samples.width > kMostPixels / samples.height)
    refuse("at most 2^28 pixels", std::to_string(samples.width) + "x" + std::to_string(samples.height));
  if (type == NpyType::Float16) nameHalvesWhole(bytes);
  const cv::Mat mat = decoded(bytes, kind, file);
  if (mat.channels() != 1 || mat.elemSize() != npyTypeSize(*type))
    refuse("one channel of " + std::string(npyTypeName(*type)),
           std::to_string(mat.channels()) + " channels of " + std::to_string(kByteBits * mat.elemSize1()) + " bits");
  NpyArray out;
  out.header.type = *type;
  out.header.shape = {static_cast<std::size_t>(mat.rows), static_cast<std::size_t>(mat.cols)};
  out.header.dataBytes = mat.total() * mat.elemSize();
  out.data.resize(out.header.dataBytes);
  const std::size_t rowBytes = static_cast<std::size_t>(mat.cols) * mat.elemSize();
  for (int y = 0; y < mat.rows; ++y)
    std::memcpy(out.data.data() + static_cast<std::size_t>(y) * rowBytes, mat.ptr(y), rowBytes);
  return out;
}

bool isScorePicture(const fs::path& file) {
  try {
    const auto kind = sniffFile(file);
    if (kind == FileKind::Tiff) return elementType(samplesOf(readFileBytes(file), kind)).has_value();
    constexpr std::size_t kPngStart = 64;
    return elementType(samplesOf(readFileStart(file, kPngStart), kind)).has_value();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace oodscope
