// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/negative_tally.h"

#include "analysis/core/grid.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace oodscope {
namespace {

constexpr std::size_t kRun = 1024;  // pixels whose keys and cells are computed at once, in registers' reach

void countUnusable(float score, ScoreHygiene& hygiene) {
  if (score != score) {
    ++hygiene.nan;
  } else if (score > 0) {
    ++hygiene.plusInfinity;
  } else {
    ++hygiene.minusInfinity;
  }
}

}  // namespace

NegativeBuffers::NegativeBuffers(const PositiveIndex& index, std::size_t bytes) {
  const std::size_t rows = index.partitions().size() + 1;
  m_capacity = std::clamp<std::size_t>(std::bit_floor(bytes / sizeof(std::int32_t) / rows), 256, 16384);
  m_storage = std::make_unique_for_overwrite<std::int32_t[]>(rows * m_capacity);
  m_filled.resize(rows);
  std::size_t mostSlots = 0;
  for (const auto& partition : index.partitions()) mostSlots = std::max(mostSlots, partition.slots());
  m_scratch.resize(mostSlots);
}

NegativeTally::NegativeTally(const PositiveIndex& index)
    : m_index(index), m_counts(2 * index.keyCount() + index.partitions().size()), m_locks(index.partitions().size()) {}

void NegativeTally::add(std::span<const float> scores, std::span<const std::uint8_t> labels, NegativeBuffers& buffers) {
  if (m_index.keyCount() == 0) return;
  const std::int32_t low = m_index.lowest() - 1;
  const std::int32_t high = m_index.highest() + 1;
  const auto base = static_cast<std::uint32_t>(low);
  const int shift = m_index.cellShift();
  const std::uint16_t* partitionOfCell = m_index.partitionOfCell().data();
  const auto nowhere = static_cast<std::uint32_t>(m_index.partitionOfCell().size() - 1);
  std::uint32_t* filled = buffers.m_filled.data();
  std::int32_t* storage = buffers.m_storage.get();
  const std::size_t capacity = buffers.m_capacity;
  std::array<std::int32_t, kRun> keys;
  std::array<std::uint32_t, kRun> cells;
  for (std::size_t first = 0; first < scores.size(); first += kRun) {
    const std::size_t count = std::min(kRun, scores.size() - first);
    const float* score = scores.data() + first;
    const std::uint8_t* label = labels.data() + first;
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t key = std::min(std::max(keyOfScore(score[i]), low), high);
      const bool counts = (label[i] == kNormal) & isFiniteScore(score[i]);
      keys[i] = key;
      cells[i] = counts ? (static_cast<std::uint32_t>(key) - base) >> shift : nowhere;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t partition = partitionOfCell[cells[i]];
      storage[partition * capacity + filled[partition]] = keys[i];
      if (++filled[partition] == capacity) [[unlikely]]
        flushPartition(partition, buffers);
    }
  }
}

void NegativeTally::flushPartition(std::size_t partition, NegativeBuffers& buffers) {
  const std::size_t filled = buffers.m_filled[partition];
  buffers.m_filled[partition] = 0;
  if (filled == 0 || partition == m_index.partitions().size()) return;
  const PositiveIndex::Partition& part = m_index.partitions()[partition];
  const std::span<std::uint32_t> scratch = std::span(buffers.m_scratch).first(part.slots());
  std::ranges::fill(scratch, 0U);
  m_index.count(part, {buffers.m_storage.get() + partition * buffers.m_capacity, filled}, scratch.data());
  const std::scoped_lock lock(m_locks[partition]);
  m_counts.add(m_index.firstSlot(partition), scratch);
}

void NegativeTally::flush(NegativeBuffers& buffers) {
  for (std::size_t partition = 0; partition < buffers.m_filled.size(); ++partition) flushPartition(partition, buffers);
}

SlotCounts NegativeTally::finish() {
  if (m_index.keyCount() == 0) return SlotCounts(1);
  std::vector<std::size_t> slots;
  for (const auto& partition : m_index.partitions()) slots.push_back(partition.slots());
  m_counts.joinRows(slots);
  return std::move(m_counts);
}

void gatherPositives(std::span<const float> scores, std::span<const std::uint8_t> labels,
                     std::vector<std::int32_t>& keys, ScoreHygiene& hygiene) {
  const auto take = [&](std::size_t i) {
    if (labels[i] != kAnomaly) return;
    if (isFiniteScore(scores[i])) {
      keys.push_back(keyOfScore(scores[i]));
    } else {
      countUnusable(scores[i], hygiene);
    }
  };
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  std::size_t i = 0;
  for (; i + 8 <= labels.size(); i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, labels.data() + i, 8);
    eight ^= kOnes;  // a byte is 0 where the label is kAnomaly
    if (((eight - kOnes) & ~eight & (kOnes << 7)) == 0) continue;
    for (std::size_t k = 0; k < 8; ++k) take(i + k);
  }
  for (; i < labels.size(); ++i) take(i);
}

void tallyNegatives(std::span<const float> scores, std::span<const std::uint8_t> labels, std::uint64_t& negatives,
                    ScoreHygiene& hygiene) {
  for (std::size_t first = 0; first < scores.size(); first += kRun) {
    const std::size_t count = std::min(kRun, scores.size() - first);
    std::uint32_t normal = 0;
    std::uint32_t anomalous = 0;
    std::uint32_t unusable = 0;
    for (std::size_t i = first; i < first + count; ++i) {
      const auto isNormal = static_cast<std::uint32_t>(labels[i] == kNormal);
      normal += isNormal;
      anomalous += static_cast<std::uint32_t>(labels[i] == kAnomaly);
      unusable += isNormal & static_cast<std::uint32_t>(!isFiniteScore(scores[i]));
    }
    hygiene.voidPixels += count - normal - anomalous;
    negatives += normal - unusable;
    if (unusable == 0) continue;
    for (std::size_t i = first; i < first + count; ++i) {
      if (labels[i] == kNormal && !isFiniteScore(scores[i])) countUnusable(scores[i], hygiene);
    }
  }
}

}  // namespace oodscope
