// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/map_cache.h"

#include <algorithm>
#include <utility>

namespace oodscope {

std::uint64_t MapPool::bytes() const {
  const std::scoped_lock lock(m_mutex);
  return m_bytes;
}

MapPool::Stack* MapPool::touch(const MapCache& owner, const Configuration& configuration) {
  const auto found = std::ranges::find_if(
      m_stacks, [&](const Stack& stack) { return stack.owner == &owner && stack.configuration == configuration; });
  if (found == m_stacks.end()) return nullptr;
  m_stacks.splice(m_stacks.begin(), m_stacks, found);
  return &m_stacks.front();
}

MapCache::~MapCache() { clear(); }

void MapCache::clear() {
  std::list<MapPool::Stack> dropped;  // freed after the lock
  const std::scoped_lock lock(m_pool->m_mutex);
  for (auto stack = m_pool->m_stacks.begin(); stack != m_pool->m_stacks.end();) {
    const auto next = std::next(stack);
    if (stack->owner == this) {
      m_pool->m_bytes -= stack->bytes;
      dropped.splice(dropped.end(), m_pool->m_stacks, stack);
    }
    stack = next;
  }
}

std::shared_ptr<const ScoreMap> MapCache::find(const Configuration& configuration, std::size_t frame) {
  const std::scoped_lock lock(m_pool->m_mutex);
  const MapPool::Stack* stack = m_pool->touch(*this, configuration);
  return stack == nullptr ? nullptr : stack->maps[frame];
}

void MapCache::insert(const Configuration& configuration, std::size_t frame, std::shared_ptr<const ScoreMap> map) {
  const std::uint64_t size = map->values().size_bytes();
  std::list<MapPool::Stack> dropped;  // freed after the lock
  MapPool& pool = *m_pool;
  const std::scoped_lock lock(pool.m_mutex);
  MapPool::Stack* stack = pool.touch(*this, configuration);
  if ((stack == nullptr ? 0 : stack->bytes) + size > pool.m_budget) return;
  if (stack == nullptr) {
    pool.m_stacks.push_front({this, configuration, std::vector<std::shared_ptr<const ScoreMap>>(m_frames), 0});
    stack = &pool.m_stacks.front();
  }
  if (stack->maps[frame]) return;  // another thread was faster with the same values
  while (pool.m_bytes + size > pool.m_budget) {
    pool.m_bytes -= pool.m_stacks.back().bytes;
    dropped.splice(dropped.begin(), pool.m_stacks, std::prev(pool.m_stacks.end()));
  }
  stack->maps[frame] = std::move(map);
  stack->bytes += size;
  pool.m_bytes += size;
}

std::uint64_t MapCache::bytes() const {
  const std::scoped_lock lock(m_pool->m_mutex);
  std::uint64_t sum = 0;
  for (const MapPool::Stack& stack : m_pool->m_stacks)
    if (stack.owner == this) sum += stack.bytes;
  return sum;
}

}  // namespace oodscope
