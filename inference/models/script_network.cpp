// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/script_network.inl.h"

#include "analysis/core/error.h"
#include "inference/models/input_tensor.inl.h"
#include "inference/models/multiply_adds.inl.h"
#include "inference/models/torch_reason.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/types.h>

namespace oodscope {
namespace {

class ScriptNetwork final : public InferenceNetwork {
public:
  ScriptNetwork(const torch::jit::Module& module, std::filesystem::path file)
      : m_module(module), m_file(std::move(file)) {}

  torch::IValue forward(const torch::Tensor& image) {
    try {
      return m_module.forward({m_planar ? image.contiguous() : image});
    } catch (const std::exception& problem) {
      throw Error("The TorchScript model fails on an input of " + shapeText(image) + ": " + torchReason(problem),
                  m_file);
    }
  }

  /// forward() with channels-last memory, which is fastest, or with planar memory where the script cannot take that (it
  /// views its input); what works is kept.
  torch::IValue firstForward(const torch::Tensor& image) {
    try {
      return forward(image);
    } catch (const Error&) {
      m_planar = true;
      return forward(image);
    }
  }

  void setPlan(OutputPlan plan) { m_plan = std::move(plan); }

  void run(const torch::Tensor& image, const torch::Tensor& out) override {
    const torch::Tensor result = planned(forward(image), m_plan, m_file);
    if (result.sizes() != out.sizes()) {
      throw Error({.what = "The TorchScript model's output changed its shape",
                   .expected = shapeText(out),
                   .found = shapeText(result),
                   .file = m_file});
    }
    out.copy_(result);
  }

private:
  torch::jit::Module m_module;
  std::filesystem::path m_file;
  OutputPlan m_plan;
  bool m_planar = false;
};

/// A picture with edges, gradients and all grey levels, so that no branch of a script is fed one colour alone.
RgbImage testPicture(Size size) {
  RgbImage image(size);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const auto wrapped = [](int value) { return static_cast<std::uint8_t>(value & 0xff); };
      image.at(x, y) = {wrapped(x * 3 + y), wrapped((x / 8 + y / 8) % 2 == 0 ? y * 5 : 255 - x), wrapped(x * y)};
    }
  }
  return image;
}

/// Half-precision and double weights become float32, which the input is. Returns how many.
std::size_t toFloat(torch::jit::Module& module) {
  std::size_t count = 0;
  const auto convert = [&](at::Tensor tensor) {
    if (!tensor.is_floating_point() || tensor.scalar_type() == at::kFloat) return;
    tensor.set_data(tensor.to(at::kFloat));
    ++count;
  };
  for (const at::Tensor& parameter : module.parameters()) convert(parameter);
  for (const at::Tensor& buffer : module.buffers()) convert(buffer);
  return count;
}

}  // namespace

LoadedScript loadScript(const std::filesystem::path& file, const Preprocessing& preprocessing, const OutputWish& wish,
                        Device device) {
  const torch::Device where(device == Device::Cuda ? torch::kCUDA : torch::kCPU);
  torch::jit::Module module;
  LoadedScript out;
  std::size_t converted = 0;
  try {
    module = torch::jit::load(file.string(), where);
    module.eval();
    converted = toFloat(module);
    for (const auto& parameter : module.parameters()) {
      out.parameters += parameter.numel();
      out.single = out.single && (!parameter.is_floating_point() || parameter.scalar_type() == torch::kFloat);
    }
  } catch (const std::exception& problem) {
    throw Error("Cannot load the TorchScript model: " + torchReason(problem), file);
  }
  auto network = std::make_unique<ScriptNetwork>(module, file);
  torch::IValue returned;
  const torch::Tensor image = inputTensor(testPicture(preprocessing.input), preprocessing).to(where);
  out.multiplyAdds = countMultiplyAdds([&] { returned = network->firstForward(image); });
  OutputPlan plan = planOutputs(outputsOf(returned), wish, preprocessing.input, file);
  const torch::Tensor logits = planned(returned, plan, file);
  out.channels = static_cast<int>(logits.size(1));
  out.output = {static_cast<int>(logits.size(3)), static_cast<int>(logits.size(2))};
  out.outputIndex = static_cast<int>(plan.index);
  out.notes = plan.notes;
  out.warnings = plan.warnings;
  if (converted > 0) {
    out.warnings.push_back(std::to_string(converted) +
                           " tensors of the script are stored in another precision: converted to float32");
  }
  for (std::string& text : valueWarnings(logits)) out.warnings.push_back(std::move(text));
  network->setPlan(std::move(plan));
  out.network = std::move(network);
  return out;
}

}  // namespace oodscope
