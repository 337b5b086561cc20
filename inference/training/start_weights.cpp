// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/start_weights.inl.h"

#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/known_channels.h"
#include "inference/models/sidecar.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/state_dict_choice.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/training/training_heads.inl.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace oodscope {
namespace {

const at::Tensor* tensorOf(const StateDict& tensors, const std::string& key) {
  for (const auto& [name, tensor] : tensors)
    if (name == key) return &tensor;
  return nullptr;
}

/// The dimension in which two shapes of one rank differ; nothing where none or several do.
std::optional<std::int64_t> differingDimension(const at::Tensor& a, const at::Tensor& b) {
  if (a.dim() != b.dim()) return std::nullopt;
  std::optional<std::int64_t> out;
  for (std::int64_t d = 0; d < a.dim(); ++d) {
    if (a.size(d) == b.size(d)) continue;
    if (out) return std::nullopt;
    out = d;
  }
  return out;
}

/// `own` with the rows of `file` along `dimension` in their new places; a row may be several values of one output.
at::Tensor withRows(const at::Tensor& own, const at::Tensor& file, std::int64_t dimension,
                    const std::vector<int>& taken) {
  at::Tensor out = own.detach().clone();
  const std::int64_t width = own.size(dimension) / static_cast<std::int64_t>(taken.size());
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (taken[i] < 0) continue;
    out.narrow(dimension, static_cast<std::int64_t>(i) * width, width)
        .copy_(file.narrow(dimension, taken[i] * width, width));
  }
  return out;
}

/// The file's tensors as the network has them: those of the outputs by `taken`, told by what grows with the outputs.
StateDict adapted(const Network& network, const NetworkKind& kind, const ChosenStateDict& file,
                  const std::vector<int>& taken) {
  NetworkShape larger = network.shape();
  ++larger.classes;
  const StateDict own = stateDictOf(network), grown = stateDictOf(*makeNetwork(kind, larger));
  StateDict out;
  for (const auto& [key, tensor] : file.tensors) {
    const at::Tensor* mine = tensorOf(own, key);
    const at::Tensor* more = tensorOf(grown, key);
    const auto dimension = mine != nullptr && more != nullptr ? differingDimension(*mine, *more) : std::nullopt;
    const auto channels = static_cast<std::int64_t>(taken.size());
    // Of a head that training alone needs the file may have another number of outputs than of the last layer.
    const bool isOutput = dimension && tensor.dim() == mine->dim() &&
                          tensor.size(*dimension) * channels == mine->size(*dimension) * file.shape.classes;
    out.emplace_back(key, isOutput ? withRows(*mine, tensor, *dimension, taken) : tensor);
  }
  return out;
}

/// Keys of the network that a file may lack.
std::vector<std::string> missingAuxiliary(const Network& network, const StateDict& file) {
  std::vector<std::string> out;
  if (!network.shape().hasAuxiliary) return out;
  for (const auto& [key, tensor] : stateDictOf(network))
    if (tensorOf(file, key) == nullptr && !key.ends_with("num_batches_tracked")) out.push_back(key);
  return out;
}

std::vector<std::string> saidOf(const std::filesystem::path& file, const ChosenStateDict& chosen,
                                const LoadRemarks& remarks) {
  std::vector<std::string> said;
  for (const auto* texts : {&chosen.warnings, &remarks.warnings})
    for (const std::string& text : *texts) said.push_back(file.filename().string() + ": " + text);
  return said;
}

std::string outputsText(const std::vector<int>& taken, int fileChannels, int fileVoid) {
  const auto missing = static_cast<std::size_t>(std::count(taken.begin(), taken.end(), -1));
  const std::size_t known = taken.size() - 1 - static_cast<std::size_t>(std::count(taken.begin(), taken.end() - 1, -1));
  std::string out = std::to_string(fileChannels) + " outputs in the file, " + std::to_string(taken.size()) +
                    " in the network: those of " + std::to_string(known) + " classes are taken over";
  if (taken.back() >= 0)
    out += ", void from output " + std::to_string(fileVoid) + " to " + std::to_string(taken.size() - 1);
  if (missing > 0) out += ", " + std::to_string(missing) + " begin anew";
  return out;
}

}  // namespace

std::vector<int> outputsTaken(int channels, int fileChannels, int fileVoid) {
  require(channels > 1, "outputsTaken: a class and void");
  const std::vector<int> known = knownChannels(fileChannels, fileVoid);
  std::vector<int> taken(static_cast<std::size_t>(channels), -1);
  std::copy_n(known.begin(), std::min(known.size(), taken.size() - 1), taken.begin());
  taken.back() = fileVoid;
  return taken;
}

std::vector<int> widthsLeft(const std::filesystem::path& file, const NetworkKind& kind) {
  const auto sidecar = readSidecar(file);
  const ChosenStateDict chosen = chooseStateDict(readCheckpoint(file), sidecar ? sidecar->stateDict : "", file);
  // Of a whole network of other widths than published nothing is taken over unasked.
  const bool isPruned = chosen.kind == &kind && chosen.shape.widths.size() > kind.widths.size();
  return isPruned ? chosen.shape.widths : std::vector<int>();
}

std::vector<std::string> loadStartWeights(Network& network, const NetworkKind& kind,
                                          const std::filesystem::path& file) {
  const auto sidecar = readSidecar(file);
  const ChosenStateDict chosen = chooseStateDict(readCheckpoint(file), sidecar ? sidecar->stateDict : "", file);
  if (chosen.kind != &kind) {
    throw Error({.what = "the weights to begin with are of another network",
                 .expected = kind.name,
                 .found = chosen.kind->name,
                 .file = file});
  }
  if (chosen.shape.head != network.shape().head) return saidOf(file, chosen, loadUnderHead(network, chosen, file));
  const int channels = network.shape().classes, fileChannels = chosen.shape.classes;
  const bool isSaid = sidecar && sidecar->voidChannel;
  const int assumed = assumedVoidChannel(fileChannels);
  int fileVoid = isSaid ? *sidecar->voidChannel : (kind.isVoidFirst && assumed >= 0 ? 0 : assumed);
  if (fileVoid < 0 && channels == fileChannels) fileVoid = channels - 1;  // the same places, whatever they mean
  if (fileVoid >= fileChannels) {
    throw Error({.what = "the sidecar's void channel is beyond the outputs of the weights to begin with",
                 .expected = "-1 to " + std::to_string(fileChannels - 1),
                 .found = std::to_string(fileVoid),
                 .file = file});
  }
  const std::vector<int> taken = outputsTaken(channels, fileChannels, fileVoid);
  std::vector<int> same(taken.size());
  std::iota(same.begin(), same.end(), 0);
  const bool isSame = channels == fileChannels && taken == same;
  const LoadRemarks remarks =
      loadWeights(network, kind, isSame ? chosen.tensors : adapted(network, kind, chosen, taken), file);
  std::vector<std::string> said = saidOf(file, chosen, remarks);
  if (std::vector<std::string> missing = missingAuxiliary(network, chosen.tensors); !missing.empty())
    said.push_back(file.filename().string() + ": has not all heads that serve training alone: begun anew are " +
                   keysText(missing));
  if (!isSame) {
    said.push_back(file.filename().string() + ": " + outputsText(taken, fileChannels, fileVoid) +
                   (isSaid ? "" : " (which output is void is assumed)"));
  }
  return said;
}

}  // namespace oodscope
