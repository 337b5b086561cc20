// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

enum class Pruning {
  Magnitude,  ///< the weights of least magnitude of all convolutions together become 0
  Channels    ///< of each convolution the output channels of least L1 norm become 0, or are taken out
};

struct PruneOptions {
  Pruning how = Pruning::Magnitude;
  double fraction = 0.5;    ///< of the weights, or of each convolution's channels: above 0, below 1
  bool everyLayer = false;  ///< channels that no architecture can be without become 0, too, beside those taken out
};

/// What a network costs, and how much of it is left.
struct NetworkSize {
  std::int64_t parameters = 0, nonZero = 0;  ///< that inference uses
  std::int64_t multiplyAdds = 0;             ///< of a frame
  std::uintmax_t bytes = 0;                  ///< of the file
};

struct ShrunkFile {
  std::string description;  ///< what was done, as the sidecar says
  NetworkSize before, after;
  std::vector<std::string> remarks;  ///< what to know of the result, and what was assumed of the file
};

/// Prunes a state dict of a known architecture and writes it with its sidecar, whose description says what was done:
/// a model as any other. Magnitude: the definition of torch.nn.utils.prune.global_unstructured with L1Unstructured over
/// the weights of all convolutions; the file keeps the zeros, so that neither its size nor its cost changes. Channels:
/// ln_structured with n = 1 along the output channels of each convolution but for those that give the network's
/// outputs. Channels that nothing but the next convolution reads (HasInnerChannels) are taken out; where the
/// architecture has such, only they, unless everyLayer. What a channel taken out gave everywhere (its bias alone was
/// left) is added to the next bias, so that both forms differ at an image's border only. Throws Error: no state dict
/// of convolutions, no channel or weight that the fraction would take, a file that is there already.
[[nodiscard]] ShrunkFile pruneFile(const std::filesystem::path& model, const PruneOptions& options,
                                   const std::filesystem::path& output);

/// Images to measure ranges on.
struct CalibrationImages {
  std::string name;  ///< of their set, for the description
  std::function<std::optional<RgbImage>()> next;
};

/// Quantises a network of convolutions to int8 and writes it with its sidecar: about a quarter as large. The file opens
/// as any model and runs in bytes between its layers (see byte_graph.inl.h). Throws Error: a network that has no such
/// form (see quantised_forms.inl.h), no image, a file that is there already. Cost: a plain pass an image.
[[nodiscard]] ShrunkFile quantiseFile(const std::filesystem::path& model, const CalibrationImages& images,
                                      const std::filesystem::path& output);

/// Quantises the linear layers of a transformer's blocks to int8 (PyTorch's quantize_dynamic with
/// per_channel_dynamic_qconfig) and writes it with its sidecar: a third as large or less. The file opens as any model.
/// Throws Error: another network, with the reason, or a file that is there already.
[[nodiscard]] ShrunkFile quantiseDynamically(const std::filesystem::path& model, const std::filesystem::path& output);

}  // namespace oodscope
