// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/tables/table_writers.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/documents/reproduce.h"
#include "app/options/resource_files.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

constexpr const char* kPublishedTables = "tables";
constexpr const char* kEdition2025 = "course2025";

struct ReproduceCommandOptions {
  RequestOptions request;
  std::string what, recipe, cityscapes, format = "markdown", output;
  std::vector<std::string> tables, sets, weights;
  bool comparesRecipes = false;
};

std::vector<ReproductionTable> publishedTables(const std::vector<std::string>& names) {
  if (names.empty()) return reproductionTables();
  std::vector<ReproductionTable> out;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(reproductionTables(), name, &ReproductionTable::id);
    if (found == reproductionTables().end())
      throw CLI::ValidationError("--table", "'" + name + "' is none of " + reproductionTableNames());
    out.push_back(*found);
  }
  return out;
}

/// The table without the rows of other networks than EoMT, which recipes say nothing of.
ReproductionTable ofEomtAlone(ReproductionTable table) {
  std::erase_if(table.rows, [&](const WantedRow& row) { return table.networks[row.network].model != "EoMT"; });
  return table;
}

std::vector<ReproductionTable> tablesOf2025(const ReproduceCommandOptions& options) {
  std::vector<ReproductionTable> out;
  for (const MaskRecipe& recipe : maskRecipes()) {
    if (options.comparesRecipes)
      out.push_back(ofEomtAlone(course2025Table(recipe)));
    else if (recipe.name == options.recipe)
      out.push_back(course2025Table(recipe));
  }
  if (out.empty())
    throw CLI::ValidationError("--recipe", options.recipe.empty()
                                               ? "one of " + maskRecipeNames() + " is needed, or --compare-recipes"
                                               : "'" + options.recipe + "' is none of " + maskRecipeNames());
  return out;
}

ReproductionRequest reproductionRequest(const ReproduceCommandOptions& options) {
  const bool isOf2025 = options.what == kEdition2025;
  if (isOf2025 && !options.tables.empty())
    throw CLI::ValidationError("--table", std::string(kEdition2025) + " is one table");
  if (!isOf2025 && (!options.recipe.empty() || options.comparesRecipes))
    throw CLI::ValidationError(options.recipe.empty() ? "--compare-recipes" : "--recipe",
                               std::string("is of ") + kEdition2025 + " alone");
  ReproductionRequest out{.tables = isOf2025 ? tablesOf2025(options) : publishedTables(options.tables),
                          .cityscapes = options.cityscapes,
                          .how = runRequestFrom(options.request)};
  out.sets.assign(options.sets.begin(), options.sets.end());
  out.weights.assign(options.weights.begin(), options.weights.end());
  return out;
}

Table tableFor(const ReproduceCommandOptions& options, const Reproduction& reproduction) {
  if (options.comparesRecipes) return recipesSideBySide(reproduction);
  const bool isForPrograms = tableWriter(options.format)->isForPrograms;
  Table out = isForPrograms ? tableForPrograms(reproduction) : tableForPeople(reproduction);
  if (options.what != kEdition2025) return out;
  for (const std::string& text : recipeTexts())
    if (text.starts_with("recipe " + options.recipe + ":")) out.remarks.insert(out.remarks.begin(), text);
  return out;
}

void sayWhatHappened(const Reproduction& reproduction, Verbosity verbosity) {
  if (verbosity == Verbosity::Verbose)
    for (const std::string& note : reproduction.notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  if (verbosity != Verbosity::Quiet)
    for (const std::string& warning : reproduction.warnings) std::fprintf(stderr, "warning: %s\n", warning.c_str());
  for (const FailedFrame& failure : reproduction.failures)
    std::fprintf(stderr, "failed: %s, frame %s: %s\n", failure.set.c_str(), failure.frame.c_str(),
                 failure.message.c_str());
  for (const std::string& unfinished : reproduction.unfinished)
    std::fprintf(stderr, "not done: %s\n", unfinished.c_str());
}

int runReproduceCommand(const ReproduceCommandOptions& options) {
  const ReproductionRequest request = reproductionRequest(options);
  const PublishedValues published = PublishedValues::read(resourceFile("published.json"));
  const Verbosity verbosity = options.request.verbosity();
  const Reproduction reproduction = reproduce(request, published, terminalProgress(verbosity), stopOnInterrupt());
  endProgressLine();
  sayWhatHappened(reproduction, verbosity);
  writeOutput(writeTable(tableFor(options, reproduction), options.format), options.output);
  if (!reproduction.hasNumbers()) return kNothingDone;
  return reproduction.failures.empty() && reproduction.unfinished.empty() && !reproduction.cancelled ? kDone
                                                                                                     : kSomeFailed;
}

Command addReproduceOptions(CLI::App& app) {
  auto options = std::make_shared<ReproduceCommandOptions>();
  app.add_option("what", options->what,
                 "tables: those of seed 001, and the empty ones of its task; course2025: the newer edition's, ERFNet "
                 "and EoMT by MSP, max-logit, max-entropy and RbA")
      ->required()
      ->check(CLI::IsMember({kPublishedTables, kEdition2025}));
  app.add_option("--table", options->tables,
                 "One of " + reproductionTableNames() + "; may be given several times (default: all)")
      ->type_name("NAME");
  app.add_option("--recipe", options->recipe,
                 "How EoMT is scored: a (raw class logits times raw mask logits, 20 classes, 1024x512), b (1 - sum S "
                 "called RbA), c (images squashed to 1024x1024) or authors (their windows)")
      ->type_name("NAME");
  app.add_flag("--compare-recipes", options->comparesRecipes, "EoMT by all recipes, side by side");
  app.add_option("--sets", options->sets,
                 "Folder with the course's sets somewhere below, known by their names or their layouts; may be given "
                 "several times")
      ->required()
      ->type_name("DIR");
  app.add_option("--weights", options->weights,
                 "Folder with files of weights, known by their content and, where that does not tell, by words of "
                 "their paths; may be given several times")
      ->required()
      ->type_name("DIR");
  app.add_option("--cityscapes", options->cityscapes,
                 "Cityscapes' validation set (DIR or DIR::val), for the mIoU column")
      ->type_name("DIR");
  options->request.addRunTo(app);
  addFormatOptions(app, options->format, options->output);
  return [options] { return runReproduceCommand(*options); };
}

}  // namespace

extern const CommandKind kReproduceCommand;
const CommandKind kReproduceCommand{"reproduce", "Published tables measured again: measured, published and difference",
                                    addReproduceOptions};

}  // namespace oodscope
