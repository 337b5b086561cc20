// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/weights.inl.h"

#include "analysis/core/error.h"

#include <torch/nn/modules/batchnorm.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <map>
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

std::vector<std::string> loadWeights(Network& network, const NetworkKind& kind, const StateDict& tensors,
                                     const std::filesystem::path& file) {
  std::unordered_map<std::string_view, const at::Tensor*> given;
  for (const auto& [key, tensor] : tensors) given.emplace(key, &tensor);
  std::map<std::string, const torch::nn::BatchNorm2dImpl*> norms;
  for (const auto& module : network.named_modules()) {
    if (const auto* norm = module.value()->as<torch::nn::BatchNorm2dImpl>()) norms.emplace(module.key(), norm);
  }
  const StateDict wanted = stateDictOf(network);
  std::unordered_set<std::string_view> known;
  std::vector<std::string> missing, leftOver, misshapen;
  for (const auto& [key, tensor] : wanted) {
    known.insert(key);
    const auto found = given.find(key);
    if (found == given.end()) {
      if (!isUnused(kind, key) && !isCounter(key)) missing.push_back(key);
    } else if (found->second->sizes() != tensor.sizes()) {
      misshapen.push_back(key + " is " + shapeText(found->second->sizes()) + ", expected " + shapeText(tensor.sizes()));
    }
  }
  for (const auto& [key, tensor] : tensors) {
    if (!known.contains(key) && !isUnused(kind, key)) leftOver.push_back(key);
  }
  // Norms folded into the convolutions before them: all that may be folded are absent, and nothing else is missing.
  std::vector<std::string> notes;
  std::unordered_set<std::string> folded;
  const auto ownerOf = [](const std::string& key) { return key.substr(0, key.rfind('.')); };
  for (const std::string& key : missing) folded.insert(ownerOf(key));
  std::size_t foldable = 0;
  for (const auto& [name, norm] : norms) foldable += kind.mayBeFolded(name) ? 1U : 0U;
  const bool isFolded = foldable > 0 && folded.size() == foldable && missing.size() == 4 * foldable &&
                        std::all_of(folded.begin(), folded.end(), [&](const std::string& name) {
                          return norms.contains(name) && kind.mayBeFolded(name);
                        });
  if (isFolded) {
    missing.clear();
    notes.push_back("the file has no batch norms in its residual blocks: taken as folded into the convolutions");
  }
  if (!missing.empty() || !leftOver.empty() || !misshapen.empty()) {
    std::string found;
    const auto add = [&](const char* what, const std::vector<std::string>& keys) {
      if (keys.empty()) return;
      if (!found.empty()) found += "; ";
      found += what;
      found += summary(keys);
    };
    add("missing keys: ", missing);
    add("left-over keys: ", leftOver);
    add("mis-shaped keys: ", misshapen);
    throw Error({.what = "The weights do not fit " + kind.name,
                 .expected = std::to_string(wanted.size()) + " keys of " + kind.name,
                 .found = found,
                 .file = file});
  }
  const torch::NoGradGuard noGradient;
  for (const auto& [key, tensor] : wanted) {
    if (const auto found = given.find(key); found != given.end()) at::Tensor(tensor).copy_(*found->second);
  }
  if (isFolded) {
    for (const std::string& name : folded) {
      const torch::nn::BatchNorm2dImpl& norm = *norms.at(name);
      at::Tensor(norm.weight).fill_(1.0);
      at::Tensor(norm.bias).zero_();
      at::Tensor(norm.running_mean).zero_();
      at::Tensor(norm.running_var).fill_(1.0 - norm.options.eps());
    }
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
