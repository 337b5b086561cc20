// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/ensembles/normalisation.h"

#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr std::array<std::string_view, 4> kKinds{"none", "min-max", "rank", "standardised"};
constexpr std::array<std::string_view, 2> kOvers{"set", "frame"};

}  // namespace

Normalisation parseNormalisation(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto kind = std::ranges::find(kKinds, text.substr(0, colon));
  const auto over =
      colon == std::string_view::npos ? kOvers.begin() : std::ranges::find(kOvers, text.substr(colon + 1));
  if (kind == kKinds.end() || over == kOvers.end())
    throw Error({.what = "a normalisation cannot be read",
                 .expected = "none, min-max, rank or standardised, with :set or :frame behind it",
                 .found = "'" + std::string(text) + "'"});
  return {static_cast<Normalisation::Kind>(kind - kKinds.begin()),
          static_cast<Normalisation::Over>(over - kOvers.begin())};
}

std::string textOf(const Normalisation& normalisation) {
  return std::string(kKinds.at(static_cast<std::size_t>(normalisation.kind)))
      .append(":")
      .append(kOvers.at(static_cast<std::size_t>(normalisation.over)));
}

void ScoreScale::apply(std::span<float> scores) const {
  if (m_keys.empty()) {
    if (m_offset == 0.0 && m_factor == 1.0) return;
    for (float& score : scores) score = static_cast<float>((static_cast<double>(score) - m_offset) * m_factor);
    return;
  }
  for (float& score : scores) {
    if (std::isnan(score)) continue;
    const std::int32_t key = keyOfScore(score);
    const auto at = std::ranges::lower_bound(m_keys, key);
    const auto index = static_cast<std::size_t>(at - m_keys.begin());
    if (at != m_keys.end() && *at == key)
      score = m_ranks[index];
    else if (at == m_keys.begin() || at == m_keys.end())
      score = at == m_keys.begin() ? 0.0F : 1.0F;
    else
      score = 0.5F * (m_ranks[index - 1] + m_ranks[index]);
  }
}

void ScaleFit::add(std::span<const float> scores, std::span<const std::uint8_t> labels) {
  require(scores.size() == labels.size(), "ScaleFit: scores and labels differ in length");
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if ((labels[i] != kNormal && labels[i] != kAnomaly) || !isFiniteScore(scores[i])) continue;
    if (m_kind == Normalisation::Kind::Standardised) m_moments.add(static_cast<double>(scores[i]));
    if (m_kind == Normalisation::Kind::Rank) m_keys.push_back(keyOfScore(scores[i]));
    m_least = std::min(m_least.value_or(scores[i]), scores[i]);
    m_most = std::max(m_most.value_or(scores[i]), scores[i]);
  }
}

void ScaleFit::merge(const ScaleFit& other) {
  require(m_kind == other.m_kind, "ScaleFit: scales of another kind");
  m_moments += other.m_moments;
  m_keys.insert(m_keys.end(), other.m_keys.begin(), other.m_keys.end());
  if (!other.m_least) return;
  m_least = std::min(m_least.value_or(*other.m_least), *other.m_least);
  m_most = std::max(m_most.value_or(*other.m_most), *other.m_most);
}

ScoreScale ScaleFit::scale() const {
  ScoreScale out;
  if (m_kind == Normalisation::Kind::MinMax && m_least) {
    const double width = static_cast<double>(*m_most) - static_cast<double>(*m_least);
    out.m_offset = static_cast<double>(*m_least);
    out.m_factor = width > 0.0 ? 1.0 / width : 0.0;
  }
  if (m_kind == Normalisation::Kind::Standardised && m_moments.count > 0) {
    const double deviation = std::sqrt(m_moments.squares / static_cast<double>(m_moments.count));
    out.m_offset = m_moments.mean;
    out.m_factor = deviation > 0.0 ? 1.0 / deviation : 0.0;
  }
  if (m_kind != Normalisation::Kind::Rank) return out;
  std::vector<std::int32_t> sorted = m_keys;
  std::ranges::sort(sorted);
  const auto all = static_cast<double>(sorted.size());
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t last = first;
    while (last < sorted.size() && sorted[last] == sorted[first]) ++last;
    out.m_keys.push_back(sorted[first]);
    out.m_ranks.push_back(static_cast<float>(0.5 * static_cast<double>(first + last) / all));
    first = last;
  }
  return out;
}

}  // namespace oodscope
