// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/network_registry.inl.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// Loads the weights that a training begins with into a network whose last output is the void class's. Where the file's
/// network has another number of outputs, or its void class another place, known classes are taken over in their order
/// and void to void; outputs that the file has not stay as they are. What was assumed or is likely a mistake is
/// returned, to be said. Throws Error: unreadable, of another network. Cost: builds the network up to twice.
[[nodiscard]] std::vector<std::string> loadStartWeights(Network& network, const NetworkKind& kind,
                                                        const std::filesystem::path& file);

/// The widths of a file's network where channels were taken out of it (see InnerChannels); empty: it is whole, or of
/// another kind, which loadStartWeights() refuses. Throws Error: unreadable.
[[nodiscard]] std::vector<int> widthsLeft(const std::filesystem::path& file, const NetworkKind& kind);

/// Which output of a file each of a network's `channels` outputs comes from, the void class's the last; -1: none.
/// `fileVoid` -1: the file's network has no void class. Requires: channels > 1.
[[nodiscard]] std::vector<int> outputsTaken(int channels, int fileChannels, int fileVoid);

}  // namespace oodscope
