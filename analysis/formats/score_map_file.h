// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/formats/npy.h"

#include <cstddef>
#include <filesystem>
#include <string>

namespace oodscope {

/// How a map's values are meant.
struct MapReading {
  bool isNormalHigh = false;  ///< confidences c, whose score is 1 - c
  bool areBins = false;       ///< a picture's number v stands for (v + 0.5) / 65536, as in BRAVO, and not for v / 65535
};

/// Whether scores made of values of the type are floats: fitsFloat(), but 1 - c of a float32 c is none.
[[nodiscard]] bool scoresAreFloats(NpyType type, const MapReading& reading);

/// A score map as its file holds it: no digit is lost.
struct StoredMap {
  Size size;
  NpyArray array;           ///< height x width, of the file's own type
  bool isFraction = false;  ///< a picture's 16-bit numbers, which stand for 0..1
  bool isMatlab = false;    ///< its axes were in MATLAB's order and have been turned round
  MapReading reading = {};

  [[nodiscard]] NpyType type() const { return array.header.type; }
  /// Whether each score is a float exactly, or stands for one of 2^16 that all differ as floats.
  [[nodiscard]] bool isFloat() const { return scoresAreFloats(array.header.type, reading); }
  /// The scores, rounded to float where they are more (see isFloat). Cost: O(pixels).
  [[nodiscard]] ScoreMap asFloat() const;
  [[nodiscard]] Grid<double> asDouble() const;
};

/// Reads one score per pixel that somebody's method wrote: .npy, .npz or HDF5 with an array of HxW, 1xHxW or HxWx1
/// (which one: see chosenArray); 16-bit grey PNG (scores 0..1 as 0..65535);
/// a tensor by torch.save; TIFF of one page (see readScorePicture).
/// The content decides, not the file's name. Values are kept as they are, NaN and infinity included: see
/// countNotFinite. name: of the array in a file of several; empty: the obvious one. Throws Error: missing, empty,
/// truncated, another kind, several channels (logits are no scores), 8-bit pictures, several arrays that may be meant.
/// Cost: O(bytes).
[[nodiscard]] StoredMap readStoredMap(const std::filesystem::path& file, const std::string& name = {},
                                      const MapReading& reading = {});
/// The same as float, whatever the file's type.
[[nodiscard]] ScoreMap readScoreMap(const std::filesystem::path& file, const std::string& name = {});

/// Throws Error where the map's size is not `expected`, and names both.
void requireScoreSize(const ScoreMap& scores, Size expected, const std::filesystem::path& file);

/// How many scores are NaN and how many infinite: to be counted and shown, never passed on.
struct NotFinite {
  std::size_t nan = 0;
  std::size_t infinite = 0;
  [[nodiscard]] std::size_t total() const { return nan + infinite; }
};
[[nodiscard]] NotFinite countNotFinite(const ScoreMap& scores);

/// Writes scores as SegmentMeIfYouCan takes them: dataset `value`, HxW float16, gzip. All or nothing. Throws Error
/// where it cannot be written.
void writeSmiycScores(const std::filesystem::path& file, const ScoreMap& scores);

}  // namespace oodscope
