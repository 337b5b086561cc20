// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/ensemble_source.h"

#include "analysis/core/numbers.h"
#include "analysis/core/sha256.h"
#include "analysis/ensembles/weight_search.h"
#include "analysis/imaging/resize.h"

#include <algorithm>
#include <cmath>
#include <future>

namespace oodscope {
namespace {

std::uint64_t bytesOf(const std::vector<ScoreMap>& maps) {
  std::uint64_t sum = 0;
  for (const ScoreMap& map : maps) sum += map.values().size_bytes();
  return sum;
}

/// `product` *= `factor`, in double, rounded once.
void multiply(ScoreMap& product, const ScoreMap& factor) {
  const std::span<float> out = product.values();
  const std::span<const float> by = factor.values();
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i] = static_cast<float>(static_cast<double>(out[i]) * static_cast<double>(by[i]));
}

bool areFinite(const std::vector<double>& weights) {
  return std::ranges::all_of(weights, [](double weight) { return std::isfinite(weight); });
}

void addTerm(Sha256& all, const ScoreTerm& term) {
  all.add(term.source.content).add("\n").add(term.source.reading).add("\n");
  all.add(term.method ? term.method->name() : "").add("\n");
  all.add(term.temperature ? roundTripText(*term.temperature) : "").add("\n");
  for (const int channel : term.channels.list) all.add(std::to_string(channel)).add(" ");
  all.add(term.channels.all ? "all\n" : "\n").add(roundTripText(term.weight)).add("\n");
  all.add(term.isFactor ? "times\n" : "\n").add(textOf(term.normalisation)).add("\n");
  if (!term.pass.empty()) all.add("pass ").add(term.pass).add("\n");
  if (!term.filters.empty()) all.add(nameWithFilters("", term.filters)).add("\n");
  if (!term.sumFilters.empty()) all.add("sum").add(nameWithFilters("", term.sumFilters)).add("\n");
}

/// Where a resolution's scales are kept.
std::size_t slotOf(Resolution at) { return at == Resolution::Network ? 0 : 1; }

}  // namespace

EnsembleSource::EnsembleSource(std::shared_ptr<const DataSet> set, Parts parts)
    : m_set(std::move(set)),
      m_parts(std::move(parts)),
      m_isReady(m_set->frames.size(), 0),
      m_held(m_set->frames.size()) {
  require(!m_parts.terms.empty() && m_parts.expression.terms.size() == m_parts.terms.size(),
          "EnsembleSource: a term or more, each with its text");
  for (std::size_t t = 0; t < m_parts.terms.size(); ++t) {
    const Term& term = m_parts.terms[t];
    EnsembleTerm& written = m_parts.expression.terms[t];
    require(std::isfinite(term.weight), "EnsembleSource: finite weights");
    require(!term.factors.empty() && term.factors.size() == written.factors.size(),
            "EnsembleSource: a factor or more, each with its text");
    written.weight = term.weight;
    std::string text;
    for (const EnsembleFactor& factor : written.factors) text.append(text.empty() ? "" : "*").append(textOf(factor));
    m_texts.push_back(std::move(text));
  }
  if (m_parts.normalisation.kind == Normalisation::Kind::None) m_parts.normalisation.over = Normalisation::Over::Set;
  if (m_parts.label.empty()) m_parts.label = textOf(m_parts.expression);
}

template <class Use>
void EnsembleSource::eachFactor(const Use& use) const {
  for (const Term& term : m_parts.terms)
    for (const Factor& factor : term.factors) use(factor);
}

SourceId EnsembleSource::id() const {
  Sha256 all;
  for (const ScoreTerm& term : terms({})) addTerm(all, term);
  return {all.hex(), "ensemble"};
}

std::vector<double> EnsembleSource::weights(const Configuration& configuration) const {
  if (configuration.weights.size() == m_parts.terms.size() && areFinite(configuration.weights))
    return configuration.weights;
  std::vector<double> out;
  for (const Term& term : m_parts.terms) out.push_back(term.weight);
  return out;
}

Configuration EnsembleSource::configuration(const std::vector<double>& weights) const {
  require(weights.size() == m_parts.terms.size() && areFinite(weights), "EnsembleSource: a finite weight a term");
  return {name(), std::nullopt, std::nullopt, weights};
}

EnsembleExpression EnsembleSource::weighted(const Configuration& configuration) const {
  EnsembleExpression out = m_parts.expression;
  const std::vector<double> all = weights(configuration);
  for (std::size_t t = 0; t < all.size(); ++t) out.terms[t].weight = all[t];
  out.filters = sumFilters(configuration);
  return out;
}

