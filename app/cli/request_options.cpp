// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/request_options.h"

#include "analysis/tables/table_writers.h"
#include "app/options/ranges.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <sstream>

namespace oodscope {
namespace {

constexpr int kMostLabelValue = 65'535;  // of 16 bits
constexpr int kMostChannels = 4096, kMostSide = 16'384;
constexpr std::size_t kMostConfigurations = 1000;  // of one kind; each costs a pass over the set

std::vector<std::string> splitAtCommas(const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const std::string& value : values) {
    std::istringstream in(value);
    for (std::string part; std::getline(in, part, ',');)
      if (!part.empty()) out.push_back(part);
  }
  return out;
}

int wholeNumber(const std::string& text, const char* option) {
  const auto value = wholeNumberFromText(text);
  if (!value) throw CLI::ValidationError(option, "'" + text + "' is not a whole number");
  if (*value < -kMostLabelValue || *value > kMostLabelValue)
    throw CLI::ValidationError(option, "'" + text + "' is not within " + std::to_string(kMostLabelValue));
  return static_cast<int>(*value);
}

std::uint8_t meaningOf(const std::string& text) {
  if (text == "normal") return kNormal;
  if (text == "anomaly") return kAnomaly;
  if (text == "void") return kVoid;
  throw CLI::ValidationError("--values", "'" + text + "' is none of normal, anomaly, void");
}

GenericLayout genericLayout(const RequestOptions& options) {
  GenericLayout layout;
  layout.images = options.genericImages;
  layout.masks = options.genericMasks;
  for (const std::string& part : splitAtCommas({options.genericValues})) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos)
      throw CLI::ValidationError("--values", "'" + part + "' is not VALUE=MEANING, as 1=anomaly");
    const std::uint8_t meaning = meaningOf(part.substr(equals + 1));
    if (part.substr(0, equals) == "other") {
      layout.encoding.otherwise = meaning;
      layout.encoding.isOtherwiseMeant = true;
    } else {
      layout.encoding.meaning[wholeNumber(part.substr(0, equals), "--values")] = meaning;
    }
  }
  layout.encoding.description = options.genericValues;
  return layout;
}

template <class T, class Parse>
std::vector<T> parsed(const std::vector<std::string>& names, const char* option, const std::string& allowed,
                      const Parse& parse) {
  std::vector<T> out;
  for (const std::string& name : names) {
    const std::optional<T> value = parse(name);
    if (!value)
      throw CLI::ValidationError(option, std::string("'").append(name).append("' is none of ").append(allowed));
    if (std::find(out.begin(), out.end(), *value) == out.end()) out.push_back(*value);
  }
  return out;
}

/// An item of --method: METHOD or METHOD+FILTER+FILTER. Items of another form have their own reader beside this one.
FilteredMethod filteredMethodOf(const std::string& item) {
  try {
    const FilteredName name = parseFilteredName(item);
    if (const auto method = Method::named(name.base)) return {*method, name.filters};
  } catch (const Error& error) {
    throw CLI::ValidationError("--method", error.what());
  }
  throw CLI::ValidationError("--method", "'" + item + "' is none of " + methodNames() + ", nor one of them with +" +
                                             "FILTER, a filter being one of " + filterNames());
}

std::vector<FilteredMethod> filteredMethodsOf(const std::vector<std::string>& items) {
  std::vector<FilteredMethod> out;
  for (const std::string& item : items)
    if (FilteredMethod method = filteredMethodOf(item); std::ranges::find(out, method) == out.end())
      out.push_back(std::move(method));
  return out;
}

std::string choiceText(std::string what, const std::string& names, std::string_view usual) {
  return what.append(", separated by commas: ").append(names).append(" (default ").append(usual).append(")");
}

/// Names of the protocols that rank at the network's resolution unasked.
std::string networkProtocols() {
  std::string out;
  for (const Protocol protocol : allProtocols())
    if (protocol.rule().isAtNetworkResolution) out.append(out.empty() ? "" : ", ").append(protocol.name());
  return out;
}

}  // namespace

