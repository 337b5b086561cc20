// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

namespace oodscope {

/// The void channel of logits of which nothing is known but how many channels they have: the last of 20, as networks
/// for the 19 Cityscapes classes have it; -1 (none) otherwise. An assumption, to be said as one.
[[nodiscard]] int assumedVoidChannel(int channels);

/// Channels that are known classes, in ascending order: the first `count` of those that are not void; all of them
/// where count is 0 or larger. Requires: channels >= 0, voidChannel < channels (-1: none). Result is empty only where
/// nothing but void is left.
[[nodiscard]] std::vector<int> knownChannels(int channels, int voidChannel, int count = 0);

/// "0-18 of 20, void 19", with " (assumed)" where nobody said so. Runs of channels are shortened.
[[nodiscard]] std::string channelsText(const std::vector<int>& used, int channels, int voidChannel, bool assumed);

}  // namespace oodscope
