// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/scores/pass.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kLargestSeed = 4294967295.0;  // 32 bits: exact in any language's numbers

constexpr std::array kPerturbedParameters = {&kOdinEpsilon};
constexpr std::array kRectifiedParameters = {&kReactPercentile};
constexpr std::array kDropoutParameters = {&kDropoutPasses, &kDropoutSeed};
constexpr std::array kParameters = {&kOdinEpsilon, &kReactPercentile, &kDropoutPasses, &kDropoutSeed};
constexpr std::array kKinds = {&kPerturbedPass, &kRectifiedPass, &kDropoutPass, &kMirroredPass, &kFeaturesPass};

int dropoutRuns(const PassValues& values) { return static_cast<int>(passValue(values, kDropoutPasses)); }

/// "name a=1 b=2", but for the count of runs: the first ones are the same, however many follow.
std::string keyOf(const PassChoice& pass, bool withCount) {
  std::string out(pass.kind->name);
  for (const auto& [name, value] : pass.values)
    if (withCount || name != kDropoutPasses.name) out.append(" ").append(name).append("=").append(roundTripText(value));
  return out;
}

}  // namespace

constinit const PassParameter kOdinEpsilon{
    .name = "odin-epsilon",
    .symbol = "eps",
    .usual = 1e-4,
    .low = 0.0,
    .high = 1.0,
    .help = "how far ODIN moves each input value, after mean and deviation were applied"};
constinit const PassParameter kReactPercentile{
    .name = "react-percentile",
    .symbol = "q",
    .usual = 90.0,
    .low = 0.0,
    .high = 100.0,
    .help = "percentile of a frame's activations before the last layer that ReAct clips them at"};
constinit const PassParameter kDropoutPasses{.name = "passes",
                                             .symbol = "N",
                                             .usual = 8.0,
                                             .low = 1.0,
                                             .high = 200.0,
                                             .isWhole = true,
                                             .help = "how often the network is run with dropout"};
constinit const PassParameter kDropoutSeed{.name = "seed",
                                           .symbol = "seed",
                                           .usual = 0.0,
                                           .low = 0.0,
                                           .high = kLargestSeed,
                                           .isWhole = true,
                                           .help = "of what dropout leaves out"};

constinit const PassKind kPerturbedPass{.name = "perturbed",
                                        .title = "on the image perturbed along its gradient",
                                        .needs = "a built-in network: TorchScript and files give no gradient",
                                        .parameters = kPerturbedParameters,
                                        .costs = 4};
constinit const PassKind kRectifiedPass{.name = "rectified",
                                        .title = "with clipped activations before its last layer",
                                        .needs = "a built-in network whose last layer can be run by itself",
                                        .parameters = kRectifiedParameters};
constinit const PassKind kDropoutPass{
    .name = "dropout",
    .title = "with dropout",
    .needs = "a built-in network that has dropout (ERFNet, ENet, BiSeNetV2, DeepLabV3+)",
    .parameters = kDropoutParameters,
    .runs = dropoutRuns};
constinit const PassKind kMirroredPass{
    .name = "mirrored", .title = "on the mirrored image", .needs = "a network: files hold what they hold"};
constinit const PassKind kFeaturesPass{.name = "features",
                                       .title = "as far as its last layer, for its features",
                                       .needs = "a built-in network whose last layer can be run by itself",
                                       .adds = Output::Features};

std::span<const PassParameter* const> passParameters() { return kParameters; }

std::span<const PassKind* const> passKinds() { return kKinds; }

std::string passParameterNames() {
  std::string out;
  for (const PassParameter* parameter : kParameters)
    out.append(out.empty() ? "" : ", ")
        .append(parameter->name)
        .append(" (")
        .append(generalText(parameter->low, 10))
        .append(" to ")
        .append(generalText(parameter->high, 10))
        .append(", usually ")
        .append(generalText(parameter->usual, 10))
        .append(")");
  return out;
}

const PassParameter* passParameter(std::string_view name) {
  const auto* found = std::ranges::find(kParameters, name, [](const PassParameter* p) { return p->name; });
  return found == kParameters.end() ? nullptr : *found;
}

double passValue(const PassValues& values, const PassParameter& parameter) {
  const auto found = values.find(parameter.name);
  return found == values.end() ? parameter.usual : found->second;
}

std::optional<std::string> passValueProblem(const PassParameter& parameter, double value) {
  const bool fits =
      value >= parameter.low && value <= parameter.high && (!parameter.isWhole || value == std::floor(value));
  if (fits) return std::nullopt;
  return std::string(parameter.isWhole ? "a whole number from " : "a number from ")
      .append(generalText(parameter.low, 10))
      .append(" to ")
      .append(generalText(parameter.high, 10));
}

PassChoice passChoice(const PassKind& kind, const PassValues& values) {
  PassChoice out{.kind = &kind};
  for (const PassParameter* parameter : kind.parameters) {
    const double value = passValue(values, *parameter);
    require(!passValueProblem(*parameter, value), "passChoice: a parameter is out of its range");
    out.values.emplace(parameter->name, value);
  }
  return out;
}

std::string passText(const PassChoice& pass) { return keyOf(pass, true); }

std::vector<PassRun> passRuns(const PassChoice& pass) {
  if (pass.kind->runs == nullptr) return {{.key = keyOf(pass, false)}};
  std::vector<PassRun> out;
  const std::string key = keyOf(pass, false);
  const auto seed = static_cast<std::uint64_t>(passValue(pass.values, kDropoutSeed));
  const int runs = pass.kind->runs(pass.values);
  out.reserve(static_cast<std::size_t>(std::max(runs, 0)));
  for (int run = 0; run < runs; ++run)
    out.push_back(
        {.key = key + " run " + std::to_string(run), .seed = seed, .stream = static_cast<std::uint64_t>(run)});
  return out;
}

}  // namespace oodscope
