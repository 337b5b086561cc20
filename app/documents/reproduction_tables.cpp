// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/reproduction_tables.h"

#include "analysis/core/numbers.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/scores/method_kinds.h"

#include <array>

namespace oodscope {
namespace {

using Words = std::vector<std::string>;

/// What files of trainings are called by: by their authors' folders (FarInHeight, Real-Time-Anomaly-Segmentation-for-
/// Road-Scenes, save/) and by what was trained.
const Words kVoidWords{"void", "fine_tuning", "fine_tuned", "finetuning", "finetuned"};
const Words kScratchWords{"training", "scratch", "from_scratch", "100_epochs"};
const Words kCrossEntropyWords{"ce", "cross_entropy", "crossentropy"};
const Words kFocalWords{"focal", "fl"};
const Words kLogitNormWords{"logit_norm", "logitnorm", "ln"};
const Words kIsomaxWords{"isomax", "isomax_plus", "isomaxplus"};

Words together(std::initializer_list<Words> groups) {
  Words out;
  for (const Words& group : groups) out.insert(out.end(), group.begin(), group.end());
  return out;
}

WantedNetwork erfnet() {
  return {.model = "ERFNet",
          .architectures = {"ERFNet"},
          .classes = {19, 20},
          .foreignWords = together({kVoidWords, kScratchWords, kFocalWords, kLogitNormWords, kIsomaxWords})};
}

std::vector<WantedNetwork> voidClassifiers() {
  return {{.model = "ENet with void class",
           .architectures = {"ENet", "ENet-zh320"},
           .classes = {20},
           .voidClass = WantedNetwork::VoidClass::Counted},
          {.model = "ERFNet with void class",
           .architectures = {"ERFNet"},
           .classes = {20},
           .voidClass = WantedNetwork::VoidClass::Named},
          {.model = "BiSeNet with void class",
           .architectures = {"BiSeNetV1"},
           .classes = {20},
           .voidClass = WantedNetwork::VoidClass::Counted}};
}

/// ERFNets trained for 100 epochs, which differ by their loss: IsoMax+ by its head, all others by name alone.
std::vector<WantedNetwork> trainedWithOtherLosses() {
  const auto trained = [](const std::string& loss, const std::string& head, std::vector<Words> words, Words foreign) {
    return WantedNetwork{.model = "ERFNet, 100 epochs, " + loss,
                         .architectures = {"ERFNet"},
                         .classes = {19, 20},
                         .head = head,
                         .words = std::move(words),
                         .foreignWords = together({kVoidWords, std::move(foreign)})};
  };
  const std::string isomax = "isomax-plus-scalar";
  return {
      trained("CE", "", {kScratchWords, kCrossEntropyWords}, together({kFocalWords, kLogitNormWords})),
      trained("LN + CE", "", {kLogitNormWords, kCrossEntropyWords}, together({kFocalWords, {"imagenet"}})),
      trained("LN + FL", "", {kLogitNormWords, kFocalWords}, kCrossEntropyWords),
      trained("IsoMax + CE", isomax, {kCrossEntropyWords}, kFocalWords),
      trained("IsoMax + FL", isomax, {kFocalWords}, kCrossEntropyWords),
  };
}

/// A method as the tables' rows call it.
struct NamedMethod {
  const char* title;
  const char* name;
  bool hasTemperature;
};
constexpr std::array kBaselines = {NamedMethod{"MSP", "msp", true}, NamedMethod{"MaxLogit", "max-logit", false},
                                   NamedMethod{"Max Entropy", "max-entropy", true}};

std::optional<double> plainTemperature(const NamedMethod& method) {
  return method.hasTemperature ? std::optional(1.0) : std::nullopt;
}

std::vector<WantedRow> baselineRows() {
  std::vector<WantedRow> out;
  out.reserve(kBaselines.size());
  for (const NamedMethod& method : kBaselines)
    out.push_back({.title = method.title, .method = method.name, .temperature = plainTemperature(method)});
  return out;
}

std::vector<WantedRow> temperatureRows(const std::vector<double>& temperatures) {
  std::vector<WantedRow> out;
  out.reserve(temperatures.size());
  for (const double t : temperatures)
    out.push_back({.title = "MSP (T = " + roundTripText(t) + ")", .method = "msp", .temperature = t});
  return out;
}

std::vector<WantedRow> voidRows() {
  std::vector<WantedRow> out;
  for (const char* title : {"ENet", "ERF-Net", "BiSeNet"})
    out.push_back({.title = title, .network = out.size(), .method = "void", .temperature = 1.0});
  return out;
}

std::vector<WantedRow> lossRows() {
  std::vector<WantedRow> out;
  for (const NamedMethod& method : kBaselines) {
    std::size_t network = 0;
    for (const char* loss : {"CE", "LN + CE", "LN + FL", "IsoMax + CE", "IsoMax + FL"})
      out.push_back({.title = std::string(method.title) + ", " + loss,
                     .network = network++,
                     .method = method.name,
                     .temperature = plainTemperature(method)});
  }
  return out;
}

ReproductionTable printed(std::string id, std::string title, std::string number, std::vector<WantedNetwork> networks,
                          std::vector<WantedRow> rows) {
  return {.id = std::move(id),
          .title = std::move(title),
          .source = "Real-Time Anomaly Segmentation for Road Scenes",
          .number = std::move(number),
          .networks = std::move(networks),
          .rows = std::move(rows)};
}

ReproductionTable empty(std::string id, std::string title, std::vector<WantedNetwork> networks,
                        std::vector<WantedRow> rows) {
  return {.id = std::move(id),
          .title = std::move(title),
          .source = {},
          .number = {},
          .networks = std::move(networks),
          .rows = std::move(rows)};
}

/// The task's table 2B: "MSP (best t)" besides the temperatures that it names.
std::vector<WantedRow> taskTemperatureRows() {
  std::vector<WantedRow> out{{.title = "MSP", .method = "msp", .temperature = 1.0}};
  for (WantedRow& row : temperatureRows({0.5, 0.75, 1.1})) out.push_back(std::move(row));
  out.push_back({.title = "MSP (best T)",
                 .method = "msp",
                 .bestOf = {0.5, 0.75, 1.0, 1.1, 1.2, 1.4, 1.6, 1.8, 2.0, 2.5, 3.0, 5.0}});
  return out;
}

std::vector<ReproductionTable> madeTables() {
  return {
      printed("baselines", "ERFNet anomaly inferences", "1", {erfnet()}, baselineRows()),
      printed("temperature", "ERFNet, temperature scaling", "2", {erfnet()},
              temperatureRows({1.0, 0.5, 0.75, 1.1, 1.6})),
      printed("void", "void classifiers", "3", voidClassifiers(), voidRows()),
      printed("losses", "ERFNet trained for 100 epochs with other losses", "4", trainedWithOtherLosses(), lossRows()),
      empty("task-baselines", "the task's step 2A, ERFNet baselines", {erfnet()}, baselineRows()),
      empty("task-temperature", "the task's step 2B, temperature scaling", {erfnet()}, taskTemperatureRows()),
      empty("task-void", "the task's step 3, void classifiers", voidClassifiers(), voidRows()),
  };
}

constexpr Size kCourseInput{1024, 512};
constexpr std::string_view kWholeImage = "whole-image";

constexpr std::array kRecipes = {
    MaskRecipe{.name = "a",
               .images = "the whole image brought to 1024x512",
               .scored = "raw class logits times raw mask logits, taken for logits",
               .rbaText = "none: no memberships are made",
               .classes = "20, \"no object\" among them",
               .windows = "raw-product",
               .input = kCourseInput,
               .takesEveryChannel = true,
               .hasClassLogits = false},
    MaskRecipe{.name = "b",
               .images = "the whole image brought to 1024x512",
               .scored = "memberships S at the masks' size, a quarter of the image's, taken for logits",
               .rbaText = "1 - sum S (membership-sum)",
               .classes = "19",
               .windows = kWholeImage,
               .input = kCourseInput,
               .rba = "membership-sum"},
    MaskRecipe{.name = "c",
               .images = "the whole image squashed to 1024x1024",
               .scored = "memberships S at the masks' size, a quarter of the image's, taken for logits",
               .rbaText = "-sum tanh S (rba)",
               .classes = "19",
               .windows = kWholeImage,
               .input = {1024, 1024},
               .rba = "rba"},
    MaskRecipe{.name = "authors",
               .images = "scaled to cover the trained square, cut into squares that overlap",
               .scored = "memberships S, averaged where squares overlap, taken for logits",
               .rbaText = "-sum tanh S (rba), of stored memberships: at T = 1 alone",
               .classes = "19",
               .windows = "authors-windows",
               .rba = "rba",
               .hasClassLogits = false},
};

constexpr std::array kCourseTemperatures = {0.5, 0.75, 1.0, 1.1};

/// Rows of one method at the course's temperatures.
void addTempered(const NamedMethod& method, const std::string& model, std::size_t network,
                 std::vector<WantedRow>& rows) {
  const std::string title = model + ", " + method.title;
  if (!method.hasTemperature) {
    rows.push_back({.title = title, .network = network, .method = method.name});
    return;
  }
  for (const double t : kCourseTemperatures)
    rows.push_back({.title = title + " (T = " + roundTripText(t) + ")",
                    .network = network,
                    .method = method.name,
                    .temperature = t});
}

void addRba(const MaskRecipe& recipe, std::vector<WantedRow>& rows) {
  const std::size_t first = rows.size();
  addTempered({.title = "RbA", .name = recipe.rba.empty() ? "rba" : recipe.rba.data(), .hasTemperature = true}, "EoMT",
              1, rows);
  for (std::size_t r = first; r < rows.size(); ++r) {
    if (recipe.rba.empty())
      rows[r].lack = "recipe " + std::string(recipe.name) +
                     " makes no memberships, which RbA is made of: a product of raw logits is none";
    else if (!recipe.hasClassLogits && rows[r].temperature != 1.0)
      rows[r].lack = "T divides the queries' class logits, and recipe " + std::string(recipe.name) +
                     " keeps the memberships that were made of them";
  }
}

template <class Range, class Name>
std::string namesOf(const Range& range, const Name& name) {
  std::string out;
  for (const auto& each : range) out.append(out.empty() ? "" : ", ").append(name(each));
  return out;
}

}  // namespace

const std::vector<std::string>& voidClassWords() { return kVoidWords; }

const std::vector<WantedSet>& courseSets() {
  static const std::vector<WantedSet> sets{
      {"RoadAnomaly21", {"roadanomaly21", "smiycra21"}, {layouts::kSmiycAnomaly}, 10},
      {"RoadObsticle21", {"roadobsticle21", "roadobstacle21", "smiycro21"}, {layouts::kSmiycObstacle}, 30},
      {"FS_LostFound_full",
       {"fslostfoundfull", "fslostfound", "fslostandfound", "fslf"},
       {layouts::kFishyscapesLostAndFound},
       100},
      {"fs_static", {"fsstatic"}, {layouts::kFishyscapesStatic}, 30},
      {"RoadAnomaly", {"roadanomaly", "roadanomaly2019"}, {layouts::kRoadAnomaly2019}, 60}};
  return sets;
}

const std::vector<ReproductionTable>& reproductionTables() {
  static const std::vector<ReproductionTable> tables = madeTables();
  return tables;
}

std::string reproductionTableNames() {
  return namesOf(reproductionTables(), [](const ReproductionTable& table) { return table.id; });
}

std::span<const MaskRecipe> maskRecipes() { return kRecipes; }

std::string maskRecipeNames() {
  return namesOf(kRecipes, [](const MaskRecipe& recipe) { return recipe.name; });
}

Protocol reproducedProtocol() { return protocols::kCourse; }

ReproductionTable course2025Table(const MaskRecipe& recipe) {
  const std::string name(recipe.name);
  ReproductionTable out =
      empty("course2025-" + name, "the course's edition of 2025, EoMT by recipe " + name,
            {erfnet(),
             {.model = "EoMT",
              .architectures = {"EoMT"},
              .classes = {19},
              .reading = {.options = {{"windows", std::string(recipe.windows)}},
                          .input = recipe.input.area() > 0 ? std::optional(recipe.input) : std::nullopt,
                          .takesEveryChannel = recipe.takesEveryChannel}}},
            {});
  for (const NamedMethod& method : kBaselines) addTempered(method, "ERFNet", 0, out.rows);
  out.rows.push_back({.title = "ERFNet, RbA",
                      .method = "rba",
                      .lack = "RbA is made of memberships of mask queries, which ERFNet does not give"});
  for (const NamedMethod& method : kBaselines) addTempered(method, "EoMT", 1, out.rows);
  addRba(recipe, out.rows);
  return out;
}

}  // namespace oodscope
