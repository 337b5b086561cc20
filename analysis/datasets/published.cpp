// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/published.h"

#include "analysis/core/error.h"
#include "analysis/formats/file_bytes.h"

#include <array>
#include <cctype>
#include <cmath>
#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using nlohmann::json;

[[noreturn]] void refuse(const std::string& expected, const std::string& found, const std::filesystem::path& file) {
  throw Error({.what = "published values cannot be read", .expected = expected, .found = found, .file = file});
}

std::string textOf(const json& object, const char* key, bool isNeeded, const std::filesystem::path& file) {
  const auto value = object.find(key);
  if (value == object.end() && !isNeeded) return {};
  if (value == object.end() || !value->is_string())
    refuse(std::string("a text ") + key, object.dump().substr(0, 80), file);
  return value->get<std::string>();
}

std::optional<double> numberOf(const json& object, const char* key, const std::filesystem::path& file) {
  const auto value = object.find(key);
  if (value == object.end() || value->is_null()) return std::nullopt;
  if (!value->is_number()) refuse(std::string("a number ") + key, object.dump().substr(0, 80), file);
  return value->get<double>();
}

/// Letters and digits in lower case.
std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

/// Names under which the same pictures go.
std::string plainSet(std::string_view name) {
  constexpr std::array<std::array<std::string_view, 2>, 9> kOtherNames = {{{"roadobstacle21", "roadobsticle21"},
                                                                           {"fslostfound", "fslostfoundfull"},
                                                                           {"fslostandfound", "fslostfoundfull"},
                                                                           {"fslf", "fslostfoundfull"},
                                                                           {"anomalytrack", "datasetanomalytrack"},
                                                                           {"obstacletrack", "datasetobstacletrack"},
                                                                           {"roadanomaly2019", "roadanomaly"},
                                                                           {"smiycra21", "roadanomaly21"},
                                                                           {"smiycro21", "roadobsticle21"}}};
  auto text = plain(name);
  for (const auto& [other, used] : kOtherNames) {
    if (text == other) return std::string(used);
  }
  return text;
}

bool isSameTemperature(const std::optional<double>& stored, const std::optional<double>& asked) {
  constexpr double kTolerance = 1e-6;
  if (!asked) return !stored || std::abs(*stored - 1.0) < kTolerance;
  return stored && std::abs(*stored - *asked) < kTolerance;
}

PublishedValue valueFrom(const json& entry, const json& sources, const std::filesystem::path& file) {
  if (!entry.is_object()) refuse("an object for each value", entry.type_name(), file);
  const auto key = textOf(entry, "source", true, file);
  const auto source = sources.find(key);
  if (source == sources.end() || !source->is_object()) refuse("a known source", key, file);
  PublishedValue value;
  value.title = textOf(*source, "title", true, file);
  value.authors = textOf(*source, "authors", false, file);
  value.protocol = textOf(*source, "protocol", false, file);
  value.table = textOf(entry, "table", true, file);
  value.row = textOf(entry, "row", true, file);
  const auto protocols = source->find("table_protocols");
  if (protocols != source->end() && protocols->is_object() && protocols->contains(value.table)) {
    value.protocol = textOf(*protocols, value.table.c_str(), true, file);
  }
  value.set = textOf(entry, "set", true, file);
  value.model = textOf(entry, "model", true, file);
  value.method = textOf(entry, "method", true, file);
  value.note = textOf(entry, "note", false, file);
  value.temperature = numberOf(entry, "temperature", file);
  value.ap = numberOf(entry, "ap", file);
  value.fpr95 = numberOf(entry, "fpr95", file);
  if (const auto other = entry.find("other"); other != entry.end()) {
    if (!other->is_object()) refuse("an object of other values", other->type_name(), file);
    for (const auto& item : other->items()) {
      const auto number = numberOf(*other, item.key().c_str(), file);
      if (number) value.other[item.key()] = *number;
    }
  }
  return value;
}

}  // namespace

std::string PublishedValue::source() const { return title + ", table " + table + ", " + row; }

PublishedValues PublishedValues::read(const std::filesystem::path& file) {
  constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 20;
  const auto bytes = readFileBytes(file, kMostBytes);
  const auto content = json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!content.is_object() || !content.contains("sources") || !content.contains("values") ||
      !content["sources"].is_object() || !content["values"].is_array()) {
    refuse("a JSON object with sources and values", content.is_discarded() ? "no JSON" : content.type_name(), file);
  }
  PublishedValues out;
  for (const auto& entry : content["values"]) out.m_values.push_back(valueFrom(entry, content["sources"], file));
  return out;
}

std::vector<PublishedValue> PublishedValues::find(std::string_view set, std::string_view model, std::string_view method,
                                                  std::optional<double> temperature) const {
  std::vector<PublishedValue> out;
  for (const auto& value : m_values) {
    const bool isSame = plainSet(value.set) == plainSet(set) && plain(value.model) == plain(model) &&
                        plain(value.method) == plain(method);
    // A method that has no temperature answers whatever the knob says.
    const bool hasNone = !value.temperature && plain(method) == "maxlogit";
    if (isSame && (hasNone || isSameTemperature(value.temperature, temperature))) out.push_back(value);
  }
  return out;
}

}  // namespace oodscope
