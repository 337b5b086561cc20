// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/metrics/evaluate_set.h"
#include "analysis/regions/component_metrics.h"
#include "analysis/tables/result_table.h"
#include "app/session/session.h"
#include "app/sources/progress.h"
#include "app/sources/score_source.h"
#include "inference/logits/logits_store.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// What `oodscope-cli evaluate` is asked for. Empty lists take the defaults of the command line.
struct EvaluationRequest {
  std::vector<SetEntry> sets;
  std::vector<ModelEntry> models;
  std::vector<std::filesystem::path> scores;  ///< folders of imported maps or logits
  std::string scoreName = {};                 ///< which array of score files of several; empty: the obvious one
  std::vector<Method> methods;
  std::vector<float> temperatures;
  std::vector<Protocol> protocols;
  Resolution resolution = Resolution::ByProtocol;
  std::vector<int> channels;  ///< empty: the model's known classes
  bool allChannels = false;   ///< every output, whatever it means
  int voidChannel = -2;       ///< -2: as the model says, -1: none
  std::optional<ComponentTrack> components;
  bool componentsBySet = false;  ///< each set's own track (componentTrack()) instead of `components`
  /// Decision: score > threshold, as SegmentMeIfYouCan's. None: best F1 of the same row (an oracle choice), as
  /// strictlyBelow() hands it over.
  std::optional<float> componentThreshold;
  bool asSubmitted = false;  ///< round score maps to float16 first (kAsSubmitted)
  LogitsStore::Options store;
  Device device = Device::Cpu;
  int threads = 0;
  std::uint64_t memoryBudget = std::uint64_t{900} << 20;  ///< bytes for score maps held between passes
};

/// What provenance says of scores that were rounded first.
inline constexpr std::string_view kAsSubmitted =
    "as submitted (float16): each score rounded to the nearest float16 first";

struct EvaluationReport {
  ResultTable table;  ///< rows of every set, source, configuration and protocol that was finished
  std::vector<FailedFrame> failures;
  std::vector<std::string> warnings;    ///< likely mistakes and what was left out: the user should see them
  std::vector<std::string> notes;       ///< what was assumed and skipped: for whoever asks
  std::vector<std::string> unfinished;  ///< what was asked for and is not in the table, and why
  bool cancelled = false;
};

/// The default resolution of a protocol, as its owners do it: network for Course, label for all others.
[[nodiscard]] Resolution defaultResolution(Protocol protocol);

/// The entry's network, set up as the request says. Throws Error, also where the file is not the one that the entry's
/// SHA-256 names.
[[nodiscard]] std::shared_ptr<Model> loadModel(const EvaluationRequest& request, const ModelEntry& entry);
/// Throws Error where what the entry says of the network's outputs cannot be of this network.
void requireFits(const ModelEntry& entry, const ModelInfo& info);
/// Which channels of a network take part; empty: its known classes.
[[nodiscard]] std::vector<int> chosenChannels(const EvaluationRequest& request, const ModelInfo& info);

/// Runs the request: one network pass a frame whatever the number of configurations, then exact metrics of each. A
/// frame, a set or a source that fails is listed and the rest goes on; on a stop what is complete is returned. Throws
/// Error only where nothing at all can be done (no set opens, no source loads).
[[nodiscard]] EvaluationReport evaluate(const EvaluationRequest& request, const ProgressSink& progress,
                                        std::stop_token stop);

}  // namespace oodscope
