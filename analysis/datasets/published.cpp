// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/published.h"

#include "analysis/formats/json_text.h"

#include <array>
#include <cctype>
#include <cmath>
#include <map>

namespace oodscope {
namespace {

constexpr Range<std::size_t> kText{0, 4096};
constexpr Range<double> kPercent{0.0, 100.0}, kTemperature{1e-6, 1e6}, kOther{-1e12, 1e12};

std::string textOf(const JsonValue& object, const char* key) {
  const auto value = object.find(key);
  return value ? value->text(kText) : std::string();
}

std::optional<double> numberOf(const JsonValue& object, const char* key, Range<double> range) {
  const auto value = object.find(key);
  return value ? std::optional(value->number(range)) : std::nullopt;
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

PublishedValue valueFrom(const JsonValue& entry, const std::map<std::string, JsonValue>& sources) {
  const JsonValue key = entry.at("source");
  const auto known = sources.find(key.text(kText));
  if (known == sources.end()) key.refuse("the name of one of the sources");
  const JsonValue& source = known->second;
  PublishedValue value;
  value.title = source.at("title").text(kText);
  value.authors = textOf(source, "authors");
  value.protocol = textOf(source, "protocol");
  value.table = entry.at("table").text(kText);
  value.row = entry.at("row").text(kText);
  if (const auto protocols = source.find("table_protocols"))
    if (const auto protocol = protocols->find(value.table)) value.protocol = protocol->text(kText);
  value.set = entry.at("set").text(kText);
  value.model = entry.at("model").text(kText);
  value.method = entry.at("method").text(kText);
  value.note = textOf(entry, "note");
  value.temperature = numberOf(entry, "temperature", kTemperature);
  value.ap = numberOf(entry, "ap", kPercent);
  value.fpr95 = numberOf(entry, "fpr95", kPercent);
  if (const auto other = entry.find("other"))
    for (const auto& [name, number] : other->members())
      if (!number.isNull()) value.other[name] = number.number(kOther);
  return value;
}

}  // namespace

std::string PublishedValue::source() const { return title + ", table " + table + ", " + row; }

PublishedValues PublishedValues::read(const std::filesystem::path& file) {
  const JsonValue content = readJsonFile(file, "table of published values");
  std::map<std::string, JsonValue> sources;
  for (const auto& [name, source] : content.at("sources").members()) sources.emplace(name, source);
  PublishedValues out;
  for (const JsonValue& entry : content.at("values").list()) out.m_values.push_back(valueFrom(entry, sources));
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
