// SPDX-License-Identifier: GPL-3.0-or-later
// Reads session files. They come from anywhere: every member has a range, every list a length, and what lies outside is
// refused with the file, the member and the range. Members that are not known are left alone, so that an older program
// opens a newer session.
#include "analysis/core/numbers.h"
#include "analysis/formats/json_text.h"
#include "app/session/edits.h"
#include "app/session/session_names.h"
#include "inference/models/preprocessing_fields.h"

#include <algorithm>
#include <limits>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr Range<std::size_t> kName{0, 4096};  // bytes: names of sets, frames and models, and paths
constexpr Range<std::size_t> kPath{1, 4096};
constexpr Range<std::size_t> kText{0, 100'000};
constexpr Range<std::size_t> kSets{0, 500}, kSources{0, 100}, kConfigurations{0, 1000};
constexpr Range<std::size_t> kNotes{0, 100'000}, kRuns{0, 1000}, kRows{0, 1000}, kTags{0, 100};
constexpr Range<double> kTemperature{1e-6, 1e6};
constexpr Range<double> kShare{0.0, 1.0}, kCost{1e-6, 1e6}, kPercent{0.0, 100.0};
constexpr Range<double> kScore{-std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
constexpr Range<std::int64_t> kSide{8, 16'384};            // of a network's input, as the sidecar's
constexpr Range<std::int64_t> kPosition{-65'536, 65'536};  // of a rectangle, pixels
constexpr Range<std::int64_t> kLabelValue{-32'768, 65'535};
constexpr std::int64_t kMostChannels = 4096;

void read(const JsonValue& object, const char* name, std::string& value, Range<std::size_t> lengths = kName) {
  if (const auto member = object.find(name)) value = member->text(lengths);
}
void read(const JsonValue& object, const char* name, bool& value) {
  if (const auto member = object.find(name)) value = member->boolean();
}
void read(const JsonValue& object, const char* name, double& value, Range<double> range) {
  if (const auto member = object.find(name)) value = member->number(range);
}
void read(const JsonValue& object, const char* name, std::optional<float>& value) {
  if (const auto member = object.find(name)) value = static_cast<float>(member->number(kScore));
}
void read(const JsonValue& object, const char* name, int& value, Range<std::int64_t> range) {
  if (const auto member = object.find(name)) value = static_cast<int>(member->integer(range));
}

/// The entries of a list that an object may have, each by `readEntry`.
template <class T, class ReadEntry>
std::vector<T> listOf(const JsonValue& object, const char* name, Range<std::size_t> lengths,
                      const ReadEntry& readEntry) {
  std::vector<T> out;
  if (const auto member = object.find(name))
    for (const JsonValue& entry : member->list(lengths)) out.push_back(readEntry(entry));
  return out;
}
std::vector<std::string> textsOf(const JsonValue& object, const char* name, Range<std::size_t> lengths) {
  return listOf<std::string>(object, name, lengths, [](const JsonValue& entry) { return entry.text(kName); });
}

template <class Names, class NameOf>
std::string oneOf(const Names& names, const NameOf& nameOf) {
  std::string out;
  for (const auto& entry : names) out += (out.empty() ? "one of " : ", ") + std::string(nameOf(entry));
  return out;
}

template <class T, std::size_t N>
void readEnumerator(const JsonValue& object, const char* name, const SessionNames<T, N>& names, T& value) {
  const auto member = object.find(name);
  if (!member) return;
  const auto found = valueOf(names, member->text(kName));
  if (!found) member->refuse(oneOf(names, [](const auto& entry) { return entry.second; }));
  value = *found;
}

Method methodOf(const JsonValue& json) {
  if (const auto method = Method::named(json.text(kName))) return *method;
  json.refuse(oneOf(allMethods(), [](Method method) { return method.name(); }));
}

Protocol protocolOf(const JsonValue& json) {
  if (const auto protocol = Protocol::named(json.text(kName))) return *protocol;
  json.refuse(oneOf(allProtocols(), [](Protocol protocol) { return protocol.name(); }));
}

fs::path pathOf(const JsonValue& json, const fs::path& folder) {
  const fs::path path(json.text(kPath));
  return path.is_absolute() ? path : (folder / path).lexically_normal();
}

ScoreChoice scoreOf(const JsonValue& json) {
  ScoreChoice score;
  if (const auto imported = json.find("imported")) score.imported = imported->text(kName);
  read(json, "logits", score.importedLogits);
  if (const auto method = json.find("method")) score.method = methodOf(*method);
  if (const auto temperature = json.find("temperature"))
    score = atTemperature(score, temperature->number(kTemperature));
  return score;
}

/// A pin and its value: a rate is a share, a cost ratio is above 0.
void readPin(const JsonValue& json, PinRule& pin, double& value) {
  readEnumerator(json, "pin", kPinRules, pin);
  const bool isRate = pin == PinRule::TruePositiveRate || pin == PinRule::FalsePositiveRate;
  read(json, "pin_value", value, isRate ? kShare : pin == PinRule::CostRatio ? kCost : Range<double>{0.0, kCost.most});
}

OtherRun otherRunOf(const JsonValue& json) {
  OtherRun run;
  read(json, "model", run.model);
  if (const auto score = json.find("score")) run.score = scoreOf(*score);
  read(json, "threshold", run.threshold);
  readPin(json, run.pin, run.pinValue);
  return run;
}

void readScale(const JsonValue& json, ViewState& view) {
  readEnumerator(json, "scale", kScaleModes, view.scale);
  const Range<double> ends = view.scale == ScaleMode::Percentile ? kPercent : kScore;
  read(json, "scale_low", view.scaleLow, ends);
  read(json, "scale_high", view.scaleHigh, ends);
  read(json, "scale_locked", view.scaleLocked);
  if (const auto map = json.find("colour_map")) {
    view.colourMap = map->text(kName);
    if (std::find(kColourMaps.begin(), kColourMaps.end(), view.colourMap) == kColourMaps.end())
      map->refuse(oneOf(kColourMaps, [](std::string_view name) { return name; }));
  }
  read(json, "colour_map_reversed", view.colourMapReversed);
  read(json, "opacity", view.opacity, kShare);
}

ViewState viewOf(const JsonValue& json) {
  ViewState view;
  read(json, "set", view.set);
  read(json, "frame", view.frame);
  read(json, "model", view.model);
  if (const auto score = json.find("score")) view.score = scoreOf(*score);
  read(json, "threshold", view.threshold);
  readPin(json, view.pin, view.pinValue);
  if (const auto protocol = json.find("protocol")) view.protocol = protocolOf(*protocol);
  readEnumerator(json, "resolution", kResolutions, view.resolution);
  read(json, "all_channels", view.allChannels);
  readScale(json, view);
  read(json, "overlay", view.overlay);
  read(json, "contour", view.contour);
  read(json, "void_hatch", view.voidHatch);
  read(json, "linked", view.linked);
  read(json, "crosshair", view.crosshair);
  readEnumerator(json, "layout", kLayouts, view.layout);
  if (const auto other = json.find("compare_with")) view.other = otherRunOf(*other);
  readEnumerator(json, "compare_style", kCompareStyles, view.compareStyle);
  read(json, "compare_ranks", view.compareRanks);
  return view;
}

std::uint8_t meaningOf(const JsonValue& json) {
  const std::int64_t value = json.integer({0, 255});
  if (value != kNormal && value != kAnomaly && value != kVoid) json.refuse("0 (normal), 1 (anomaly) or 255 (void)");
  return static_cast<std::uint8_t>(value);
}

GenericLayout genericOf(const JsonValue& json) {
  GenericLayout layout;
  read(json, "images", layout.images);
  read(json, "masks", layout.masks);
  for (const auto& [name, meaning] : json.at("values").members()) {
    const auto raw = wholeNumberFromText(name);
    if (!raw || *raw < kLabelValue.least || *raw > kLabelValue.most)
      json.at("values").refuse("label values from " + std::to_string(kLabelValue.least) + " to " +
                               std::to_string(kLabelValue.most) + " as names, not \"" + name.substr(0, 40) + '"');
    layout.encoding.meaning[static_cast<int>(*raw)] = meaningOf(meaning);
  }
  if (const auto otherwise = json.find("otherwise")) layout.encoding.otherwise = meaningOf(*otherwise);
  layout.encoding.description = "given by the user";
  return layout;
}

void readTriple(const JsonValue& json, const char* name, std::array<double, 3>& values, Range<double> range) {
  const auto member = json.find(name);
  if (!member) return;
  const auto entries = member->list({3, 3});
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = entries[i].number(range);
}

/// The sidecar's fields. Version 0.1.0 called the input's sides, the deviation and the order of channels otherwise.
Preprocessing preprocessingOf(const JsonValue& json) {
  constexpr double kMost = 1e6, kLeast = 1e-9;
  Preprocessing preprocessing = completed(readPreprocessingFields(json));
  read(json, "width", preprocessing.input.width, kSide);
  read(json, "height", preprocessing.input.height, kSide);
  readTriple(json, "deviation", preprocessing.deviation, {kLeast, kMost});
  read(json, "bgr", preprocessing.bgr);
  return preprocessing;
}

OutputMeaning outputsOf(const JsonValue& json) {
  OutputMeaning outputs;
  read(json, "output", outputs.output, {0, 64});
  outputs.channelNames = textsOf(json, "channel_names", {0, kMostChannels});
  read(json, "known_classes", outputs.knownClasses, {1, kMostChannels});
  read(json, "void_channel", outputs.voidChannel, {-1, kMostChannels - 1});
  return outputs;
}

FrameRectangle rectangleOf(const JsonValue& json) {
  const auto sides = json.list({4, 4});
  const auto position = [&](std::size_t i) { return static_cast<int>(sides[i].integer(kPosition)); };
  const auto length = [&](std::size_t i) { return static_cast<int>(sides[i].integer({0, kPosition.most})); };
  return {position(0), position(1), length(2), length(3)};
}

Note noteOf(const JsonValue& json) {
  Note note;
  read(json, "set", note.set);
  read(json, "frame", note.frame);
  note.tags = textsOf(json, "tags", kTags);
  read(json, "text", note.text, kText);
  if (const auto region = json.find("region")) note.region = rectangleOf(*region);
  return note;
}

/// `view`: of the same session; runs that version 0.1.0 wrote were measured as it says.
PinnedRun runOf(const JsonValue& json, const ViewState& view) {
  PinnedRun run;
  run.resolution = view.resolution;
  run.allChannels = view.allChannels;
  read(json, "set", run.set);
  read(json, "model", run.model);
  run.score = scoreOf(json.at("score"));
  run.protocol = protocolOf(json.at("protocol"));
  readEnumerator(json, "resolution", kResolutions, run.resolution);
  read(json, "all_channels", run.allChannels);
  return run;
}

GridRecipe gridOf(const JsonValue& json) {
  GridRecipe grid;
  grid.rows = listOf<GridRecipe::Row>(json, "rows", kRows, [](const JsonValue& entry) {
    GridRecipe::Row row{entry.at("set").text(kName), entry.at("frame").text(kName)};
    read(entry, "caption", row.caption);
    if (const auto inset = entry.find("inset")) row.inset = rectangleOf(*inset);
    return row;
  });
  grid.scores = listOf<ScoreChoice>(json, "scores", kSources, scoreOf);
  read(json, "decision", grid.decision);
  grid.captions = textsOf(json, "captions", kRows);
  return grid;
}

SetEntry setOf(const JsonValue& json, const fs::path& folder) {
  SetEntry set{.path = pathOf(json.at("path"), folder)};
  if (const auto generic = json.find("generic")) set.generic = genericOf(*generic);
  return set;
}

ModelEntry modelOf(const JsonValue& json, const fs::path& folder) {
  ModelEntry model{.path = pathOf(json.at("path"), folder)};
  if (const auto preprocessing = json.find("preprocessing")) model.preprocessing = preprocessingOf(*preprocessing);
  if (const auto outputs = json.find("outputs")) model.outputs = outputsOf(*outputs);
  if (const auto digest = json.find("sha256")) model.sha256 = digest->text({0, 128});
  return model;
}

void requireFormat(const JsonValue& json) {
  if (!json.isObject() || !json.find("oodscope_session"))
    throw Error(ErrorParts{.what = "not a session",
                           .expected = "an object with member 'oodscope_session'",
                           .found = json.excerpt(),
                           .file = json.file()});
  const JsonValue version = json.at("oodscope_session");
  const std::int64_t number = version.integer({1, std::numeric_limits<int>::max()});
  if (number > kSessionFormat)
    throw Error(ErrorParts{.what = "the session was written by a newer version",
                           .expected = "format " + std::to_string(kSessionFormat) + " or older",
                           .found = "format " + std::to_string(number),
                           .file = json.file()});
}

}  // namespace

Session readSession(const fs::path& file) {
  const JsonValue json = readJsonFile(file, "session");
  requireFormat(json);
  const fs::path folder = fs::absolute(file).parent_path();
  Session session;
  session.sets = listOf<SetEntry>(json, "sets", kSets, [&](const JsonValue& entry) { return setOf(entry, folder); });
  session.models =
      listOf<ModelEntry>(json, "models", kSources, [&](const JsonValue& entry) { return modelOf(entry, folder); });
  session.scores =
      listOf<fs::path>(json, "scores", kSources, [&](const JsonValue& entry) { return pathOf(entry, folder); });
  session.methods = listOf<std::string>(json, "methods", kConfigurations,
                                        [](const JsonValue& entry) { return std::string(methodOf(entry).name()); });
  session.temperatures = listOf<double>(json, "temperatures", kConfigurations,
                                        [](const JsonValue& entry) { return entry.number(kTemperature); });
  session.protocols = listOf<Protocol>(json, "protocols", kConfigurations, protocolOf);
  if (const auto view = json.find("view")) session.view = viewOf(*view);
  session.notes = listOf<Note>(json, "notes", kNotes, noteOf);
  session.runs = listOf<PinnedRun>(json, "runs", kRuns, [&](const JsonValue& run) { return runOf(run, session.view); });
  if (const auto grid = json.find("grid")) session.grid = gridOf(*grid);
  return session;
}

}  // namespace oodscope