void RequestOptions::addTo(CLI::App& app) {
  app.add_option("--session", session,
                 "Take sets, models, methods and knobs from a session file; other options override it")
      ->type_name("FILE");
  app.add_option(
         "--set", sets,
         "A data set's folder, or DIR::PART for a split (DIR::test), Lost and Found's DIR::NoKnown or a list of "
         "frame names (DIR::list.txt); may be given several times")
      ->type_name("DIR");
  app.add_option("--model", models, "A network: a state dict (.pth) or TorchScript file; may be given several times")
      ->type_name("FILE");
  app.add_option("--scores", scores,
                 "A folder of ready-made score maps or logits, one a frame; may be given several times")
      ->type_name("DIR");
  app.add_option("--score-name", scoreName,
                 "Which array of score files that hold several (.npz, HDF5); default: the obvious one")
      ->type_name("NAME");
  app.add_option(
         "--polarity", polarity,
         "What a high value of score maps means: anomaly-high, normal-high (a confidence c, read as 1 - c) or auto "
         "(default: as the files' form says; BRAVO's _conf.png are normal-high)")
      ->type_name("WHICH")
      ->check(CLI::IsMember({"auto", "anomaly-high", "normal-high"}));
  app.add_option(
         "--statistics", statistics,
         "What fit wrote, a published SET_mean.npy with its SET_var.npy, or SegmentMeIfYouCan's .h5 of means and "
         "inverse covariances, for methods that need it (default: "
         "the session's, else the file beside the model); may be given several times: each model takes the "
         "first that is of its file")
      ->type_name("FILE");
  app.add_option("--method", methods,
                 choiceText("Anomaly scores", methodNames(), Method().name()) +
                     "; all: each that the source can serve from what is stored, without filters; with +FILTER "
                     "behind it a score is filtered at the size where it is evaluated, as energy+gaussian or "
                     "sml+boundary+dilated; filters: " +
                     filterNames() +
                     "; W*TERM+W*TERM: an ensemble, TERM a method, (METHOD+FILTER) or score for a folder's maps, or "
                     "several joined by *, with @LABEL of another --model or --scores behind it")
      ->type_name("LIST");
  app.add_option("--normalise", normalise,
                 "How an ensemble's scores are brought to one scale: none, min-max, rank or standardised, over the "
                 "pixels that are not void of the set (:set, the default) or of each frame (:frame)")
      ->type_name("HOW");
  app.add_option("--temperature", temperatures, "Temperatures, separated by commas (default 1)")
      ->delimiter(',')
      ->type_name("LIST");
  app.add_option("--parameter", parameters,
                 "What methods that run a network once more do it with, as NAME=VALUE; may be given several times: " +
                     passParameterNames())
      ->type_name("NAME=VALUE");
  app.add_option("--protocol", protocols, choiceText("Protocols", protocolNames(), Protocol().name()))
      ->type_name("LIST");
  app.add_option("--resolution", resolution,
                 std::string("Where scores and labels meet: network or label (default: network for ")
                     .append(networkProtocols())
                     .append(", label for the others)"))
      ->type_name("WHERE");
  app.add_option("--channels", channels,
                 "Channels that take part: a count, a list as 0-10,13, or all (default: the known classes)")
      ->type_name("LIST");
  app.add_option("--void-channel", voidChannel, "The network's trained void channel; -1: it has none")
      ->type_name("N")
      ->check(wholeFrom(-1, kMostChannels - 1));
  app.add_option("--input-width", inputWidth, "Network input width in place of the model's own")
      ->type_name("PX")
      ->check(wholeFrom(8, kMostSide));
  app.add_option("--input-height", inputHeight, "Network input height in place of the model's own")
      ->type_name("PX")
      ->check(wholeFrom(8, kMostSide));
  app.add_option("--images", genericImages, "For a folder of no known layout: where its images are, as 'images/*'")
      ->type_name("GLOB");
  app.add_option("--masks", genericMasks, "For a folder of no known layout: where its masks are, as 'masks/*'")
      ->type_name("GLOB");
  app.add_option("--values", genericValues,
                 "For a folder of no known layout: mask values, as 0=normal,1=anomaly,other=void")
      ->type_name("LIST");
  app.add_flag("--as-submitted", asSubmitted,
               "Round score maps to float16 before anything is computed, as the files are that benchmarks take");
  addRunTo(app);
}

void RequestOptions::addRunTo(CLI::App& app) {
  app.add_option("--device", device, "cpu or cuda (where the linked LibTorch has it)")->type_name("NAME");
  app.add_option("--threads", threads, "Threads to use (default: all cores)")->type_name("N")->check(threadCount());
  app.add_option("--cache-dir", cacheDir, "Where logits are kept (default: below XDG_CACHE_HOME)")->type_name("DIR");
  app.add_option("--cache-size", cacheGigabytes, "Bound of the logits kept, in GB")
      ->type_name("GB")
      ->check(numberFrom(1e-6, 1e6));
  app.add_option("--precision", precision, "How logits are kept: half or single")->type_name("NAME");
  app.add_option("--memory", memoryMegabytes, "Bound of the score maps held in memory, in MB")
      ->type_name("MB")
      ->check(wholeFrom(0, 16 << 20));
  app.add_flag("--no-cache", noCache, "Keep no logits after the run");
  app.add_flag("--quiet", quiet, "Say nothing but errors");
  app.add_flag("--verbose", verbose, "Say what was assumed and skipped");
}

