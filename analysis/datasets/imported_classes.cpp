// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/imported_classes.h"

#include "analysis/core/error.h"
#include "analysis/datasets/natural_order.h"
#include "analysis/datasets/picture_codec.h"
#include "analysis/formats/array_file.h"
#include "analysis/formats/file_bytes.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kVoidSample = 65535;
constexpr std::uint16_t kMostClass = 255;

Grid<std::uint16_t> classSamples(const ImportedClasses& classes) {
  const fs::path& file = classes.file;
  if (!isArrayFile(file)) return decodeSamples(readFileBytes(file), file).values;
  LoadedArray loaded = readArray(file, classes.arrayName);
  loaded.array.header.shape = loaded.facts.usefulShape();
  return samplesOf(loaded.array, file).values;
}

bool endsInOne(const fs::path& file, std::span<const std::string_view> endings) {
  const std::string stem = lowered(file.stem().string());
  return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return stem.ends_with(ending); });
}

}  // namespace

ClassMap readImportedClasses(const ImportedClasses& classes) {
  const Grid<std::uint16_t> samples = classSamples(classes);
  ClassMap out(samples.size());
  std::transform(samples.values().begin(), samples.values().end(), out.values().begin(), [&](std::uint16_t value) {
    if (value > kMostClass && value != kVoidSample)
      throw Error({.what = "class map has a value that is no class",
                   .expected = "whole numbers of 0 to 255",
                   .found = std::to_string(value),
                   .file = classes.file});
    return static_cast<std::uint8_t>(std::min(value, kMostClass));
  });
  return out;
}

bool isNamedAsClassMap(const fs::path& file) {
  constexpr std::array<std::string_view, 2> kEndings = {"_segmentation", "_pred_id_labels"};
  return endsInOne(file, kEndings);
}

bool isNamedAsPrediction(const fs::path& file) {
  constexpr std::array<std::string_view, 3> kEndings = {"_pred", "_prediction", "_predictions"};
  return endsInOne(file, kEndings);
}

}  // namespace oodscope
