// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/logits_source.h"

#include "analysis/regions/map_sampling.h"
#include "analysis/scores/resized_classes.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr std::size_t kClassMapsKept = 4;

/// The filters of a chain that read predicted classes: "boundary".
std::string classReaders(const FilterChain& filters) {
  std::string out;
  for (const Filter filter : filters)
    if (filter.kind().needsClasses) out.append(out.empty() ? "" : ", ").append(filter.name());
  return out;
}

}  // namespace

Configuration configurationOf(const FilteredMethod& method, std::optional<float> temperature) {
  return {.name = method.name(), .method = method.method, .temperature = temperature, .filters = method.filters};
}

Configuration withFilters(Configuration plain, const FilterChain& filters) {
  require(plain.filters.empty(), "withFilters: there are filters already");
  plain.name = nameWithFilters(plain.name, filters);
  plain.filters = filters;
  return plain;
}

bool ScoreSource::givesClasses() const {
  const ScoreInputs given = inputs();
  return given.channels > 0 || given.membershipChannels > 0 || given.queryColumns > 0;
}

std::optional<MethodLack> ScoreSource::whyNot(const FilterChain& filters) const {
  if (!needsClasses(filters) || givesClasses()) return std::nullopt;
  return MethodLack{"the filter " + classReaders(filters) + " reads predicted classes, which " + name() + " lacks",
                    "a network or files with logits or memberships, or class maps beside the score maps",
                    "scores alone"};
}

std::vector<Configuration> filteredConfigurations(const ScoreSource& source, const std::vector<FilteredMethod>& methods,
                                                  const std::vector<float>& temperatures) {
  if (methods.empty() || source.weightedTerms() != nullptr) return source.configurations({}, temperatures);
  std::vector<Configuration> out;
  for (const FilteredMethod& method : methods) {
    if (const auto lack = source.whyNot(method.filters)) throw Error({lack->what, lack->expected, lack->found});
    for (const Configuration& plain : source.configurations({method.method}, temperatures)) {
      Configuration each = withFilters(plain, method.filters);
      if (std::ranges::find(out, each) == out.end()) out.push_back(std::move(each));
    }
  }
  return out;
}

const std::vector<std::string>& ScoreSource::classNames() const {
  static const std::vector<std::string> kNone;
  return kNone;
}

std::vector<ScoreTerm> ScoreSource::terms(const Configuration& configuration) const {
  return {{.source = id(),
           .method = configuration.method,
           .temperature = configuration.temperature,
           .channels = channels(),
           .filters = configuration.filters}};
}

Configuration ScoreSource::configurationOf(const std::vector<ScoreTerm>& terms) const {
  if (terms.size() != 1) return {name(), std::nullopt, std::nullopt};  // of an ensemble, which this is not
  const ScoreTerm& term = terms.front();
  return withFilters({term.method ? std::string(term.method->name()) : name(), term.method, term.temperature},
                     term.filters);
}

RowNames ScoreSource::rowNames(const Configuration& configuration) const {
  return {configuration.method ? name() : std::string(), configuration.name, configuration.temperature, {}};
}

std::vector<Method> servedMethods(const ScoreSource& source) {
  std::vector<Method> out;
  if (!source.takesMethods()) return out;
  const ScoreInputs inputs = source.inputs();
  for (const Method method : allMethods())
    if (!method.whyNot(inputs) && !method.needsPass(inputs)) out.push_back(method);
  return out;
}

bool servesAsOpened(const ScoreSource& source, Method method) {
  const ScoreInputs inputs = source.inputs();
  if (!source.takesMethods() || method.whyNot(inputs)) return false;
  const Configuration configuration{std::string(method.name()), method, std::nullopt};
  return !method.needsPass(inputs) || !source.terms(configuration).front().pass.empty();
}

std::vector<Configuration> LogitsSource::configurations(const std::vector<Method>& methods,
                                                        const std::vector<float>& temperatures) const {
  if (!takesMethods()) return {{name(), std::nullopt, std::nullopt}};
  std::vector<Configuration> out;
  for (const Method method : methods) {
    requirePossible(method);
    if (!method.usesTemperature(inputs())) {
      out.push_back(oodscope::configurationOf(method, std::nullopt));
      continue;
    }
    for (const float temperature : temperatures) out.push_back(oodscope::configurationOf(method, temperature));
  }
  return out;
}

ScoreMap LogitsSource::score(std::size_t frame, const Configuration& configuration, Size target) const {
  if (!hasOutputs(frame)) return filteredMap(frame, configuration, finishedMap(frame, target));
  ScoreMap out(target);
  readOutputs(*this, frame, [&](const FrameOutputs& outputs) {
    const ScoreParameters how = scoreParameters(configuration, outputs.view);
    if (target == outputs.view.size())
      oodscope::score(outputs.view, how, out.values());
    else
      scoreResized(outputs.view, how, target, out.values());
  });
  return filteredMap(frame, configuration, std::move(out));
}

ScoreMap LogitsSource::filteredMap(std::size_t frame, const Configuration& configuration, ScoreMap plain) const {
  const FilterChain& filters = configuration.filters;
  if (filters.empty()) return plain;
  const auto classes = needsClasses(filters) ? classesAt(frame, configuration, plain.size()) : nullptr;
  return filtered(plain, classes.get(), filters);
}

std::shared_ptr<const ClassMap> LogitsSource::classesAt(std::size_t frame, const Configuration& configuration,
                                                        Size target) const {
  {
    const std::scoped_lock lock(m_classMutex);
    for (const KnownClasses& known : m_classes)
      if (known.frame == frame && known.map->size() == target) return known.map;
  }
  auto made = std::make_shared<const ClassMap>(madeClasses(frame, configuration, target));
  const std::scoped_lock lock(m_classMutex);
  m_classes.push_front({frame, made});
  if (m_classes.size() > kClassMapsKept) m_classes.pop_back();
  return made;
}

ClassMap LogitsSource::madeClasses(std::size_t frame, const Configuration& configuration, Size target) const {
  std::optional<ClassMap> out;
  if (configuration.method)
    readOutputs(*this, frame, [&](const FrameOutputs& outputs) {
      if (!outputs.view.hasClasses()) return;
      out.emplace(target);
      predictedClassesResized(outputs.view, scoreParameters(configuration, outputs.view).channels, target,
                              out->values());
    });
  if (!out)
    if (const std::optional<ClassMap> own = predictedClasses(frame)) out = sampledNearest(*own, target);
  if (!out)
    throw Error({.what = "the filter " + classReaders(configuration.filters) + " reads predicted classes",
                 .expected = "logits or memberships of the frame, or a class map beside its score map",
                 .found = "scores alone of " + name()});
  return std::move(*out);
}

ScoreMap LogitsSource::finishedMap(std::size_t, Size) const {
  throw ContractViolation("LogitsSource: there are outputs and no finished map");
}

}  // namespace oodscope
