// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/session.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

namespace oodscope {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

constexpr int kFormatVersion = 1;

template <class T>
using Names = std::span<const std::pair<T, std::string_view>>;

constexpr std::array<std::pair<PinRule, std::string_view>, 5> kPinRules{{{PinRule::None, "none"},
                                                                         {PinRule::TruePositiveRate, "tpr"},
                                                                         {PinRule::BestF1, "best-f1"},
                                                                         {PinRule::FalsePositiveRate, "fpr"},
                                                                         {PinRule::CostRatio, "cost-ratio"}}};
constexpr std::array<std::pair<Resolution, std::string_view>, 3> kResolutions{
    {{Resolution::ByProtocol, "by-protocol"}, {Resolution::Network, "network"}, {Resolution::Label, "label"}}};
constexpr std::array<std::pair<ScaleMode, std::string_view>, 5> kScaleModes{{{ScaleMode::Image, "image"},
                                                                             {ScaleMode::Set, "set"},
                                                                             {ScaleMode::SetTrimmed, "set-trimmed"},
                                                                             {ScaleMode::Percentile, "percentile"},
                                                                             {ScaleMode::Manual, "manual"}}};
constexpr std::array<std::pair<ViewLayout, std::string_view>, 4> kLayouts{{{ViewLayout::One, "1"},
                                                                           {ViewLayout::OneByTwo, "1x2"},
                                                                           {ViewLayout::TwoByTwo, "2x2"},
                                                                           {ViewLayout::PerMethod, "per-method"}}};
constexpr std::array<std::pair<CompareStyle, std::string_view>, 3> kCompareStyles{
    {{CompareStyle::Wipe, "wipe"}, {CompareStyle::Blink, "blink"}, {CompareStyle::SideBySide, "side-by-side"}}};

template <class T, std::size_t N>
std::string_view nameOf(const std::array<std::pair<T, std::string_view>, N>& names, T value) {
  for (const auto& [candidate, name] : names)
    if (candidate == value) return name;
  throw ContractViolation("session: an enumerator without a name");
}

template <class T, std::size_t N>
std::optional<T> valueOf(const std::array<std::pair<T, std::string_view>, N>& names, std::string_view name) {
  for (const auto& [value, candidate] : names)
    if (candidate == name) return value;
  return std::nullopt;
}

template <class T, std::size_t N>
void readName(const Json& json, const char* key, const std::array<std::pair<T, std::string_view>, N>& names, T& value) {
  if (!json.contains(key)) return;
  const auto text = json.at(key).get<std::string>();
  const auto found = valueOf(names, text);
  if (!found) {
    std::string allowed;
    for (const auto& [unused, name] : names) allowed += (allowed.empty() ? "" : ", ") + std::string(name);
    throw Error(ErrorParts{
        .what = std::string("session member '") + key + "'", .expected = "one of " + allowed, .found = text});
  }
  value = *found;
}

template <class T>
void read(const Json& json, const char* key, T& value) {
  if (json.contains(key) && !json.at(key).is_null()) value = json.at(key).get<T>();
}

template <class T>
void read(const Json& json, const char* key, std::optional<T>& value) {
  if (json.contains(key) && !json.at(key).is_null()) value = json.at(key).get<T>();
}

Method methodOf(const std::string& name) {
  if (const auto method = methodFromName(name)) return *method;
  throw Error(ErrorParts{.what = "session names an unknown method", .found = name});
}

Protocol protocolOf(const std::string& name) {
  if (const auto protocol = protocolFromName(name)) return *protocol;
  throw Error(ErrorParts{.what = "session names an unknown protocol", .found = name});
}

std::string relativeText(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_normal().lexically_relative(folder.lexically_normal());
  const bool below = !relative.empty() && *relative.begin() != "..";
  return (below ? relative : path).generic_string();
}

fs::path absolutePath(const std::string& text, const fs::path& folder) {
  const fs::path path(text);
  return path.is_absolute() ? path : (folder / path).lexically_normal();
}

Json toJson(const ScoreChoice& score) {
  Json json;
  if (score.imported) json["imported"] = *score.imported;
  if (hasMethod(score)) json["method"] = methodName(score.method);
  if (score.importedLogits) json["logits"] = true;
  json["temperature"] = score.temperature;
  return json;
}

ScoreChoice scoreOf(const Json& json) {
  ScoreChoice score;
  read(json, "imported", score.imported);
  read(json, "logits", score.importedLogits);
  if (json.contains("method")) score.method = methodOf(json.at("method").get<std::string>());
  read(json, "temperature", score.temperature);
  if (!(score.temperature > 0.0F))
    throw Error(ErrorParts{
        .what = "session temperature", .expected = "a number above 0", .found = json.at("temperature").dump()});
  return score;
}

Json toJson(const OtherRun& run) {
  return Json{{"model", run.model},
              {"score", toJson(run.score)},
              {"threshold", run.threshold ? Json(*run.threshold) : Json(nullptr)},
              {"pin", nameOf(kPinRules, run.pin)},
              {"pin_value", run.pinValue}};
}

OtherRun otherRunOf(const Json& json) {
  OtherRun run;
  read(json, "model", run.model);
  if (json.contains("score")) run.score = scoreOf(json.at("score"));
  read(json, "threshold", run.threshold);
  readName(json, "pin", kPinRules, run.pin);
  read(json, "pin_value", run.pinValue);
  return run;
}

Json toJson(const ViewState& view) {
  Json json;
  json["set"] = view.set;
  json["frame"] = view.frame;
  json["model"] = view.model;
  json["score"] = toJson(view.score);
  json["threshold"] = view.threshold ? Json(*view.threshold) : Json(nullptr);
  json["pin"] = nameOf(kPinRules, view.pin);
  json["pin_value"] = view.pinValue;
  json["protocol"] = protocolName(view.protocol);
  json["resolution"] = nameOf(kResolutions, view.resolution);
  json["all_channels"] = view.allChannels;
  json["scale"] = nameOf(kScaleModes, view.scale);
  json["scale_low"] = view.scaleLow;
  json["scale_high"] = view.scaleHigh;
  json["scale_locked"] = view.scaleLocked;
  json["colour_map"] = view.colourMap;
  json["colour_map_reversed"] = view.colourMapReversed;
  json["opacity"] = view.opacity;
  json["overlay"] = view.overlay;
  json["contour"] = view.contour;
  json["void_hatch"] = view.voidHatch;
  json["linked"] = view.linked;
  json["crosshair"] = view.crosshair;
  json["layout"] = nameOf(kLayouts, view.layout);
  if (view.other) json["compare_with"] = toJson(*view.other);
  json["compare_style"] = nameOf(kCompareStyles, view.compareStyle);
  json["compare_ranks"] = view.compareRanks;
  return json;
}

ViewState viewOf(const Json& json) {
  ViewState view;
  read(json, "set", view.set);
  read(json, "frame", view.frame);
  read(json, "model", view.model);
  if (json.contains("score")) view.score = scoreOf(json.at("score"));
  read(json, "threshold", view.threshold);
  readName(json, "pin", kPinRules, view.pin);
  read(json, "pin_value", view.pinValue);
  if (json.contains("protocol")) view.protocol = protocolOf(json.at("protocol").get<std::string>());
  readName(json, "resolution", kResolutions, view.resolution);
  read(json, "all_channels", view.allChannels);
  readName(json, "scale", kScaleModes, view.scale);
  read(json, "scale_low", view.scaleLow);
  read(json, "scale_high", view.scaleHigh);
  read(json, "scale_locked", view.scaleLocked);
  read(json, "colour_map", view.colourMap);
  read(json, "colour_map_reversed", view.colourMapReversed);
  read(json, "opacity", view.opacity);
  read(json, "overlay", view.overlay);
  read(json, "contour", view.contour);
  read(json, "void_hatch", view.voidHatch);
  read(json, "linked", view.linked);
  read(json, "crosshair", view.crosshair);
  readName(json, "layout", kLayouts, view.layout);
  if (json.contains("compare_with")) view.other = otherRunOf(json.at("compare_with"));
  readName(json, "compare_style", kCompareStyles, view.compareStyle);
  read(json, "compare_ranks", view.compareRanks);
  return view;
}

Json toJson(const GenericLayout& layout) {
  Json values = Json::object();
  for (const auto& [raw, meaning] : layout.encoding.meaning) values[std::to_string(raw)] = meaning;
  return Json{
      {"images", layout.images}, {"masks", layout.masks}, {"values", values}, {"otherwise", layout.encoding.otherwise}};
}

GenericLayout genericOf(const Json& json) {
  GenericLayout layout;
  read(json, "images", layout.images);
  read(json, "masks", layout.masks);
  for (const auto& [raw, meaning] : json.at("values").items())
    layout.encoding.meaning[std::stoi(raw)] = meaning.get<std::uint8_t>();
  read(json, "otherwise", layout.encoding.otherwise);
  layout.encoding.description = "given by the user";
  return layout;
}

Json toJson(const Preprocessing& preprocessing) {
  return Json{{"width", preprocessing.input.width},
              {"height", preprocessing.input.height},
              {"resize", preprocessing.resize == ResizeRule::PilBilinear ? "pil-bilinear" : "bilinear"},
              {"scale", preprocessing.scale},
              {"mean", preprocessing.mean},
              {"deviation", preprocessing.deviation},
              {"bgr", preprocessing.bgr}};
}

Preprocessing preprocessingOf(const Json& json) {
  Preprocessing preprocessing;
  read(json, "width", preprocessing.input.width);
  read(json, "height", preprocessing.input.height);
  if (json.value("resize", "pil-bilinear") == "bilinear") preprocessing.resize = ResizeRule::Bilinear;
  read(json, "scale", preprocessing.scale);
  read(json, "mean", preprocessing.mean);
  read(json, "deviation", preprocessing.deviation);
  read(json, "bgr", preprocessing.bgr);
  return preprocessing;
}

Json toJson(const OutputMeaning& outputs) {
  return Json{{"output", outputs.output},
              {"channel_names", outputs.channelNames},
              {"known_classes", outputs.knownClasses},
              {"void_channel", outputs.voidChannel}};
}

OutputMeaning outputsOf(const Json& json) {
  OutputMeaning outputs;
  read(json, "output", outputs.output);
  read(json, "channel_names", outputs.channelNames);
  read(json, "known_classes", outputs.knownClasses);
  read(json, "void_channel", outputs.voidChannel);
  return outputs;
}

Json toJson(const FrameRectangle& rectangle) { return {rectangle.x, rectangle.y, rectangle.width, rectangle.height}; }

FrameRectangle rectangleOf(const Json& json) {
  const auto sides = json.get<std::array<int, 4>>();
  return {sides[0], sides[1], sides[2], sides[3]};
}

Json toJson(const Note& note) {
  Json json{{"set", note.set}, {"frame", note.frame}, {"tags", note.tags}, {"text", note.text}};
  if (note.region) json["region"] = toJson(*note.region);
  return json;
}

Note noteOf(const Json& json) {
  Note note;
  read(json, "set", note.set);
  read(json, "frame", note.frame);
  read(json, "tags", note.tags);
  read(json, "text", note.text);
  if (json.contains("region")) {
    note.region = rectangleOf(json.at("region"));
  }
  return note;
}

Json toJson(const PinnedRun& run) {
  return Json{
      {"set", run.set}, {"model", run.model}, {"score", toJson(run.score)}, {"protocol", protocolName(run.protocol)}};
}

PinnedRun runOf(const Json& json) {
  PinnedRun run;
  read(json, "set", run.set);
  read(json, "model", run.model);
  run.score = scoreOf(json.at("score"));
  run.protocol = protocolOf(json.at("protocol").get<std::string>());
  return run;
}

Json toJson(const GridRecipe& grid) {
  Json json;
  json["rows"] = Json::array();
  for (const GridRecipe::Row& row : grid.rows) {
    Json entry{{"set", row.set}, {"frame", row.frame}};
    if (!row.caption.empty()) entry["caption"] = row.caption;
    if (row.inset) entry["inset"] = toJson(*row.inset);
    json["rows"].push_back(std::move(entry));
  }
  json["scores"] = Json::array();
  for (const ScoreChoice& score : grid.scores) json["scores"].push_back(toJson(score));
  json["decision"] = grid.decision;
  if (!grid.captions.empty()) json["captions"] = grid.captions;
  return json;
}

GridRecipe gridOf(const Json& json) {
  GridRecipe grid;
  for (const Json& entry : json.value("rows", Json::array())) {
    GridRecipe::Row row{entry.at("set").get<std::string>(), entry.at("frame").get<std::string>()};
    read(entry, "caption", row.caption);
    if (entry.contains("inset")) row.inset = rectangleOf(entry.at("inset"));
    grid.rows.push_back(std::move(row));
  }
  for (const Json& score : json.value("scores", Json::array())) grid.scores.push_back(scoreOf(score));
  read(json, "decision", grid.decision);
  read(json, "captions", grid.captions);
  return grid;
}

Session sessionOf(const Json& json, const fs::path& folder) {
  if (!json.is_object() || !json.contains("oodscope_session"))
    throw Error(ErrorParts{.what = "not a session", .expected = "an object with member 'oodscope_session'"});
  const int version = json.at("oodscope_session").get<int>();
  if (version > kFormatVersion)
    throw Error(ErrorParts{.what = "the session was written by a newer version",
                           .expected = "format " + std::to_string(kFormatVersion) + " or older",
                           .found = "format " + std::to_string(version)});
  Session session;
  for (const Json& entry : json.value("sets", Json::array())) {
    SetEntry set{.path = absolutePath(entry.at("path").get<std::string>(), folder)};
    if (entry.contains("generic")) set.generic = genericOf(entry.at("generic"));
    session.sets.push_back(std::move(set));
  }
  for (const Json& entry : json.value("models", Json::array())) {
    ModelEntry model{.path = absolutePath(entry.at("path").get<std::string>(), folder)};
    if (entry.contains("preprocessing")) model.preprocessing = preprocessingOf(entry.at("preprocessing"));
    if (entry.contains("outputs")) model.outputs = outputsOf(entry.at("outputs"));
    read(entry, "sha256", model.sha256);
    session.models.push_back(std::move(model));
  }
  for (const Json& entry : json.value("scores", Json::array()))
    session.scores.push_back(absolutePath(entry.get<std::string>(), folder));
  read(json, "methods", session.methods);
  for (const std::string& name : session.methods) static_cast<void>(methodOf(name));
  read(json, "temperatures", session.temperatures);
  for (const Json& name : json.value("protocols", Json::array()))
    session.protocols.push_back(protocolOf(name.get<std::string>()));
  if (json.contains("view")) session.view = viewOf(json.at("view"));
  for (const Json& note : json.value("notes", Json::array())) session.notes.push_back(noteOf(note));
  for (const Json& run : json.value("runs", Json::array())) session.runs.push_back(runOf(run));
  if (json.contains("grid")) session.grid = gridOf(json.at("grid"));
  return session;
}

}  // namespace

