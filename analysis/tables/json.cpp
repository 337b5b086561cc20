// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/tables/result_table.h"

#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using Json = nlohmann::ordered_json;

Json asJson(const std::optional<double>& value) {
  if (!value || !std::isfinite(*value)) return nullptr;
  return *value;
}

Json asJson(const Value& value);

Json asJson(const Value::Object& object) {
  Json out = Json::object();
  for (const Member& member : object) out[member.key] = asJson(member.value);
  return out;
}

Json asJson(const Value& value) {
  struct Visitor {
    Json operator()(std::monostate) const { return nullptr; }
    Json operator()(bool b) const { return b; }
    Json operator()(std::int64_t i) const { return i; }
    Json operator()(double d) const { return asJson(std::optional(d)); }
    Json operator()(const std::string& s) const { return s; }
    Json operator()(const Value::Array& array) const {
      Json out = Json::array();
      for (const Value& item : array) out.push_back(asJson(item));
      return out;
    }
    Json operator()(const Value::Object& object) const { return asJson(object); }
  };
  return std::visit(Visitor{}, value.data());
}

Json asJson(const ResultRow& row) {
  Json out = Json::object();
  out["set"] = row.set;
  out["model"] = row.model.empty() ? Json(nullptr) : Json(row.model);
  out["method"] = row.method;
  out["temperature"] = asJson(row.temperature);
  out["protocol"] = row.protocol;
  out["frames"] = row.frames;
  out["skipped"] = row.skipped;
  out["frames_total"] = row.framesTotal;
  out["without_anomaly"] = row.withoutAnomaly;
  out["failed"] = row.failed;
  out["unread"] = row.unread;
  out["unlabelled"] = row.unlabelled;
  out["complete"] = row.complete;
  out["precision"] = row.precision.empty() ? Json(nullptr) : Json(row.precision);
  out["positives"] = row.positives;
  out["negatives"] = row.negatives;
  out["ap"] = asJson(row.ap);
  out["fpr95"] = asJson(row.fpr95);
  out["auroc"] = asJson(row.auroc);
  out["best_f1"] = asJson(row.bestF1);
  out["best_f1_threshold"] = asJson(row.bestF1Threshold);
  out["exact"] = row.exact;
  out["components"] = nullptr;
  if (row.components) {
    Json components = Json::object();
    components["threshold"] = asJson(std::optional(row.components->threshold));
    components["siou"] = asJson(row.components->siou);
    components["ppv"] = asJson(row.components->ppv);
    components["f1_star"] = asJson(row.components->f1Star);
    out["components"] = std::move(components);
  }
  return out;
}

