// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>

namespace oodscope::bench {

/// Reads all bytes once, each plane a stream of its own as the scores read them, and returns something that depends on
/// them.
std::uint64_t readOnce(std::span<const std::byte> bytes, std::size_t planes);

/// `vectors` x lanes exponentials by the kernels' own polynomial, accumulated in registers, no memory touched; returns
/// how many exponentials that was.
std::size_t exponentials(std::size_t vectors);

/// `vectors` x lanes fused multiply-adds on independent accumulators in registers; returns how many that was.
std::size_t multiplyAdds(std::size_t vectors);

}  // namespace oodscope::bench