Verbosity RequestOptions::verbosity() const {
  if (quiet) return Verbosity::Quiet;
  return verbose ? Verbosity::Verbose : Verbosity::Normal;
}

void addFormatOptions(CLI::App& app, std::string& format, std::string& output) {
  std::vector<std::string> names;
  std::string help;
  for (const TableWriter* writer : tableWriters()) {
    names.emplace_back(writer->name);
    help.append(help.empty() ? "" : writer == tableWriters().back() ? " or " : ", ").append(writer->name);
    if (!writer->help.empty()) help.append(" (").append(writer->help).append(")");
  }
  app.add_option("--format", format, help)->check(CLI::IsMember(names));
  app.add_option("--output", output, "File to write (default: standard output)")->type_name("FILE");
}

std::vector<std::string> splitMethods(const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const std::string& value : values) {
    bool isQuoted = false, isNew = true;
    for (const char character : value) {
      if (character == '"') isQuoted = !isQuoted;
      if (character == ',' && !isQuoted) {
        isNew = true;
        continue;
      }
      if (isNew) out.emplace_back();
      isNew = false;
      out.back() += character;
    }
  }
  return out;
}

std::vector<int> parseChannels(const std::string& text) {
  std::vector<int> out;
  if (text.empty()) return out;
  const std::vector<std::string> parts = splitAtCommas({text});
  if (parts.size() == 1 && parts.front().find('-') == std::string::npos) {
    const int count = wholeNumber(parts.front(), "--channels");
    if (count < 1 || count > kMostChannels)
      throw CLI::ValidationError("--channels", "1 to " + std::to_string(kMostChannels) + " channels are possible");
    out.resize(static_cast<std::size_t>(count));
    std::iota(out.begin(), out.end(), 0);
    return out;
  }
  std::set<int> chosen;
  for (const std::string& part : parts) {
    const std::size_t dash = part.find('-');
    const int first = wholeNumber(part.substr(0, dash), "--channels");
    const int last = dash == std::string::npos ? first : wholeNumber(part.substr(dash + 1), "--channels");
    if (first < 0 || last < first || last >= kMostChannels)
      throw CLI::ValidationError("--channels", "'" + part + "' is no range");
    for (int channel = first; channel <= last; ++channel) chosen.insert(channel);
  }
  out.assign(chosen.begin(), chosen.end());
  return out;
}

