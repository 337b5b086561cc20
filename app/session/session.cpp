// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/session.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "app/session/session_names.h"
#include "inference/models/preprocessing_fields.h"

#include <nlohmann/json.hpp>

namespace oodscope {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string relativeText(const fs::path& path, const fs::path& folder) {
  const fs::path relative = path.lexically_normal().lexically_relative(folder.lexically_normal());
  const bool below = !relative.empty() && *relative.begin() != "..";
  return (below ? relative : path).generic_string();
}

Json toJson(const ScoreChoice& score) {
  Json json;
  if (score.imported) json["imported"] = *score.imported;
  if (hasMethod(score)) json["method"] = score.method.name();
  if (score.importedLogits) json["logits"] = true;
  json["temperature"] = score.temperature;
  return json;
}

Json toJson(const OtherRun& run) {
  return Json{{"model", run.model},
              {"score", toJson(run.score)},
              {"threshold", run.threshold ? Json(*run.threshold) : Json(nullptr)},
              {"pin", nameOf(kPinRules, run.pin)},
              {"pin_value", run.pinValue}};
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
  json["protocol"] = view.protocol.name();
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

Json toJson(const GenericLayout& layout) {
  Json values = Json::object();
  for (const auto& [raw, meaning] : layout.encoding.meaning) values[std::to_string(raw)] = meaning;
  return Json{
      {"images", layout.images}, {"masks", layout.masks}, {"values", values}, {"otherwise", layout.encoding.otherwise}};
}

Json toJson(const Preprocessing& preprocessing) { return Json::parse(Value(fieldsOf(preprocessing)).json()); }

Json toJson(const OutputMeaning& outputs) {
  return Json{{"output", outputs.output},
              {"channel_names", outputs.channelNames},
              {"known_classes", outputs.knownClasses},
              {"void_channel", outputs.voidChannel}};
}

Json toJson(const FrameRectangle& rectangle) { return {rectangle.x, rectangle.y, rectangle.width, rectangle.height}; }

Json toJson(const Note& note) {
  Json json{{"set", note.set}, {"frame", note.frame}, {"tags", note.tags}, {"text", note.text}};
  if (note.region) json["region"] = toJson(*note.region);
  return json;
}

Json toJson(const PinnedRun& run) {
  return Json{{"set", run.set},
              {"model", run.model},
              {"score", toJson(run.score)},
              {"protocol", run.protocol.name()},
              {"resolution", nameOf(kResolutions, run.resolution)},
              {"all_channels", run.allChannels}};
}

Json toJson(const SetEntry& set, const fs::path& folder) {
  Json json{{"path", relativeText(set.path, folder)}};
  if (set.generic) json["generic"] = toJson(*set.generic);
  return json;
}

Json toJson(const ModelEntry& model, const fs::path& folder) {
  Json json{{"path", relativeText(model.path, folder)}};
  if (model.sha256) json["sha256"] = *model.sha256;
  if (model.preprocessing) json["preprocessing"] = toJson(*model.preprocessing);
  if (model.outputs) json["outputs"] = toJson(*model.outputs);
  return json;
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

}  // namespace

std::string sessionText(const Session& session, const fs::path& folder) {
  Json json;
  json["oodscope_session"] = kSessionFormat;
  json["sets"] = Json::array();
  for (const SetEntry& set : session.sets) json["sets"].push_back(toJson(set, folder));
  json["models"] = Json::array();
  for (const ModelEntry& model : session.models) json["models"].push_back(toJson(model, folder));
  json["scores"] = Json::array();
  for (const fs::path& path : session.scores) json["scores"].push_back(relativeText(path, folder));
  json["methods"] = session.methods;
  json["temperatures"] = session.temperatures;
  json["protocols"] = Json::array();
  for (const Protocol protocol : session.protocols) json["protocols"].push_back(protocol.name());
  json["view"] = toJson(session.view);
  json["notes"] = Json::array();
  for (const Note& note : session.notes) json["notes"].push_back(toJson(note));
  json["runs"] = Json::array();
  for (const PinnedRun& run : session.runs) json["runs"].push_back(toJson(run));
  if (session.grid != GridRecipe{}) json["grid"] = toJson(session.grid);
  try {
    return json.dump(2) + "\n";
  } catch (const Json::type_error& problem) {  // the one that dump() knows: bytes that are no UTF-8
    throw Error(ErrorParts{.what = "the session cannot be saved",
                           .expected = "names of files and folders in UTF-8",
                           .found = problem.what(),
                           .file = folder});
  }
}

void writeSession(const Session& session, const fs::path& file) {
  writeFileAtomically(file, sessionText(session, fs::absolute(file).parent_path()));
}

bool operator==(const SetEntry& a, const SetEntry& b) { return toJson(a, {}) == toJson(b, {}); }
bool operator==(const ModelEntry& a, const ModelEntry& b) { return toJson(a, {}) == toJson(b, {}); }

PinnedRun pinnedRunOf(const ViewState& view) {
  return {view.set, view.model, view.score, view.protocol, view.resolution, view.allChannels};
}

std::string_view pinRuleName(PinRule rule) { return nameOf(kPinRules, rule); }
std::string_view resolutionName(Resolution resolution) { return nameOf(kResolutions, resolution); }
std::optional<Resolution> resolutionFromName(std::string_view name) { return valueOf(kResolutions, name); }

}  // namespace oodscope
