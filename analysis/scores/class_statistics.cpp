// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/class_statistics.h"

#include "analysis/core/error.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"

#include <cmath>

namespace oodscope {

void Moments::add(double value) {
  ++count;
  const double difference = value - mean;
  mean += difference / static_cast<double>(count);
  squares += difference * (value - mean);
}

Moments& Moments::operator+=(const Moments& other) {
  if (other.count == 0) return *this;
  if (count == 0) return *this = other;
  const double mine = static_cast<double>(count), theirs = static_cast<double>(other.count), all = mine + theirs;
  const double difference = other.mean - mean;
  mean += difference * (theirs / all);
  squares += other.squares + difference * difference * (mine * theirs / all);
  count += other.count;
  return *this;
}

std::optional<double> Moments::variance() const {
  if (count < 2) return std::nullopt;
  return squares / static_cast<double>(count - 1);
}

ClassStatistics::ClassStatistics(int classes) : m_classes(static_cast<std::size_t>(classes)) {
  require(classes > 0 && classes < 256, "ClassStatistics: classes out of 1..255");
}

ClassStatistics::ClassStatistics(std::vector<Moments> classes) : m_classes(std::move(classes)) {
  require(!m_classes.empty() && m_classes.size() < 256, "ClassStatistics: classes out of 1..255");
}

void ClassStatistics::add(std::span<const float> largest, std::span<const std::uint8_t> predicted) {
  require(largest.size() == predicted.size(), "ClassStatistics: logits and classes differ in length");
  for (std::size_t i = 0; i < largest.size(); ++i)
    if (predicted[i] < m_classes.size() && std::isfinite(largest[i]))
      m_classes[predicted[i]].add(static_cast<double>(largest[i]));
}

void ClassStatistics::add(const LogitsView& logits, std::span<const int> channels) {
  require(logits.channels > 0 && static_cast<std::size_t>(logits.channels) <= m_classes.size(),
          "ClassStatistics: more channels than classes");
  std::vector<float> largest(logits.size().area());
  std::vector<std::uint8_t> predicted(largest.size());
  score(logits, {.method = methods::kMaxLogit, .channels = {channels.begin(), channels.end()}}, largest);
  for (float& value : largest) value = -value;  // the score is its negative, exactly
  predictedClasses(logits, channels, predicted);
  add(largest, predicted);
}

Moments ClassStatistics::all() const {
  Moments out;
  for (const Moments& moments : m_classes) out += moments;
  return out;
}

ClassStatistics& ClassStatistics::operator+=(const ClassStatistics& other) {
  require(m_classes.size() == other.m_classes.size(), "ClassStatistics: different numbers of classes");
  for (std::size_t i = 0; i < m_classes.size(); ++i) m_classes[i] += other.m_classes[i];
  return *this;
}

std::vector<std::optional<ClassScale>> scalesOf(const ClassStatistics& statistics) {
  std::vector<std::optional<ClassScale>> out(statistics.classes());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const Moments& moments = statistics.of(i);
    if (const auto variance = moments.variance(); variance && *variance > 0.0)
      out[i] = ClassScale{moments.mean, *variance};
  }
  return out;
}

}  // namespace oodscope
