// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/sidecar.h"
#include "inference/networks/network_registry.inl.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// What a network of a kind gives for an input size.
[[nodiscard]] std::vector<OutputArray> arraysOf(const NetworkKind& kind, const NetworkShape& shape, Size input);
/// Channels of its logits; classes that it tells apart where it gives none.
[[nodiscard]] int channelsOf(const NetworkKind& kind, const NetworkShape& shape);
/// Names the input size that the kind assumes where the sidecar names none, and says so.
void assumeInputSize(const NetworkKind& kind, const NetworkShape& shape, std::optional<Sidecar>& sidecar,
                     std::vector<std::string>& assumptions);
/// How an image of a size becomes the network's input.
[[nodiscard]] Preprocessing preprocessingFor(const NetworkKind& kind, const NetworkShape& shape, Size image,
                                             Preprocessing preprocessing);
/// Multiply-adds for an image of the input's size. Cost: at most a pass over 64x64 pixels.
[[nodiscard]] std::int64_t multiplyAddsOf(const NetworkKind& kind, Network& network, Size input);

}  // namespace oodscope
