// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/variant.inl.h"

#include "analysis/core/error.h"
#include "inference/models/model.h"

#include <algorithm>

namespace oodscope {
namespace {

std::string descriptionOf(const NetworkKind& kind, const std::string& variant) {
  for (const NetworkVariant& each : kind.variants)
    if (each.name == variant) return each.name + ": " + each.description;
  return variant;
}

}  // namespace

ResolvedVariant resolveVariant(const NetworkKind& kind, const std::optional<Sidecar>& sidecar,
                               const std::filesystem::path& model) {
  if (sidecar && sidecar->variant) {
    std::string known;
    for (const NetworkVariant& each : kind.variants) {
      if (each.name == *sidecar->variant) return {.name = each.name, .assumption = {}};
      known += (known.empty() ? "\"" : ", \"") + each.name + "\"";
    }
    throw Error({.what = "The model's sidecar names a variant that " + kind.name + " does not have",
                 .expected = kind.variants.empty() ? "no \"variant\": " + kind.name + " has one form only"
                                                   : "\"variant\" as one of " + known,
                 .found = "\"" + *sidecar->variant + "\" for " + model.filename().string(),
                 .file = sidecar->file});
  }
  if (kind.variants.empty()) return {};
  const bool isOldTraining =
      sidecar && sidecar->description && sidecar->description->starts_with(kind.name + " trained on ");
  const std::string name = isOldTraining ? kind.variantOfOldTrainings : kind.variants.front().name;
  const std::string reason =
      isOldTraining ? " taken, which this program trained before its sidecars named one" : " assumed";
  return {.name = name, .assumption = "no variant given: " + descriptionOf(kind, name) + reason};
}

void refuseVariant(const std::optional<Sidecar>& sidecar) {
  if (!sidecar || !sidecar->variant) return;
  throw Error({.what = "The model's sidecar names a variant of a TorchScript model",
               .expected = "no \"variant\": a script holds its own code",
               .found = "\"" + *sidecar->variant + "\"",
               .file = sidecar->file});
}

std::string architectureText(const ModelInfo& info) {
  return info.variant.empty() ? info.architecture : info.architecture + " (" + info.variant + ")";
}

}  // namespace oodscope
