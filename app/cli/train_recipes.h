// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/cli/command.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A training as somebody published it: options of `train`, which those that are given beside it win over.
struct TrainRecipe {
  struct Option {
    std::string_view name;                      ///< "--learning-rate"
    std::vector<std::string_view> values = {};  ///< none: a flag
  };
  std::string_view name;    ///< "seed001-erfnet-void"
  std::string_view says;    ///< what it is of, and what the user adds: "from ERFNet's Cityscapes weights (--start)"
  std::string_view source;  ///< where its values are from
  std::vector<Option> options;
};

/// All of them, in menu order, whether or not this program has the networks and losses that they name.
[[nodiscard]] std::span<const TrainRecipe> trainRecipes();

/// Those whose options `app` has with the values that they name: networks and losses of this program.
[[nodiscard]] std::vector<const TrainRecipe*> recipesFor(CLI::App& app);

/// Gives each option of `recipe` that the command line did not give the recipe's values. Returns what was given
/// otherwise, as "--epochs 1, --batch 2"; empty where nothing was. Requires: `app` is parsed. Throws
/// CLI::ValidationError for a value that an option refuses.
[[nodiscard]] std::string applyRecipe(CLI::App& app, const TrainRecipe& recipe);

}  // namespace oodscope
