// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/confusion.h"

#include "analysis/core/error.h"

#include <algorithm>

namespace oodscope {

ConfusionMatrix::ConfusionMatrix(int classes) : m_classes(classes) {
  require(classes > 0 && classes < 256, "ConfusionMatrix: classes out of 1..255");
  m_counts.resize(static_cast<std::size_t>(classes) * static_cast<std::size_t>(classes + 1));
}

std::uint64_t ConfusionMatrix::at(int truth, int predicted) const {
  require(truth >= 0 && truth < m_classes && predicted >= 0 && predicted < m_classes,
          "ConfusionMatrix: class out of range");
  return m_counts[static_cast<std::size_t>(truth) * static_cast<std::size_t>(m_classes + 1) +
                  static_cast<std::size_t>(predicted)];
}

void ConfusionMatrix::add(std::span<const std::uint8_t> truth, std::span<const std::uint8_t> predicted) {
  require(truth.size() == predicted.size(), "ConfusionMatrix: truth and prediction differ in length");
  const auto classes = static_cast<std::size_t>(m_classes);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (truth[i] >= classes) continue;
    ++m_counts[truth[i] * (classes + 1) + std::min<std::size_t>(predicted[i], classes)];
  }
}

ConfusionMatrix& ConfusionMatrix::operator+=(const ConfusionMatrix& other) {
  require(m_classes == other.m_classes, "ConfusionMatrix: different numbers of classes");
  for (std::size_t i = 0; i < m_counts.size(); ++i) m_counts[i] += other.m_counts[i];
  return *this;
}

std::vector<std::optional<double>> ConfusionMatrix::iouPerClass() const {
  const auto classes = static_cast<std::size_t>(m_classes);
  std::vector<std::uint64_t> truth(classes);
  std::vector<std::uint64_t> predicted(classes);
  for (std::size_t row = 0; row < classes; ++row) {
    for (std::size_t column = 0; column <= classes; ++column) {
      const std::uint64_t count = m_counts[row * (classes + 1) + column];
      truth[row] += count;
      if (column < classes) predicted[column] += count;
    }
  }
  std::vector<std::optional<double>> iou(classes);
  for (std::size_t i = 0; i < classes; ++i) {
    const std::uint64_t hit = m_counts[i * (classes + 1) + i];
    const std::uint64_t either = truth[i] + predicted[i] - hit;
    if (either > 0) iou[i] = static_cast<double>(hit) / static_cast<double>(either);
  }
  return iou;
}

std::size_t ConfusionMatrix::occurringClasses() const {
  const auto classes = static_cast<std::size_t>(m_classes);
  std::size_t occurring = 0;
  for (std::size_t i = 0; i < classes; ++i) {
    const auto row = std::span(m_counts).subspan(i * (classes + 1), classes + 1);
    occurring += std::ranges::any_of(row, [](std::uint64_t n) { return n > 0; }) ? 1 : 0;
  }
  return occurring;
}

std::optional<double> ConfusionMatrix::meanIou(int evaluated) const {
  require(evaluated >= -1 && evaluated <= m_classes, "ConfusionMatrix: more classes evaluated than there are");
  const auto classes = static_cast<std::size_t>(m_classes);
  const std::size_t count = evaluated < 0 ? classes : static_cast<std::size_t>(evaluated);
  const std::vector<std::optional<double>> iou = iouPerClass();
  double sum = 0;
  std::size_t occurring = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = std::span(m_counts).subspan(i * (classes + 1), classes + 1);
    if (std::ranges::all_of(row, [](std::uint64_t n) { return n == 0; })) continue;
    sum += *iou[i];
    ++occurring;
  }
  if (occurring == 0) return std::nullopt;
  return sum / static_cast<double>(occurring);
}

std::optional<double> ConfusionMatrix::accuracy() const {
  const auto classes = static_cast<std::size_t>(m_classes);
  std::uint64_t all = 0;
  std::uint64_t right = 0;
  for (const std::uint64_t count : m_counts) all += count;
  for (std::size_t i = 0; i < classes; ++i) right += m_counts[i * (classes + 1) + i];
  if (all == 0) return std::nullopt;
  return static_cast<double>(right) / static_cast<double>(all);
}

}  // namespace oodscope
