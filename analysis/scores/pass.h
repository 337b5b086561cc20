// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/output.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A number that a further pass of a network is run with.
struct PassParameter {
  std::string_view name, symbol;  ///< "odin-epsilon", "eps"
  double usual = 0.0;
  double low = 0.0, high = 0.0;  ///< both are possible
  bool isWhole = false;
  std::string_view help;
};

/// Values by PassParameter::name; what is not named has its usual value.
using PassValues = std::map<std::string, double, std::less<>>;

/// One of the runs that a further pass consists of.
struct PassRun {
  std::string key = {};    ///< part of the address of what it gives
  std::uint64_t seed = 0;  ///< of what is drawn at random, with `stream`
  std::uint64_t stream = 0;
};

/// How a network is run otherwise than once as it is, for methods that need it. What runs it stands in
/// inference/models/pass_networks.cpp, one line a kind.
struct PassKind {
  std::string_view name;   ///< in keys of stored outputs: may never change
  std::string_view title;  ///< "on the image perturbed along the gradient": completes "run the network …"
  std::string_view needs;  ///< what networks can be run so, in words
  std::span<const PassParameter* const> parameters = {};
  /// How often the network is run, from all parameters' values; 1 where there is none.
  int (*runs)(const PassValues& values) = nullptr;
  int costs = 1;  ///< plain passes that one run takes, about: a backward pass takes two
  /// What it gives beside the plain pass's arrays, of which it gives none; empty: the same arrays once more.
  std::optional<Output> adds = {};
};

extern const PassParameter kOdinEpsilon, kReactPercentile, kDropoutPasses, kDropoutSeed;
extern const PassKind kPerturbedPass, kRectifiedPass, kDropoutPass, kMirroredPass, kFeaturesPass;

/// All of them, in the order of the guide.
[[nodiscard]] std::span<const PassParameter* const> passParameters();
[[nodiscard]] std::span<const PassKind* const> passKinds();
/// "odin-epsilon (0 to 1, usually 0.0001), …".
[[nodiscard]] std::string passParameterNames();
[[nodiscard]] const PassParameter* passParameter(std::string_view name);

/// The parameter's value among `values`, or its usual one.
[[nodiscard]] double passValue(const PassValues& values, const PassParameter& parameter);
/// What is wrong with a value, "a whole number from 1 to 200"; nothing where it can be used.
[[nodiscard]] std::optional<std::string> passValueProblem(const PassParameter& parameter, double value);

/// A further pass and what it is run with: the kind's own parameters alone, each of them.
struct PassChoice {
  const PassKind* kind = nullptr;
  PassValues values = {};
  friend bool operator==(const PassChoice&, const PassChoice&) = default;
};
/// Requires: values that can be used.
[[nodiscard]] PassChoice passChoice(const PassKind& kind, const PassValues& values);
/// "perturbed odin-epsilon=0.0001": tells it from any other.
[[nodiscard]] std::string passText(const PassChoice& pass);
/// The runs it consists of. Keys of runs that give the same are the same, however many others there are.
[[nodiscard]] std::vector<PassRun> passRuns(const PassChoice& pass);

}  // namespace oodscope
