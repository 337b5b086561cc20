// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>

namespace oodscope {

/// Multiply-adds of all convolutions that `pass` runs on this thread, from their actual shapes.
[[nodiscard]] std::int64_t countMultiplyAdds(const std::function<void()>& pass);

}  // namespace oodscope
