// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/trained_sidecar.inl.h"

#include "analysis/core/error.h"
#include "inference/models/preprocessing_fields.h"
#include "inference/networks/head.inl.h"
#include "inference/training/training_heads.inl.h"

#include <nlohmann/json.hpp>
#include <vector>

namespace oodscope {

std::string trainedSidecar(const TrainingOptions& options, const NetworkKind& kind, const SampleSource& pictures) {
  // Batches are made as any other input: by the default rule, normalised as the options or the kind say.
  const InputNormalisation applied = options.normalisation.value_or(kind.normalisation);
  auto sidecar = nlohmann::ordered_json::parse(
      Value(fieldsOf(
                {.input = options.input, .scale = applied.scale, .mean = applied.mean, .deviation = applied.deviation}))
          .json());
  std::vector<std::string> names = pictures.classNames();
  require(static_cast<int>(names.size()) == pictures.classes(), "train: a name a class");
  names.emplace_back(trainsVoidChannel(options) ? "void" : "void (untrained)");
  sidecar["channels"] = names;
  sidecar["known_classes"] = pictures.classes();
  sidecar["void_channel"] = trainsVoidChannel(options) ? pictures.classes() : -1;
  const NetworkKind headed = withHeadOptions(kind, shapeToTrain(options, pictures.classes() + 1));
  for (const NetworkOption& option : headed.options) sidecar[option.name] = option.values.front().name;
  sidecar["description"] = options.network + " trained on " + pictures.identity() +
                           (options.described.empty() ? "" : "; " + options.described);
  return sidecar.dump(2) + "\n";
}

}  // namespace oodscope
