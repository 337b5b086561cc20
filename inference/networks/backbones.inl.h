// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// What a file of a backbone alone holds: features without a segmentation head, as self-supervised and classifier
/// trainings leave them.
struct Backbone {
  std::string name;                  ///< "MoCo v2, a ResNet-50"
  StateDict shapes;                  ///< keys as the backbone itself names them, sizes alone
  std::size_t table = 0;             ///< of the checkpoint
  std::vector<std::string> keys;     ///< as the file names them, one a shape
  std::vector<std::string> leftOut;  ///< keys of what is no part of it: the classifier, a projector, a second encoder
};

/// The first backbone in a checkpoint, told by its keys; nothing where a network with a head, or another one, is there.
/// Cost: O(keys).
[[nodiscard]] std::optional<Backbone> backboneIn(const Checkpoint& checkpoint);

/// The first kind, in menu order, of whose published network the file's backbone is a part. Throws Error: unreadable,
/// no backbone, none fits. Cost: builds the networks that have one.
[[nodiscard]] const NetworkKind& kindTaking(const std::filesystem::path& file);

/// Copies the file's backbone into a network's, all other weights stay. Returns what is to be said: how much was taken
/// and what was left out. Throws Error: unreadable, no backbone, a kind that takes none, and for keys that are missing
/// or of other sizes; the network is then unchanged.
[[nodiscard]] std::vector<std::string> loadBackbone(Network& network, const NetworkKind& kind,
                                                    const std::filesystem::path& file);

}  // namespace oodscope
