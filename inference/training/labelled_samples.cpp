// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/training/samples.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

void requireSize(Size expected, Size found, const fs::path& file) {
  if (expected == found) return;
  const auto text = [](Size size) { return std::to_string(size.width) + "x" + std::to_string(size.height); };
  throw Error(
      {.what = "mask and picture differ in size", .expected = text(expected), .found = text(found), .file = file});
}

class ClassLabelledSource final : public SampleSource {
public:
  explicit ClassLabelledSource(const fs::path& root) : m_set(openDataSet(root)) {
    for (std::size_t i = 0; i < m_set.frames.size(); ++i) {
      if (m_set.frames[i].classLabel) m_usable.push_back(i);
    }
    if (m_usable.empty()) {
      throw Error({.what = "no frame has class labels",
                   .expected = "gtFine of Cityscapes, or class_labels of a demo set",
                   .found = std::to_string(m_set.frames.size()) + " frames without",
                   .file = root});
    }
  }
  std::size_t size() const override { return m_usable.size(); }
  int classes() const override { return 19; }
  std::string identity() const override {
    return "frames of " + m_set.name + ", " + std::to_string(m_usable.size()) + " with class labels";
  }
  Sample read(std::size_t index) const override {
    const Frame& frame = m_set.frames.at(m_usable.at(index));
    Sample sample{readImage(frame), readClassLabel(frame), {}};
    requireSize(sample.image.size(), sample.classes.size(), *frame.classLabel);
    if (frame.label) sample.label = readLabel(m_set, frame);
    return sample;
  }

private:
  DataSet m_set;
  std::vector<std::size_t> m_usable;
};

using Colour = std::uint32_t;
Colour colourOf(Rgb c) { return (Colour{c.r} << 16U) | (Colour{c.g} << 8U) | Colour{c.b}; }

/// Colour to class in the order of the table's lines, void as 255.
std::map<Colour, std::uint8_t> readColours(const fs::path& file, int& classes) {
  std::ifstream in(file);
  if (!in) throw Error("colour table cannot be read", file);
  std::map<Colour, std::uint8_t> colours;
  std::string line;
  classes = 0;
  while (std::getline(in, line)) {
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);  // a byte order mark, as Windows editors write it
    std::replace(line.begin(), line.end(), ',', ' ');
    std::istringstream words(line);
    int r = 0, g = 0, b = 0;
    std::string name;
    if (!(words >> r >> g >> b)) continue;  // a heading or an empty line
    words >> name;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    if (std::min({r, g, b}) < 0 || std::max({r, g, b}) > 255) {
      throw Error({.what = "colour table", .expected = "r g b name, each 0 to 255", .found = line, .file = file});
    }
    const bool isVoid = name == "void" || name == "unlabelled" || name == "unlabeled";
    const Rgb colour{static_cast<std::uint8_t>(r), static_cast<std::uint8_t>(g), static_cast<std::uint8_t>(b)};
    colours[colourOf(colour)] = isVoid ? kVoid : static_cast<std::uint8_t>(classes++);
  }
  if (classes == 0 || classes > 250) {
    throw Error({.what = "colour table",
                 .expected = "1 to 250 lines of r g b name",
                 .found = std::to_string(classes),
                 .file = file});
  }
  return colours;
}

std::string plainStem(const fs::path& file) {
  std::string stem = file.stem().string();
  if (stem.ends_with("_L")) stem.resize(stem.size() - 2);  // CamVid's own masks: 0001TP_006690_L.png
  return stem;
}

std::map<std::string, fs::path> filesByStem(const fs::path& folder) {
  std::error_code failure;
  std::map<std::string, fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, failure)) {
    if (entry.is_regular_file(failure)) files.emplace(plainStem(entry.path()), entry.path());
  }
  if (failure) throw Error({.what = "folder cannot be read", .found = failure.message(), .file = folder});
  return files;
}

class CamVidSource final : public SampleSource {
public:
  explicit CamVidSource(CamVidFolders folders) : m_folders(std::move(folders)) {
    const auto masks = filesByStem(m_folders.masks);
    for (const auto& [stem, image] : filesByStem(m_folders.images)) {
      if (const auto mask = masks.find(stem); mask != masks.end()) m_pairs.emplace_back(image, mask->second);
    }
    if (m_pairs.empty()) {
      throw Error({.what = "no picture has a mask",
                   .expected = "files of the same stem in " + m_folders.masks.string(),
                   .found = std::to_string(masks.size()) + " masks",
                   .file = m_folders.images});
    }
    if (!m_folders.colourTable.empty()) {
      m_colours = readColours(m_folders.colourTable, m_classes);
      return;
    }
    for (std::size_t i = 0; i < m_pairs.size(); ++i) {
      const ClassMap mask = readMask(i);
      for (const std::uint8_t value : mask.values()) {
        if (value != kVoid) m_classes = std::max(m_classes, value + 1);
      }
    }
  }
  std::size_t size() const override { return m_pairs.size(); }
  int classes() const override { return m_classes; }
  std::string identity() const override {
    return "pictures of " + m_folders.images.string() + ", " + std::to_string(m_pairs.size());
  }
  Sample read(std::size_t index) const override {
    Sample sample{readPicture(m_pairs.at(index).first), readMask(index), {}};
    requireSize(sample.image.size(), sample.classes.size(), m_pairs[index].second);
    return sample;
  }

private:
  ClassMap readMask(std::size_t index) const {
    const fs::path& file = m_pairs.at(index).second;
    const RgbImage picture = readPicture(file);
    ClassMap classes(picture.size());
    for (std::size_t i = 0; i < classes.values().size(); ++i) {
      const Rgb colour = picture.values()[i];
      std::uint8_t& out = classes.values()[i];
      if (!m_colours.empty()) {
        const auto found = m_colours.find(colourOf(colour));
        if (found == m_colours.end()) throw strangeColour(colour, "a colour of the table", file);
        out = found->second;
      } else {
        if (colour.r != colour.g || colour.g != colour.b) throw strangeColour(colour, "grey class indices", file);
        out = colour.r == m_folders.voidIndex ? kVoid : colour.r;
      }
    }
    return classes;
  }
  static Error strangeColour(Rgb c, const char* expected, const fs::path& file) {
    const std::string found = std::to_string(c.r) + " " + std::to_string(c.g) + " " + std::to_string(c.b);
    return Error({.what = "mask holds a value that means nothing", .expected = expected, .found = found, .file = file});
  }

  CamVidFolders m_folders;
  std::vector<std::pair<fs::path, fs::path>> m_pairs;
  std::map<Colour, std::uint8_t> m_colours;
  int m_classes = 0;
};

}  // namespace

std::unique_ptr<SampleSource> openClassLabelled(const fs::path& root) {
  return std::make_unique<ClassLabelledSource>(root);
}

std::unique_ptr<SampleSource> openCamVid(const CamVidFolders& folders) {
  return std::make_unique<CamVidSource>(folders);
}

}  // namespace oodscope
