// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/cut_outs.h"

#include "analysis/core/error.h"
#include "analysis/core/size_text.h"
#include "analysis/datasets/data_set.h"
#include "analysis/imaging/resize.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// Files below a folder by their path in it without the ending.
std::map<std::string, fs::path> filesBelow(const fs::path& folder) {
  std::map<std::string, fs::path> out;
  std::error_code failure;
  for (const auto& entry : fs::recursive_directory_iterator(folder, failure))
    if (entry.is_regular_file(failure))
      out.emplace(fs::relative(entry.path(), folder, failure).replace_extension().generic_string(), entry.path());
  if (failure)
    throw Error({.what = "a folder of negatives cannot be read",
                 .expected = "images and annotations in it, as in ADE20k",
                 .found = failure.message(),
                 .file = folder});
  return out;
}

struct PasteWindow {
  int left = 0, top = 0;
  Size size{1, 1};
};

/// A window of `size` at most, somewhere in a picture.
PasteWindow windowIn(Size picture, int side, SplitMix& random) {
  PasteWindow out;
  out.size = {std::min(side, picture.width), std::min(side, picture.height)};
  const auto placeBelow = [&](int room) {
    return static_cast<int>(random.below(static_cast<std::uint64_t>(room) + 1));
  };
  out.left = placeBelow(picture.width - out.size.width);
  out.top = placeBelow(picture.height - out.size.height);
  return out;
}

/// Which values are pasted: some of those in the window, drawn without putting back.
std::array<bool, 256> segmentsDrawn(const ClassMap& segments, const PasteWindow& window, int count, SplitMix& random) {
  std::array<bool, 256> present{}, drawn{};
  for (int y = 0; y < window.size.height; ++y)
    for (int x = 0; x < window.size.width; ++x) present[segments.at(window.left + x, window.top + y)] = true;
  std::vector<std::size_t> values;
  for (std::size_t value = 1; value < 255; ++value)
    if (present[value]) values.push_back(value);
  for (int i = 0; i < count && !values.empty(); ++i) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(random.below(values.size()));
    drawn[*at] = true;
    values.erase(at);
  }
  return drawn;
}

}  // namespace

CutOuts::CutOuts(const fs::path& folder) : m_folder(folder) {
  const auto images = filesBelow(folder / "images"), annotations = filesBelow(folder / "annotations");
  for (const auto& [name, image] : images)
    if (const auto found = annotations.find(name); found != annotations.end())
      m_pairs.emplace_back(image, found->second);
  if (m_pairs.empty())
    throw Error(
        {.what = "no picture to cut negatives from has an annotation",
         .expected = "files of the same names in images and annotations",
         .found = std::to_string(images.size()) + " images, " + std::to_string(annotations.size()) + " annotations",
         .file = folder});
}

CutOutPicture CutOuts::read(std::size_t index) const {
  const auto& [image, annotation] = m_pairs.at(index);
  CutOutPicture out{readPicture(image), {}};
  const RgbImage mask = readPicture(annotation);
  if (mask.size() != out.image.size())
    throw Error({.what = "annotation and picture differ in size",
                 .expected = sizeText(out.image.size()),
                 .found = sizeText(mask.size()),
                 .file = annotation});
  out.segments = ClassMap(mask.size());
  for (std::size_t i = 0; i < mask.values().size(); ++i) {
    const Rgb value = mask.values()[i];
    if (value.r != value.g || value.g != value.b)
      throw Error({.what = "an annotation holds colours",
                   .expected = "a grey value a segment",
                   .found = std::to_string(value.r) + " " + std::to_string(value.g) + " " + std::to_string(value.b),
                   .file = annotation});
    out.segments.values()[i] = value.r;
  }
  return out;
}

std::string CutOuts::identity() const {
  return "negatives: " + m_folder.string() + ", " + std::to_string(m_pairs.size());
}

bool pasteCutOuts(Sample& sample, const CutOutPicture& from, const CutOutRule& rule, SplitMix& random) {
  const Size picture = sample.image.size(), own = from.image.size();
  require(rule.segments > 0 && rule.smallest > 0.0 && rule.largest >= rule.smallest, "pasteCutOuts: no such rule");
  const int shorter = std::min(picture.width, picture.height);
  const double jitter = rule.smallest * std::pow(rule.largest / rule.smallest, random.uniform());
  const double factor = jitter * shorter / std::min(own.width, own.height);
  const Size scaled{std::max(1, static_cast<int>(std::lround(own.width * factor))),
                    std::max(1, static_cast<int>(std::lround(own.height * factor)))};
  const RgbImage image = resizePilBilinear(from.image, scaled);
  const ClassMap segments = resizePilNearest(from.segments, scaled);
  const PasteWindow window = windowIn(scaled, std::max(1, shorter / 2), random);
  const bool isRectangle = random.uniform() < rule.rectangles;
  const auto drawn = segmentsDrawn(segments, window, rule.segments, random);
  const PasteWindow place = windowIn(picture, window.size.width, random);
  if (!isRectangle && std::ranges::find(drawn, true) == drawn.end()) return false;
  for (int y = 0; y < std::min(window.size.height, picture.height - place.top); ++y) {
    for (int x = 0; x < std::min(window.size.width, picture.width - place.left); ++x) {
      if (!isRectangle && !drawn[segments.at(window.left + x, window.top + y)]) continue;
      const int column = place.left + x, row = place.top + y;
      sample.image.at(column, row) = image.at(window.left + x, window.top + y);
      sample.classes.at(column, row) = kVoid;
      if (!sample.label.empty()) sample.label.at(column, row) = kVoid;
    }
  }
  return true;
}

}  // namespace oodscope
