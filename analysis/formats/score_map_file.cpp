// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/score_map_file.h"

#include "analysis/formats/array_file.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/hdf5_file.h"
#include "analysis/formats/score_picture.h"

#include <cmath>
#include <limits>

namespace oodscope {
namespace {

namespace fs = std::filesystem;
constexpr float kPictureSteps = 65535.0F;

/// Why an array of another shape is no map, in words.
std::string shapeHint(const std::vector<std::size_t>& shape) {
  for (const auto dimension : shape)
    if (dimension == 0) return ", an array without elements";
  if (shape.empty()) return {};
  if (shape.size() == 1) return ", a list of values without height and width: write it with its shape";
  return shape.size() == 3 ? ", which looks like logits" : "";
}

StoredMap fromArray(LoadedArray loaded, const fs::path& file) {
  const auto shape = loaded.facts.usefulShape();
  const auto most = static_cast<std::size_t>(std::numeric_limits<int>::max());
  if (shape.size() != 2 || shape[0] == 0 || shape[1] == 0 || shape[0] > most || shape[1] > most) {
    throw Error({.what = "array is no score map",
                 .expected = "height x width",
                 .found = loaded.facts.text() + shapeHint(shape),
                 .file = file});
  }
  StoredMap out;
  out.size = {static_cast<int>(shape[1]), static_cast<int>(shape[0])};
  out.isMatlab = loaded.facts.isMatlab;
  out.array = std::move(loaded.array);
  out.array.header.shape = shape;
  return out;
}

StoredMap fromPicture(const fs::path& file) {
  StoredMap out;
  out.array = readScorePicture(file);
  out.size = {static_cast<int>(out.array.header.shape[1]), static_cast<int>(out.array.header.shape[0])};
  out.isFraction = out.array.header.type == NpyType::UInt16;
  return out;
}

/// What a picture's number of 0 to 65535 stands for.
float fractionOf(float value, bool isBin) {
  return isBin ? (value + 0.5F) * (1.0F / (kPictureSteps + 1.0F)) : value * (1.0F / kPictureSteps);
}

}  // namespace

bool scoresAreFloats(NpyType type, const MapReading& reading) {
  return fitsFloat(type) && !(reading.isNormalHigh && type == NpyType::Float32);
}

ScoreMap StoredMap::asFloat() const {
  ScoreMap out(size, npyAsFloat(array));
  if (isFraction)
    for (float& value : out.values()) value = fractionOf(value, reading.areBins);
  if (reading.isNormalHigh)
    for (float& value : out.values()) value = 1.0F - value;
  return out;
}

Grid<double> StoredMap::asDouble() const {
  Grid<double> out(size, npyAsDouble(array));
  if (isFraction)
    for (double& value : out.values())
      value = static_cast<double>(fractionOf(static_cast<float>(value), reading.areBins));
  if (reading.isNormalHigh)
    for (double& value : out.values()) value = 1.0 - value;
  return out;
}

StoredMap readStoredMap(const fs::path& file, const std::string& name, const MapReading& reading) {
  const auto kind = sniffFile(file);
  if (isArrayFile(file) || kind == FileKind::Png || kind == FileKind::Tiff) {
    StoredMap out = isArrayFile(file) ? fromArray(readArray(file, name), file) : fromPicture(file);
    out.reading = reading;
    return out;
  }
  throw Error({.what = "file is no score map",
               .expected = ".npy, .npz, .hdf5, 16-bit PNG, float TIFF or a tensor by torch.save",
               .found = describeFile(file),
               .file = file});
}

ScoreMap readScoreMap(const fs::path& file, const std::string& name) { return readStoredMap(file, name).asFloat(); }

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
