// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/imported_scores.h"
#include "app/sources/fitted_statistics.h"
#include "app/sources/score_source.h"
#include "inference/logits/logits_store.h"
#include "inference/models/model.h"

#include <filesystem>
#include <memory>
#include <string>
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

/// Scores of *set by the item: the only maker of score sources. Throws Error where the folder's files do not fit the
/// set, or where a channel is chosen that the network lacks.
[[nodiscard]] std::shared_ptr<ScoreSource> openSource(std::shared_ptr<const DataSet> set, const SourceItem& item,
                                                      const ChannelChoice& channels,
                                                      std::shared_ptr<LogitsStore> store);
/// A source's part in a weighted sum of scores. Of an item that gives finished maps, method, temperature and channels
/// say nothing.
struct SumTerm {
  SourceItem item;
  std::optional<Method> method = {};
  std::optional<float> temperature = {};  ///< none: 1, or the method knows none
  ChannelChoice channels = {};
  double weight = 1.0;
  PassValues passes = {};  ///< what a further pass is run with, where the method needs one
};
/// The weighted sum of several scores of *set as one source: see WeightedSource. Requires: two terms or more, a method
/// for each item with logits, finite weights. Throws Error as above, and where a method is impossible.
[[nodiscard]] std::shared_ptr<ScoreSource> openSource(const std::shared_ptr<const DataSet>& set,
                                                      const std::vector<SumTerm>& terms,
                                                      const std::shared_ptr<LogitsStore>& store);
/// What the sources of the item are, whatever the set.
[[nodiscard]] SourceId sourceIdOf(const SourceItem& item);

/// How networks are run.
struct NetworkUse {
  Device device = Device::Cpu;
  int threads = 0;
  LogitsStore::Options store = {};
  int voidChannel = -2;  ///< -2: as the model says, -1: none
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
