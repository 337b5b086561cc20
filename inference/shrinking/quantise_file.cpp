// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "inference/models/built_in.inl.h"
#include "inference/models/input_tensor.inl.h"
#include "inference/networks/quantised_forms.inl.h"
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

[[noreturn]] void refuse(const NetworkFile& model, const std::string& expected, const std::string& why) {
  throw Error({.what = "this network cannot be quantised so",
               .expected = expected,
               .found = model.kind->name + (model.shape.head.empty() ? "" : " with the head " + model.shape.head) + why,
               .file = model.file});
}

/// A file to be quantised as it is before: what is known of its size, too.
ShrunkFile shrunkOf(const NetworkFile& given) {
  ShrunkFile out;
  out.remarks = given.remarks;
  out.before = out.after = sizeOf(*given.network, *given.kind, given.input());
  out.before.bytes = fs::file_size(given.file);
  out.remarks.emplace_back(
      "how much quicker int8 is, and what it costs in accuracy, is this processor's and these weights' own: see shrink "
      "table");
  return out;
}

/// Share of the weights that `bytes` quantises.
double shareOf(const DynamicBytes& bytes, const Network& network) {
  std::int64_t quantised = 0, all = 0;
  for (const auto& parameter : network.named_parameters()) {
    all += parameter.value().numel();
    if (bytes.isQuantised(parameter.key())) quantised += parameter.value().numel();
  }
  return static_cast<double>(quantised) / static_cast<double>(all);
}

}  // namespace

ShrunkFile quantiseFile(const fs::path& model, const CalibrationImages& images, const fs::path& output) {
  requireNewFile(output);
  const NetworkFile given = openNetworkFile(model);
  const QuantisedForms forms = quantisedFormsOf(*given.kind, given.shape);
  if (forms.graph == nullptr)
    refuse(given, staticKinds() + " without a further head",
           forms.dynamic != nullptr ? ", of which dynamic int8 is made" : "");
  const torch::NoGradGuard noGradient;
  const Preprocessing preprocessing = preprocessingOf(given);
  const ByteGraph graph = forms.graph(*given.network);
  std::size_t count = 0;
  const torch::Tensor ranges = observeRanges(graph, [&] {
    const std::optional<RgbImage> image = images.next();
    if (!image) return torch::Tensor();
    ++count;
    return inputTensor(*image, preprocessingFor(*given.kind, given.shape, image->size(), preprocessing));
  });
  if (count == 0) throw Error("no image to calibrate on could be read: " + images.name, model);
  ShrunkFile out = shrunkOf(given);
  out.description =
      "quantised to int8, static: weights by output channel (max |w| / 127.5), values between layers by "
      "their least and most over " +
      std::to_string(count) + " images of " + images.name + "; the last layer stays float32";
  writeShrunk(given, quantisedStateDict(graph, *given.network, *given.kind, ranges), output, out);
  return out;
}

ShrunkFile quantiseDynamically(const fs::path& model, const fs::path& output) {
  requireNewFile(output);
  const NetworkFile given = openNetworkFile(model);
  const QuantisedForms forms = quantisedFormsOf(*given.kind, given.shape);
  if (forms.dynamic == nullptr) {
    refuse(given, dynamicKinds() + ", whose weights are mostly those of linear layers",
           ", a network of convolutions, which LibTorch has no dynamic int8 for" +
               std::string(forms.graph != nullptr ? ": static int8 is made of it" : ""));
  }
  const DynamicBytes& bytes = forms.dynamic();
  ShrunkFile out = shrunkOf(given);
  out.description = "quantised to int8, dynamic: weights of " + std::string(bytes.what) + " (" +
                    generalText(100.0 * shareOf(bytes, *given.network), 3) +
                    " % of all) by output (max |w| / 127.5), what they are multiplied with by its range at each pass; "
                    "all else stays float32";
  writeShrunk(given, dynamicStateDict(bytes, *given.network), output, out);
  return out;
}

}  // namespace oodscope
