// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/script_export.inl.h"

#include "analysis/core/error.h"
#include "analysis/core/size_text.h"
#include "inference/models/arrangement.inl.h"
#include "inference/models/input_tensor.inl.h"
#include "inference/models/preprocessing_fields.h"
#include "inference/models/script_outputs.inl.h"
#include "inference/models/torch_reason.h"

#include <ATen/ops/zeros.h>
#include <torch/csrc/jit/api/compilation_unit.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/serialization/export.h>

#include <algorithm>
#include <cctype>
#include <map>

namespace oodscope {
namespace {

using torch::jit::Module;

/// The method that holds what was recorded.
constexpr const char* kRecorded = "recorded";

/// A class's name as TorchScript takes one: "oodscope::erfnet::DownsamplerBlock" to "DownsamplerBlock".
std::string typeNameOf(const torch::nn::Module& module) {
  std::string name = module.name();
  name.erase(0, name.rfind(':') + 1);  // npos + 1 is 0
  std::ranges::replace_if(
      name, [](unsigned char letter) { return std::isalnum(letter) == 0; }, '_');
  return name.empty() || std::isdigit(static_cast<unsigned char>(name.front())) != 0 ? "Module" + name : name;
}

/// TorchScript modules of the same names that share the network's tensors.
class Mirror {
public:
  explicit Mirror(const NetworkKind& kind) : m_kind(kind) {}

  Module of(const torch::nn::Module& module, const std::string& prefix = "") {
    const auto known = m_made.find(&module);
    if (known != m_made.end()) return known->second;
    Module out(c10::QualifiedName("__torch__.oodscope." + typeNameOf(module)), m_unit, true);
    m_made.emplace(&module, out);
    out.register_attribute("training", c10::BoolType::get(), false);
    for (const auto& own : module.named_parameters(false))
      if (isUsed(prefix + own.key())) out.register_parameter(own.key(), own.value(), false);
    for (const auto& own : module.named_buffers(false))
      if (isUsed(prefix + own.key())) out.register_buffer(own.key(), own.value());
    for (const auto& child : module.named_children()) {
      const std::string below = prefix + child.key() + ".";
      if (isUsed(below)) out.register_module(child.key(), of(*child.value(), below));
    }
    return out;
  }

private:
  [[nodiscard]] bool isUsed(const std::string& key) const {
    return std::ranges::none_of(m_kind.auxiliaryHeads, [&](const std::string& head) { return key.starts_with(head); });
  }