FilterChain EnsembleSource::sumFilters(const Configuration& configuration) const {
  FilterChain out = m_parts.expression.filters;
  out.insert(out.end(), configuration.filters.begin(), configuration.filters.end());
  return out;
}

std::vector<ScoreTerm> EnsembleSource::terms(const Configuration& configuration) const {
  const std::vector<double> all = weights(configuration);
  std::vector<ScoreTerm> out;
  for (std::size_t t = 0; t < all.size(); ++t)
    for (const Factor& factor : m_parts.terms[t].factors) {
      const bool isFirst = &factor == &m_parts.terms[t].factors.front();
      ScoreTerm term = factor.source->terms(factor.configuration).front();
      term.weight = isFirst ? all[t] : 1.0;
      term.isFactor = !isFirst;
      term.normalisation = m_parts.normalisation;
      term.sumFilters = sumFilters(configuration);
      out.push_back(std::move(term));
    }
  return out;
}

Configuration EnsembleSource::configurationOf(const std::vector<ScoreTerm>& terms) const {
  std::vector<double> all;
  for (const ScoreTerm& term : terms)
    if (!term.isFactor) all.push_back(term.weight);
  Configuration plain = configuration(all.size() == m_parts.terms.size() && areFinite(all) ? all : weights({}));
  const FilterChain& own = m_parts.expression.filters;
  const FilterChain chain = terms.empty() ? own : terms.front().sumFilters;
  if (chain.size() <= own.size() || !std::equal(own.begin(), own.end(), chain.begin())) return plain;
  return withFilters(plain, {chain.begin() + static_cast<std::ptrdiff_t>(own.size()), chain.end()});
}

RowNames EnsembleSource::rowNames(const Configuration& configuration) const {
  RowNames out{m_parts.base, textOf(weighted(configuration)), std::nullopt, textOf(m_parts.normalisation)};
  eachFactor([&](const Factor& factor) {
    if (!out.temperature) out.temperature = factor.configuration.temperature;
  });
  return out;
}

std::optional<std::size_t> EnsembleSource::framesWithoutFile() const {
  std::optional<std::size_t> most;
  eachFactor([&](const Factor& factor) { most = std::max(most, factor.source->framesWithoutFile()); });
  return most;
}

std::vector<Configuration> EnsembleSource::configurations(const std::vector<Method>&, const std::vector<float>&) const {
  return {configuration(weights({}))};
}

const EnsembleSource::Factor* EnsembleSource::classFactor() const {
  const Factor* found = nullptr;
  eachFactor([&](const Factor& factor) {
    if (found == nullptr && factor.source->givesClasses()) found = &factor;
  });
  return found;
}

ClassGiver EnsembleSource::classGiver(const Configuration& configuration) const {
  const Factor* factor = classFactor();
  return factor != nullptr ? ClassGiver{factor->source.get(), factor->configuration} : ClassGiver{this, configuration};
}

const std::vector<std::string>& EnsembleSource::classNames() const {
  const Factor* factor = classFactor();
  return factor != nullptr ? factor->source->classNames() : ScoreSource::classNames();
}

ScoreMap EnsembleSource::filteredSum(std::size_t frame, const Configuration& configuration, ScoreMap sum) const {
  const FilterChain chain = sumFilters(configuration);
  if (chain.empty()) return sum;
  std::shared_ptr<const ClassMap> classes;
  if (needsClasses(chain)) {
    const ClassGiver giver = classGiver(configuration);
    classes = giver.source->classesAt(frame, giver.configuration, sum.size());
    if (!classes)
      throw Error({.what = "a filter of the ensemble reads predicted classes",
                   .expected = "a score of a source with classes",
                   .found = "none in " + name()});
  }
  return filtered(sum, classes.get(), chain);
}

std::string EnsembleSource::textOfFactor(const Factor& wanted) const {
  for (std::size_t t = 0; t < m_parts.terms.size(); ++t)
    for (std::size_t f = 0; f < m_parts.terms[t].factors.size(); ++f)
      if (&m_parts.terms[t].factors[f] == &wanted) return textOf(m_parts.expression.terms[t].factors[f]);
  return {};
}

void EnsembleSource::prepare(std::size_t frame) { makeReady(frame); }

void EnsembleSource::makeReady(std::size_t frame) const {
  const std::scoped_lock oneAtATime(m_prepareMutex);
  if (m_isReady[frame] != 0) return;  // others may read what is ready
  eachFactor([&](const Factor& factor) { factor.source->prepare(frame); });
  m_isReady[frame] = 1;
}

