// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/class_map.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/core/sha256.h"
#include "analysis/datasets/cityscapes.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <span>
#include <utility>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr int kMostMapped = 250;

std::string trimmedPart(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r\"");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\"") + 1 - first);
}

std::optional<int> indexOrName(const std::string& text, const std::vector<std::string>& names) {
  if (const auto number = wholeNumberFromText(text))
    return *number >= 0 && *number < kMostMapped ? std::optional(static_cast<int>(*number)) : std::nullopt;
  const auto found = std::find(names.begin(), names.end(), text);
  return found == names.end() ? std::nullopt : std::optional(static_cast<int>(found - names.begin()));
}

/// One line's two sides. Throws Error.
struct MapLine {
  int from = 0;
  std::uint8_t to = kUnlearned;
  bool isNamed = false;  ///< `to` was given as a name of Cityscapes
};

MapLine mapLine(const std::string& line, const std::vector<std::string>& ownNames, const fs::path& file) {
  const auto comma = line.rfind(',');
  const std::string from = trimmedPart(line.substr(0, comma));
  const std::string to = comma == std::string::npos ? std::string() : trimmedPart(line.substr(comma + 1));
  const auto refuse = [&](const char* expected) {
    return Error({.what = "class map", .expected = expected, .found = line.substr(0, 80), .file = file});
  };
  const auto own = indexOrName(from, ownNames);
  if (!own) throw refuse("FROM,TO a line, FROM a class of the set by index or name");
  MapLine out{.from = *own};
  if (to == "void") out.to = kVoid;
  if (to == "void" || to == "none") return out;
  const auto target = indexOrName(to, cityscapesNames());
  if (!target) throw refuse("FROM,TO a line, TO an index from 0 to 249, a class of Cityscapes, void or none");
  out.to = static_cast<std::uint8_t>(*target);
  out.isNamed = !wholeNumberFromText(to).has_value();
  return out;
}

class MappedSource final : public SampleSource {
public:
  MappedSource(std::unique_ptr<SampleSource> source, ClassMapTable table)
      : m_source(std::move(source)), m_table(std::move(table)) {
    m_values.fill(kUnlearned);
    m_values[kVoid] = kVoid;
    std::copy_n(m_table.classes.begin(), std::min<std::size_t>(m_table.classes.size(), kMostMapped), m_values.begin());
  }
  std::size_t size() const override { return m_source->size(); }
  int classes() const override { return static_cast<int>(m_table.names.size()); }
  std::vector<std::string> classNames() const override { return m_table.names; }
  std::string identity() const override {
    Sha256 digest;
    digest.add(std::as_bytes(std::span(m_values)));
    return m_source->identity() + ", classes by " + m_table.name + " " + digest.hex().substr(0, 12);
  }
  std::vector<std::string> warnings() const override { return m_source->warnings(); }
  Sample read(std::size_t index) const override {
    Sample sample = m_source->read(index);
    for (std::uint8_t& value : sample.classes.values()) value = m_values[value];
    return sample;
  }

private:
  std::unique_ptr<SampleSource> m_source;
  ClassMapTable m_table;
  std::array<std::uint8_t, 256> m_values{};
};

}  // namespace

ClassMapTable readClassMap(const fs::path& file, const std::vector<std::string>& ownNames) {
  std::ifstream in(file);
  if (!in) throw Error("class map cannot be read", file);
  ClassMapTable table{.name = file.filename().string(), .classes = {}, .names = {}};
  std::vector<bool> isSet;
  int classes = 0;
  bool isNamed = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("\xef\xbb\xbf")) line.erase(0, 3);
    line.erase(std::min(line.find('#'), line.size()));
    if (trimmedPart(line).empty()) continue;
    const MapLine read = mapLine(line, ownNames, file);
    const auto from = static_cast<std::size_t>(read.from);
    if (table.classes.size() <= from) {
      table.classes.resize(from + 1, kUnlearned);
      isSet.resize(from + 1, false);
    }
    if (isSet[from]) {
      throw Error(
          {.what = "class map", .expected = "a line a class", .found = "again " + line.substr(0, 80), .file = file});
    }
    isSet[from] = true;
    table.classes[from] = read.to;
    isNamed = isNamed || read.isNamed;
    if (read.to < kMostMapped) classes = std::max(classes, read.to + 1);
  }
  if (classes == 0) {
    throw Error({.what = "class map", .expected = "lines FROM,TO", .found = "no class that comes out", .file = file});
  }
  table.names = cityscapesNames();
  if (!isNamed && classes != kCityscapesTrainClasses) {
    table.names.clear();
    for (int i = 0; i < classes; ++i) table.names.push_back("class " + std::to_string(i));
  }
  if (static_cast<int>(table.names.size()) < classes) {
    throw Error({.what = "class map",
                 .expected = "names of Cityscapes with indices from 0 to 18, or indices alone",
                 .found = "the index " + std::to_string(classes - 1) + " beside names",
                 .file = file});
  }
  return table;
}

std::unique_ptr<SampleSource> mapped(std::unique_ptr<SampleSource> source, ClassMapTable table) {
  require(source != nullptr && !table.names.empty(), "mapped: nothing to map");
  return std::make_unique<MappedSource>(std::move(source), std::move(table));
}

}  // namespace oodscope
