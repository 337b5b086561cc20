// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/distance_bins.h"
#include "analysis/regions/component_metrics.h"
#include "app/sources/open_source.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A weighted sum of scores, of each source that it does not name, where it needs one at hand.
struct EnsembleRequest {
  EnsembleExpression expression;
  Normalisation normalisation = {};
  // Of a session's:
  std::string label = {};                 ///< what it is called; empty: its text
  std::string model = {};                 ///< label of the one source at hand; empty: all that it does not name
  std::optional<float> temperature = {};  ///< its own; none: the request's
};

/// A score of each source by itself.
struct AskedScore {
  FilteredMethod method;
  float temperature = 1.0F;  ///< where the method knows one
  friend bool operator==(const AskedScore&, const AskedScore&) = default;
};

/// What a command is asked to score. Empty lists take the defaults of the command line.
struct EvaluationRequest {
  std::vector<SetEntry> sets;
  std::vector<ModelEntry> models;
  std::vector<std::filesystem::path> scores;  ///< folders of imported maps or logits
  std::string scoreName = {};                 ///< which array of score files of several; empty: the obvious one
  std::optional<Polarity> polarity = {};      ///< of score maps; empty: as `polarities` or their form says
  std::vector<FolderPolarity> polarities = {};
  std::vector<FolderStatistics> folderStatistics = {};  ///< where `statistics` names none
  /// Files of fitted statistics: each source takes the first that is of its network, before those that its entry names.
  std::vector<std::filesystem::path> statistics = {};
  std::vector<FilteredMethod> methods;
  std::vector<EnsembleRequest> ensembles = {};  ///< besides the methods
  /// Exactly these, in place of methods x temperatures; `methods` names theirs all the same.
  std::vector<AskedScore> asked = {};
  bool everyMethod = false;  ///< of each source all that it can serve (servedMethods()), in place of `methods`
  std::vector<float> temperatures;
  PassValues passes = {};  ///< what further passes are run with; the usual values else
  std::vector<Protocol> protocols;
  Resolution resolution = Resolution::ByProtocol;
  ChannelChoice channels = {};
  int voidChannel = -2;            ///< -2: as the model says, -1: none
  std::optional<Size> input = {};  ///< of networks, in place of what each says
  NetworkOptions options = {};     ///< of their architectures, in place of what sidecars say of them
  std::optional<ComponentTrack> components;
  bool componentsBySet = false;  ///< each set's own track (componentTrack()) instead of `components`
  /// Decision: score > threshold, as SegmentMeIfYouCan's. None: best F1 of the same row (an oracle choice), as
  /// strictlyBelow() hands it over.
  std::optional<float> componentThreshold;
  std::optional<DistanceBins> distanceBins;  ///< rows say how they are at these distances, too
  bool sizeGroups = false;                   ///< rows say how they are for anomalies of ISSU's sizes, too
  bool openSet = false;                      ///< rows say how open-set recognition does, too
  bool instances = false;                    ///< rows have OoDIS' AP at the components' threshold, too
  bool published = false;                    ///< rows say what was printed of them, too
  bool asSubmitted = false;                  ///< round score maps to float16 first (kAsSubmitted)
  LogitsStore::Options store;
  Device device = Device::Cpu;
  int threads = 0;
  std::uint64_t memoryBudget = std::uint64_t{900} << 20;  ///< bytes for score maps held between passes
};

/// What provenance says of scores that were rounded first.
inline constexpr std::string_view kAsSubmitted =
    "as submitted (float16): each score rounded to the nearest float16 first";

/// How the request runs its networks.
[[nodiscard]] NetworkUse networkUse(const EvaluationRequest& request);

/// What a session asks to be evaluated: its sets, models and score folders; its methods, temperatures and protocols,
/// each the view's own where the session lists none. Throws Error for a method name that no session file could hold.
[[nodiscard]] EvaluationRequest requestOf(const Session& session);

/// Whether ensembles are asked for and no method of a source by itself.
[[nodiscard]] bool isOfEnsemblesAlone(const EvaluationRequest& request);

/// Whether the scores of an ensemble depend on the temperature.
[[nodiscard]] bool usesTemperature(const EnsemblePlan& plan);

/// The ensembles of a request with the sources that they are to be made of: each once a temperature, where its scores
/// depend on one, and once a source at hand, which are those that it does not name, or all where it names all; of
/// several those that can give such scores, told by their files. What
/// cannot be made is put into `problems`.
[[nodiscard]] std::vector<EnsemblePlan> ensemblePlans(const EvaluationRequest& request,
                                                      const std::vector<SourceItem>& items,
                                                      std::vector<std::string>& problems);

/// A set of a request, or why it could not be opened. Its name is a label that no other set of the request has.
struct OpenedSet {
  std::shared_ptr<const DataSet> set;
  std::string failure;  ///< names the folder
};
[[nodiscard]] std::vector<OpenedSet> openSets(const std::vector<SetEntry>& entries);

/// A source of a request, or why its network could not be loaded.
struct OpenedSource {
  SourceItem item;
  std::filesystem::path path;
  std::string failure;       ///< names the file
  std::string warning = {};  ///< of a source that is used all the same
};
/// The request's methods that need a further pass, with what each is run with, as far as a network can be run so.
[[nodiscard]] std::vector<PassChoice> passesFor(const SourceItem& item, const EvaluationRequest& request);
/// Models first, then folders, in the request's order, with labels of which no two are alike.
[[nodiscard]] std::vector<OpenedSource> openSourceItems(const EvaluationRequest& request);

}  // namespace oodscope
