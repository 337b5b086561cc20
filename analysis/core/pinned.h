// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace oodscope {

/// A member of declarations that are told apart by where they lie: whatever holds one is not copied.
struct Pinned {
  constexpr Pinned() = default;
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
};

}  // namespace oodscope
