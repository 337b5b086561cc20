// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/models/built_in.inl.h"
#include "inference/models/input_tensor.inl.h"
#include "inference/networks/quantised_erfnet.inl.h"
#include "inference/shrinking/network_file.inl.h"
#include "inference/shrinking/shrinking.h"

#include <torch/utils.h>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

Preprocessing preprocessingOf(const NetworkFile& model) {
  Preprocessing out = resolveSidecar(model.sidecar, 0, model.kind->normalisation).preprocessing;
  out.input = model.input();
  return out;
}

}  // namespace

ShrunkFile quantiseFile(const fs::path& model, const CalibrationImages& images, const fs::path& output) {
  requireNewFile(output);
  const NetworkFile given = openNetworkFile(model);
  if (!isQuantisable(*given.network)) {
    throw Error({.what = "this network cannot be quantised here",
                 .expected = "ERFNet without a further head",
                 .found = given.kind->name + (given.shape.head.empty() ? "" : " with the head " + given.shape.head),
                 .file = model});
  }
  const torch::NoGradGuard noGradient;
  const Preprocessing preprocessing = preprocessingOf(given);
  std::size_t count = 0;
  const torch::Tensor ranges = observeRanges(*given.network, [&] {
    const std::optional<RgbImage> image = images.next();
    if (!image) return torch::Tensor();
    ++count;
    return inputTensor(*image, preprocessingFor(*given.kind, given.shape, image->size(), preprocessing));
  });
  if (count == 0) throw Error("no image to calibrate on could be read: " + images.name, model);
  ShrunkFile out;
  out.remarks = given.remarks;
  out.before = out.after = sizeOf(*given.network, *given.kind, given.input());
  out.before.bytes = fs::file_size(model);
  out.description =
      "quantised to int8, static: weights by output channel (max |w| / 127.5), values between layers by "
      "their least and most over " +
      std::to_string(count) + " images of " + images.name + "; the last layer stays float32";
  out.remarks.emplace_back(
      "how much quicker int8 is, and what it costs in accuracy, is this processor's and these weights' own: see shrink "
      "table");
  const std::string sidecar = sidecarSaying(given, out.description);
  writeStateDict(output, quantisedStateDict(*given.network, ranges));
  out.after.bytes = fs::file_size(output);
  fs::path beside = output;
  writeFileAtomically(beside.replace_extension(".json"), std::string_view(sidecar));
  return out;
}

}  // namespace oodscope
