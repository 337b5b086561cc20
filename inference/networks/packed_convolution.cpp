// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/packed_convolution.inl.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

namespace oodscope {
namespace {

std::optional<c10::OperatorHandle> find(const char* name) {
  auto handle = c10::Dispatcher::singleton().findSchema({name, ""});
  if (!handle) return std::nullopt;
  return *handle;
}

}  // namespace

std::optional<PackedConvolution> PackedConvolution::pack(const torch::Tensor& weight, const torch::Tensor& bias,
                                                         const Geometry& geometry,
                                                         const std::vector<std::int64_t>& inputSizes, bool relu) {
  static const std::optional<c10::OperatorHandle> operation = find("mkldnn_prepacked::conv2d_prepack");
  static const bool runs = find("mkldnn_prepacked::conv2d_run").has_value();
  if (!operation || !runs) return std::nullopt;
  torch::jit::Stack stack{weight,
                          bias,
                          geometry.stride,
                          geometry.padding,
                          geometry.dilation,
                          geometry.groups,
                          inputSizes,
                          std::string(relu ? "relu" : "none")};
  try {
    operation->callBoxed(&stack);
  } catch (const c10::Error&) {
    return std::nullopt;  // another LibTorch, another signature: slower, not wrong
  }
  return PackedConvolution(std::move(stack.front()), inputSizes);
}

torch::Tensor PackedConvolution::operator()(const torch::Tensor& x) const {
  static const c10::OperatorHandle operation =
      c10::Dispatcher::singleton().findSchemaOrThrow("mkldnn_prepacked::conv2d_run", "");
  torch::jit::Stack stack{x, m_weights};
  operation.callBoxed(&stack);
  return std::move(stack.front()).toTensor();
}

}  // namespace oodscope
