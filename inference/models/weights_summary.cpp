// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/weights_summary.h"

#include "analysis/core/error.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/built_in.inl.h"
#include "inference/models/resolve_options.inl.h"
#include "inference/models/sidecar.h"
#include "inference/models/torch_reason.h"
#include "inference/networks/head.inl.h"
#include "inference/networks/state_dict_choice.inl.h"

#include <c10/core/InferenceMode.h>

namespace oodscope {
namespace {

WeightsSummary summaryOfStateDict(const std::filesystem::path& file) {
  const auto sidecar = readSidecar(file);
  const ChosenStateDict chosen = chooseStateDict(readCheckpoint(file), sidecar ? sidecar->stateDict : "", file);
  NetworkShape shape = chosen.shape;
  shape.options = resolveOptions(withHeadOptions(*chosen.kind, shape), sidecar, file).options;
  const ResolvedSidecar resolved = resolveSidecar(sidecar, channelsOf(*chosen.kind, shape), chosen.kind->normalisation);
  return {.file = file,
          .architecture = chosen.kind->name,
          .head = shape.head,
          .classes = shape.classes,
          .voidChannel = resolved.outputs.voidChannel,
          .isVoidAssumed = resolved.channelsAssumed && resolved.outputs.voidChannel >= 0};
}

}  // namespace

WeightsSummary summariseWeights(const std::filesystem::path& file) {
  const c10::InferenceMode inference;
  try {
    if (isTorchScript(file)) return {.file = file, .architecture = "TorchScript"};
    return summaryOfStateDict(file);
  } catch (const c10::Error& problem) {
    throw Error("LibTorch cannot use the model: " + torchReason(problem), file);
  }
}

}  // namespace oodscope
