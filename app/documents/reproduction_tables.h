// SPDX-License-Identifier: GPL-3.0-or-later
// Tables that somebody printed, or asked to be filled, as data: what each row and column needs to be measured again.
#pragma once
#include "analysis/core/grid.h"
#include "analysis/datasets/layout.h"
#include "analysis/metrics/protocol.h"
#include "inference/networks/network_options.h"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// That all of these tables were measured under.
[[nodiscard]] Protocol reproducedProtocol();

/// What a recipe of evaluation does with a network, where it is not what the network's file and sidecar say.
struct NetworkReading {
  NetworkOptions options = {};     ///< of its architecture
  std::optional<Size> input = {};  ///< that images are brought to
  bool takesEveryChannel = false;  ///< also those that are no known class
  friend bool operator==(const NetworkReading&, const NetworkReading&) = default;
};

/// A network that rows of a table are of, and how its file is known among many.
struct WantedNetwork {
  /// Whether it was trained on "anything else" as a class.
  enum class VoidClass {
    None,
    Named,   ///< its sidecar names the channel or its path has a word for it: the file is as without
    Counted  ///< its outputs are more than the known classes
  };
  std::string model;                       ///< as resources/published.json calls it
  std::vector<std::string> architectures;  ///< any of these
  std::vector<int> classes;                ///< any of these numbers
  VoidClass voidClass = VoidClass::None;
  std::string head = {};                             ///< see WeightsSummary
  std::vector<std::vector<std::string>> words = {};  ///< of each group one stands in the file's path
  std::vector<std::string> foreignWords = {};        ///< none of these does
  NetworkReading reading = {};
};

/// A row as it was printed.
struct WantedRow {
  std::string title;
  std::size_t network = 0;                 ///< among the table's
  std::string method;                      ///< the command line's name
  std::optional<double> temperature = {};  ///< none: the method has none
  /// Of these that with the highest mean over the sets of AP minus FPR95, in place of `temperature`.
  std::vector<double> bestOf = {};
  std::string lack = {};  ///< why nobody can measure it
};

/// A set of images, whatever its folder is called.
struct WantedSet {
  std::string name;                ///< as resources/published.json calls it
  std::vector<std::string> names;  ///< of its folder, without case and punctuation, where the layout does not tell it
  std::vector<Layout> layouts;     ///< whose sets are it
  std::size_t frames = 0;          ///< with ground truth
};

/// Words for a network with a trained void class.
[[nodiscard]] const std::vector<std::string>& voidClassWords();

struct ReproductionTable {
  std::string id;      ///< "baselines"
  std::string title;   ///< "ERFNet anomaly inferences"
  std::string source;  ///< title of its source in resources/published.json; empty: nothing is printed in it
  std::string number;  ///< of the table there
  std::vector<WantedNetwork> networks;
  std::vector<WantedRow> rows;
};

/// The columns of all tables: the five sets of the course.
[[nodiscard]] const std::vector<WantedSet>& courseSets();
/// Frames of Cityscapes' validation set, which the mIoU of all rows is of.
inline constexpr std::size_t kCityscapesValFrames = 500;

/// Tables 1 to 4 of seed 001 and the empty ones of the task that it answers.
[[nodiscard]] const std::vector<ReproductionTable>& reproductionTables();
/// "baselines, temperature, …".
[[nodiscard]] std::string reproductionTableNames();

/// A way to score EoMT that is in use: what it does otherwise than the course's usual one, which brings the whole image
/// to 1024x512 and scores S of the 19 classes.
struct MaskRecipe {
  std::string_view name;    ///< "a"
  std::string_view images;  ///< what is made of an image
  std::string_view scored;  ///< what the softmax scores read
  std::string_view rbaText;
  std::string_view classes;
  std::string_view windows;  ///< the reading, as EoMT's sidecar names it
  Size input{};              ///< empty: as the reading assumes
  bool takesEveryChannel = false;
  std::string_view rba = {};   ///< method; empty: none that could be named so
  bool hasClassLogits = true;  ///< a temperature can divide the queries' class logits
};
/// Source: r-anguilletti/MaskArchitectureAnomaly_CourseProject, eval (a: evalAnomalyEOMT.py, b: evalAnomalyEOMTRbA.py,
/// c: evalAnomalyEOMTTemp.py), and tue-mps/eomt, training/lightning_module.py.
[[nodiscard]] std::span<const MaskRecipe> maskRecipes();
/// "a, b, c, authors".
[[nodiscard]] std::string maskRecipeNames();
/// ERFNet and EoMT by MSP, max-logit, max-entropy and RbA at the course's temperatures, EoMT as the recipe has it.
[[nodiscard]] ReproductionTable course2025Table(const MaskRecipe& recipe);

}  // namespace oodscope
