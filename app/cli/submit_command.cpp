// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "app/cli/command.h"
#include "app/cli/request_options.h"
#include "app/documents/submission.h"
#include "app/options/ranges.h"

#include <cstdio>
#include <memory>

namespace oodscope {
namespace {

struct SubmitCommandOptions {
  RequestOptions request;
  std::string form, output, name;
  std::vector<std::string> setNames;
  double threshold = 0.0;
  std::uint32_t smallest = 10;
  CLI::Option* thresholdOption = nullptr;
};

/// One of what a list may hold, or a word on what to do.
template <class T>
const T& onlyOne(const std::vector<T>& list, const char* option, const char* what) {
  if (list.size() != 1) throw CLI::ValidationError(option, std::string("name exactly one ") + what);
  return list.front();
}

/// The ensemble that is asked for, or the one source with its method.
void takeScores(const EvaluationRequest& request, SubmissionWork& work) {
  std::vector<OpenedSource> sources = openSourceItems(request);
  for (const OpenedSource& source : sources)
    if (!source.failure.empty()) throw Error(source.failure, {});
  if (!request.ensembles.empty()) {
    if (!isOfEnsemblesAlone(request) || request.ensembles.size() > 1)
      throw CLI::ValidationError("--method", "name exactly one method or ensemble");
    std::vector<SourceItem> items;
    items.reserve(sources.size());
    for (OpenedSource& source : sources) items.push_back(std::move(source.item));
    std::vector<std::string> problems;
    std::vector<EnsemblePlan> plans = ensemblePlans(request, items, problems);
    if (!problems.empty()) throw Error(problems.front(), {});
    if (plans.size() > 1)
      throw CLI::ValidationError("--model", "name the one source that scores without @LABEL are of");
    work.ensemble = std::move(plans.front());
    if (work.methodName.empty()) work.methodName = "ensemble";
    return;
  }
  work.item = onlyOne(sources, "--model", "network or folder of scores").item;
  if (work.item.model || !request.methods.empty())
    work.method = request.methods.empty() ? FilteredMethod() : onlyOne(request.methods, "--method", "method");
  if (work.methodName.empty())
    work.methodName = work.method ? work.method->name() : work.item.folder.filename().string();
}

SubmissionWork workFrom(const SubmitCommandOptions& options, const EvaluationRequest& request) {
  SubmissionWork work;
  for (OpenedSet& open : openSets(request.sets)) {
    if (!open.set) throw Error(open.failure, {});
    work.sets.push_back(std::move(open.set));
  }
  if (work.sets.empty()) throw CLI::ValidationError("--set", "name at least one set");
  if (!options.setNames.empty() && options.setNames.size() != work.sets.size())
    throw CLI::ValidationError("--as", "name one folder for each --set, in their order");
  if (!request.temperatures.empty()) work.temperature = onlyOne(request.temperatures, "--temperature", "temperature");
  work.channels = request.channels;
  work.output = options.output;
  work.methodName = options.name;
  takeScores(request, work);
  work.setNames = options.setNames;
  work.smallest = options.smallest;
  if (options.thresholdOption->count() > 0) work.threshold = options.threshold;
  return work;
}

int runSubmitCommand(const SubmitCommandOptions& options) {
  const SubmissionForm* form = submissionForm(options.form);
  if (form == nullptr) throw CLI::ValidationError("--form", "'" + options.form + "' is none of " + submissionNames());
  if (form->takesInstances && options.thresholdOption->count() == 0)
    throw CLI::ValidationError("--threshold", "instances are what reaches a threshold: give one");
  const EvaluationRequest request = requestFrom(options.request);
  const SubmissionWork work = workFrom(options, request);
  const Submission done = writeSubmission(*form, work, std::make_shared<LogitsStore>(request.store),
                                          terminalProgress(options.request.verbosity()), stopOnInterrupt());
  endProgressLine();
  if (done.cancelled) {
    std::fprintf(stderr, "stopped: nothing was written\n");
    return kNothingDone;
  }
  std::string text = std::to_string(done.frames) + " frames in " + std::to_string(done.files) +
                     " files: " + work.output.string() + "\n";
  if (form->takesInstances)
    text += std::to_string(done.instances) + " instances; " + std::to_string(done.withoutInstance) +
            " frames where nothing reaches the threshold hold their highest pixel\n";
  for (const auto& [key, value] : done.facts) text.append(key).append(": ").append(value).append(1, '\n');
  writeOutput(text, {});
  return kDone;
}

Command addSubmitOptions(CLI::App& app) {
  auto options = std::make_shared<SubmitCommandOptions>();
  options->request.addTo(app);
  std::string forms;
  for (const SubmissionForm& form : submissionForms())
    forms.append(forms.empty() ? "" : "; ").append(form.name).append(": ").append(form.description);
  app.add_option("--form", options->form, "Whose form: " + forms)->required()->type_name("FORM");
  app.add_option("--output", options->output, "What to write: a folder, or a .zip; must not be there yet")
      ->required()
      ->type_name("PATH");
  app.add_option("--name", options->name,
                 "The method's name in the submission (default: the method's, the folder's, or ensemble)")
      ->type_name("NAME");
  app.add_option("--as", options->setNames,
                 "What a set's folder is called in the submission, one for each --set (default: as its layout says)")
      ->type_name("NAME");
  options->thresholdOption =
      app.add_option("--threshold", options->threshold, "An instance is where the score is at least this")
          ->type_name("SCORE");
  app.add_option("--smallest", options->smallest, "Pixels that an instance has at least (default 10)")
      ->type_name("N")
      ->check(wholeFrom(1, 1 << 30));
  return [options] { return runSubmitCommand(*options); };
}

}  // namespace

extern const CommandKind kSubmitCommand;
const CommandKind kSubmitCommand{"submit", "Write scores in the form that a benchmark takes", addSubmitOptions};

}  // namespace oodscope
