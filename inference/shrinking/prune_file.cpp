// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "inference/networks/headed_network.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/shrinking/network_file.inl.h"
#include "inference/shrinking/pruning.inl.h"
#include "inference/shrinking/shrinking.h"

#include <torch/utils.h>

#include <algorithm>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

/// The network itself, or the one below its head.
const HasInnerChannels* innerOf(const Network& network) {
  const auto* headed = dynamic_cast<const HeadedNetwork*>(&network);
  return dynamic_cast<const HasInnerChannels*>(headed != nullptr ? &headed->base() : &network);
}

std::string shareText(double fraction) { return generalText(100.0 * fraction, 6) + " %"; }

std::int64_t elements(const std::vector<ConvolutionWeight>& weights) {
  std::int64_t count = 0;
  for (const ConvolutionWeight& each : weights) count += each.weight.numel();
  return count;
}

[[noreturn]] void takesNothing(const NetworkFile& model, const PruneOptions& options, const std::string& what) {
  throw Error({.what = "the fraction takes nothing out of the network",
               .expected = "a fraction above 0 and below 1 that is one " + what + " at least",
               .found = generalText(options.fraction, 6),
               .file = model.file});
}

void pruneMagnitudes(const NetworkFile& model, const PruneOptions& options, ShrunkFile& out) {
  const auto weights = convolutionWeights(*model.network, *model.kind);
  const std::int64_t taken = pruneByMagnitude(weights, options.fraction);
  if (taken == 0) takesNothing(model, options, "weight of a convolution");
  out.description = "pruned by magnitude, " + shareText(options.fraction) +
                    " of all convolutions together: " + std::to_string(taken) + " of " +
                    std::to_string(elements(weights)) + " weights are 0";
  out.remarks.emplace_back(
      "zeros are stored and multiplied as any weight: size on disk, multiply-adds and latency stay as they were");
}

/// The network with its channels pruned.
std::shared_ptr<Network> pruneChannels(const NetworkFile& model, const PruneOptions& options, ShrunkFile& out) {
  const HasInnerChannels* inner = innerOf(*model.network);
  const std::vector<InnerChannels> removable = inner != nullptr ? inner->innerChannels() : std::vector<InnerChannels>();
  std::vector<std::vector<std::int64_t>> kept(removable.size());
  std::int64_t removed = 0, zeroed = 0, ofRemovable = 0, ofOthers = 0;
  for (const ConvolutionWeight& each : convolutionWeights(*model.network, *model.kind)) {
    if (each.givesLogits) continue;
    const auto place = std::ranges::find(removable, each.module, &InnerChannels::convolution);
    const std::int64_t count = each.weight.size(each.outputs);
    const std::vector<std::int64_t> stay = channelsKept(each, options.fraction);
    const std::int64_t gone = count - static_cast<std::int64_t>(stay.size());
    if (place != removable.end()) {
      kept[static_cast<std::size_t>(place - removable.begin())] = stay;
      removed += gone;
      ofRemovable += count;
    } else if (removable.empty() || options.everyLayer) {
      zeroOtherChannels(each, stay);
      zeroed += gone;
      ofOthers += count;
    }
  }
  if (removed + zeroed == 0) takesNothing(model, options, "channel of a convolution");
  out.description = "channels pruned by L1 norm, " + shareText(options.fraction) + " of each convolution: ";
  if (ofRemovable > 0)
    out.description += std::to_string(removed) + " of " + std::to_string(ofRemovable) + " inside blocks taken out";
  if (ofOthers > 0) {
    out.description += (ofRemovable > 0 ? ", " : "") + std::to_string(zeroed) + " of " + std::to_string(ofOthers) +
                       (ofRemovable > 0 ? " others" : "") + " are 0";
    out.remarks.push_back("of " + model.kind->name + " " + std::to_string(zeroed) +
                          " channels are 0 and stay: they cost what they did");
  }
  return removed > 0 ? withoutChannels(*model.network, *model.kind, *inner, kept) : model.network;
}

}  // namespace

ShrunkFile pruneFile(const fs::path& model, const PruneOptions& options, const fs::path& output) {
  require(options.fraction > 0.0 && options.fraction < 1.0, "pruneFile: a fraction above 0 and below 1");
  requireNewFile(output);
  const NetworkFile given = openNetworkFile(model);
  const torch::NoGradGuard noGradient;
  if (convolutionWeights(*given.network, *given.kind).empty()) {
    throw Error({.what = "there is nothing to prune",
                 .expected = "a network of convolutions",
                 .found = given.kind->name + ", which has none that could do without a part",
                 .file = model});
  }
  ShrunkFile out;
  out.remarks = given.remarks;
  out.before = sizeOf(*given.network, *given.kind, given.input());
  out.before.bytes = fs::file_size(model);
  std::shared_ptr<Network> pruned = given.network;
  if (options.how == Pruning::Magnitude)
    pruneMagnitudes(given, options, out);
  else
    pruned = pruneChannels(given, options, out);
  out.after = sizeOf(*pruned, *given.kind, given.input());
  writeShrunk(given, stateDictOf(*pruned), output, out);
  return out;
}

}  // namespace oodscope
