// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/datasets/cityscapes.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/datasets/part_of_set.h"
#include "analysis/datasets/raw_label.h"
#include "inference/training/class_map.h"
#include "inference/training/samples.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <map>
#include <optional>
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
  int classes() const override { return static_cast<int>(m_set.layout.kind().classes->classes.size()); }
  std::vector<std::string> classNames() const override { return m_set.layout.kind().classes->names(); }
  std::string identity() const override {
    return "frames of " + m_set.name + ", " + std::to_string(m_usable.size()) + " with class labels";
  }
  std::vector<std::string> warnings() const override {
    if (m_usable.size() == m_set.frames.size()) return {};
    return {std::to_string(m_set.frames.size() - m_usable.size()) + " of " + std::to_string(m_set.frames.size()) +
            " frames have no class labels and are not learned from"};
  }
  Sample read(std::size_t index) const override {
    const Frame& frame = m_set.frames.at(m_usable.at(index));
    Sample sample{readImage(frame), readClassLabel(m_set, frame), {}};
    requireSize(sample.image.size(), sample.classes.size(), *frame.classLabel);
    if (frame.label) sample.label = readLabel(m_set, frame);
    return sample;
  }

private:
  DataSet m_set;
  std::vector<std::size_t> m_usable;
};

/// The values of a mask by what the kind says of them; 255 for void, nothing for what is no class.
std::array<std::optional<std::uint8_t>, 256> classesOf(const LabelledFolder& kind) {
  std::array<std::optional<std::uint8_t>, 256> out{};
  for (int i = 0; i < kind.classes; ++i)
    out[static_cast<std::size_t>(kind.firstValue) + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i);
  for (const int value : kind.voidValues) out[static_cast<std::size_t>(value)] = kVoid;
  out[kVoid] = kVoid;
  return out;
}

class LabelledFolderSource final : public SampleSource {
public:
  explicit LabelledFolderSource(LabelledPairs pairs) : m_pairs(std::move(pairs)), m_classes(classesOf(*m_pairs.kind)) {}
  std::size_t size() const override { return m_pairs.files.size(); }
  int classes() const override { return m_pairs.kind->classes; }
  std::vector<std::string> classNames() const override {
    if (m_pairs.kind->classNames.empty()) return SampleSource::classNames();
    return {m_pairs.kind->classNames.begin(), m_pairs.kind->classNames.end()};
  }
  std::string identity() const override {
    return std::string(m_pairs.kind->name) + (m_pairs.part.empty() ? "" : " ") + m_pairs.part + ", " +
           std::to_string(size()) + " pictures";
  }
  std::vector<std::string> warnings() const override {
    if (m_pairs.withoutMask == 0) return {};
    return {std::to_string(m_pairs.withoutMask) + " pictures of " + std::string(m_pairs.kind->name) +
            " have no mask and are not learned from"};
  }
  Sample read(std::size_t index) const override {
    const auto& [image, mask] = m_pairs.files.at(index);
    const RawLabel raw = readRawLabel(mask, {});
    Sample sample{readPicture(image), ClassMap(raw.values.size()), {}};
    requireSize(sample.image.size(), raw.values.size(), mask);
    for (std::size_t i = 0; i < raw.values.values().size(); ++i) {
      const int value = raw.values.values()[i];
      const auto meant = value < 256 ? m_classes[static_cast<std::size_t>(value)] : std::nullopt;
      if (!meant) {
        throw Error({.what = "mask holds a value that is no class of " + std::string(m_pairs.kind->name),
                     .expected = std::to_string(m_pairs.kind->firstValue) + " to " +
                                 std::to_string(m_pairs.kind->firstValue + m_pairs.kind->classes - 1),
                     .found = std::to_string(value),
                     .file = mask});
      }
      sample.classes.values()[i] = *meant;
    }
    return sample;
  }

private:
  LabelledPairs m_pairs;
  std::array<std::optional<std::uint8_t>, 256> m_classes;
};

using Colour = std::uint32_t;
Colour colourOf(Rgb c) { return (Colour{c.r} << 16U) | (Colour{c.g} << 8U) | Colour{c.b}; }

struct TableLine {
  Rgb colour;
  std::string name;
};

/// "r g b name" or "name r g b"; nothing where the line has no three numbers at either end.
std::optional<TableLine> tableLine(std::string line, const fs::path& file) {
  const std::string shown = line;
  for (char& c : line) {
    if (c == ',' || c == ';' || c == '\t' || c == '\r') c = ' ';
  }
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  if (words.size() < 3) return std::nullopt;
  const auto numbersFrom = [&](std::size_t first) -> std::optional<std::array<int, 3>> {
    std::array<int, 3> out{};
    for (std::size_t i = 0; i < 3; ++i) {
      const std::string& word = words[first + i];
      const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), out[i]);
      if (problem != std::errc() || end != word.data() + word.size()) return std::nullopt;
    }
    return out;
  };
  std::size_t name = 3;
  auto numbers = numbersFrom(0);
  if (!numbers) {
    numbers = numbersFrom(words.size() - 3);
    name = 0;
  }
  if (!numbers) return std::nullopt;
  const auto [least, most] = std::minmax_element(numbers->begin(), numbers->end());
  if (*least < 0 || *most > 255) {
    throw Error({.what = "colour table", .expected = "r g b name, each 0 to 255", .found = shown, .file = file});
  }
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>((*numbers)[i]); };
  return TableLine{{byte(0), byte(1), byte(2)}, name < words.size() ? words[name] : ""};
}

