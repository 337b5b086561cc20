// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/metrics/confusion.h"
#include "app/sources/progress.h"
#include "inference/models/model.h"

#include <stop_token>
#include <vector>

namespace oodscope {

/// Where predicted classes meet the true ones.
enum class ClassResolution {
  Network,  ///< labels brought to the network's output by PIL's nearest rule, as ERFNet's and the course's evaluation
            ///< do
  Label     ///< logits brought to the label's size bilinearly, as Cityscapes' own evaluation wants predictions
};

/// What a network says about the known classes of a set, whatever it thinks of anomalies.
struct ClosedSetReport {
  ConfusionMatrix confusion;  ///< of the model's known classes
  std::size_t frames = 0;     ///< evaluated
  std::size_t without = 0;    ///< frames of the set without class labels
  std::vector<FailedFrame> failures;
  bool cancelled = false;
};

/// Runs the network over every frame of `set` that has class labels. Predictions are the best of the model's known
/// classes; void pixels do not count. A frame that fails is listed and the rest goes on. Throws Error where no frame
/// has class labels. Cost: one network pass a frame; at label resolution 4 bytes a pixel and class.
[[nodiscard]] ClosedSetReport evaluateClosedSet(const DataSet& set, Model& model, ClassResolution resolution,
                                                const ProgressSink& progress, const std::stop_token& stop);

}  // namespace oodscope
