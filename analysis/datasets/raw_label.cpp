// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/raw_label.h"

#include "analysis/core/error.h"
#include "analysis/datasets/folder_listing.h"
#include "analysis/formats/file_bytes.h"
#include "analysis/formats/file_kind.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

constexpr std::size_t kValues = 65536;

/// Tools that shrink a PNG turn grey 0, 1, 255 into a palette of those greys: then the colours are the values. Black
/// and white alone may be either, and are indices, as PIL reads them.
bool palettesSpellValues(const RawSamples& samples, const LabelEncoding& encoding) {
  std::array<bool, 256> isUsed{};
  for (const auto value : samples.values.values()) {
    if (value < isUsed.size()) isUsed[value] = true;
  }
  bool hasOther = false;
  for (std::size_t i = 0; i < isUsed.size(); ++i) {
    if (!isUsed[i]) continue;
    if (i >= samples.palette.size()) return false;
    const Rgb colour = samples.palette[i];
    if (colour.r != colour.g || colour.g != colour.b || !encoding.meaning.contains(colour.r)) return false;
    hasOther = hasOther || (colour.r != 0 && colour.r != 255);
  }
  return hasOther;
}

bool isInverted(const std::vector<Rgb>& palette) {
  constexpr Rgb kBlack{0, 0, 0};
  constexpr Rgb kWhite{255, 255, 255};
  return palette.size() >= 2 && palette[0] == kWhite && palette[1] == kBlack;
}

RawSamples samplesIn(const std::filesystem::path& file) {
  if (isBrokenLink(file)) {
    std::error_code failure;
    throw Error({.what = "label is a link that leads nowhere",
                 .expected = "a file",
                 .found = "no " + std::filesystem::read_symlink(file, failure).string(),
                 .file = file});
  }
  const auto bytes = readFileBytes(file);
  const auto kind = sniffBytes(bytes);
  if (kind == FileKind::Npy) return samplesOf(parseNpy(bytes, file), file);
  if (!isPicture(kind)) {
    throw Error({.what = "label is of a kind that is not read",
                 .expected = "one class number per pixel as PNG, TIFF, BMP or .npy",
                 .found = contentName(bytes) + ": save the labels as 8-bit grey PNG",
                 .file = file});
  }
  return decodeSamples(bytes, file);
}

std::map<int, std::uint64_t> valueCounts(const Grid<std::uint16_t>& values) {
  std::vector<std::uint64_t> pixels(kValues, 0);
  for (const auto value : values.values()) ++pixels[value];
  std::map<int, std::uint64_t> out;
  for (std::size_t value = 0; value < kValues; ++value) {
    if (pixels[value] > 0) out.emplace_hint(out.end(), static_cast<int>(value), pixels[value]);
  }
  return out;
}

/// Whether the listed values lie so far apart that JPEG's error does not lead from one to another.
bool areFarApart(const LabelEncoding& encoding) {
  constexpr int kLeast = 64;
  int last = -2 * kLeast;
  for (const auto& [value, means] : encoding.meaning) {
    if (value - last < kLeast) return false;
    last = value;
  }
  return encoding.meaning.size() > 1;
}

std::uint8_t nearestMeaning(int value, const LabelEncoding& encoding) {
  const auto after = encoding.meaning.lower_bound(value);
  if (after == encoding.meaning.begin()) return after->second;
  const auto before = std::prev(after);
  if (after == encoding.meaning.end()) return before->second;
  return value - before->first < after->first - value ? before->second : after->second;
}

[[noreturn]] void refuseLossy(const LabelEncoding& encoding, const std::filesystem::path& file) {
  throw Error({.what = "label is stored with lossy compression, which changes its values",
               .expected = encoding.description + " as PNG; masks of 0 and 255 alone are read from JPEG, too, where "
                                                  "--values 0=normal,255=anomaly says so",
               .found = "JPEG or lossy WebP",
               .file = file});
}

}  // namespace

RawLabel readRawLabel(const std::filesystem::path& file, const LabelEncoding& encoding) {
  auto samples = samplesIn(file);
  RawLabel out;
  if (!samples.palette.empty()) {
    if (palettesSpellValues(samples, encoding)) {
      for (auto& value : samples.values.values()) value = samples.palette[value].r;
    } else {
      out.facts.isPaletteInverted = isInverted(samples.palette);
    }
  }
  out.facts.pixels = valueCounts(samples.values);
  out.facts.isLossy = samples.isLossy;
  out.facts.hasMinusOne = samples.hasMinusOne;
  out.values = std::move(samples.values);
  return out;
}

std::vector<std::uint8_t> meaningsFor(RawLabel& label, const LabelEncoding& encoding,
                                      const std::filesystem::path& file) {
  std::vector<std::uint8_t> meaning(kValues, encoding.otherwise);
  for (const auto& [value, means] : encoding.meaning) {
    if (value >= 0 && value < static_cast<int>(kValues)) meaning[static_cast<std::size_t>(value)] = means;
  }
  const auto minusOne = encoding.meaning.find(-1);
  if (!encoding.meaning.contains(kMinusOne))
    meaning[kMinusOne] = minusOne == encoding.meaning.end() ? kVoid : minusOne->second;
  const bool isRounded = label.facts.isLossy && areFarApart(encoding);
  // One value alone comes through unchanged; of two, nobody knows which pixels took the other's.
  if (label.facts.isLossy && !isRounded && label.facts.pixels.size() > 1) refuseLossy(encoding, file);
  for (const auto& [value, pixels] : label.facts.pixels) {
    if (encoding.meaning.contains(value) || value == kMinusOne) continue;
    if (isRounded) {
      meaning[static_cast<std::size_t>(value)] = nearestMeaning(value, encoding);
      label.facts.roundedPixels += pixels;
    } else if (encoding.strict) {
      throw Error({.what = "label has a value that means nothing here",
                   .expected = encoding.description,
                   .found = std::to_string(value) + " in " + std::to_string(pixels) + " pixels",
                   .file = file});
    }
  }
  return meaning;
}

}  // namespace oodscope
