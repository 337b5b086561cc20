// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>

namespace oodscope {

/// Calls `work(first, last)` so that [0, rows) is covered once, on two threads where `rows * width` is worth it.
/// Returns when both are done. `work` must not touch what the other half touches.
void forRows(int rows, int width, const std::function<void(int first, int last)>& work);

}  // namespace oodscope
