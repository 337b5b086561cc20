// SPDX-License-Identifier: GPL-3.0-or-later
// Which of the user's files and folders a table's rows and columns are measured with, and why some cannot be.
#pragma once
#include "analysis/datasets/data_set.h"
#include "app/documents/reproduction_tables.h"
#include "inference/models/weights_summary.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace oodscope {

/// A set of images that may be one of the wanted ones.
struct FoundSet {
  std::filesystem::path path;
  std::string name;  ///< of its folder
  Layout layout;
  std::size_t labelled = 0;  ///< frames with ground truth
};
/// A network that may be one of the wanted ones.
struct FoundWeights {
  std::string name;  ///< the file's path below the folder that was named
  WeightsSummary summary;
};
/// What was found, and what could not be used, each with why.
template <class Item>
struct Found {
  std::vector<Item> items;
  std::vector<std::string> problems;
};

/// One of those found, or why there is none.
struct Choice {
  std::optional<std::size_t> index;
  std::vector<std::size_t> others;  ///< that would have done as well: the first in natural order is taken
  std::string lack;                 ///< empty where there is one
};

/// The sets below the folder that are wanted ones by their folder's name or by their layout; only such are opened.
/// Throws Error where the folder cannot be read.
[[nodiscard]] Found<FoundSet> findSets(const std::filesystem::path& folder, std::span<const WantedSet> wanted);
/// Every network among the files of the folder, three deep, by their content; a file stands for itself. Throws Error
/// where the folder cannot be read. Cost: reads every .pth, .pt, .bin, .ckpt and .tar file once.
[[nodiscard]] Found<FoundWeights> findWeights(const std::filesystem::path& folder);

/// The set among those found: one of as many frames as wanted goes before all others.
[[nodiscard]] Choice chooseSet(const WantedSet& wanted, std::span<const FoundSet> found);
/// The network's weights among those found.
[[nodiscard]] Choice chooseWeights(const WantedNetwork& wanted, std::span<const FoundWeights> found);

/// "30 of the 100 frames"; empty where there are as many as wanted.
[[nodiscard]] std::string otherCountText(std::size_t frames, std::size_t wanted);

}  // namespace oodscope
