// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/script_network.inl.h"

#include "analysis/core/error.h"
#include "inference/models/input_tensor.inl.h"
#include "inference/models/multiply_adds.inl.h"
#include "inference/models/torch_reason.h"

#include <ATen/ops/cat.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/types.h>

namespace oodscope {
namespace {

/// The arrays as LoadedScript::arrays describes it.
torch::Tensor packed(const torch::IValue& returned, const std::vector<ArrayPlan>& plans,
                     const std::filesystem::path& file) {
  if (plans.size() == 1) return plannedArray(returned, plans.front(), file);
  std::vector<torch::Tensor> flat;
  flat.reserve(plans.size());
  for (const ArrayPlan& plan : plans) flat.push_back(plannedArray(returned, plan, file).reshape({1, 1, 1, -1}));
  return at::cat(flat, 3);
}

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

  void setPlans(std::vector<ArrayPlan> plans) { m_plans = std::move(plans); }

  void run(const torch::Tensor& image, const torch::Tensor& out) override {
    const torch::Tensor result = packed(forward(image), m_plans, m_file);
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
  std::vector<ArrayPlan> m_plans;
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
  const auto convert = [&](const at::Tensor& tensor) {
    if (!tensor.is_floating_point() || tensor.scalar_type() == at::kFloat) return;
    tensor.set_data(tensor.to(at::kFloat));
    ++count;
  };
  for (const at::Tensor& parameter : module.parameters()) convert(parameter);
  for (const at::Tensor& buffer : module.buffers()) convert(buffer);
  return count;
}

/// Takes note of an array's shape and of what was assumed of it.
void takeArray(const torch::Tensor& tensor, const ArrayPlan& plan, LoadedScript& out) {
  out.arrays.push_back({plan.output,
                        static_cast<int>(tensor.size(1)),
                        {static_cast<int>(tensor.size(3)), static_cast<int>(tensor.size(2))}});
  out.notes.insert(out.notes.end(), plan.plan.notes.begin(), plan.plan.notes.end());
  out.warnings.insert(out.warnings.end(), plan.plan.warnings.begin(), plan.plan.warnings.end());
}

}  // namespace

LoadedScript loadScript(const std::filesystem::path& file, const Preprocessing& preprocessing, const OutputWish& wish,
                        const std::vector<NamedOutput>& named, Device device) {
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
      out.nonZero += parameter.count_nonzero().item<std::int64_t>();
      out.single = out.single && (!parameter.is_floating_point() || parameter.scalar_type() == torch::kFloat);
    }
  } catch (const std::exception& problem) {
    throw Error("Cannot load the TorchScript model: " + torchReason(problem), file);
  }
  auto network = std::make_unique<ScriptNetwork>(module, file);
  torch::IValue returned;
  const torch::Tensor image = inputTensor(testPicture(preprocessing.input), preprocessing).to(where);
  out.multiplyAdds = countMultiplyAdds([&] { returned = network->firstForward(image); });
  std::vector<ArrayPlan> plans;
  if (named.empty())
    plans.push_back({Output::Logits, planOutputs(outputsOf(returned), wish, preprocessing.input, file)});
  for (const NamedOutput& each : named)
    plans.push_back(planArray(outputsOf(returned), each.output, {each.index, each.name}, preprocessing.input, file));
  for (const ArrayPlan& plan : plans) takeArray(plannedArray(returned, plan, file), plan, out);
  if (converted > 0) {
    out.warnings.push_back(std::to_string(converted) +
                           " tensors of the script are stored in another precision: converted to float32");
  }
  if (plans.front().output == Output::Logits) {
    out.outputIndex = static_cast<int>(plans.front().plan.index);
    for (std::string& text : valueWarnings(planned(returned, plans.front().plan, file)))
      out.warnings.push_back(std::move(text));
  }
  network->setPlans(std::move(plans));
  out.network = std::move(network);
  return out;
}

}  // namespace oodscope
