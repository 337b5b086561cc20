// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/score_map_file.h"

#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/hdf5_file.h"
#include "analysis/formats/npz.h"

#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kMostPixels = std::size_t{1} << 28;

ScoreMap fromArray(const NpyArray& array, const fs::path& file) {
  auto shape = array.header.shape;
  while (shape.size() > 2 && shape.front() == 1) shape.erase(shape.begin());
  while (shape.size() > 2 && shape.back() == 1) shape.pop_back();
  const auto most = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (shape.size() != 2 || shape[0] == 0 || shape[1] == 0 || shape[0] > most || shape[1] > most) {
    throw Error({.what = "array is no score map",
                 .expected = "height x width",
                 .found = npyText(array.header) + (shape.size() == 3 ? ", which looks like logits" : ""),
                 .file = file});
  }
  return {Size{static_cast<int>(shape[1]), static_cast<int>(shape[0])}, npyAsFloat(array)};
}

ScoreMap fromMat(const cv::Mat& mat, float scale) {
  ScoreMap scores(Size{mat.cols, mat.rows});
  for (int y = 0; y < mat.rows; ++y) {
    auto row = scores.row(y);
    for (std::size_t x = 0; x < row.size(); ++x) {
      const int column = static_cast<int>(x);
      switch (mat.depth()) {
        case CV_16U:
          row[x] = static_cast<float>(mat.at<std::uint16_t>(y, column)) * scale;
          break;
        case CV_32F:
          row[x] = mat.at<float>(y, column);
          break;
        default:
          row[x] = static_cast<float>(mat.at<double>(y, column));
          break;
      }
    }
  }
  return scores;
}

ScoreMap fromPicture(const fs::path& file, FileKind kind) {
  const auto bytes = readFileBytes(file);
  cv::Mat mat;
  std::string found = "damaged or truncated data";
  try {
    const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<std::uint8_t*>(bytes.data()));
    mat = cv::imdecode(raw, cv::IMREAD_UNCHANGED | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& failure) {
    found = failure.err;
  }
  if (mat.empty() || mat.total() > kMostPixels) {
    throw Error({.what = "score map cannot be decoded",
                 .expected = "an intact " + std::string(fileKindName(kind)),
                 .found = found,
                 .file = file});
  }
  const bool isScore = mat.channels() == 1 && (mat.depth() == CV_16U || mat.depth() == CV_32F || mat.depth() == CV_64F);
  if (!isScore) {
    throw Error({.what = "picture is no score map",
                 .expected = "one channel of 16-bit or floating values",
                 .found = std::to_string(mat.channels()) + " channels of " + cv::depthToString(mat.depth()),
                 .file = file});
  }
  constexpr float kSteps = 65535.0F;
  return fromMat(mat, 1.0F / kSteps);
}

}  // namespace

ScoreMap readScoreMap(const fs::path& file) {
  const auto kind = sniffFile(file);
  switch (kind) {
    case FileKind::Npy:
      return fromArray(readNpy(file), file);
    case FileKind::Zip:
      return fromArray(readNpz(file), file);
    case FileKind::Hdf5:
      return readHdf5Map(file, "value");
    case FileKind::Png:
    case FileKind::Tiff:
      return fromPicture(file, kind);
    default:
      break;
  }
  throw Error({.what = "file is no score map",
               .expected = ".npy, .npz, .hdf5, 16-bit PNG or float TIFF",
               .found = describeFile(file),
               .file = file});
}

void requireScoreSize(const ScoreMap& scores, Size expected, const fs::path& file) {
  if (scores.size() == expected) return;
  throw Error({.what = "score map and frame differ in size",
               .expected = std::to_string(expected.width) + "x" + std::to_string(expected.height),
               .found = std::to_string(scores.width()) + "x" + std::to_string(scores.height()),
               .file = file});
}

NotFinite countNotFinite(const ScoreMap& scores) {
  NotFinite out;
  for (const float value : scores.values()) {
    out.nan += std::isnan(value) ? 1U : 0U;
    out.infinite += std::isinf(value) ? 1U : 0U;
  }
  return out;
}

void writeSmiycScores(const fs::path& file, const ScoreMap& scores) { writeHdf5HalfMap(file, "value", scores); }

}  // namespace oodscope