Size EnsembleSource::ownSize(std::size_t frame) const {
  return m_parts.terms.front().factors.front().source->ownSize(frame);
}

std::vector<ScoreMap> EnsembleSource::factorMaps(std::size_t frame, Size target) const {
  std::vector<ScoreMap> out;
  eachFactor([&](const Factor& factor) { out.push_back(factor.source->values(frame, factor.configuration, target)); });
  return out;
}

LabelMap EnsembleSource::labelAt(std::size_t frame, Size target) const {
  if (!m_set->frames[frame].label) return LabelMap(target, kNormal);
  LabelMap label = readLabel(*m_set, m_set->frames[frame]);
  return label.size() == target ? label : resizePilNearest(label, target);
}

bool EnsembleSource::hasLabels() const {
  return std::ranges::any_of(m_set->frames, [](const Frame& frame) { return frame.label.has_value(); });
}

LabelMap EnsembleSource::labelForScale(std::size_t frame, Resolution at) const {
  const Size own = ownSize(frame);
  if (!m_set->frames[frame].label) {
    const bool isAtImage = at == Resolution::Label && !m_set->frames[frame].image.empty();
    return LabelMap(isAtImage ? readPictureSize(m_set->frames[frame].image) : own, kNormal);
  }
  LabelMap label = readLabel(*m_set, m_set->frames[frame]);
  return at == Resolution::Network && label.size() != own ? resizePilNearest(label, own) : std::move(label);
}

bool EnsembleSource::canPrepare(std::size_t frame) const {
  if (!m_set->frames[frame].label && hasLabels()) return false;
  try {
    makeReady(frame);
    return true;
  } catch (const std::exception&) {
    return false;  // whoever evaluates the set lists it as failed
  }
}

EnsembleSource::Scales EnsembleSource::fitted(Resolution at) const {
  std::vector<ScaleFit> fits;
  eachFactor([&](const Factor&) { fits.emplace_back(m_parts.normalisation.kind); });
  std::size_t used = 0;
  for (std::size_t frame = 0; frame < m_set->frames.size(); ++frame) {
    if (!canPrepare(frame)) continue;
    LabelMap label;
    std::vector<ScoreMap> maps;
    try {
      label = labelForScale(frame, at);
      maps = factorMaps(frame, label.size());
    } catch (const std::exception&) {
      continue;  // takes no part in the set's numbers either
    }
    for (std::size_t f = 0; f < fits.size(); ++f) fits[f].add(maps[f].values(), label.values());
    ++used;
  }
  if (used == 0)
    throw Error(ErrorParts{
        .what = "an ensemble cannot be normalised over its set",
        .expected = "frames that all its scores can be made of, with labels where the set has any; or --normalise "
                    "none",
        .found = "none in " + m_set->name,
        .file = m_set->root});
  Scales out;
  for (const ScaleFit& fit : fits) out.push_back(fit.scale());
  return out;
}

std::shared_ptr<const EnsembleSource::Scales> EnsembleSource::setScales(Resolution at) const {
  const std::scoped_lock lock(m_scalesMutex);
  std::shared_ptr<const Scales>& scales = m_scales[slotOf(at)];
  // In a thread of its own: a worker that waits for the pixels of a frame could be given another frame to score, which
  // would wait for the scales in turn; and LibTorch keeps a team of threads for each that runs a network.
  if (!scales)
    scales = std::make_shared<const Scales>(std::async(std::launch::async, [&] { return fitted(at); }).get());
  return scales;
}

std::vector<ScoreMap> EnsembleSource::made(std::size_t frame, Size target, Resolution at) const {
  const Normalisation& normalisation = m_parts.normalisation;
  const bool isScaled = normalisation.kind != Normalisation::Kind::None;
  const bool isBySet = isScaled && normalisation.over == Normalisation::Over::Set;
  const std::shared_ptr<const Scales> scales = isBySet ? setScales(at) : nullptr;
  std::vector<ScoreMap> factors = factorMaps(frame, target);
  const LabelMap label = isScaled && !isBySet ? labelAt(frame, target) : LabelMap();
  for (std::size_t f = 0; f < factors.size() && isScaled; ++f) {
    if (isBySet) {
      (*scales)[f].apply(factors[f].values());
      continue;
    }
    ScaleFit fit(normalisation.kind);
    fit.add(factors[f].values(), label.values());
    fit.scale().apply(factors[f].values());
  }
  std::vector<ScoreMap> out;
  std::size_t next = 0;
  for (const Term& term : m_parts.terms) {
    ScoreMap product = std::move(factors[next++]);
    for (std::size_t f = 1; f < term.factors.size(); ++f) multiply(product, factors[next++]);
    out.push_back(std::move(product));
  }
  return out;
}