namespace {

/// What is given replaces what the session has: sets the sets, a model or a folder of scores all sources.
void takeSetsAndSources(const RequestOptions& options, EvaluationRequest& request) {
  if (!options.sets.empty()) {
    request.sets.clear();
    std::optional<GenericLayout> generic;
    if (!options.genericImages.empty() || !options.genericMasks.empty() || !options.genericValues.empty())
      generic = genericLayout(options);
    for (const std::string& path : options.sets) request.sets.push_back({std::filesystem::path(path), generic});
  }
  if (!options.models.empty() || !options.scores.empty()) {
    request.models.clear();
    request.scores.clear();
  }
  for (const std::string& path : options.models) request.models.push_back({.path = path});
  for (const std::string& path : options.scores) request.scores.emplace_back(path);
  if (request.sets.empty() && options.needsSet) throw CLI::ValidationError("--set", "at least one set is needed");
  if (request.models.empty() && request.scores.empty())
    throw CLI::ValidationError("--model", "a model or a folder of scores is needed");
}

/// NAME=VALUE of further passes.
void takePassValues(const RequestOptions& options, EvaluationRequest& request) {
  for (const std::string& part : splitAtCommas(options.parameters)) {
    const std::size_t equals = part.find('=');
    const PassParameter* parameter = passParameter(part.substr(0, equals));
    if (parameter == nullptr || equals == std::string::npos)
      throw CLI::ValidationError("--parameter", "'" + part + "' is not NAME=VALUE of one of " + passParameterNames());
    const auto value = numberFromText(part.substr(equals + 1));
    const auto problem = value ? passValueProblem(*parameter, *value) : "a number";
    if (problem)
      throw CLI::ValidationError(
          "--parameter", std::string(parameter->name) + " is " + *problem + ", not '" + part.substr(equals + 1) + "'");
    request.passes.insert_or_assign(std::string(parameter->name), *value);
  }
}

/// The ensembles among `names`, which they are taken out of. Only what they are made of is known later.
void takeEnsembles(const RequestOptions& options, std::vector<std::string>& names, EvaluationRequest& request) {
  try {
    const Normalisation normalisation = parseNormalisation(options.normalise);
    if (!names.empty()) request.ensembles.clear();
    for (const std::string& name : names)
      if (isEnsemble(name)) request.ensembles.push_back({parseEnsemble(name), normalisation});
  } catch (const Error& error) {
    throw CLI::ValidationError("--method", error.what());
  }
  const bool isGiven = !names.empty();
  std::erase_if(names, [](const std::string& name) { return isEnsemble(name); });
  if (isGiven && names.empty()) request.methods.clear();
}

/// Methods, protocols, temperatures, resolution and channels.
void takeScoring(const RequestOptions& options, EvaluationRequest& request) {
  std::vector<std::string> names = splitMethods(options.methods);
  takeEnsembles(options, names, request);
  request.everyMethod = names == std::vector<std::string>{"all"};
  if (!request.everyMethod) {
    auto methods = filteredMethodsOf(names);
    if (!methods.empty()) request.methods = std::move(methods);
  }
  const auto protocols =
      parsed<Protocol>(splitAtCommas(options.protocols), "--protocol", protocolNames(), Protocol::named);
  if (!protocols.empty()) request.protocols = protocols;
  if (options.temperatures.size() > kMostConfigurations)
    throw CLI::ValidationError("--temperature", "at most " + std::to_string(kMostConfigurations) + " temperatures");
  if (!options.temperatures.empty()) request.temperatures.clear();
  for (const double temperature : options.temperatures) {
    const auto used = static_cast<float>(temperature);  // what scores are made with: 1e-60 is 0 there, 1e60 infinite
    if (!(used > 0.0F) || !std::isfinite(used))
      throw CLI::ValidationError("--temperature", "temperatures are finite and above 0");
    request.temperatures.push_back(static_cast<float>(temperature));
  }
  if (!options.resolution.empty()) {
    const auto resolution = resolutionFromName(options.resolution);
    if (!resolution || *resolution == Resolution::ByProtocol)
      throw CLI::ValidationError("--resolution", "'" + options.resolution + "' is neither network nor label");
    request.resolution = *resolution;
  }
  request.channels.all = options.channels == "all";
  if (!request.channels.all) request.channels.list = parseChannels(options.channels);
}

void takeInputSize(const RequestOptions& options, EvaluationRequest& request) {
  if (options.inputWidth <= 0 && options.inputHeight <= 0) return;
  if (options.inputWidth <= 0 || options.inputHeight <= 0)
    throw CLI::ValidationError("--input-width", "give --input-width and --input-height together");
  request.input = Size{options.inputWidth, options.inputHeight};
}

void takeDevice(const RequestOptions& options, EvaluationRequest& request) {
  if (options.device == "cuda") {
    if (!hasCuda()) throw CLI::ValidationError("--device", "the linked LibTorch has no CUDA device; use cpu");
    request.device = Device::Cuda;
  } else if (options.device != "cpu") {
    throw CLI::ValidationError("--device", "'" + options.device + "' is neither cpu nor cuda");
  }
}

void takeStore(const RequestOptions& options, EvaluationRequest& request) {
  if (options.precision != "half" && options.precision != "single")
    throw CLI::ValidationError("--precision", "'" + options.precision + "' is neither half nor single");
  request.store = {.folder = options.cacheDir,
                   .maxBytes = static_cast<std::uint64_t>(options.cacheGigabytes * 1e9),
                   .precision = options.precision == "half" ? StorePrecision::Half : StorePrecision::Single,
                   .temporary = options.noCache,
                   .memoryBytes = std::min(std::uint64_t{256} << 20U, (options.memoryMegabytes << 20U) / 4)};
}

void takeRun(const RequestOptions& options, EvaluationRequest& request) {
  takeDevice(options, request);
  takeStore(options, request);
  request.threads = options.threads;
  request.memoryBudget = options.memoryMegabytes << 20U;
}

}  // namespace

EvaluationRequest runRequestFrom(const RequestOptions& options) {
  EvaluationRequest request;
  takeRun(options, request);
  return request;
}

EvaluationRequest requestFrom(const RequestOptions& options) {
  EvaluationRequest request;
  if (!options.session.empty()) request = requestOf(readSession(options.session));
  takeSetsAndSources(options, request);
  takeScoring(options, request);
  takePassValues(options, request);
  takeInputSize(options, request);
  request.scoreName = options.scoreName;
  for (const std::string& path : options.statistics) request.statistics.emplace_back(path);
  for (const Polarity polarity : {Polarity::AnomalyHigh, Polarity::NormalHigh})
    if (options.polarity == polarityName(polarity)) request.polarity = polarity;
  request.voidChannel = options.voidChannel;
  request.asSubmitted = options.asSubmitted;
  takeRun(options, request);
  return request;
}

}  // namespace oodscope
