// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/parts/script_part.h"

#include "analysis/core/error.h"
#include "inference/models/script_outputs.inl.h"
#include "inference/models/torch_reason.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/serialization/import.h>

#include <numeric>

namespace oodscope {

struct ScriptPart::Impl {
  torch::jit::Module module;
  std::filesystem::path file;
  torch::Device device = torch::kCPU;
};

std::string PartTensor::shapeText() const {
  std::string out;
  for (const std::int64_t side : shape) out.append(out.empty() ? "" : "x").append(std::to_string(side));
  return out.empty() ? "a single value" : out;
}

ScriptPart::ScriptPart(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
ScriptPart::ScriptPart(ScriptPart&&) noexcept = default;
ScriptPart& ScriptPart::operator=(ScriptPart&&) noexcept = default;
ScriptPart::~ScriptPart() = default;

const std::filesystem::path& ScriptPart::file() const { return m_impl->file; }

ScriptPart ScriptPart::load(const std::filesystem::path& file, Device device) {
  auto impl = std::make_unique<Impl>();
  impl->file = file;
  impl->device = torch::Device(device == Device::Cuda ? torch::kCUDA : torch::kCPU);
  try {
    impl->module = torch::jit::load(file.string(), impl->device);
    impl->module.eval();
  } catch (const std::exception& problem) {
    throw Error("Cannot load the TorchScript part: " + torchReason(problem), file);
  }
  return ScriptPart(std::move(impl));
}

std::vector<PartTensor> ScriptPart::run(const std::vector<PartTensor>& inputs) {
  const c10::InferenceMode inference;
  std::vector<torch::IValue> arguments;
  std::string shapes;
  for (const PartTensor& input : inputs) {
    const auto count =
        std::accumulate(input.shape.begin(), input.shape.end(), std::int64_t{1}, std::multiplies<std::int64_t>());
    require(static_cast<std::size_t>(count) == input.values.size(),
            "ScriptPart: an input that its shape does not fill");
    // from_blob reads only; it has no const form.
    auto* values = const_cast<float*>(input.values.data());
    arguments.emplace_back(at::from_blob(values, input.shape, at::TensorOptions(at::kFloat)).to(m_impl->device));
    shapes.append(shapes.empty() ? "" : ", ").append(input.shapeText());
  }
  std::vector<PartTensor> out;
  try {
    for (const ScriptOutput& output : outputsOf(m_impl->module.forward(arguments))) {
      const torch::Tensor tensor = output.tensor.to(at::kCPU, at::kFloat).contiguous();
      const float* first = tensor.data_ptr<float>();
      out.push_back({tensor.sizes().vec(), {first, first + tensor.numel()}});
    }
  } catch (const std::exception& problem) {
    throw Error("The TorchScript part fails on inputs of " + shapes + ": " + torchReason(problem), m_impl->file);
  }
  if (out.empty())
    throw Error(ErrorParts{.what = "the TorchScript part returns no tensor",
                           .expected = "a tensor, or a tuple, list or dictionary of tensors",
                           .found = "none",
                           .file = m_impl->file});
  return out;
}

}  // namespace oodscope
