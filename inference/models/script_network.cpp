// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/script_network.inl.h"

#include "analysis/core/error.h"
#include "inference/models/multiply_adds.inl.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/types.h>

#include <algorithm>

namespace oodscope {
namespace {

std::string firstLine(const char* text) {
  const std::string all = text;
  return all.substr(0, std::min<std::size_t>(all.find('\n'), 300));
}

std::string shapeText(const torch::Tensor& tensor) {
  std::string out;
  for (const std::int64_t size : tensor.sizes()) {
    if (!out.empty()) out += "x";
    out += std::to_string(size);
  }
  return out;
}

class ScriptNetwork final : public InferenceNetwork {
public:
  ScriptNetwork(const torch::jit::Module& module, std::filesystem::path file, int output)
      : m_module(module), m_file(std::move(file)), m_output(output) {}

  torch::Tensor logits(const torch::Tensor& image) {
    try {
      return chosen(m_module.forward({image})).to(torch::kFloat);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& problem) {
      throw Error("The TorchScript model fails on an input of " + shapeText(image) + ": " + firstLine(problem.what()),
                  m_file);
    }
  }

  void run(const torch::Tensor& image, const torch::Tensor& out) override {
    const torch::Tensor result = logits(image);
    if (result.sizes() != out.sizes()) {
      throw Error({.what = "The TorchScript model's output changed its shape",
                   .expected = shapeText(out),
                   .found = shapeText(result),
                   .file = m_file});
    }
    out.copy_(result);
  }

private:
  torch::Tensor chosen(const torch::IValue& value) const {
    std::vector<torch::Tensor> outputs;
    const auto add = [&](const torch::IValue& item) {
      if (item.isTensor()) outputs.push_back(item.toTensor());
    };
    if (value.isTuple()) {
      for (const auto& item : value.toTuple()->elements()) add(item);
    } else if (value.isTensorList()) {
      outputs = value.toTensorVector();
    } else if (value.isGenericDict()) {
      for (const auto& item : value.toGenericDict()) add(item.value());
    } else {
      add(value);
    }
    const auto index = static_cast<std::size_t>(m_output);
    if (index >= outputs.size()) {
      throw Error({.what = "The TorchScript model has no such output",
                   .expected = "output " + std::to_string(m_output),
                   .found = std::to_string(outputs.size()) + " tensors",
                   .file = m_file});
    }
    return outputs[index];
  }

  torch::jit::Module m_module;
  std::filesystem::path m_file;
  int m_output;
};

}  // namespace

LoadedScript loadScript(const std::filesystem::path& file, Size input, int output, Device device) {
  const torch::Device where(device == Device::Cuda ? torch::kCUDA : torch::kCPU);
  torch::jit::Module module;
  LoadedScript out;
  try {
    module = torch::jit::load(file.string(), where);
    module.eval();
    for (const auto& parameter : module.parameters()) {
      out.parameters += parameter.numel();
      out.single = out.single && (!parameter.is_floating_point() || parameter.scalar_type() == torch::kFloat);
    }
  } catch (const std::exception& problem) {
    throw Error("Cannot load the TorchScript model: " + firstLine(problem.what()), file);
  }
  auto network = std::make_unique<ScriptNetwork>(module, file, output);
  torch::Tensor logits;
  const auto image = torch::zeros({1, 3, input.height, input.width}, torch::TensorOptions(where));
  out.multiplyAdds = countMultiplyAdds([&] { logits = network->logits(image); });
  if (logits.dim() != 4 || logits.size(0) != 1 || logits.numel() == 0) {
    throw Error({.what = "The TorchScript model's output is no map of logits",
                 .expected = "1 x channels x height x width",
                 .found = shapeText(logits),
                 .file = file});
  }
  out.channels = static_cast<int>(logits.size(1));
  out.output = {static_cast<int>(logits.size(3)), static_cast<int>(logits.size(2))};
  out.network = std::move(network);
  return out;
}

}  // namespace oodscope
