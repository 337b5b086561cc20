// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/slider_scales.h"

#include "widgets/theme/number_text.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

QString tickLabel(double score) {
  const double size = std::abs(score);
  if (size > 0.0 && (size < 1e-5 || size >= 1e6)) return tickText(score, size / 10.0);
  int decimals = 0;
  while (decimals < 6 && std::abs(size * std::pow(10.0, decimals) - std::round(size * std::pow(10.0, decimals))) > 1e-6)
    ++decimals;
  QString text = numberText(score, decimals);
  if (size > 0.0 && size < 1.0) text.remove(text.indexOf(QLatin1Char('0')), 1);  // ".05", "−.5"
  return text;
}

/// Round numbers between low and high: a linear ladder and, near zero, 1-2-5 steps of each decade.
std::vector<double> roundNumbers(double low, double high) {
  std::vector<double> numbers;
  const double span = high - low;
  if (!(span > 0.0)) return {low};
  const double rough = span / 6.0;
  const double decade = std::pow(10.0, std::floor(std::log10(rough)));
  const double ratio = rough / decade;
  const double step = decade * (ratio < 1.5 ? 1.0 : ratio < 3.5 ? 2.0 : ratio < 7.5 ? 5.0 : 10.0);
  const auto first = static_cast<long long>(std::ceil(low / step));
  for (long long i = first; static_cast<double>(i) * step <= high; ++i)
    numbers.push_back(static_cast<double>(i) * step);
  const int topExponent = static_cast<int>(std::floor(std::log10(std::max(std::abs(low), std::abs(high)))));
  for (int exponent = topExponent; exponent > topExponent - 5; --exponent)
    for (const double mantissa : {5.0, 2.0, 1.0})
      for (const double sign : {1.0, -1.0}) {
        const double number = sign * mantissa * std::pow(10.0, exponent);
        if (number >= low && number <= high) numbers.push_back(number);
      }
  return numbers;
}

}  // namespace

double temperaturePosition(double temperature) {
  const double clamped = std::clamp(temperature, kLowestTemperature, kHighestTemperature);
  return std::log(clamped / kLowestTemperature) / std::log(kHighestTemperature / kLowestTemperature);
}

double temperatureAt(double position) {
  return kLowestTemperature * std::pow(kHighestTemperature / kLowestTemperature, std::clamp(position, 0.0, 1.0));
}

ThresholdScale::ThresholdScale(std::vector<float> quantiles, Kind kind) : m_scores(std::move(quantiles)), m_kind(kind) {
  const bool usable = m_scores.size() >= 2 && std::is_sorted(m_scores.begin(), m_scores.end()) &&
                      std::all_of(m_scores.begin(), m_scores.end(), [](float s) { return std::isfinite(s); });
  if (!usable) m_scores.clear();
}

double ThresholdScale::lowest() const { return m_scores.empty() ? 0.0 : static_cast<double>(m_scores.front()); }
double ThresholdScale::highest() const { return m_scores.empty() ? 1.0 : static_cast<double>(m_scores.back()); }

double ThresholdScale::position(double score) const {
  const double low = lowest();
  const double high = highest();
  if (m_kind == Kind::Linear || m_scores.empty())
    return high > low ? std::clamp((score - low) / (high - low), 0.0, 1.0) : 0.0;
  const auto value = static_cast<float>(score);
  const auto first = std::lower_bound(m_scores.begin(), m_scores.end(), value);
  const auto last = std::upper_bound(first, m_scores.end(), value);
  const auto index = [&](auto it) { return static_cast<double>(it - m_scores.begin()); };
  const double intervals = static_cast<double>(m_scores.size() - 1);
  if (first != last) return (index(first) + index(last) - 1.0) / 2.0 / intervals;
  if (first == m_scores.begin()) return 0.0;
  if (first == m_scores.end()) return 1.0;
  const double below = static_cast<double>(*(first - 1));
  const double above = static_cast<double>(*first);
  return (index(first) - 1.0 + (score - below) / (above - below)) / intervals;
}

double ThresholdScale::score(double position) const {
  const double clamped = std::clamp(position, 0.0, 1.0);
  if (m_kind == Kind::Linear || m_scores.empty()) return lowest() + clamped * (highest() - lowest());
  const double at = clamped * static_cast<double>(m_scores.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), m_scores.size() - 2);
  const double share = at - static_cast<double>(below);
  return static_cast<double>(m_scores[below]) * (1.0 - share) + static_cast<double>(m_scores[below + 1]) * share;
}

std::vector<ThresholdScale::Tick> ThresholdScale::ticks(double spacing) const {
  if (m_scores.empty()) return {};
  std::vector<Tick> chosen;
  // First come the round numbers of the whole range, then finer ones where there is room.
  for (const double number : roundNumbers(lowest(), highest())) {
    const double at = position(number);
    const bool room = std::none_of(chosen.begin(), chosen.end(),
                                   [&](const Tick& tick) { return std::abs(tick.position - at) < spacing; });
    if (room) chosen.push_back({at, number, tickLabel(number)});
  }
  std::sort(chosen.begin(), chosen.end(), [](const Tick& a, const Tick& b) { return a.position < b.position; });
  return chosen;
}

}  // namespace oodscope
