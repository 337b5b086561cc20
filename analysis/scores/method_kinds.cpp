// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/method_kinds.h"

#include <algorithm>
#include <array>
#include <ostream>

namespace oodscope {
namespace {

/// Menu order; the first is what stands where nothing was chosen. One line a method.
constexpr std::array kMethods = {
    methods::kMsp,              //
    methods::kMaxLogit,         //
    methods::kMaxEntropy,       //
    methods::kEnergy,           //
    methods::kSoftmaxDistance,  //
    methods::kVoid,             //
    methods::kEntropyBits,
    methods::kSml,
    methods::kDenseHybridRatio,
    methods::kDenseHybridGenerative,
    methods::kDenseHybridDiscriminative,
    methods::kMembershipMax,
    methods::kRba,
    methods::kMembershipSum,
    methods::kEam,
    methods::kUno,
    methods::kM2a,
    methods::kOdin,
    methods::kReact,
    methods::kMcDropout,
    methods::kMutualInformation,
    methods::kMahalanobis,
    methods::kKnn,
};

/// The arrays that there are, with their channels: "logits (19), outlier (2)".
std::string foundArrays(const ScoreInputs& inputs) {
  std::string out;
  const auto add = [&](Output output, int channels) {
    if (channels <= 0) return;
    out.append(out.empty() ? "" : ", ").append(outputName(output));
    out.append(" (").append(std::to_string(channels)).append(")");
  };
  add(Output::Logits, inputs.channels);
  add(Output::Outlier, inputs.outlierChannels);
  add(Output::Membership, inputs.membershipChannels);
  add(Output::ClassLogits, inputs.queryColumns);
  add(Output::Features, inputs.featureChannels);
  return out.empty() ? "finished score maps" : out;
}

int knownColumns(const ScoreInputs& inputs) {
  return inputs.knownClasses > 0 ? inputs.knownClasses : inputs.queryColumns - 1;
}

std::optional<MethodLack> lackOfLogits(const ScoreInputs& inputs) {
  if (inputs.channels > 0 || inputs.membershipChannels > 0 || inputs.queryColumns > 0) return std::nullopt;
  return MethodLack{"the source gives no logits", "a network, or a folder of logits", foundArrays(inputs)};
}

std::optional<MethodLack> lackOfNetworkLogits(const ScoreInputs& inputs) {
  if (inputs.channels > 0) return std::nullopt;
  return MethodLack{"the source gives no logits", "an array \"logits\", C x h x w", foundArrays(inputs)};
}

std::optional<MethodLack> lackOfOutlierHead(const ScoreInputs& inputs) {
  if (inputs.outlierChannels == 1 || inputs.outlierChannels == 2) return std::nullopt;
  return MethodLack{"the source has no outlier head", "an array \"outlier\", 1 or 2 x h x w", foundArrays(inputs)};
}

std::optional<MethodLack> lackOfMemberships(const ScoreInputs& inputs) {
  if (inputs.membershipChannels > 0 || inputs.queryColumns > 0) return std::nullopt;
  return MethodLack{"the source gives no class memberships",
                    "an array \"membership\", K x h x w, or \"class_logits\" and \"mask_logits\"", foundArrays(inputs)};
}

std::optional<MethodLack> lackOfMaskQueries(const ScoreInputs& inputs) {
  if (inputs.queryColumns > 0) return std::nullopt;
  return MethodLack{"the source gives no mask queries",
                    "arrays \"class_logits\", Q x (K + 1), and \"mask_logits\", Q x h x w", foundArrays(inputs)};
}

std::optional<MethodLack> lackOfNegativeClass(const ScoreInputs& inputs) {
  const int known = knownColumns(inputs);
  if (inputs.queryColumns == known + 2) return std::nullopt;
  return MethodLack{
      "the class logits have no negative class",
      std::to_string(known + 2) + " columns: " + std::to_string(known) + " known classes, a negative class, no object",
      std::to_string(inputs.queryColumns)};
}

std::optional<MethodLack> lackOfClassStatistics(const ScoreInputs& inputs) {
  if (inputs.hasClassStatistics && inputs.channelWithoutStatistics < 0) return std::nullopt;
  if (inputs.hasClassStatistics)
    return MethodLack{"the class statistics are of other channels than those that take part",
                      "mean and variance of channel " + std::to_string(inputs.channelWithoutStatistics), "none"};
  return MethodLack{"the source has no class statistics",
                    "mean and variance of each class's largest logit (oodscope-cli fit makes them, --statistics names "
                    "them)",
                    "none"};
}

std::optional<MethodLack> lackOfFeatures(const ScoreInputs& inputs) {
  if (inputs.featureChannels > 0) return std::nullopt;
  return MethodLack{"the source gives no features", "an array \"features\", D x h x w", foundArrays(inputs)};
}

/// Of what was fitted for features of so many dimensions; 0: nothing was.
std::optional<MethodLack> lackOfFittedFeatures(int dimensions, int channels, const std::string& what) {
  if (dimensions == 0)
    return MethodLack{"the source has no " + what,
                      what + " (oodscope-cli fit makes them of a source with features, --statistics names them)",
                      "none"};
  if (dimensions == channels) return std::nullopt;
  return MethodLack{"the " + what + " are of other features", "features of " + std::to_string(dimensions) + " channels",
                    std::to_string(channels) + " channels"};
}

std::optional<MethodLack> lackOfFeatureGaussians(const ScoreInputs& inputs) {
  return lackOfFittedFeatures(inputs.gaussianDimensions, inputs.featureChannels, "means and covariances of features");
}

std::optional<MethodLack> lackOfReferenceBank(const ScoreInputs& inputs) {
  return lackOfFittedFeatures(inputs.bankDimensions, inputs.featureChannels, "reference features");
}

std::optional<MethodLack> lackOfVoid(const ScoreInputs& inputs) {
  if (inputs.voidChannel >= 0) return std::nullopt;
  if (!inputs.isNetwork)
    return MethodLack{"the logits have no void channel", "20 channels", std::to_string(inputs.channels)};
  return MethodLack{"the network has no void channel to score with",
                    "a model whose sidecar names void_channel, or one with 20 outputs",
                    std::to_string(inputs.channels) + " outputs"};
}

bool canRun(const ScoreInputs& inputs, const PassKind* pass) {
  return pass != nullptr && std::ranges::find(inputs.passes, pass) != inputs.passes.end();
}

MethodLack lackOfPass(const ScoreInputs& inputs, const PassKind& pass) {
  return {std::string("the source cannot be run once more ").append(pass.title), std::string(pass.needs),
          inputs.isNetwork ? "a network that cannot be run so, with " + foundArrays(inputs)
                           : "files of " + foundArrays(inputs)};
}

}  // namespace

const MethodNeed kNeedsLogits{"logits or class memberships", lackOfLogits};
const MethodNeed kNeedsNetworkLogits{"logits", lackOfNetworkLogits};
const MethodNeed kNeedsVoidChannel{"a trained void channel", lackOfVoid};
const MethodNeed kNeedsOutlierHead{"an outlier head", lackOfOutlierHead};
const MethodNeed kNeedsMemberships{"class memberships, or class and mask logits", lackOfMemberships};
const MethodNeed kNeedsMaskQueries{"class and mask logits", lackOfMaskQueries};
const MethodNeed kNeedsNegativeClass{"a negative class", lackOfNegativeClass};
const MethodNeed kNeedsClassStatistics{"class statistics", lackOfClassStatistics};
const MethodNeed kNeedsFeatures{"features", lackOfFeatures};
const MethodNeed kNeedsFeatureGaussians{"means and covariances of features", lackOfFeatureGaussians};
const MethodNeed kNeedsReferenceBank{"reference features", lackOfReferenceBank};
const MethodParameter kTemperatureParameter{"temperature", "T", 1.0, "divides the logits before the softmax"};
const MethodParameter kQueryTemperatureParameter{"temperature", "T", 1.0, "divides the queries' class logits"};

ScoreInputs inputsOf(const OutputsView& outputs) {
  return {.channels = outputs[Output::Logits].channels,
          .outlierChannels = outputs[Output::Outlier].channels,
          .membershipChannels = outputs[Output::Membership].channels,
          .queryColumns = outputs.hasQueries() ? outputs[Output::ClassLogits].width : 0,
          .knownClasses = outputs.knownClasses,
          .featureChannels = outputs[Output::Features].channels};
}

Method::Method() noexcept : Method(kMethods.front()) {}

std::optional<Method> Method::named(std::string_view name) {
  const auto* found = std::ranges::find(kMethods, name, &Method::name);
  return found == kMethods.end() ? std::nullopt : std::optional(*found);
}

std::string_view Method::name() const { return m_kind->name; }

std::string_view Method::title() const { return m_kind->title; }

bool Method::usesTemperature() const { return !m_kind->parameters.empty(); }

bool Method::usesTemperature(const ScoreInputs& inputs) const {
  return std::ranges::any_of(m_kind->parameters, [&](const MethodParameter* parameter) {
    return parameter != &kQueryTemperatureParameter || inputs.queryColumns > 0;
  });
}

bool Method::needsPass(const ScoreInputs& inputs) const { return canRun(inputs, m_kind->pass); }

std::optional<MethodLack> Method::whyNot(const ScoreInputs& inputs) const {
  for (const MethodNeed* need : m_kind->needs)
    if (auto lack = need->lack(inputs)) return lack;
  if (m_kind->passesRead == PassesRead::Further && !canRun(inputs, m_kind->pass))
    return lackOfPass(inputs, *m_kind->pass);
  return std::nullopt;
}

std::strong_ordering operator<=>(Method a, Method b) { return a.name() <=> b.name(); }

std::ostream& operator<<(std::ostream& out, Method method) { return out << method.name(); }

std::span<const Method> allMethods() { return kMethods; }

std::string methodNames() {
  std::string out;
  for (const Method method : kMethods) out.append(out.empty() ? "" : ", ").append(method.name());
  return out;
}

}  // namespace oodscope
