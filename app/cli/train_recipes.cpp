// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/train_recipes.h"

#include "analysis/core/error.h"

#include <algorithm>

namespace oodscope {
namespace {

using RecipeOptions = std::vector<TrainRecipe::Option>;

constexpr std::string_view kSeed000 = "seed 000, tasks 4c and 4d; rates are this program's";
constexpr std::string_view kSeed001 = "seed 001, section 4.4 and the options its authors saved with their weights";
constexpr std::string_view kSeed003 = "seed 003 and its published training code";
constexpr std::string_view kSeed004 = "DenseHybrid, ECCV 2022, section 7.4";
constexpr std::string_view kDemo = "resources/demo/README.md, the fourth run";
constexpr std::string_view kDemoSecondHead = "resources/demo/README.md, a second head";

RecipeOptions joinedOptions(RecipeOptions common, const RecipeOptions& more) {
  common.insert(common.end(), more.begin(), more.end());
  return common;
}

/// ERFNet's own augmentation and schedule: Romera et al., published training code.
RecipeOptions erfnetRecipe(const RecipeOptions& more) {
  return joinedOptions({{"--network", {"ERFNet"}},
                        {"--input", {"1024", "512"}},
                        {"--batch", {"6"}},
                        {"--optimiser", {"adam"}},
                        {"--weight-decay", {"1e-4"}},
                        {"--schedule", {"polynomial"}},
                        {"--rate-by", {"epoch"}},
                        {"--shift", {"2"}}},
                       more);
}

/// Seed 001's trainings from nothing: 50 epochs each of the encoder and of the whole.
RecipeOptions erfnetAnewRecipe(const RecipeOptions& more) {
  return erfnetRecipe(joinedOptions(
      {{"--learning-rate", {"5e-4"}}, {"--encoder-epochs", {"50"}}, {"--epochs", {"50"}}, {"--best", {"miou"}}}, more));
}

RecipeOptions bisenetRecipe(const RecipeOptions& more) {
  return joinedOptions({{"--network", {"BiSeNetV1"}},
                        {"--input", {"1024", "512"}},
                        {"--crop", {"1024", "512"}},
                        {"--scales", {"0.75", "1", "1.5", "1.75", "2"}},
                        {"--batch", {"16"}},
                        {"--optimiser", {"sgd"}},
                        {"--momentum", {"0.9"}},
                        {"--weight-decay", {"1e-4"}},
                        {"--schedule", {"polynomial"}},
                        {"--rate-by", {"epoch"}},
                        {"--class-weights", {"equal"}},
                        {"--mean", {"0.485", "0.456", "0.406"}},
                        {"--std", {"0.229", "0.224", "0.225"}},
                        {"--learning-rate", {"2.5e-2"}},
                        {"--best", {"miou"}}},
                       more);
}

/// Seed 003's trainings of DeepLabV3+ on StreetHazards.
RecipeOptions streetHazardsRecipe(const RecipeOptions& more) {
  return joinedOptions({{"--network", {"DeepLabV3+ R101"}},
                        {"--no-void", {}},
                        {"--input", {"1280", "720"}},
                        {"--crop", {"512", "512"}},
                        {"--batch", {"16"}},
                        {"--epochs", {"50"}},
                        {"--optimiser", {"adam"}},
                        {"--weight-decay", {"1e-4"}},
                        {"--learning-rate", {"1e-4"}},
                        {"--backbone-learning-rate", {"1e-5"}},
                        {"--schedule", {"plateau"}},
                        {"--plateau-factor", {"0.5"}},
                        {"--plateau-patience", {"5"}},
                        {"--class-weights", {"equal"}},
                        {"--best", {"loss"}}},
                       more);
}

RecipeOptions densehybridRecipe(const RecipeOptions& more) {
  return joinedOptions({{"--loss", {"densehybrid"}},
                        {"--optimiser", {"adam"}},
                        {"--scale", {"0.5", "2"}},
                        {"--class-weights", {"equal"}}},
                       more);
}

/// The slim ERFNet of rendered scenes.
RecipeOptions demoRecipe(const RecipeOptions& more) {
  return joinedOptions({{"--network", {"ERFNet"}},
                        {"--widths", {"16,32,64"}},
                        {"--input", {"512", "256"}},
                        {"--clutter-kind", {"heaps"}},
                        {"--dropout", {"0"}},
                        {"--batch", {"2"}},
                        {"--epochs", {"8"}},
                        {"--class-weights", {"equal"}},
                        {"--void-weight", {"1.5"}},
                        {"--outlier-exposure", {"0.05"}},
                        {"--optimiser", {"adamw"}},
                        {"--learning-rate", {"1e-3"}},
                        {"--weight-decay", {"1e-4"}},
                        {"--gradient-clip", {"5"}},
                        {"--warm-up", {"100"}},
                        {"--schedule", {"cosine"}},
                        {"--weight-average", {"0.998"}},
                        {"--norm-momentum", {"0.03"}},
                        {"--colour", {"0.15", "0.15", "0"}},
                        {"--channels", {"0.05"}},
                        {"--paste", {"0.3"}},
                        {"--autocast", {"bf16"}},
                        {"--best", {"void"}}},
                       more);
}

std::vector<TrainRecipe> madeRecipes() {
  std::vector<TrainRecipe> out;
  out.push_back({"seed001-erfnet-void", "a void class for ERFNet's Cityscapes weights (--start)", kSeed001,
                 erfnetRecipe({{"--learning-rate", {"5e-5"}}, {"--epochs", {"20"}}, {"--best", {"miou"}}})});
  out.push_back({"seed001-enet-void",
                 "the same for ENet's; void is the last output, not the first",
                 kSeed001,
                 {{"--network", {"ENet"}},
                  {"--input", {"1024", "512"}},
                  {"--batch", {"4"}},
                  {"--epochs", {"20"}},
                  {"--optimiser", {"adam"}},
                  {"--learning-rate", {"5e-5"}},
                  {"--weight-decay", {"2e-4"}},
                  {"--schedule", {"step"}},
                  {"--step-factor", {"0.1"}},
                  {"--step-epochs", {"7"}},
                  {"--no-flip", {}},
                  {"--best", {"miou"}}}});
  out.push_back(
      {"seed001-bisenet", "BiSeNet, unweighted cross-entropy", kSeed001, bisenetRecipe({{"--epochs", {"300"}}})});
  out.push_back(
      {"seed001-bisenet-released", "the same as its code trains: three OHEM losses, from 2.5e-2", kSeed001,
       bisenetRecipe(
           {{"--epochs", {"300"}}, {"--loss", {"ohem"}}, {"--auxiliary", {"1"}}, {"--learning-rate", {"2.5e-2"}}})});
  out.push_back({"seed001-bisenet-void", "a void class for BiSeNet's weights (--start)", kSeed001,
                 bisenetRecipe({{"--epochs", {"20"}}, {"--learning-rate", {"2.5e-3"}}})});
  const auto anew = [&](std::string_view name, std::string_view loss) {
    out.push_back({name, "ERFNet from nothing with this loss", kSeed001, erfnetAnewRecipe({{"--loss", {loss}}})});
  };
  anew("seed001-erfnet", "cross-entropy");
  anew("seed001-erfnet-focal", "focal");
  anew("seed001-erfnet-focal-released", "focal-released");
  anew("seed001-erfnet-logit-norm", "logit-norm");
  anew("seed001-erfnet-logit-norm-focal", "logit-norm-focal");
  anew("seed001-erfnet-isomax", "isomax");
  anew("seed001-erfnet-isomax-focal", "isomax-focal");
  anew("seed001-erfnet-entropy-maximisation", "entropy-maximisation");
  const auto streets = [&](std::string_view name, std::string_view loss) {
    out.push_back({name, "DeepLabV3+ on StreetHazards", kSeed003, streetHazardsRecipe({{"--loss", {loss}}})});
  };
  streets("seed003-streethazards", "cross-entropy");
  streets("seed003-streethazards-entropy", "cross-entropy+h");
  streets("seed003-streethazards-focal-entropy", "focal+h");
  streets("seed003-streethazards-focal-entropy-released", "focal+h-released");
  out.push_back({"seed004-densehybrid", "a DenseHybrid head beside DeepLabV3+ (--start)", kSeed004,
                 densehybridRecipe({{"--network", {"DeepLabV3+ R101"}},
                                    {"--densehybrid-beta", {"0.01"}},
                                    {"--batch", {"8"}},
                                    {"--input", {"2048", "1024"}},
                                    {"--crop", {"512", "512"}},
                                    {"--learning-rate", {"1e-6"}},
                                    {"--schedule", {"constant"}}})});
  out.push_back({"seed000-linear-probe",
                 "the head alone over a backbone that stays as it is (--start)",
                 kSeed000,
                 {{"--freeze", {"probe"}}, {"--epochs", {"20"}}, {"--schedule", {"cosine"}}, {"--best", {"miou"}}}});
  out.push_back({"seed000-lp-ft",
                 "the head alone first, then all weights from there (--start)",
                 kSeed000,
                 {{"--head-epochs", {"20"}},
                  {"--epochs", {"20"}},
                  {"--learning-rate", {"1e-4"}},
                  {"--schedule", {"cosine"}},
                  {"--best", {"miou"}}}});
  out.push_back({"demo", "the slim ERFNet that ships, on rendered scenes (--generated)", kDemo, demoRecipe({})});
  // What is learned but for the void class stays as it was, so that both networks' scores can be compared.
  out.push_back({"demo-densehybrid", "a DenseHybrid head beside it, from its weights (--start)", kDemoSecondHead,
                 demoRecipe({{"--head", {"densehybrid"}},
                             {"--loss", {"densehybrid"}},
                             {"--densehybrid-beta", {"0.1"}},
                             {"--epochs", {"4"}},
                             {"--best", {"energy"}}})});
  return out;
}

/// The check that an option was first given; nullptr where it has none.
const CLI::Validator* firstCheck(CLI::Option& option) {
  try {
    return option.get_validator();
  } catch (const CLI::OptionNotFound&) {
    return nullptr;
  }
}

bool takes(CLI::App& app, const TrainRecipe::Option& given) {
  CLI::Option* option = app.get_option_no_throw(std::string(given.name));
  if (option == nullptr) return false;
  const CLI::Validator* check = firstCheck(*option);
  return std::all_of(given.values.begin(), given.values.end(), [&](std::string_view value) {
    std::string text(value);
    return check == nullptr || (*check)(text).empty();
  });
}

}  // namespace

std::span<const TrainRecipe> trainRecipes() {
  static const std::vector<TrainRecipe> recipes = madeRecipes();
  return recipes;
}

std::vector<const TrainRecipe*> recipesFor(CLI::App& app) {
  std::vector<const TrainRecipe*> out;
  for (const TrainRecipe& recipe : trainRecipes()) {
    if (std::all_of(recipe.options.begin(), recipe.options.end(),
                    [&](const TrainRecipe::Option& given) { return takes(app, given); }))
      out.push_back(&recipe);
  }
  return out;
}

std::string applyRecipe(CLI::App& app, const TrainRecipe& recipe) {
  std::string otherwise;
  // An option that a recipe names twice has the later values: they are what differs from those that it shares.
  for (auto given = recipe.options.rbegin(); given != recipe.options.rend(); ++given) {
    CLI::Option* option = app.get_option_no_throw(std::string(given->name));
    require(option != nullptr, "applyRecipe: an option that is not there");
    const bool isRepeated = std::any_of(recipe.options.rbegin(), given,
                                        [&](const TrainRecipe::Option& later) { return later.name == given->name; });
    if (isRepeated) continue;
    if (option->count() > 0) {
      otherwise.append(otherwise.empty() ? "" : ", ").append(given->name);
      for (const std::string& value : option->results()) otherwise.append(" ").append(value);
      continue;
    }
    if (given->values.empty()) option->add_result("true");
    for (const std::string_view value : given->values) option->add_result(std::string(value));
    option->run_callback();
  }
  return otherwise;
}

}  // namespace oodscope
