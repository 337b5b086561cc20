// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/logits_source.h"

namespace oodscope {

const std::vector<std::string>& ScoreSource::classNames() const {
  static const std::vector<std::string> kNone;
  return kNone;
}

std::vector<ScoreTerm> ScoreSource::terms(const Configuration& configuration) const {
  return {{.source = id(),
           .method = configuration.method,
           .temperature = configuration.temperature,
           .channels = channels()}};
}

Configuration ScoreSource::configurationOf(const std::vector<ScoreTerm>& terms) const {
  if (terms.size() != 1) return {name(), std::nullopt, std::nullopt};  // of an ensemble, which this is not
  const ScoreTerm& term = terms.front();
  return {term.method ? std::string(term.method->name()) : name(), term.method, term.temperature};
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
      out.push_back({std::string(method.name()), method, std::nullopt});
      continue;
    }
    for (const float temperature : temperatures) out.push_back({std::string(method.name()), method, temperature});
  }
  return out;
}

ScoreMap LogitsSource::score(std::size_t frame, const Configuration& configuration, Size target) const {
  if (!hasOutputs(frame)) return finishedMap(frame, target);
  ScoreMap out(target);
  readOutputs(*this, frame, [&](const FrameOutputs& outputs) {
    const ScoreParameters how = scoreParameters(configuration, outputs.view);
    if (target == outputs.view.size())
      oodscope::score(outputs.view, how, out.values());
    else
      scoreResized(outputs.view, how, target, out.values());
  });
  return out;
}

ScoreMap LogitsSource::finishedMap(std::size_t, Size) const {
  throw ContractViolation("LogitsSource: there are outputs and no finished map");
}

}  // namespace oodscope
