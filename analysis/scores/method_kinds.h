// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/grid.h"
#include "analysis/core/pinned.h"
#include "analysis/scores/method.h"
#include "analysis/scores/outputs.h"
#include "analysis/scores/pass.h"

#include <array>
#include <limits>
#include <vector>

namespace oodscope {

struct FeatureReference;
struct FeatureView;

namespace kernels {
struct Group;
struct Recipe;
/// Scores one group of pixels: out has group.pixels values. Lane-wise: a pixel's score depends on that pixel alone.
using GroupKernel = void (*)(const Group& group, const Recipe& recipe, float* out);
}  // namespace kernels

/// What a source gives for a frame, as far as methods ask. Whatever a further method needs becomes a member here and a
/// MethodNeed below; nothing else has to know.
struct ScoreInputs {
  bool isNetwork = true;              ///< a network; else somebody's files
  int channels = 0;                   ///< of the logits; 0: none
  int voidChannel = -1;               ///< trained "anything else" channel; -1: none
  int outlierChannels = 0;            ///< of the second head: 1 or 2; 0: none
  int membershipChannels = 0;         ///< of stored memberships; 0: none
  int queryColumns = 0;               ///< of class logits that have their mask logits beside them; 0: none
  int knownClasses = 0;               ///< K of these columns; 0: all but the last
  bool hasClassStatistics = false;    ///< mean and variance of each class's largest logit
  int channelWithoutStatistics = -1;  ///< that takes part and that these lack; -1: none
  int featureChannels = 0;            ///< of stored features; 0: none
  int gaussianDimensions = 0;         ///< of the features whose means and covariances are known; 0: none are
  int bankDimensions = 0;             ///< of the reference features; 0: there are none
  /// How it can be run besides.
  std::vector<const PassKind*> passes = {};
};

/// What outputs give by their shapes: no void channel, no statistics.
[[nodiscard]] ScoreInputs inputsOf(const OutputsView& outputs);

/// Why a source cannot serve a method, in words: the parts of an Error.
struct MethodLack {
  std::string what, expected, found;
};

/// Something that a method needs of its source.
struct MethodNeed {
  std::string_view title;  ///< "logits of the known classes"
  std::optional<MethodLack> (*lack)(const ScoreInputs& inputs);
};
extern const MethodNeed kNeedsLogits;         ///< or memberships, which then stand for logits
extern const MethodNeed kNeedsNetworkLogits;  ///< logits and nothing in their place
extern const MethodNeed kNeedsVoidChannel;
extern const MethodNeed kNeedsOutlierHead;
extern const MethodNeed kNeedsMemberships;    ///< stored, or made of class and mask logits
extern const MethodNeed kNeedsMaskQueries;    ///< class and mask logits
extern const MethodNeed kNeedsNegativeClass;  ///< a column between the known classes and "no object"
extern const MethodNeed kNeedsClassStatistics;
extern const MethodNeed kNeedsFeatures;
extern const MethodNeed kNeedsFeatureGaussians;  ///< mean and covariance of each class's features, of as many channels
extern const MethodNeed kNeedsReferenceBank;     ///< reference features of as many channels
inline constexpr std::array kLogitsAlone = {&kNeedsLogits};
inline constexpr std::array kNetworkLogitsAlone = {&kNeedsNetworkLogits};
inline constexpr std::array kMembershipsAlone = {&kNeedsMemberships};

/// A number that whoever scores may choose.
struct MethodParameter {
  std::string_view name, symbol;  ///< "temperature", "T"
  double usual = 0.0;
  std::string_view help;
};
extern const MethodParameter kTemperatureParameter;
/// The same knob where it divides the class logits of mask queries.
extern const MethodParameter kQueryTemperatureParameter;
inline constexpr std::array kTemperatureAlone = {&kTemperatureParameter};
inline constexpr std::array kQueryTemperatureAlone = {&kQueryTemperatureParameter};

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

/// What queries' class probabilities weigh their masks with: one row of Q weights a plane. probabilities: Q x columns,
/// softmax(c / T); classes: those of the first K that take part, ascending.
struct QueryProbabilities {
  std::vector<double> values = {};
  int queries = 0, columns = 0, known = 0;
  std::vector<int> classes = {};
  [[nodiscard]] std::span<const double> row(int query) const {
    return std::span(values).subspan(static_cast<std::size_t>(query) * static_cast<std::size_t>(columns),
                                     static_cast<std::size_t>(columns));
  }
};
using QueryWeights = std::vector<float> (*)(const QueryProbabilities& of);
/// The rows of S: P_q(k) for each class k.
[[nodiscard]] std::vector<float> membershipWeights(const QueryProbabilities& of);
/// One row: max_k P_q(k).
[[nodiscard]] std::vector<float> acceptanceWeights(const QueryProbabilities& of);
/// One row: max_k P_q(k) - P_q(negative).
[[nodiscard]] std::vector<float> rejectionWeights(const QueryProbabilities& of);

/// What the planes of a kernel are: channels of one array or two, one after the other; or, where there are weights, the
/// sums over queries of weight times sigmoid(mask logit), a plane for each row of weights.
struct PlaneChoice {
  std::array<Output, 2> arrays{};
  std::size_t count = 0;
  QueryWeights weights = nullptr;
  [[nodiscard]] constexpr std::span<const Output> outputs() const { return std::span(arrays).first(count); }
};
inline constexpr PlaneChoice kPlanesOfLogits{{Output::Logits}, 1};
inline constexpr PlaneChoice kPlanesOfMembership{{Output::Membership}, 1};
inline constexpr PlaneChoice kPlanesOfQueries{{Output::MaskLogits, Output::ClassLogits}, 2, membershipWeights};
inline constexpr std::array kLogitPlanes = {kPlanesOfLogits};
inline constexpr std::array kMembershipPlanes = {kPlanesOfQueries, kPlanesOfMembership};
/// Logits, or memberships in their place.
inline constexpr std::array kClassPlanes = {kPlanesOfLogits, kPlanesOfQueries, kPlanesOfMembership};

/// Which of a frame's passes a method reads, where it names one besides the plain one.
enum class PassesRead {
  Plain,    ///< none but the plain one
  Further,  ///< the runs of the further pass: their planes, run after run
  Mean,     ///< its score of the plain pass and of each run of the further one, then their mean; without any, the plain
};
inline constexpr PlaneChoice kPlanesOfFeatures{{Output::Features}, 1};
inline constexpr std::array kFeaturePlanes = {kPlanesOfFeatures};

/// The score of a frame's features by what was fitted for them, at the features' own resolution: float32 values.
/// Requires: the reference that the method needs, of as many dimensions.
using FeatureScore = ScoreMap (*)(const FeatureView& features, const FeatureReference& reference);

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
  std::span<const PlaneChoice> planes = kClassPlanes;  ///< the first of these whose arrays are all there
  bool readsAllChannels = false;                       ///< whatever channels are chosen
  bool isInTrainingLog = false;     ///< has its columns in log.csv, filled where the network meets its needs
  double exponentialsPerLogit = 1;  ///< what it costs, for estimates of time
  double entropyBase = 0.0;         ///< of the logarithm of an entropy; 0: the number of channels
  const PassKind* pass = nullptr;   ///< how the network must be run besides; null: not at all
  PassesRead passesRead = PassesRead::Plain;
  KernelReads reads = KernelReads::Tile;
  kernels::GroupKernel kernel = nullptr;  ///< of pixels one by one, or:
  FeatureScore featureScore = nullptr;    ///< of a frame's features, upsampled bilinearly as a finished map
  Pinned pinned = {};

