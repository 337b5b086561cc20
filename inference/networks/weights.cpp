// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/weights.inl.h"

#include "analysis/core/error.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace oodscope {
namespace {

constexpr std::size_t kNamed = 4;

std::string summary(const std::vector<std::string>& keys) {
  std::string out = std::to_string(keys.size());
  out += " (";
  for (std::size_t i = 0; i < std::min(keys.size(), kNamed); ++i) {
    if (i > 0) out += ", ";
    out += keys[i];
  }
  return out + (keys.size() > kNamed ? ", …)" : ")");
}

std::string shapeText(at::IntArrayRef sizes) {
  std::string out;
  for (const std::int64_t size : sizes) {
    if (!out.empty()) out += "x";
    out += std::to_string(size);
  }
  return out.empty() ? "a scalar" : out;
}

bool isUnused(const NetworkKind& kind, std::string_view key) {
  return std::any_of(kind.unusedBelow.begin(), kind.unusedBelow.end(),
                     [&](const std::string& prefix) { return key.substr(0, prefix.size()) == prefix; });
}

bool isCounter(std::string_view key) { return key.ends_with("num_batches_tracked"); }

using Index = std::unordered_map<std::string_view, const at::Tensor*>;
using Norm = const torch::nn::BatchNorm2dImpl*;

Index indexOf(const StateDict& tensors) {
  Index out;
  for (const auto& [key, tensor] : tensors) out.emplace(key, &tensor);
  return out;
}

struct KeyComparison {
  std::vector<std::string> missing, leftOver, misshapen;
};

KeyComparison compare(const StateDict& wanted, const NetworkKind& kind, const StateDict& tensors) {
  const Index given = indexOf(tensors);
  std::unordered_set<std::string_view> known;
  KeyComparison out;
  for (const auto& [key, tensor] : wanted) {
    known.insert(key);
    const auto found = given.find(key);
    if (found == given.end()) {
      if (!isUnused(kind, key) && !isCounter(key)) out.missing.push_back(key);
    } else if (found->second->sizes() != tensor.sizes()) {
      out.misshapen.push_back(key + " is " + shapeText(found->second->sizes()) + ", expected " +
                              shapeText(tensor.sizes()));
    }
  }
  for (const auto& [key, tensor] : tensors) {
    if (!known.contains(key) && !isUnused(kind, key)) out.leftOver.push_back(key);
  }
  return out;
}

std::string text(const KeyComparison& keys) {
  std::string out;
  const auto add = [&](const char* what, const std::vector<std::string>& list) {
    if (list.empty()) return;
    if (!out.empty()) out += "; ";
    out += what + summary(list);
  };
  add("missing keys: ", keys.missing);
  add("left-over keys: ", keys.leftOver);
  add("mis-shaped keys: ", keys.misshapen);
  return out;
}

/// The norms folded into the convolutions before them: all that may be folded, where exactly their keys are missing.
std::vector<Norm> foldedNorms(const Network& network, const NetworkKind& kind,
                              const std::vector<std::string>& missing) {
  std::unordered_set<std::string> owners;
  for (const std::string& key : missing) owners.insert(key.substr(0, key.rfind('.')));
  std::vector<Norm> out;
  for (const auto& module : network.named_modules()) {
    const auto* norm = module.value()->as<torch::nn::BatchNorm2dImpl>();
    if (norm == nullptr || !kind.mayBeFolded(module.key())) continue;
    if (!owners.contains(module.key())) return {};
    out.push_back(norm);
  }
  // Each norm has four tensors besides its counter.
  return owners.size() == out.size() && missing.size() == 4 * out.size() ? out : std::vector<Norm>{};
}

}  // namespace

StateDict stateDictOf(const Network& network) {
  StateDict out;
  // Module by module, so that a norm's buffers follow its parameters as in Python.
  for (const auto& module : network.named_modules("", true)) {
    const std::string prefix = module.key().empty() ? "" : module.key() + ".";
    for (const auto& parameter : module.value()->named_parameters(false)) {
      out.emplace_back(prefix + parameter.key(), parameter.value());
    }
    for (const auto& buffer : module.value()->named_buffers(false)) {
      out.emplace_back(prefix + buffer.key(), buffer.value());
    }
  }
  return out;
}

std::string keyDifferences(const Network& network, const NetworkKind& kind, const StateDict& tensors) {
  return text(compare(stateDictOf(network), kind, tensors));
}

std::vector<std::string> loadWeights(Network& network, const NetworkKind& kind, const StateDict& tensors,
                                     const std::filesystem::path& file) {
  const StateDict wanted = stateDictOf(network);
  KeyComparison keys = compare(wanted, kind, tensors);
  const std::vector<Norm> folded = foldedNorms(network, kind, keys.missing);
  std::vector<std::string> notes;
  if (!folded.empty()) {
    keys.missing.clear();
    notes.emplace_back("the file has no batch norms in its residual blocks: taken as folded into the convolutions");
  }
  if (const std::string found = text(keys); !found.empty()) {
    throw Error({.what = "The weights do not fit " + kind.name,
                 .expected = std::to_string(wanted.size()) + " keys of " + kind.name,
                 .found = found,
                 .file = file});
  }
  const torch::NoGradGuard noGradient;
  const auto given = indexOf(tensors);
  for (const auto& [key, tensor] : wanted) {
    if (const auto found = given.find(key); found != given.end()) at::Tensor(tensor).copy_(*found->second);
  }
  for (const Norm& norm : folded) {
    at::Tensor(norm->weight).fill_(1.0);
    at::Tensor(norm->bias).zero_();
    at::Tensor(norm->running_mean).zero_();
    at::Tensor(norm->running_var).fill_(1.0 - norm->options.eps());
  }
  return notes;
}

std::int64_t countParameters(const Network& network, const NetworkKind& kind) {
  std::int64_t count = 0;
  for (const auto& parameter : network.named_parameters()) {
    if (!isUnused(kind, parameter.key())) count += parameter.value().numel();
  }
  return count;
}

}  // namespace oodscope
