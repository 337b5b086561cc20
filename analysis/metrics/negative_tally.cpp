// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/negative_tally.h"

#include "analysis/core/grid.h"
#include "analysis/metrics/score_cells.h"
#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

namespace oodscope {
namespace {

constexpr std::size_t kRun = 1024;          // pixels whose keys and cells are computed at once
constexpr std::size_t kStreams = 4;         // buffers a partition has in each thread
constexpr std::size_t kFewPartitions = 32;  // below this, threads would wait for each other at the counts

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
  const std::size_t rows = kStreams * (index.partitions().size() + 1);
  m_capacity = std::clamp<std::size_t>(std::bit_floor(bytes / sizeof(std::int32_t) / rows), 128, 16384);
  m_storage = std::make_unique_for_overwrite<std::int32_t[]>(rows * m_capacity);
  m_filled.resize(rows);
  std::size_t mostSlots = 0;
  for (const auto& partition : index.partitions()) mostSlots = std::max(mostSlots, partition.slots());
  m_scratch.resize(mostSlots);
}

NegativeTally::NegativeTally(const PositiveIndex& index)
    : m_index(index),
      m_counts(2 * index.keyCount() + index.partitions().size()),
      m_locks(index.partitions().size()),
      m_added(index.partitions().size()) {}

std::uint64_t NegativeTally::add(std::span<const float> scores, std::span<const PixelRun> runs, std::size_t first,
                                 std::size_t count, NegativeBuffers& buffers, ScoreHygiene& hygiene) {
  if (m_index.keyCount() == 0) return countFinite(scores, runs, first, count, hygiene);
  const std::uint64_t before = hygiene.unusable();
  std::uint64_t seen = 0;
  // Long runs are read where they are, short ones are put together first.
  std::array<float, kRun> together;
  std::size_t filled = 0;
  visitRuns(runs, first, first + count, [&](std::size_t at, std::size_t length) {
    seen += length;
    while (length > 0) {
      std::size_t taken = kRun;
      if (filled == 0 && length >= kRun) {
        scatter(scores.subspan(at, kRun), buffers, hygiene);
      } else {
        taken = std::min(length, kRun - filled);
        std::copy_n(scores.begin() + static_cast<std::ptrdiff_t>(at), taken,
                    together.begin() + static_cast<std::ptrdiff_t>(filled));
        filled += taken;
        if (filled == kRun) {
          scatter(together, buffers, hygiene);
          filled = 0;
        }
      }
      at += taken;
      length -= taken;
    }
  });
  if (filled > 0) scatter(std::span<const float>(together).first(filled), buffers, hygiene);
  return seen - (hygiene.unusable() - before);
}

/// At most kRun scores into the buffers.
void NegativeTally::scatter(std::span<const float> scores, NegativeBuffers& buffers, ScoreHygiene& hygiene) {
  const std::uint16_t* partitionOfCell = m_index.partitionOfCell().data();
  const CellRule rule{.low = m_index.lowest() - 1,
                      .high = m_index.highest() + 1,
                      .shift = m_index.cellShift(),
                      .nowhere = static_cast<std::uint32_t>(m_index.partitionOfCell().size() - 1)};
  std::array<std::int32_t, kRun> keys;
  std::array<std::uint32_t, kRun> cells;
  if (scoreCells(scores.data(), scores.size(), rule, keys.data(), cells.data()) > 0) {
    for (const float score : scores)
      if (!isFiniteScore(score)) countUnusable(score, hygiene);
  }
  std::uint32_t* filled = buffers.m_filled.data();
  std::int32_t* storage = buffers.m_storage.get();
  const std::size_t capacity = buffers.m_capacity;
  const auto put = [&](std::size_t i, std::size_t stream) {
    const std::size_t partition = partitionOfCell[cells[i]];
    const std::size_t row = partition * kStreams + stream;
    storage[row * capacity + filled[row]] = keys[i];
    if (++filled[row] == capacity) [[unlikely]]
      flushPartition(partition, buffers);
  };
  const std::size_t each = scores.size() / kStreams;
  for (std::size_t i = 0; i < each; ++i)
    for (std::size_t stream = 0; stream < kStreams; ++stream) put(stream * each + i, stream);
  for (std::size_t i = kStreams * each; i < scores.size(); ++i) put(i, 0);
}

void NegativeTally::flushPartition(std::size_t partition, NegativeBuffers& buffers) {
  std::array<std::span<const std::int32_t>, kStreams> rows;
  std::size_t total = 0;
  for (std::size_t stream = 0; stream < kStreams; ++stream) {
    const std::size_t row = partition * kStreams + stream;
    const std::size_t filled = std::exchange(buffers.m_filled[row], 0U);
    rows[stream] = {buffers.m_storage.get() + row * buffers.m_capacity, filled};
    total += filled;
  }
  if (total == 0 || partition == m_index.partitions().size()) return;
  const PositiveIndex::Partition& part = m_index.partitions()[partition];
  if (m_locks.size() >= kFewPartitions) {
    const std::scoped_lock lock(m_locks[partition]);
    // No slot can hold more than what the partition was given.
    if (m_added[partition] + total <= std::numeric_limits<std::uint32_t>::max()) {
      m_added[partition] += total;
      std::uint32_t* counts = m_counts.row(m_index.firstSlot(partition), part.slots()).data();
      for (const auto keys : rows) m_index.count(part, keys, counts);
      return;
    }
  }
  const std::span<std::uint32_t> scratch = std::span(buffers.m_scratch).first(part.slots());
  std::ranges::fill(scratch, 0U);
  for (const auto keys : rows) m_index.count(part, keys, scratch.data());
  const std::scoped_lock lock(m_locks[partition]);
  m_counts.add(m_index.firstSlot(partition), scratch);
}

void NegativeTally::flush(NegativeBuffers& buffers) {
  for (std::size_t partition = 0; partition <= m_index.partitions().size(); ++partition)
    flushPartition(partition, buffers);
}

SlotCounts NegativeTally::finish() {
  if (m_index.keyCount() == 0) return SlotCounts(1);
  std::vector<std::size_t> slots;
  for (const auto& partition : m_index.partitions()) slots.push_back(partition.slots());
  m_counts.joinRows(slots);
  return std::move(m_counts);
}

void gatherPositives(std::span<const float> scores, std::span<const std::uint32_t> positives,
                     std::vector<std::int32_t>& keys, ScoreHygiene& hygiene) {
  for (const std::uint32_t pixel : positives) {
    if (isFiniteScore(scores[pixel])) {
      keys.push_back(keyOfScore(scores[pixel]));
    } else {
      countUnusable(scores[pixel], hygiene);
    }
  }
}

std::uint64_t countFinite(std::span<const float> scores, std::span<const PixelRun> runs, std::size_t first,
                          std::size_t count, ScoreHygiene& hygiene) {
  std::uint64_t finite = 0;
  visitRuns(runs, first, first + count, [&](std::size_t at, std::size_t length) {
    std::uint64_t unusable = 0;
    for (const float score : scores.subspan(at, length)) unusable += static_cast<std::uint64_t>(!isFiniteScore(score));
    finite += length - unusable;
    if (unusable == 0) return;
    for (const float score : scores.subspan(at, length))
      if (!isFiniteScore(score)) countUnusable(score, hygiene);
  });
  return finite;
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
