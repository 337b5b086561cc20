// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/weighted_source.h"

#include "analysis/core/numbers.h"
#include "analysis/core/sha256.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

/// "0.5 msp at T 2 of net.pth".
std::string partText(const WeightedSource::Part& part) {
  std::string out = roundTripText(part.weight);
  out += ' ';
  if (part.configuration.method) {
    out += part.configuration.method->name();
    const float temperature = part.configuration.temperature.value_or(1.0F);
    if (temperature != 1.0F) out.append(" at T ").append(roundTripText(temperature));
    out += " of ";
  }
  return out + part.source->name();
}

/// `out` += weight * scores, or = where `isFirst`.
void addWeighted(const ScoreMap& scores, float weight, bool isFirst, ScoreMap& out) {
  const std::span<const float> values = scores.values();
  const std::span<float> sums = out.values();
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const float weighted = weight * values[i];
    sums[i] = isFirst ? weighted : sums[i] + weighted;
  }
}

}  // namespace

WeightedSource::WeightedSource(std::vector<Part> parts) : m_parts(std::move(parts)) {
  require(m_parts.size() >= 2, "WeightedSource: a sum of two or more");
  for (const Part& part : m_parts) {
    require(std::isfinite(part.weight), "WeightedSource: finite weights");
    m_name.append(m_name.empty() ? "" : " + ").append(partText(part));
  }
}

SourceId WeightedSource::id() const {
  Sha256 all;
  for (const ScoreTerm& term : terms({})) {
    all.add(term.source.content).add("\n").add(term.source.reading).add("\n");
    all.add(term.method ? term.method->name() : "").add("\n");
    all.add(term.temperature ? roundTripText(*term.temperature) : "").add("\n");
    for (const int channel : term.channels.list) all.add(std::to_string(channel)).add(" ");
    all.add(term.channels.all ? "all\n" : "\n").add(roundTripText(term.weight)).add("\n");
    if (!term.pass.empty()) all.add("pass ").add(term.pass).add("\n");
  }
  return {all.hex(), "sum"};
}

std::vector<ScoreTerm> WeightedSource::terms(const Configuration&) const {
  std::vector<ScoreTerm> out;
  for (const Part& part : m_parts)
    for (ScoreTerm& term : part.source->terms(part.configuration)) {
      term.weight *= part.weight;
      out.push_back(std::move(term));
    }
  return out;
}

std::optional<std::size_t> WeightedSource::framesWithoutFile() const {
  std::optional<std::size_t> most;
  for (const Part& part : m_parts) most = std::max(most, part.source->framesWithoutFile());
  return most;
}

std::vector<Configuration> WeightedSource::configurations(const std::vector<Method>&, const std::vector<float>&) const {
  return {{m_name, std::nullopt, std::nullopt}};
}

void WeightedSource::prepare(std::size_t frame) {
  for (const Part& part : m_parts) part.source->prepare(frame);
}

ScoreMap WeightedSource::score(std::size_t frame, const Configuration&, Size target) const {
  ScoreMap out(target);
  for (const Part& part : m_parts)
    addWeighted(part.source->values(frame, part.configuration, target), static_cast<float>(part.weight),
                &part == &m_parts.front(), out);
  return out;
}

std::string WeightedSource::precision() const {
  std::vector<std::string> all;
  for (const Part& part : m_parts)
    if (std::string one = part.source->precision(); !one.empty()) all.push_back(std::move(one));
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::string out;
  for (const std::string& one : all) out.append(out.empty() ? "" : ", ").append(one);
  return out;
}

std::vector<std::string> WeightedSource::warnings() const {
  std::vector<std::string> out;
  for (const Part& part : m_parts)
    for (std::string& sentence : part.source->warnings())
      if (std::find(out.begin(), out.end(), sentence) == out.end()) out.push_back(std::move(sentence));
  return out;
}

std::vector<std::pair<std::string, std::string>> WeightedSource::provenance() const {
  std::vector<std::pair<std::string, std::string>> out = {{"scores", m_name}};
  for (std::size_t i = 0; i < m_parts.size(); ++i) {
    const Part& part = m_parts[i];
    const std::string before = std::string("term").append(std::to_string(i + 1)).append("_");
    out.emplace_back(before + "weight", roundTripText(part.weight));
    if (part.configuration.method) out.emplace_back(before + "method", part.configuration.method->name());
    if (part.configuration.temperature)
      out.emplace_back(before + "temperature", roundTripText(*part.configuration.temperature));
    for (auto& [key, value] : part.source->provenance()) out.emplace_back(before + key, std::move(value));
  }
  return out;
}

}  // namespace oodscope
