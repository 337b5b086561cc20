// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/pinned.h"
#include "analysis/scores/method.h"

#include <array>
#include <limits>

namespace oodscope {

namespace kernels {
struct Group;
struct Recipe;
/// Scores one group of pixels: out has group.pixels values. Lane-wise: a pixel's score depends on that pixel alone.
using GroupKernel = void (*)(const Group& group, const Recipe& recipe, float* out);
}  // namespace kernels

/// What a source gives for a frame, as far as methods ask. Whatever a further method needs (a second head, class
/// statistics, mask queries, features) becomes a member here and a MethodNeed below; nothing else has to know.
struct ScoreInputs {
  bool isNetwork = true;  ///< a network; else somebody's files
  int channels = 0;       ///< of the logits
  int voidChannel = -1;   ///< trained "anything else" channel; -1: none
};

/// Why a source cannot serve a method, in words: the parts of an Error.
struct MethodLack {
  std::string what, expected, found;
};

/// Something that a method needs of its source.
struct MethodNeed {
  std::string_view title;  ///< "logits of the known classes"
  std::optional<MethodLack> (*lack)(const ScoreInputs& inputs);
};
extern const MethodNeed kNeedsLogits;
extern const MethodNeed kNeedsVoidChannel;
inline constexpr std::array kLogitsAlone = {&kNeedsLogits};

/// A number that whoever scores may choose.
struct MethodParameter {
  std::string_view name, symbol;  ///< "temperature", "T"
  double usual = 0.0;
  std::string_view help;
};
extern const MethodParameter kTemperatureParameter;
inline constexpr std::array kTemperatureAlone = {&kTemperatureParameter};

/// The values that a score can take. Both ends finite: it can be read as a probability of being anomalous.
struct MethodRange {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  [[nodiscard]] constexpr bool isProbability() const { return low == 0.0 && high == 1.0; }
};

/// What the inner loop prepares for a kernel.
enum class KernelReads {
  Planes,         ///< nothing: it reads the stored logits itself
  Tile,           ///< the logits widened to float32, and the largest of each pixel
  TileAndSecond,  ///< the second largest, too
};

/// A score method declared. A method is one file in methods/ with one of these and its line in method_kinds.cpp; the
/// command line's help, menus, keys, tables, preferences and the guide's page are made from it.
struct MethodKind {
  std::string_view name;       ///< command line, sessions, tables, file names: may never change
  std::string_view title;      ///< menus and figures
  std::string_view formula;    ///< z: logits of the C chosen channels, p = softmax(z / T)
  std::string_view reference;  ///< who published it
  std::string_view summary;    ///< one sentence for a tooltip
  MethodRange range = {};
  std::span<const MethodParameter* const> parameters = {};
  std::span<const MethodNeed* const> needs = {};
  bool readsAllChannels = false;    ///< whatever channels are chosen
  bool isInTrainingLog = false;     ///< has its columns in log.csv, filled where the network meets its needs
  double exponentialsPerLogit = 1;  ///< what it costs, for estimates of time
  KernelReads reads = KernelReads::Tile;
  kernels::GroupKernel kernel = nullptr;
  Pinned pinned = {};
};

namespace declared {
extern const MethodKind kMsp, kMaxLogit, kMaxEntropy, kEnergy, kSoftmaxDistance, kVoid;
}  // namespace declared

/// The methods that defaults and tests name. Code that asks which of them it holds belongs into a declaration.
namespace methods {
inline constexpr Method kMsp{declared::kMsp};
inline constexpr Method kMaxLogit{declared::kMaxLogit};
inline constexpr Method kMaxEntropy{declared::kMaxEntropy};
inline constexpr Method kEnergy{declared::kEnergy};
inline constexpr Method kSoftmaxDistance{declared::kSoftmaxDistance};
inline constexpr Method kVoid{declared::kVoid};
}  // namespace methods

}  // namespace oodscope