Session readSession(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw Error("cannot open the session", file);
  std::ostringstream text;
  text << in.rdbuf();
  try {
    return sessionOf(Json::parse(text.str()), fs::absolute(file).parent_path());
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorParts{.what = "the session is not readable",
                           .expected = "JSON as this program writes it",
                           .found = error.what(),
                           .file = file});
  } catch (const Error& error) {
    ErrorParts parts = error.parts();
    if (parts.file.empty()) parts.file = file;
    throw Error(parts);
  } catch (const std::invalid_argument&) {
    throw Error(ErrorParts{
        .what = "the session is not readable", .expected = "label values that are whole numbers", .file = file});
  }
}

std::string sessionText(const Session& session, const fs::path& folder) {
  Json json;
  json["oodscope_session"] = kFormatVersion;
  json["sets"] = Json::array();
  for (const SetEntry& set : session.sets) {
    Json entry{{"path", relativeText(set.path, folder)}};
    if (set.generic) entry["generic"] = toJson(*set.generic);
    json["sets"].push_back(std::move(entry));
  }
  json["models"] = Json::array();
  for (const ModelEntry& model : session.models) {
    Json entry{{"path", relativeText(model.path, folder)}};
    if (model.sha256) entry["sha256"] = *model.sha256;
    if (model.preprocessing) entry["preprocessing"] = toJson(*model.preprocessing);
    if (model.outputs) entry["outputs"] = toJson(*model.outputs);
    json["models"].push_back(std::move(entry));
  }
  json["scores"] = Json::array();
  for (const fs::path& path : session.scores) json["scores"].push_back(relativeText(path, folder));
  json["methods"] = session.methods;
  json["temperatures"] = session.temperatures;
  json["protocols"] = Json::array();
  for (const Protocol protocol : session.protocols) json["protocols"].push_back(protocolName(protocol));
  json["view"] = toJson(session.view);
  json["notes"] = Json::array();
  for (const Note& note : session.notes) json["notes"].push_back(toJson(note));
  json["runs"] = Json::array();
  for (const PinnedRun& run : session.runs) json["runs"].push_back(toJson(run));
  if (session.grid != GridRecipe{}) json["grid"] = toJson(session.grid);
  return json.dump(2) + "\n";
}

void writeSession(const Session& session, const fs::path& file) {
  writeFileAtomically(file, sessionText(session, fs::absolute(file).parent_path()));
}

std::string_view pinRuleName(PinRule rule) { return nameOf(kPinRules, rule); }
std::string_view resolutionName(Resolution resolution) { return nameOf(kResolutions, resolution); }
std::optional<Resolution> resolutionFromName(std::string_view name) { return valueOf(kResolutions, name); }

}  // namespace oodscope