  /// Whether a pixel's score hangs on the arrays at that pixel alone, so that chosen pixels can be scored by
  /// themselves.
  [[nodiscard]] constexpr bool isPointwise() const { return featureScore == nullptr; }
};

namespace declared {
extern const MethodKind kMsp, kMaxLogit, kMaxEntropy, kEnergy, kSoftmaxDistance, kVoid, kEntropyBits, kDenseHybridRatio,
    kDenseHybridGenerative, kDenseHybridDiscriminative, kSml, kMembershipMax, kMembershipSum, kRba, kEam, kUno, kM2a,
    kOdin, kReact, kMcDropout, kMutualInformation, kMahalanobis, kKnn;
}  // namespace declared

/// The methods that defaults and tests name. Code that asks which of them it holds belongs into a declaration.
namespace methods {
inline constexpr Method kMsp{declared::kMsp};
inline constexpr Method kMaxLogit{declared::kMaxLogit};
inline constexpr Method kMaxEntropy{declared::kMaxEntropy};
inline constexpr Method kEnergy{declared::kEnergy};
inline constexpr Method kSoftmaxDistance{declared::kSoftmaxDistance};
inline constexpr Method kVoid{declared::kVoid};
inline constexpr Method kEntropyBits{declared::kEntropyBits};
inline constexpr Method kDenseHybridRatio{declared::kDenseHybridRatio};
inline constexpr Method kDenseHybridGenerative{declared::kDenseHybridGenerative};
inline constexpr Method kDenseHybridDiscriminative{declared::kDenseHybridDiscriminative};
inline constexpr Method kSml{declared::kSml};
inline constexpr Method kMembershipMax{declared::kMembershipMax};
inline constexpr Method kMembershipSum{declared::kMembershipSum};
inline constexpr Method kRba{declared::kRba};
inline constexpr Method kEam{declared::kEam};
inline constexpr Method kUno{declared::kUno};
inline constexpr Method kM2a{declared::kM2a};
inline constexpr Method kOdin{declared::kOdin};
inline constexpr Method kReact{declared::kReact};
inline constexpr Method kMcDropout{declared::kMcDropout};
inline constexpr Method kMutualInformation{declared::kMutualInformation};
inline constexpr Method kMahalanobis{declared::kMahalanobis};
inline constexpr Method kKnn{declared::kKnn};
}  // namespace methods

}  // namespace oodscope
