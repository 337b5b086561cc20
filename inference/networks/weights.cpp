// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/weights.inl.h"

#include "analysis/core/error.h"

#include <ATen/ops/isfinite.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/utils.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace oodscope {
namespace {

constexpr std::size_t kNamed = 4;

std::string sizesText(at::IntArrayRef sizes) {
  std::string out;
  for (const std::int64_t size : sizes) {
    if (!out.empty()) out += "x";
    out += std::to_string(size);
  }
  return out.empty() ? "a scalar" : out;
}

bool isUnused(const NetworkKind& kind, std::string_view key) {
  return std::any_of(kind.auxiliaryHeads.begin(), kind.auxiliaryHeads.end(),
                     [&](const std::string& prefix) { return key.substr(0, prefix.size()) == prefix; });
}

bool isCounter(std::string_view key) { return key.ends_with("num_batches_tracked"); }

/// What profilers leave in each module. Source: thop, profile.py.
bool isProfilers(std::string_view key) {
  const std::string_view last = key.substr(key.rfind('.') + 1);
  return last == "total_ops" || last == "total_params";
}

/// Whether both hold the same values in the same order: a linear layer is a 1x1 convolution.
bool areAlike(const at::Tensor& a, const at::Tensor& b) {
  const auto extents = [](const at::Tensor& tensor) {
    std::vector<std::int64_t> out = tensor.sizes().vec();
    while (out.size() > 2 && out.back() == 1) out.pop_back();
    return out;
  };
  return extents(a) == extents(b);
}

std::string_view firstSegment(std::string_view key) { return key.substr(0, key.find('.')); }

using Index = std::unordered_map<std::string_view, const at::Tensor*>;

Index indexOf(const StateDict& tensors) {
  Index out;
  for (const auto& [key, tensor] : tensors) out.emplace(key, &tensor);
  return out;
}

/// Whether exactly the norms that may be folded into the convolutions before them are missing, all of them.
bool areFolded(const Network& network, const NetworkKind& kind, const std::vector<std::string>& missing) {
  std::unordered_set<std::string> owners;
  for (const std::string& key : missing) owners.insert(key.substr(0, key.rfind('.')));
  std::size_t norms = 0;
  for (const auto& module : network.named_modules()) {
    const auto* norm = module.value()->as<torch::nn::BatchNorm2dImpl>();
    if (norm == nullptr || !kind.mayBeFolded(module.key())) continue;
    if (!owners.contains(module.key())) return false;
    ++norms;
  }
  // Each norm has four tensors besides its counter.
  return norms > 0 && owners.size() == norms && missing.size() == 4 * norms;
}

/// What of the tensors' types and values the user should know.
void remarkOn(const StateDict& wanted, const Index& given, const std::filesystem::path& file, LoadRemarks& out) {
  std::vector<std::string> integers, infinite;
  std::map<std::string, std::size_t> types;
  for (const auto& [key, tensor] : wanted) {
    const auto found = given.find(key);
    if (found == given.end() || !tensor.is_floating_point()) continue;
    const at::Tensor& value = *found->second;
    if (!value.is_floating_point()) {
      integers.push_back(key + " is " + c10::toString(value.scalar_type()));
    } else {
      if (value.scalar_type() != at::kFloat) ++types[c10::toString(value.scalar_type())];
      if (!at::isfinite(value.to(at::kFloat)).all().item<bool>()) infinite.push_back(key);
    }
  }
  if (!integers.empty()) {
    throw Error({.what = "The weights are integers",
                 .expected = "float32, or float16, bfloat16, float64, which are converted",
                 .found = keysText(integers) + ": quantised weights? Save those of the network before quantisation",
                 .file = file});
  }
  for (const auto& [type, count] : types) {
    const char* name = type == "Half" ? "float16" : type == "Double" ? "float64" : "bfloat16";
    out.warnings.push_back(std::to_string(count) + " tensors are stored as " + name + ": converted to float32");
  }
  if (!infinite.empty()) {
    out.warnings.push_back("the weights hold NaN or infinite values in " + keysText(infinite) +
                           ": was the training broken off by a loss that is not finite?");
  }
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

std::string keysText(const std::vector<std::string>& keys) {
  constexpr std::size_t longest = 80;
  std::string out = std::to_string(keys.size());
  out += " (";
  for (std::size_t i = 0; i < std::min(keys.size(), kNamed); ++i) {
    if (i > 0) out += ", ";
    out += keys[i].substr(0, longest);
  }
  return out + (keys.size() > kNamed ? ", …)" : ")");
}

std::string KeyComparison::text() const {
  std::string out;
  const auto add = [&](const char* what, const std::vector<std::string>& list) {
    if (list.empty()) return;
    if (!out.empty()) out += "; ";
    out += what + keysText(list);
  };
  add("missing keys: ", missing);
  add("left-over keys: ", leftOver);
  add("mis-shaped keys: ", misshapen);
  return out;
}

KeyComparison compareKeys(const Network& network, const NetworkKind& kind, const StateDict& tensors) {
  const StateDict wanted = stateDictOf(network);
  const Index given = indexOf(tensors);
  std::unordered_set<std::string_view> known, modules;
  KeyComparison out;
  for (const auto& [key, tensor] : wanted) {
    known.insert(key);
    modules.insert(firstSegment(key));
    const auto found = given.find(key);
    if (found == given.end()) {
      if (!isUnused(kind, key) && !isCounter(key)) out.missing.push_back(key);
    } else if (!areAlike(*found->second, tensor) && !isCounter(key)) {
      out.misshapen.push_back(key + " is " + sizesText(found->second->sizes()) + ", expected " +
                              sizesText(tensor.sizes()));
    }
  }
  for (const auto& [key, tensor] : tensors) {
    if (known.contains(key) || isUnused(kind, key) || isProfilers(key)) continue;
    (modules.contains(firstSegment(key)) ? out.leftOver : out.outside).push_back(key);
  }
  if (areFolded(network, kind, out.missing)) {
    out.missing.clear();
    out.folded = true;
  }
  return out;
}

LoadRemarks loadWeights(Network& network, const NetworkKind& kind, const StateDict& tensors,
                        const std::filesystem::path& file) {
  const StateDict wanted = stateDictOf(network);
  const KeyComparison keys = compareKeys(network, kind, tensors);
  LoadRemarks out;
  if (!keys.fits()) {
    throw Error({.what = "The weights do not fit " + kind.name,
                 .expected = std::to_string(wanted.size()) + " keys of " + kind.name,
                 .found = keys.text(),
                 .file = file});
  }
  const torch::NoGradGuard noGradient;
  const auto given = indexOf(tensors);
  remarkOn(wanted, given, file, out);
  if (!keys.outside.empty()) {
    out.warnings.push_back("tensors that are no part of " + kind.name + " are left out: " + keysText(keys.outside));
  }
  for (const auto& [key, tensor] : wanted) {
    if (const auto found = given.find(key); found != given.end() && areAlike(*found->second, tensor))
      at::Tensor(tensor).copy_(found->second->view(tensor.sizes()));
  }
  if (keys.folded) {
    out.notes.emplace_back("the file lacks the batch norms that may be folded into convolutions: taken as folded");
    for (const auto& module : network.named_modules()) {
      const auto* norm = module.value()->as<torch::nn::BatchNorm2dImpl>();
      if (norm == nullptr || !kind.mayBeFolded(module.key())) continue;
      at::Tensor(norm->weight).fill_(1.0);
      at::Tensor(norm->bias).zero_();
      at::Tensor(norm->running_mean).zero_();
      at::Tensor(norm->running_var).fill_(1.0 - norm->options.eps());
    }
  }
  return out;
}

std::int64_t countParameters(const Network& network, const NetworkKind& kind) {
  std::int64_t count = 0;
  for (const auto& parameter : network.named_parameters()) {
    if (!isUnused(kind, parameter.key())) count += parameter.value().numel();
  }
  return count;
}

std::int64_t countNonZero(const Network& network, const NetworkKind& kind) {
  std::int64_t count = 0;
  for (const auto& parameter : network.named_parameters()) {
    if (!isUnused(kind, parameter.key())) count += parameter.value().count_nonzero().item<std::int64_t>();
  }
  return count;
}

}  // namespace oodscope
