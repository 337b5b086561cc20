// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "app/evaluation/score_source.h"

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <vector>

namespace oodscope {

/// Score maps of a set's frames by configuration, within a number of bytes; the configuration used longest ago goes
/// first. Thread-safe.
class MapCache {
public:
  MapCache(std::size_t frames, std::uint64_t budget) : m_frames(frames), m_budget(budget) {}

  /// nullptr where it is not held.
  [[nodiscard]] std::shared_ptr<const ScoreMap> find(const Configuration& configuration, std::size_t frame);
  /// Holds the map, unless it does not fit beside its own configuration's others.
  void insert(const Configuration& configuration, std::size_t frame, std::shared_ptr<const ScoreMap> map);
  [[nodiscard]] std::uint64_t budget() const { return m_budget; }
  [[nodiscard]] std::uint64_t bytes() const;

private:
  struct Stack {
    Configuration configuration;
    std::vector<std::shared_ptr<const ScoreMap>> maps;
    std::uint64_t bytes = 0;
  };
  /// The configuration's stack, brought to the front. Requires the lock.
  [[nodiscard]] Stack* touch(const Configuration& configuration);

  std::size_t m_frames;
  std::uint64_t m_budget;
  mutable std::mutex m_mutex;
  std::list<Stack> m_stacks;  // the latest used first
  std::uint64_t m_bytes = 0;
};

}  // namespace oodscope
