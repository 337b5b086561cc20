// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/scores/pass.h"
#include "inference/models/model.h"
#include "inference/networks/network.inl.h"

#include <memory>
#include <vector>

namespace oodscope {

/// The further passes that a built-in network can be run with: see PassKind.
[[nodiscard]] std::vector<const PassKind*> passesOf(const Network& network);
/// Those of any network whose arrays lie as the image does.
[[nodiscard]] std::vector<const PassKind*> passesOfAny();

/// What passes of a built-in network add to its logits (PassKind::adds), for inputs of a size. Cost: a pass over 64x64
/// pixels.
[[nodiscard]] std::vector<OutputArray> arraysAddedTo(Network& network, Size input);

/// What a built-in network gives in a plain pass, for inputs of a size. Cost: a pass over 64x64 pixels where that is
/// more than logits.
[[nodiscard]] std::vector<OutputArray> arraysGivenBy(Network& network, Size input);

/// A copy of a built-in network on its device, with parameters that want no gradient and let one pass through. Cost:
/// its weights.
[[nodiscard]] std::shared_ptr<Network> forPasses(const Network& trained, const std::shared_ptr<Network>& empty);

/// What runs of passes are made of; outlives them. Either network may be absent where the kind does not use it.
struct PassNetworks {
  Network* network = nullptr;         ///< by forPasses()
  InferenceNetwork* plain = nullptr;  ///< what runs it as it is
  bool isOneDnnRight = true;          ///< else the pass computes without it
};
/// One run of a pass. Requires: the kind is among passesOf() or passesOfAny().
/// Error against PyTorch: 1e-4 of logits of ordinary size. Cost: PassKind::costs plain passes, without the fast
/// arrangement.
[[nodiscard]] std::unique_ptr<InferenceNetwork> passNetwork(const PassChoice& pass, const PassRun& run,
                                                            const PassNetworks& of);

/// Whether what the pass gives must be mirrored back: it was run on a mirrored image.
[[nodiscard]] bool isMirrored(const PassKind& kind);

}  // namespace oodscope