EnsembleSource::Maps EnsembleSource::held(std::size_t frame, Size target, Resolution at) const {
  const std::scoped_lock lock(m_heldMutex);
  const Held& held = m_held[frame];
  return held.maps && held.at == at && held.maps->front().size() == target ? held.maps : nullptr;
}

void EnsembleSource::hold(std::size_t frame, Resolution at, const Maps& maps) const {
  const std::uint64_t bytes = bytesOf(*maps);
  Maps dropped;  // freed after the lock
  const std::scoped_lock lock(m_heldMutex);
  Held& held = m_held[frame];
  if (held.maps) m_heldBytes -= bytesOf(*held.maps);
  dropped = std::move(held.maps);
  held = {};
  if (m_heldBytes + bytes > m_parts.memoryBytes) return;
  held = {maps, at};
  m_heldBytes += bytes;
}

EnsembleSource::Maps EnsembleSource::maps(std::size_t frame, Size target, Resolution at) const {
  if (Maps known = held(frame, target, at)) return known;
  auto out = std::make_shared<const std::vector<ScoreMap>>(made(frame, target, at));
  hold(frame, at, out);
  return out;
}

ScoreMap EnsembleSource::scoreAt(std::size_t frame, const Configuration& configuration, Size target,
                                 Resolution at) const {
  const Maps terms = maps(frame, target, at);
  EnsembleFrame all;
  for (const ScoreMap& term : *terms) all.terms.push_back(term.values());
  return filteredSum(frame, configuration, {target, weightedSum(all, weights(configuration))});
}

ScoreMap EnsembleSource::score(std::size_t frame, const Configuration& configuration, Size target) const {
  const bool isOwn = target == ownSize(frame) &&
                     (!m_set->frames[frame].label || readLabel(*m_set, m_set->frames[frame]).size() != target);
  return scoreAt(frame, configuration, target, isOwn ? Resolution::Network : Resolution::Label);
}

std::string EnsembleSource::precision() const {
  std::vector<std::string> all;
  eachFactor([&](const Factor& factor) {
    if (std::string one = factor.source->precision(); !one.empty()) all.push_back(std::move(one));
  });
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  std::string out;
  for (const std::string& one : all) out.append(out.empty() ? "" : ", ").append(one);
  return out;
}

std::vector<std::string> EnsembleSource::warnings() const {
  std::vector<std::string> out;
  eachFactor([&](const Factor& factor) {
    for (std::string& sentence : factor.source->warningsOfTerm())
      if (std::find(out.begin(), out.end(), sentence) == out.end()) out.push_back(std::move(sentence));
  });
  return out;
}

std::size_t EnsembleSource::networkPasses() const {
  std::size_t out = 0;
  eachFactor([&](const Factor& factor) { out += factor.source->networkPasses(); });
  return out;
}

std::vector<std::pair<std::string, std::string>> EnsembleSource::provenance() const {
  std::vector<std::pair<std::string, std::string>> out = {{"scores", textOf(m_parts.expression)},
                                                          {"normalisation", textOf(m_parts.normalisation)}};
  if (const Factor* factor = classFactor())
    out.emplace_back("class_map", "of " + textOfFactor(*factor) + ", the first score whose source has classes");
  if (m_parts.normalisation.kind != Normalisation::Kind::None &&
      m_parts.normalisation.over == Normalisation::Over::Set && !hasLabels())
    out.emplace_back("normalised_over", "all pixels: no frame of the set has labels");
  for (std::size_t t = 0; t < m_parts.terms.size(); ++t) {
    const Term& term = m_parts.terms[t];
    const std::string ofTerm = std::string("term").append(std::to_string(t + 1)).append("_");
    out.emplace_back(ofTerm + "weight", roundTripText(term.weight));
    for (std::size_t f = 0; f < term.factors.size(); ++f) {
      const std::string before = f == 0 ? ofTerm : ofTerm + "factor" + std::to_string(f + 1) + "_";
      const Configuration& configuration = term.factors[f].configuration;
      if (configuration.method)
        out.emplace_back(before + "method", nameWithFilters(configuration.method->name(), configuration.filters));
      else if (!configuration.filters.empty())
        out.emplace_back(before + "filters", nameWithFilters("", configuration.filters));
      if (configuration.temperature)
        out.emplace_back(before + "temperature", roundTripText(*configuration.temperature));
      for (auto& [key, value] : term.factors[f].source->provenance()) out.emplace_back(before + key, std::move(value));
    }
  }
  return out;
}

}  // namespace oodscope
