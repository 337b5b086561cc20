// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/imported_scores.h"
#include "analysis/ensembles/expression.h"
#include "analysis/ensembles/normalisation.h"
#include "app/sources/fitted_statistics.h"
#include "app/sources/score_source.h"
#include "inference/logits/logits_store.h"
#include "inference/models/model.h"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Something that gives scores of any set: a network, or a folder of somebody's files.
struct SourceItem {
  std::string label;
  std::shared_ptr<Model> model = {};                        ///< a network; none:
  std::filesystem::path folder = {};                        ///< maps or logits, one a frame
  std::string arrayName = {};                               ///< which array of files of several; empty: the obvious one
  std::optional<Polarity> polarity = {};                    ///< of maps; empty: as their form says
  std::shared_ptr<const FittedStatistics> statistics = {};  ///< that methods may measure by; null: none
  bool readsFeatures = false;           ///< opens features beside other arrays, whatever was fitted for them
  std::vector<PassChoice> passes = {};  ///< of a network: how it is run besides
};

/// The further passes that methods read, of networks that can be run so, with `values` where these name them.
[[nodiscard]] std::vector<PassChoice> passesFor(const SourceItem& item, const std::vector<Method>& methods,
                                                const PassValues& values);

/// The passes that add an array to what a network gives (PassKind::adds), of networks that can be run so.
[[nodiscard]] std::vector<PassChoice> passesAdding(const SourceItem& item, Output output);

/// Scores of *set by the item: the only maker of score sources. Throws Error where the folder's files do not fit the
/// set, or where a channel is chosen that the network lacks.
[[nodiscard]] std::shared_ptr<ScoreSource> openSource(std::shared_ptr<const DataSet> set, const SourceItem& item,
                                                      const ChannelChoice& channels,
                                                      std::shared_ptr<LogitsStore> store);
/// A score in an ensemble. Of an item that gives finished maps, method, temperature and channels say nothing.
struct EnsembleScore {
  SourceItem item;
  std::optional<Method> method = {};
  std::optional<float> temperature = {};  ///< none: 1, or the method knows none
  ChannelChoice channels = {};
  FilterChain filters = {};
};
/// A weighted product of them: of one, mostly.
struct EnsembleProduct {
  double weight = 1.0;
  std::vector<EnsembleScore> scores;
};
/// An ensemble with everything that it is made of.
struct EnsemblePlan {
  EnsembleExpression expression;  ///< of as many terms and factors
  std::vector<EnsembleProduct> terms;
  Normalisation normalisation;
  std::string label = {};         ///< empty: its text
  std::string base = {};          ///< label of the source that factors without one are of; empty: there are none
  std::uint64_t memoryBytes = 0;  ///< of terms that stay between uses, for other weights
};

/// How the scores of finished maps are called in an ensemble: "0.5*msp+0.5*score@maps".
inline constexpr std::string_view kFinishedMaps = "score";

/// What an expression means where these items are open: a factor's source is the item of its label (or of an ending of
/// its path), `base` where it names none. Throws Error: an unknown method or label, a method of finished maps, and a
/// filter.
[[nodiscard]] EnsemblePlan ensemblePlan(const EnsembleExpression& expression, const Normalisation& normalisation,
                                        std::span<const SourceItem> items, const SourceItem* base, float temperature,
                                        const ChannelChoice& channels);
/// Whether a factor names no source, and the labels of those that are named.
[[nodiscard]] bool needsBase(const EnsembleExpression& expression);
[[nodiscard]] bool namesSource(const EnsembleExpression& expression, const SourceItem& item,
                               std::span<const SourceItem> items);

/// The ensemble of scores of *set as one source: see EnsembleSource. Items of one label and one choice of channels are
/// opened once. Requires: one term or more of one score or more, a method for each item with logits, finite weights.
/// Throws Error as above, and where a method is impossible.
[[nodiscard]] std::shared_ptr<ScoreSource> openSource(const std::shared_ptr<const DataSet>& set,
                                                      const EnsemblePlan& plan,
                                                      const std::shared_ptr<LogitsStore>& store);
/// What the sources of the item are, whatever the set.
[[nodiscard]] SourceId sourceIdOf(const SourceItem& item);

/// How networks are run.
struct NetworkUse {
  Device device = Device::Cpu;
  int threads = 0;
  LogitsStore::Options store = {};
  int voidChannel = -2;            ///< -2: as the model says, -1: none
  std::optional<Size> input = {};  ///< in place of what the model says
  NetworkOptions options = {};     ///< of architectures, in place of what sidecars say of them
};

/// The entry's network. Throws Error, also where the file is not the one that the entry's SHA-256 names or not what the
/// entry says of its outputs.
[[nodiscard]] std::shared_ptr<Model> openModel(const ModelEntry& entry, const NetworkUse& use);

/// One label a source, models before folders: see distinctLabels().
struct SourceLabels {
  std::vector<std::string> models, folders;
};
[[nodiscard]] SourceLabels sourceLabels(const std::vector<std::filesystem::path>& models,
                                        const std::vector<std::filesystem::path>& folders);

}  // namespace oodscope
