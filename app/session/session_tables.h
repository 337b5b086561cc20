// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/ensembles/expression.h"
#include "analysis/ensembles/normalisation.h"
#include "app/session/filtered_method.h"
#include "app/session/session_fields.h"

namespace oodscope::session_fields {

inline constexpr Text kName{{0, 4096}};  // bytes: names of sets, frames and models, and globs
inline constexpr Text kRemark{{0, 100'000}};
inline constexpr Text kDigest{{0, 128}};
inline constexpr Path kPath{{1, 4096}};
inline constexpr Flag kFlag;
inline constexpr Range<std::size_t> kSets{0, 500}, kSources{0, 100}, kConfigurations{0, 1000};
inline constexpr Range<std::size_t> kTerms{0, 8};
inline constexpr Range<std::size_t> kNotes{0, 100'000}, kRuns{0, 1000}, kRows{0, 1000}, kTags{0, 100};
inline constexpr Range<double> kShareRange{0.0, 1.0}, kCostRange{1e-6, 1e6}, kPercentRange{0.0, 100.0};
inline constexpr Range<double> kScoreRange{-std::numeric_limits<float>::max(), std::numeric_limits<float>::max()};
inline constexpr std::int64_t kMostChannels = 4096;
inline constexpr Number kTemperature{{1e-6, 1e6}}, kShare{kShareRange}, kScore{kScoreRange};
inline constexpr Number kWeight{{-1e6, 1e6}};
inline constexpr ReadableText kExpression{{1, 4096}, [](const std::string& text) { return parseEnsemble(text); }};
inline constexpr ReadableText kNormalisation{{1, 64}, [](const std::string& text) { return parseNormalisation(text); }};
inline constexpr Integer kSide{{8, 16'384}};               // of a network's input, as the sidecar's
inline constexpr Rectangle kRectangle{{-65'536, 65'536}};  // pixels
inline constexpr Meanings kLabelValues{{-32'768, 65'535}};
inline constexpr DeclaredName<Method> kMethod{allMethods};
inline constexpr DeclaredName<Protocol> kProtocol{allProtocols};
inline constexpr DeclaredName<Filter> kFilter{allFilters};
inline constexpr Range<std::size_t> kFilters{0, 16};  // each costs a pass over a map
inline constexpr Object kObject;

/// A method by its name, with +FILTER behind it or without, kept as text.
struct FilteredMethodName : Plain {
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place&) const {
    T text = json.text();
    try {
      static_cast<void>(FilteredMethod::named(text));
    } catch (const Error&) {
      json.refuse(oneOf(allMethods(), [](Method method) { return method.name(); }) + ", or one of them with +FILTER, " +
                  "FILTER being " + oneOf(allFilters(), [](Filter filter) { return filter.name(); }));
    }
    return text;
  }
};
inline constexpr FilteredMethodName kMethodName;

/// A rate is a share, a cost ratio is above 0.
inline constexpr NumberWithin kPinValue{[](const auto& run) {
  const bool isRate =
      run.pin == PinRule::TruePositiveRate || run.pin == PinRule::FalsePositiveRate || run.pin == PinRule::FlaggedShare;
  return isRate ? kShareRange : run.pin == PinRule::CostRatio ? kCostRange : Range<double>{0.0, kCostRange.most};
}};
inline constexpr NumberWithin kScaleEnd{
    [](const ViewState& view) { return view.scale == ScaleMode::Percentile ? kPercentRange : kScoreRange; }};

template <>
inline constexpr auto kFields<ScoreChoice> = std::tuple{
    given("imported", &ScoreChoice::imported, kName),
    field("method", &ScoreChoice::method, kMethod, [](const ScoreChoice& score, Method) { return hasMethod(score); }),
    given("logits", &ScoreChoice::importedLogits, kFlag),
    field("temperature", &ScoreChoice::temperature, kTemperature),
    given("weights", &ScoreChoice::weights, List(kTerms, kWeight)),
    given("passes", &ScoreChoice::passes, PassParameters{}),
    given("filters", &ScoreChoice::filters, List(kFilters, kFilter)),
};

template <>
inline constexpr auto kFields<ComparedRun> = std::tuple{
    field("model", &ComparedRun::model, kName),
    field("score", &ComparedRun::score, kObject),
    field("threshold", &ComparedRun::threshold, kScore),
    field("pin", &ComparedRun::pin, Named(kPinRules)),
    field("pin_value", &ComparedRun::pinValue, kPinValue),
};

template <>
inline constexpr auto kFields<ViewState> = std::tuple{
    field("set", &ViewState::set, kName),
    field("frame", &ViewState::frame, kName),
    field("model", &ViewState::model, kName),
    field("score", &ViewState::score, kObject),
    field("threshold", &ViewState::threshold, kScore),
    field("pin", &ViewState::pin, Named(kPinRules)),
    field("pin_value", &ViewState::pinValue, kPinValue),
    given("pin_set", &ViewState::pinSet, kName),
    field("protocol", &ViewState::protocol, kProtocol),
    field("resolution", &ViewState::resolution, Named(kResolutions)),
    field("all_channels", &ViewState::allChannels, kFlag),
    field("scale", &ViewState::scale, Named(kScaleModes)),
    field("scale_low", &ViewState::scaleLow, kScaleEnd),
    field("scale_high", &ViewState::scaleHigh, kScaleEnd),
    field("scale_locked", &ViewState::scaleLocked, kFlag),
    field("colour_map", &ViewState::colourMap, OneOf(kColourMaps)),
    field("colour_map_reversed", &ViewState::colourMapReversed, kFlag),
    field("opacity", &ViewState::opacity, kShare),
    field("overlay", &ViewState::overlay, kFlag),
    field("contour", &ViewState::contour, kFlag),
    field("void_hatch", &ViewState::voidHatch, kFlag),
    field("linked", &ViewState::linked, kFlag),
    field("crosshair", &ViewState::crosshair, kFlag),
    field("layout", &ViewState::layout, Named(kLayouts)),
    given("compare_with", &ViewState::other, kObject),
    field("compare_style", &ViewState::compareStyle, Named(kCompareStyles)),
    field("compare_ranks", &ViewState::compareRanks, kFlag),
    given("hidden_runs", &ViewState::hiddenRuns, List(kRuns, kObject)),
};

template <>
inline constexpr auto kFields<GenericLayout> = std::tuple{
    field("images", &GenericLayout::images, kName),
    field("masks", &GenericLayout::masks, kName),
    needed(
        "values", [](auto& layout) -> auto& { return layout.encoding.meaning; }, kLabelValues),
    field(
        "otherwise", [](auto& layout) -> auto& { return layout.encoding.otherwise; }, Meaning{}),
};
template <>
[[nodiscard]] inline GenericLayout unread<GenericLayout>(const Place&) {
  return {.images = {}, .masks = {}, .encoding = {.description = "given by the user"}};
}

/// What version 0.1.0 called an input's sides, deviation and order of channels.
inline constexpr std::tuple kOldPreprocessing{
    field(
        "width", [](auto& input) -> auto& { return input.input.width; }, kSide),
    field(
        "height", [](auto& input) -> auto& { return input.input.height; }, kSide),
    field("deviation", &Preprocessing::deviation, Triple{{1e-9, 1e6}}),
    field("bgr", &Preprocessing::bgr, kFlag),
};

/// The sidecar's fields.
struct SidecarFields {
  template <class T, class Owner>
  [[nodiscard]] T read(const JsonValue& json, const Owner&, const Place& place) const {
    T out = completed(readPreprocessingFields(json));
    readInto(kOldPreprocessing, json, out, place);
    return out;
  }
  [[nodiscard]] Json write(const Preprocessing& value, const Place&) const {
    return Json::parse(Value(fieldsOf(value)).json());
  }
  template <class T>
  void addMembers(const std::string& at, std::vector<std::string>& members) const {
    members.push_back(at);
    for (const auto& [name, value] : fieldsOf(T{})) members.emplace_back(at).append("/").append(name);
    session_fields::addMembers<T>(kOldPreprocessing, at, members);
  }
};

template <>
inline constexpr auto kFields<OutputMeaning> = std::tuple{
    field("output", &OutputMeaning::output, Integer{{0, 64}}),
    field("channel_names", &OutputMeaning::channelNames, List({0, kMostChannels}, kName)),
    field("known_classes", &OutputMeaning::knownClasses, Integer{{1, kMostChannels}}),
    field("void_channel", &OutputMeaning::voidChannel, Integer{{-1, kMostChannels - 1}}),
};

template <>
inline constexpr auto kFields<SetEntry> = std::tuple{
    needed("path", &SetEntry::path, kPath),
    given("generic", &SetEntry::generic, kObject),
    given("name", &SetEntry::name, kName),
};

template <>
inline constexpr auto kFields<ModelEntry> = std::tuple{
    needed("path", &ModelEntry::path, kPath),
    given("sha256", &ModelEntry::sha256, kDigest),
    given("preprocessing", &ModelEntry::preprocessing, SidecarFields{}),
    given("outputs", &ModelEntry::outputs, kObject),
    given("statistics", &ModelEntry::statistics, kPath),
};

template <>
inline constexpr auto kFields<EnsembleEntry> = std::tuple{
    needed("name", &EnsembleEntry::name, Text({1, 4096})),
    needed("terms", &EnsembleEntry::text, kExpression),
    field("normalisation", &EnsembleEntry::normalisation, kNormalisation),
    given("model", &EnsembleEntry::model, kName),
    field("temperature", &EnsembleEntry::temperature, kTemperature),
};

template <>
inline constexpr auto kFields<Note> = std::tuple{
    field("set", &Note::set, kName),
    field("frame", &Note::frame, kName),
    field("tags", &Note::tags, List(kTags, kName)),
    field("text", &Note::text, kRemark),
    given("region", &Note::region, kRectangle),
};

template <>
inline constexpr auto kFields<RunChoice> = std::tuple{
    field("set", &RunChoice::set, kName),
    field("model", &RunChoice::model, kName),
    needed("score", &RunChoice::score, kObject),
    needed("protocol", &RunChoice::protocol, kProtocol),
    field("resolution", &RunChoice::resolution, Named(kResolutions)),
    field("all_channels", &RunChoice::allChannels, kFlag),
};
/// Runs that version 0.1.0 wrote were measured as the view says.
template <>
[[nodiscard]] inline RunChoice unread<RunChoice>(const Place& place) {
  RunChoice run;
  run.resolution = place.session->view.resolution;
  run.allChannels = place.session->view.allChannels;
  return run;
}

template <>
inline constexpr auto kFields<GridRecipe::Row> = std::tuple{
    needed("set", &GridRecipe::Row::set, kName),
    needed("frame", &GridRecipe::Row::frame, kName),
    given("caption", &GridRecipe::Row::caption, kName),
    given("inset", &GridRecipe::Row::inset, kRectangle),
};

template <>
inline constexpr auto kFields<GridRecipe> = std::tuple{
    field("rows", &GridRecipe::rows, List(kRows, kObject)),
    field("scores", &GridRecipe::scores, List(kSources, kObject)),
    field("decision", &GridRecipe::decision, kFlag),
    given("predicted_classes", &GridRecipe::predictedClasses, kFlag),
    given("true_classes", &GridRecipe::trueClasses, kFlag),
    given("open_set", &GridRecipe::openSet, kFlag),
    given("captions", &GridRecipe::captions, List(kRows, kName)),
};

template <>
inline constexpr auto kFields<FigureLook> = std::tuple{
    field("title", &FigureLook::title, kFlag),
    field("iso_f1", &FigureLook::isoF1, kFlag),
    field("operating_point", &FigureLook::operatingPoint, kFlag),
    field("legend", &FigureLook::legend, Named(kFigureLegends)),
};

template <>
inline constexpr auto kFields<ResultsLook> = std::tuple{
    field("metric", &ResultsLook::metric, kName),
    field("best_of", &ResultsLook::bestOf, Named(kBestOf)),
};

template <>
inline constexpr auto kFields<FolderPolarity> = std::tuple{
    needed("folder", &FolderPolarity::folder, kPath),
    needed("polarity", &FolderPolarity::polarity, Named(kPolarities)),
};

template <>
inline constexpr auto kFields<FolderStatistics> = std::tuple{
    needed("folder", &FolderStatistics::folder, kPath),
    needed("statistics", &FolderStatistics::file, kPath),
};

template <>
inline constexpr auto kFields<Session> = std::tuple{
    field("sets", &Session::sets, List(kSets, kObject)),
    field("models", &Session::models, List(kSources, kObject)),
    field("scores", &Session::scores, List(kSources, kPath)),
    given("ensembles", &Session::ensembles, List(kSources, kObject)),
    given("polarities", &Session::polarities, List(kSources, kObject)),
    given("folder_statistics", &Session::folderStatistics, List(kSources, kObject)),
    field("methods", &Session::methods, List(kConfigurations, kMethodName)),
    field("temperatures", &Session::temperatures, List(kConfigurations, kTemperature)),
    field("protocols", &Session::protocols, List(kConfigurations, kProtocol)),
    field("view", &Session::view, kObject),
    field("notes", &Session::notes, List(kNotes, kObject)),
    field("runs", &Session::runs, List(kRuns, kObject)),
    given("grid", &Session::grid, kObject),
    given("figure", &Session::figure, kObject),
    given("results", &Session::results, kObject),
};

}  // namespace oodscope::session_fields