/// Colour to class in the order of the table's lines, void as 255.
std::map<Colour, std::uint8_t> readColours(const fs::path& file, int& classes) {
  std::ifstream in(file);
  if (!in) throw Error("colour table cannot be read", file);
  constexpr int most = 250;
  std::map<Colour, std::uint8_t> colours;
  std::string line;
  classes = 0;
  bool isFirst = true;
  while (std::getline(in, line)) {
    if (isFirst && line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    line.erase(std::min(line.find('#'), line.size()));
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto read = tableLine(line, file);
    if (!read) {
      if (!isFirst)
        throw Error({.what = "colour table", .expected = "r g b name", .found = line.substr(0, 80), .file = file});
      isFirst = false;  // a heading
      continue;
    }
    isFirst = false;
    std::string name = read->name;
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool isVoid = name == "void" || name == "unlabelled" || name == "unlabeled";
    const std::uint8_t value = isVoid ? kVoid : static_cast<std::uint8_t>(classes++);
    if (!colours.emplace(colourOf(read->colour), value).second || classes > most) {
      throw Error({.what = "colour table",
                   .expected = "1 to 250 lines of r g b name, each colour once",
                   .found = classes > most ? "more" : "again " + line.substr(0, 80),
                   .file = file});
    }
  }
  if (classes == 0) {
    throw Error({.what = "colour table", .expected = "1 to 250 lines of r g b name", .found = "none", .file = file});
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
    const auto images = filesByStem(m_folders.images);
    std::vector<std::string> alone;
    for (const auto& [stem, image] : images) {
      if (const auto mask = masks.find(stem); mask != masks.end()) {
        m_pairs.emplace_back(image, mask->second);
      } else {
        alone.push_back(image.filename().string());
      }
    }
    warnOf(alone, "pictures have no mask");
    alone.clear();
    for (const auto& [stem, mask] : masks) {
      if (!images.contains(stem)) alone.push_back(mask.filename().string());
    }
    warnOf(alone, "masks have no picture");
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
    countClasses();
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

  std::vector<std::string> warnings() const override { return m_warnings; }

private:
  void warnOf(const std::vector<std::string>& names, const char* what) {
    if (names.empty()) return;
    std::string text = std::to_string(names.size()) + " " + what + ": ";
    constexpr std::size_t most = 3;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i) text += (i > 0 ? ", " : "") + names[i];
    m_warnings.push_back(text + (names.size() > most ? ", …" : ""));
  }

  void countClasses() {
    constexpr int most = 250;
    std::array<bool, 256> seen{};
    for (std::size_t i = 0; i < m_pairs.size(); ++i) {
      const ClassMap mask = readMask(i);
      for (const std::uint8_t value : mask.values()) seen[value] = true;
    }
    for (int value = 0; value < kVoid; ++value) {
      if (seen[static_cast<std::size_t>(value)]) m_classes = value + 1;
    }
    std::vector<std::string> unused;
    for (int value = 0; value < m_classes; ++value) {
      if (!seen[static_cast<std::size_t>(value)]) unused.push_back(std::to_string(value));
    }
    if (m_classes == 0 || m_classes > most) {
      throw Error({.what = "masks of class indices",
                   .expected = "indices from 0 to 249, and " + std::to_string(m_folders.voidIndex) + " as void",
                   .found = m_classes == 0 ? "void alone" : "the index " + std::to_string(m_classes - 1),
                   .file = m_folders.masks});
    }
    warnOf(unused, ("class indices below " + std::to_string(m_classes) +
                    " are in no mask (do the masks hold grey levels or colours in place of indices?)")
                       .c_str());
  }

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
  std::vector<std::string> m_warnings;
  int m_classes = 0;
};

}  // namespace

std::unique_ptr<SampleSource> openClassLabelled(const fs::path& root, const ClassChoice& choice) {
  const SetPath path = splitSetPath(root);
  std::unique_ptr<SampleSource> source;
  std::optional<ClassMapTable> shipped;
  bool isMapped = choice.kind == ClassChoice::Kind::Cityscapes;
  if (auto pairs = findLabelled(path.folder, path.part)) {
    const LabelledFolder& kind = *pairs->kind;
    isMapped = isMapped || (choice.kind == ClassChoice::Kind::Usual && kind.isMapped);
    if (!kind.toCityscapes.empty()) {
      shipped = ClassMapTable{.name = std::string(kind.name) + " to Cityscapes",
                              .classes = {kind.toCityscapes.begin(), kind.toCityscapes.end()},
                              .names = cityscapesNames()};
    }
    source = std::make_unique<LabelledFolderSource>(std::move(*pairs));
  } else {
    source = std::make_unique<ClassLabelledSource>(root);
    if (source->classNames() == cityscapesNames()) isMapped = false;
  }
  if (choice.kind == ClassChoice::Kind::File) {
    ClassMapTable given = readClassMap(choice.file, source->classNames());
    return mapped(std::move(source), std::move(given));
  }
  if (!isMapped) return source;
  if (!shipped) {
    throw Error({.what = "no table brings this set's classes to Cityscapes'",
                 .expected = "a class map of your own, or the set's own classes",
                 .found = std::to_string(source->classes()) + " classes",
                 .file = root});
  }
  return mapped(std::move(source), std::move(*shipped));
}

std::unique_ptr<SampleSource> openCamVid(const CamVidFolders& folders) {
  return std::make_unique<CamVidSource>(folders);
}

}  // namespace oodscope