  const NetworkKind& m_kind;
  std::shared_ptr<torch::jit::CompilationUnit> m_unit = std::make_shared<torch::jit::CompilationUnit>();
  std::map<const torch::nn::Module*, Module> m_made;
};

std::vector<std::int64_t> sizesOf(const OutputArray& array) {
  return {1, array.channels, array.size.height, array.size.width};
}

/// All arrays of a pass, of whatever kind the network is.
std::vector<torch::Tensor> arraysFor(Network& network, const NetworkKind& kind, const std::vector<OutputArray>& arrays,
                                     const torch::Tensor& image) {
  if (!kind.arrays) return forwardAll(network, image);
  std::int64_t values = 0;
  for (const OutputArray& array : arrays) values += static_cast<std::int64_t>(array.values());
  const bool isOne = arrays.size() == 1;
  const torch::Tensor all =
      at::zeros(isOne ? sizesOf(arrays.front()) : std::vector<std::int64_t>{1, 1, 1, values}, image.options());
  network.fill(image, all);
  if (isOne) return {all};
  std::vector<torch::Tensor> out;
  std::int64_t from = 0;
  for (const OutputArray& array : arrays) {
    const auto count = static_cast<std::int64_t>(array.values());
    out.push_back(all.narrow(3, from, count).reshape(sizesOf(array)));
    from += count;
  }
  return out;
}

/// What forward() returns.
torch::IValue asReturned(std::vector<torch::Tensor> arrays, const std::vector<OutputArray>& which) {
  for (std::size_t i = 0; i < arrays.size(); ++i)
    if (which[i].output == Output::ClassLogits) arrays[i] = arrays[i].squeeze(2);
  if (arrays.size() == 1) return arrays.front();
  std::vector<torch::IValue> values(arrays.begin(), arrays.end());
  return c10::ivalue::Tuple::create(std::move(values));
}

/// What was recorded holds sizes as numbers: of another input it would compute something, or fail in a place that says
/// nothing.
std::string forwardSource(const torch::Tensor& image) {
  std::string sizes;
  for (const std::int64_t size : image.sizes()) sizes.append(sizes.empty() ? "" : ", ").append(std::to_string(size));
  return "def forward(self, image):\n    assert image.size() == [" + sizes + "], \"exported for one image of " +
         shapeText(image) + " alone\"\n    return self." + kRecorded + "(image)\n";
}

torch::Tensor flattened(const torch::IValue& value) {
  if (value.isTensor()) return value.toTensor().flatten();
  std::vector<torch::Tensor> out;
  for (const torch::IValue& each : value.toTupleRef().elements()) out.push_back(each.toTensor().flatten());
  return at::cat(out);
}

/// Runs the module and the network on a picture that was not recorded.
double differenceOf(Module& module, Network& network, const NetworkKind& kind, const ModelInfo& info,
                    const Preprocessing& seen) {
  RgbImage picture = probeImage(seen.input);
  for (Rgb& pixel : picture.values()) pixel = {pixel.b, static_cast<std::uint8_t>(255 - pixel.r), pixel.g};
  const torch::Tensor image = inputTensor(picture, seen).contiguous();
  const torch::Tensor expected = flattened(asReturned(arraysFor(network, kind, info.arrays, image), info.arrays));
  const torch::Tensor found = flattened(module.forward({image}));
  const LogitsComparison comparison = compareLogits(expected, found, {.tolerance = 1e-4, .switched = kind.switched});
  if (comparison.agrees) return comparison.largest;
  throw Error({.what = kind.name + " cannot be exported: what was recorded of its forward pass computes another one",
               .expected = "the network's own arrays for a second picture",
               .found = "values that differ by up to " + std::to_string(comparison.largest),
               .file = info.file});
}

std::string scriptBytes(const Module& module) {
  std::string out;
  torch::jit::ExportModule(module, [&](const void* data, std::size_t size) {
    out.append(static_cast<const char*>(data), size);
    return size;
  });
  return out;
}

std::string exportedDescription(const ModelInfo& info, const Preprocessing& seen) {
  std::string out = architectureText(info) + " exported from " + info.file.filename().string() + " (SHA-256 " +
                    info.fingerprint + "). One image of " + sizeText(seen.input) +
                    " alone, 1 x 3 x height x width, resized and normalised as this file says, which the script does "
                    "not do itself, gives ";
  for (std::size_t i = 0; i < info.arrays.size(); ++i)
    out.append(i == 0 ? "" : ", then ").append(outputName(info.arrays[i].output));
  for (std::size_t i = 0; i < info.assumptions.size(); ++i)
    out.append(i == 0 ? ". Assumed when it was exported: " : "; ").append(info.assumptions[i]);
  return out;
}

std::string exportedSidecar(const ModelInfo& info, const Preprocessing& seen) {
  Value::Object out = fieldsOf(seen);
  if (info.arrays.size() > 1 || info.arrays.front().output != Output::Logits) {
    Value::Object names;
    for (std::size_t i = 0; i < info.arrays.size(); ++i)
      names.push_back({std::string(outputName(info.arrays[i].output)), static_cast<std::int64_t>(i)});
    out.push_back({"outputs", std::move(names)});
  }
  const OutputMeaning& meaning = info.outputs;
  if (!meaning.channelNames.empty()) {
    Value::Array names(meaning.channelNames.begin(), meaning.channelNames.end());
    out.push_back({"channels", std::move(names)});
  }
  if (meaning.knownChannels.empty())
    out.push_back({"known_classes", meaning.knownClasses});
  else
    out.push_back({"known_classes", Value::Array(meaning.knownChannels.begin(), meaning.knownChannels.end())});
  // What nobody said stays so, and is assumed of the script by the same rule.
  if (!info.channelsAssumed) out.push_back({"void_channel", meaning.voidChannel});
  out.push_back({"description", exportedDescription(info, seen)});
  return Value(std::move(out)).json(2) + "\n";
}

}  // namespace

Module recorded(Network& network, const NetworkKind& kind, const std::vector<OutputArray>& arrays,
                const at::Tensor& image) {
  const torch::NoGradGuard noGradient;
  Module module = Mirror(kind).of(network);
  const auto pass = [&](torch::jit::Stack inputs) -> torch::jit::Stack {
    return {asReturned(arraysFor(network, kind, arrays, inputs.at(0).toTensor()), arrays)};
  };
  const auto nameless = [](const torch::Tensor&) { return std::string(); };
  // In planar memory, where no network takes a path of its own kernels, of which nothing would be recorded.
  const auto [state, out] =
      torch::jit::tracer::trace({image.contiguous()}, pass, nameless, true, false, &module, {"image"});
  const c10::QualifiedName name(*module.type()->name(), kRecorded);
  module.type()->addMethod(module._ivalue()->compilation_unit()->create_function(name, state->graph));
  module.define(forwardSource(image));
  return module;
}

ExportedModel exportedModel(const ModelInfo& info, const Preprocessing& seen, Network& network) {
  const NetworkKind& kind = *networkKind(info.architecture);
  try {
    const torch::NoGradGuard noGradient;
    Module module = recorded(network, kind, info.arrays, inputTensor(probeImage(seen.input), seen));
    ExportedModel out{.input = seen.input, .sidecar = exportedSidecar(info, seen)};
    out.difference = differenceOf(module, network, kind, info, seen);
    for (const at::Tensor& parameter : module.parameters()) out.parameters += parameter.numel();
    out.script = scriptBytes(module);
    return out;
  } catch (const c10::Error& problem) {
    throw Error({.what = kind.name + " cannot be exported: its forward pass cannot be recorded",
                 .expected = "operations that TorchScript knows",
                 .found = torchReason(problem),
                 .file = info.file});
  }
}

}  // namespace oodscope
