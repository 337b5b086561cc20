// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/label_index.h"

#include "analysis/core/error.h"
#include "analysis/core/grid.h"

#include <cstring>
#include <limits>
#include <numeric>

namespace oodscope {
namespace {

/// End of the run of equal values that begins at `at`.
std::size_t endOfRun(std::span<const std::uint8_t> labels, std::size_t at) {
  const std::uint8_t value = labels[at];
  const std::uint64_t eightOf = value * 0x0101010101010101U;
  for (; at + 8 <= labels.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, labels.data() + at, 8);
    if (eight != eightOf) break;
  }
  while (at < labels.size() && labels[at] == value) ++at;
  return at;
}

}  // namespace

LabelIndex::LabelIndex(std::span<const std::uint8_t> labels) : m_size(labels.size()) {
  require(labels.size() < std::numeric_limits<std::uint32_t>::max(), "LabelIndex: too many labels");
  for (std::size_t at = 0; at < labels.size();) {
    const std::size_t end = endOfRun(labels, at);
    const auto first = static_cast<std::uint32_t>(at);
    const auto count = static_cast<std::uint32_t>(end - at);
    if (labels[at] == kNormal) {
      m_negatives.push_back({first, count});
      m_negativeCount += count;
    } else if (labels[at] == kAnomaly) {
      const std::size_t before = m_positives.size();
      m_positives.resize(before + count);
      std::iota(m_positives.begin() + static_cast<std::ptrdiff_t>(before), m_positives.end(), first);
    }
    at = end;
  }
}

}  // namespace oodscope
