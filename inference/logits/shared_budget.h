// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>

namespace oodscope {

/// A bound of bytes that several threads take from; what was taken comes back when its holder goes. Thread-safe.
class SharedBudget {
public:
  explicit SharedBudget(std::uint64_t limit) : m_limit(limit) {}
  /// nullptr: it would exceed the bound.
  [[nodiscard]] std::shared_ptr<const void> take(std::uint64_t bytes) const {
    std::uint64_t used = m_used->load();
    do {
      if (bytes > m_limit || used > m_limit - bytes) return nullptr;
    } while (!m_used->compare_exchange_weak(used, used + bytes));
    return {m_used.get(), [counter = m_used, bytes](const void*) { *counter -= bytes; }};
  }
  [[nodiscard]] std::uint64_t used() const { return m_used->load(); }

private:
  std::uint64_t m_limit;
  std::shared_ptr<std::atomic<std::uint64_t>> m_used = std::make_shared<std::atomic<std::uint64_t>>(0);
};

}  // namespace oodscope
