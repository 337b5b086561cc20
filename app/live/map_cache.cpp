// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/map_cache.h"

#include <algorithm>
#include <utility>

namespace oodscope {

MapCache::Stack* MapCache::touch(const Configuration& configuration) {
  const auto found = std::ranges::find(m_stacks, configuration, &Stack::configuration);
  if (found == m_stacks.end()) return nullptr;
  m_stacks.splice(m_stacks.begin(), m_stacks, found);
  return &m_stacks.front();
}

std::shared_ptr<const ScoreMap> MapCache::find(const Configuration& configuration, std::size_t frame) {
  const std::scoped_lock lock(m_mutex);
  const Stack* stack = touch(configuration);
  return stack == nullptr ? nullptr : stack->maps[frame];
}

void MapCache::insert(const Configuration& configuration, std::size_t frame, std::shared_ptr<const ScoreMap> map) {
  const std::uint64_t size = map->values().size_bytes();
  std::list<Stack> dropped;  // freed after the lock
  const std::scoped_lock lock(m_mutex);
  Stack* stack = touch(configuration);
  if ((stack == nullptr ? 0 : stack->bytes) + size > m_budget) return;
  if (stack == nullptr) {
    m_stacks.push_front({configuration, std::vector<std::shared_ptr<const ScoreMap>>(m_frames), 0});
    stack = &m_stacks.front();
  }
  if (stack->maps[frame]) return;  // another thread was faster with the same values
  while (m_bytes + size > m_budget) {
    m_bytes -= m_stacks.back().bytes;
    dropped.splice(dropped.begin(), m_stacks, std::prev(m_stacks.end()));
  }
  stack->maps[frame] = std::move(map);
  stack->bytes += size;
  m_bytes += size;
}

std::uint64_t MapCache::bytes() const {
  const std::scoped_lock lock(m_mutex);
  return m_bytes;
}

}  // namespace oodscope
