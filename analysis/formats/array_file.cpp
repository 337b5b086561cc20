// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/formats/array_file.h"

#include "analysis/core/error.h"
#include "analysis/formats/file_kind.h"
#include "analysis/formats/hdf5_file.h"
#include "analysis/formats/npz.h"
#include "analysis/formats/torch_file.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// What scores are called in files of several arrays: SegmentMeIfYouCan's dataset, ISSU's array, what scripts write.
constexpr std::array<std::string_view, 6> kScoreNames = {"value",         "anomaly_scores", "score",
                                                         "anomaly_score", "scores",         "anomaly"};
/// What the classes beside them are called.
constexpr std::array<std::string_view, 6> kClassNames = {"pred_id_labels", "prediction",   "pred",
                                                         "predictions",    "segmentation", "class_map"};

ArrayFacts factsOf(const NpyHeader& header, const std::string& name) {
  const bool isInOrder = !header.isBigEndian && (!header.isFortranOrder || header.shape.size() < 2);
  return {.name = name, .type = header.type, .shape = header.shape, .isPlain = name.empty() && isInOrder};
}

std::vector<ArrayFacts> factsOf(const Hdf5File& opened) {
  std::vector<ArrayFacts> out;
  for (const auto& dataset : opened.datasets())
    out.push_back(
        {.name = dataset.name, .type = dataset.type, .shape = dataset.shape, .isMatlab = opened.isFromMatlab()});
  return out;
}

std::string listed(const std::vector<ArrayFacts>& arrays) {
  constexpr std::size_t kNamed = 12;
  std::string out;
  for (std::size_t i = 0; i < std::min(kNamed, arrays.size()); ++i) out += (i == 0 ? "" : ", ") + arrays[i].text();
  if (arrays.size() > kNamed) out += " and " + std::to_string(arrays.size() - kNamed) + " more";
  return out.empty() ? "no array" : out;
}

bool isTorch(FileKind kind) { return kind == FileKind::TorchZip || kind == FileKind::TorchLegacy; }

[[noreturn]] void refuseKind(const fs::path& file) {
  throw Error({.what = "file holds no array that is read",
               .expected = ".npy, .npz or HDF5",
               .found = describeFile(file),
               .file = file});
}

}  // namespace

std::string ArrayFacts::text() const {
  const std::string what =
      (type ? std::string(npyTypeName(*type)) : std::string("no numbers")) + " " + npyShapeText(shape);
  return name.empty() ? what : name + " (" + what + ")";
}

bool ArrayFacts::isFloating() const {
  return type == NpyType::Float16 || type == NpyType::Float32 || type == NpyType::Float64;
}

std::vector<std::size_t> ArrayFacts::usefulShape() const {
  auto out = shape;
  if (isMatlab) std::reverse(out.begin(), out.end());
  while (out.size() > 2 && out.front() == 1) out.erase(out.begin());
  while (out.size() > 2 && out.back() == 1) out.pop_back();
  return out;
}

bool isArrayFile(const fs::path& file) {
  const auto kind = sniffFile(file);
  return kind == FileKind::Npy || kind == FileKind::Zip || kind == FileKind::Hdf5 || isTorch(kind);
}

std::vector<ArrayFacts> arraysIn(const fs::path& file) {
  switch (sniffFile(file)) {
    case FileKind::Npy:
      return {factsOf(readNpyHeader(file), {})};
    case FileKind::Zip: {
      std::vector<ArrayFacts> out;
      for (const auto& array : npzArrays(file)) out.push_back(factsOf(array.header, array.name));
      return out;
    }
    case FileKind::Hdf5:
      return factsOf(Hdf5File(file));
    case FileKind::TorchZip:
    case FileKind::TorchLegacy: {
      std::vector<ArrayFacts> out;
      for (const auto& array : torchArrays(file))
        out.push_back({.name = array.name, .type = array.type, .shape = array.shape});
      return out;
    }
    default:
      refuseKind(file);
  }
}

ArrayFacts chosenArray(const std::vector<ArrayFacts>& arrays, const std::string& name, const fs::path& file) {
  const auto only = [&](const auto& fits) -> const ArrayFacts* {
    const auto first = std::find_if(arrays.begin(), arrays.end(), fits);
    if (first == arrays.end() || std::find_if(first + 1, arrays.end(), fits) != arrays.end()) return nullptr;
    return &*first;
  };
  if (!name.empty()) {
    if (arrays.size() == 1 && arrays.front().name.empty()) return arrays.front();  // a .npy has no names
    if (const auto* named = only([&](const ArrayFacts& a) { return a.name == name; })) return *named;
    throw Error({.what = "file lacks the array asked for",
                 .expected = "an array named " + name,
                 .found = listed(arrays),
                 .file = file});
  }
  if (arrays.size() == 1) return arrays.front();
  const auto hasAxes = [](std::size_t axes) {
    return [axes](const ArrayFacts& a) { return a.isFloating() && a.usefulShape().size() == axes; };
  };
  for (const std::string_view known : kScoreNames)
    if (const auto* named = only([&](const ArrayFacts& a) { return a.name == known; })) return *named;
  if (const auto* map = only(hasAxes(2))) return *map;
  const bool hasMap = std::any_of(arrays.begin(), arrays.end(), hasAxes(2));
  if (const auto* logits = hasMap ? nullptr : only(hasAxes(3))) return *logits;
  throw Error({.what = arrays.empty() ? "file holds no array of numbers" : "file holds several arrays",
               .expected = arrays.empty()
                               ? "a score map of height x width"
                               : "one floating array of height x width, or one chosen with --score-name NAME",
               .found = listed(arrays),
               .file = file});
}

std::optional<std::string> classArray(const std::vector<ArrayFacts>& arrays) {
  for (const std::string_view known : kClassNames)
    for (const ArrayFacts& each : arrays)
      if (each.name == known && each.usefulShape().size() == 2) return each.name;
  return std::nullopt;
}

LoadedArray readArray(const fs::path& file, const std::string& name) {
  LoadedArray out;
  switch (sniffFile(file)) {
    case FileKind::Npy:
      out.array = readNpy(file);
      out.facts = factsOf(out.array.header, {});
      return out;
    case FileKind::Zip:
      out.facts = chosenArray(arraysIn(file), name, file);
      out.array = readNpz(file, out.facts.name);
      return out;
    case FileKind::Hdf5: {
      const Hdf5File opened(file);
      out.facts = chosenArray(factsOf(opened), name, file);
      out.array = opened.read(out.facts.name);
      if (out.facts.isMatlab) out.array = withAxesReversed(out.array);
      return out;
    }
    case FileKind::TorchZip:
    case FileKind::TorchLegacy:
      out.facts = chosenArray(arraysIn(file), name, file);
      out.array = readTorchArray(file, out.facts.name);
      return out;
    default:
      refuseKind(file);
  }
}

}  // namespace oodscope
