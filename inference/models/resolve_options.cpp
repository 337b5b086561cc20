// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/resolve_options.inl.h"

#include "analysis/core/error.h"
#include "inference/models/model.h"

#include <algorithm>

namespace oodscope {
namespace {

/// Throws Error for options of the sidecar that the kind lacks.
void requireOffered(const NetworkKind& kind, const Sidecar& sidecar, const std::filesystem::path& model) {
  for (const auto& [name, value] : sidecar.options) {
    const auto option = std::ranges::find(kind.options, name, &NetworkOption::name);
    std::string known;
    if (option != kind.options.end())
      for (const NetworkOption::Value& each : option->values)
        known.append(known.empty() ? "\"" : ", \"").append(each.name).append("\"");
    if (offers(kind, {{name, value}})) continue;
    const std::string lacking = std::string(name).append(" that ").append(kind.name);
    throw Error({.what = "The model's sidecar names a " + lacking + " does not have",
                 .expected = known.empty() ? "no \"" + name + "\": " + kind.name + " has one form only"
                                           : "\"" + name + "\" as one of " + known,
                 .found = "\"" + value + "\" for " + model.filename().string(),
                 .file = sidecar.file});
  }
}

std::string descriptionOf(const NetworkOption& option, const std::string& value) {
  const auto found = std::ranges::find(option.values, value, &NetworkOption::Value::name);
  return found == option.values.end() ? value : found->name + ": " + found->description;
}

}  // namespace

ResolvedOptions resolveOptions(const NetworkKind& kind, const std::optional<Sidecar>& sidecar,
                               const std::filesystem::path& model) {
  ResolvedOptions out;
  if (sidecar) {
    requireOffered(kind, *sidecar, model);
    out.options = sidecar->options;
  }
  const bool isOldTraining =
      sidecar && sidecar->description && sidecar->description->starts_with(kind.name + " trained on ");
  for (const NetworkOption& option : kind.options) {
    if (out.options.contains(option.name)) continue;
    if (option.isToldByKeys) {
      out.options[option.name] = option.values.front().name;
      continue;
    }
    const bool isOld = isOldTraining && !option.ofOldTrainings.empty();
    const std::string value = isOld ? option.ofOldTrainings : option.values.front().name;
    out.options[option.name] = value;
    const std::string reason = isOld ? " taken, which this program trained before its sidecars named one" : " assumed";
    out.assumptions.push_back("no " + option.name + " given: " + descriptionOf(option, value) + reason);
  }
  return out;
}

void refuseOptions(const std::optional<Sidecar>& sidecar) {
  if (!sidecar || sidecar->options.empty()) return;
  const auto& [name, value] = *sidecar->options.begin();
  throw Error({.what = "The model's sidecar names a " + name + " of a TorchScript model",
               .expected = "no \"" + name + "\": a script holds its own code",
               .found = "\"" + value + "\"",
               .file = sidecar->file});
}

std::string architectureText(const ModelInfo& info) {
  std::string values;
  for (const auto& [name, value] : info.options) values.append(values.empty() ? "" : ", ").append(value);
  return values.empty() ? info.architecture : info.architecture + " (" + values + ")";
}

}  // namespace oodscope