/// Foreign text must not end a long evaluation: bytes that are not UTF-8 are replaced.
std::string dumped(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Value asValue(const Json& json) {
  switch (json.type()) {
    case Json::value_t::boolean:
      return json.get<bool>();
    case Json::value_t::number_integer:
      return json.get<std::int64_t>();
    case Json::value_t::number_unsigned: {
      const auto number = json.get<std::uint64_t>();
      if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return static_cast<double>(number);
      return static_cast<std::int64_t>(number);
    }
    case Json::value_t::number_float:
      return json.get<double>();
    case Json::value_t::string:
      return json.get<std::string>();
    case Json::value_t::array: {
      Value::Array array;
      for (const Json& item : json) array.push_back(asValue(item));
      return array;
    }
    case Json::value_t::object: {
      Value::Object object;
      for (const auto& [key, item] : json.items()) object.push_back({key, asValue(item)});
      return object;
    }
    default:
      return {};
  }
}

[[noreturn]] void refuse(const std::string& what, const std::string& expected, const Json& found) {
  std::string text = dumped(found, -1);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  throw Error(ErrorParts{.what = what, .expected = expected, .found = text});
}

const Json& field(const Json& object, const char* key) {
  if (!object.is_object()) refuse("cannot read the result table", "an object", object);
  const auto found = object.find(key);
  if (found == object.end()) refuse("cannot read the result table", "a field \"" + std::string(key) + '"', object);
  return *found;
}

template <class T>
T read(const Json& object, const char* key, bool (Json::*fits)() const noexcept, const char* kind) {
  const Json& value = field(object, key);
  if (!(value.*fits)()) refuse("the result table's \"" + std::string(key) + "\" is not " + kind, kind, value);
  return value.get<T>();
}

std::string readText(const Json& o, const char* key) { return read<std::string>(o, key, &Json::is_string, "text"); }

std::int64_t readCount(const Json& o, const char* key) {
  return read<std::int64_t>(o, key, &Json::is_number_integer, "a whole number");
}

std::optional<double> readNumber(const Json& o, const char* key) {
  if (field(o, key).is_null()) return std::nullopt;
  return read<double>(o, key, &Json::is_number, "a number or null");
}

/// Empty where the member is missing, as in tables of version 0.1.0.
std::vector<std::string> readTexts(const Json& json, const char* key) {
  std::vector<std::string> out;
  if (!json.contains(key)) return out;
  const std::string name = "the result table's \"" + std::string(key) + '"';
  if (!json[key].is_array()) refuse(name + " is not a list", "a list", json[key]);
  for (const Json& text : json[key]) {
    if (!text.is_string()) refuse(name + " holds more than texts", "text", text);
    out.push_back(text.get<std::string>());
  }
  return out;
}

/// Members that tables of version 0.1.0 lack.
void readCompleteness(const Json& json, ResultRow& row) {
  const auto count = [&](const char* key, std::int64_t otherwise) {
    return json.contains(key) ? readCount(json, key) : otherwise;
  };
  row.framesTotal = count("frames_total", row.frames + row.skipped);
  row.withoutAnomaly = count("without_anomaly", 0);
  row.failed = count("failed", 0);
  row.unread = count("unread", 0);
  row.unlabelled = count("unlabelled", 0);
  row.complete = json.contains("complete") ? read<bool>(json, "complete", &Json::is_boolean, "true or false")
                                           : row.failed == 0 && row.unread == 0;
  if (json.contains("precision") && !json["precision"].is_null()) row.precision = readText(json, "precision");
}

ResultRow readRow(const Json& json) {
  ResultRow row;
  row.set = readText(json, "set");
  if (!field(json, "model").is_null()) row.model = readText(json, "model");
  row.method = readText(json, "method");
  row.temperature = readNumber(json, "temperature");
  row.protocol = readText(json, "protocol");
  row.frames = readCount(json, "frames");
  row.skipped = readCount(json, "skipped");
  readCompleteness(json, row);
  row.positives = readCount(json, "positives");
  row.negatives = readCount(json, "negatives");
  row.ap = readNumber(json, "ap");
  row.fpr95 = readNumber(json, "fpr95");
  row.auroc = readNumber(json, "auroc");
  row.bestF1 = readNumber(json, "best_f1");
  row.bestF1Threshold = readNumber(json, "best_f1_threshold");
  row.exact = read<bool>(json, "exact", &Json::is_boolean, "true or false");
  if (json.contains("components") && !json["components"].is_null()) {
    const Json& components = json["components"];
    row.components = ComponentColumns{
        .threshold = readNumber(components, "threshold").value_or(std::numeric_limits<double>::quiet_NaN()),
        .siou = readNumber(components, "siou"),
        .ppv = readNumber(components, "ppv"),
        .f1Star = readNumber(components, "f1_star")};
  }
  return row;
}

}  // namespace

std::string Value::json() const { return dumped(asJson(*this), -1); }

std::string tableAsJson(const ResultTable& table) {
  Json out = Json::object();
  out["rows"] = Json::array();
  for (const ResultRow& row : table.rows) out["rows"].push_back(asJson(row));
  out["complete"] = table.isComplete();
  out["unfinished"] = table.unfinished;
  out["warnings"] = table.warnings;
  out["provenance"] = asJson(table.provenance);
  return dumped(out, 2) + '\n';
}

ResultTable tableFromJson(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    throw Error(ErrorParts{.what = "cannot read the result table", .expected = "JSON", .found = "other text"});
  ResultTable table;
  const Json& rows = field(json, "rows");
  if (!rows.is_array()) refuse("the result table's \"rows\" is not a list", "a list", rows);
  for (const Json& row : rows) table.rows.push_back(readRow(row));
  table.unfinished = readTexts(json, "unfinished");
  table.warnings = readTexts(json, "warnings");
  const Json& provenance = field(json, "provenance");
  if (!provenance.is_object()) refuse("the result table's \"provenance\" is not an object", "an object", provenance);
  table.provenance = std::get<Value::Object>(asValue(provenance).data());
  return table;
}

}  // namespace oodscope
