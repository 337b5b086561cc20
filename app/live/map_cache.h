// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "app/sources/score_source.h"

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

namespace oodscope {

class MapCache;

/// How many bytes the score maps of all sets together may take. Thread-safe.
class MapPool {
public:
  explicit MapPool(std::uint64_t budget) : m_budget(budget) {}

  [[nodiscard]] std::uint64_t budget() const { return m_budget; }
  [[nodiscard]] std::uint64_t bytes() const;

private:
  friend class MapCache;
  struct Stack {
    const MapCache* owner = nullptr;
    Configuration configuration;
    std::vector<std::shared_ptr<const ScoreMap>> maps;
    std::uint64_t bytes = 0;
  };
  /// The configuration's stack, brought to the front. Requires the lock.
  [[nodiscard]] Stack* touch(const MapCache& owner, const Configuration& configuration);

  std::uint64_t m_budget;
  mutable std::mutex m_mutex;
  std::list<Stack> m_stacks;  // the latest used first, whosever it is
  std::uint64_t m_bytes = 0;
};

/// Score maps of a set's frames by configuration, within a pool's bytes; what was used longest ago in the pool goes
/// first, a set's configuration at a time. Thread-safe.
///
/// Invariant: all else that a map depends on is fixed for the cache's life. Its owner, a LiveSet, has one set, one
/// source with its channels (a sum: with all its terms), one resolution and one rounding; protocols change no map, and
/// two sets that share a pool are told apart by their caches. So owner and configuration are the run's score.
class MapCache {
public:
  MapCache(std::size_t frames, std::shared_ptr<MapPool> pool) : m_frames(frames), m_pool(std::move(pool)) {}
  ~MapCache();
  MapCache(const MapCache&) = delete;
  MapCache& operator=(const MapCache&) = delete;

  /// nullptr where it is not held.
  [[nodiscard]] std::shared_ptr<const ScoreMap> find(const Configuration& configuration, std::size_t frame);
  /// Holds the map, unless it does not fit beside its own configuration's others.
  void insert(const Configuration& configuration, std::size_t frame, std::shared_ptr<const ScoreMap> map);
  /// Drops every map of this set.
  void clear();
  [[nodiscard]] std::uint64_t budget() const { return m_pool->budget(); }
  /// Of this set's maps.
  [[nodiscard]] std::uint64_t bytes() const;

private:
  std::size_t m_frames;
  std::shared_ptr<MapPool> m_pool;
};

}  // namespace oodscope
