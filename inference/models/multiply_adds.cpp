// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/multiply_adds.inl.h"

#include <ATen/core/Tensor.h>
#include <ATen/record_function.h>

#include <cstring>
#include <memory>

namespace oodscope {
namespace {

/// The callback is a plain function: the sum it adds to belongs to the thread that counts.
thread_local std::int64_t* counted = nullptr;

std::unique_ptr<at::ObserverContext> observe(const at::RecordFunction& function) {
  // Every convolution, scripted and traced ones too, passes here exactly once.
  if (counted == nullptr || std::strcmp(function.name(), "aten::_convolution") != 0) return nullptr;
  const auto inputs = function.inputs();
  if (inputs.size() < 9 || !inputs[0].isTensor() || !inputs[1].isTensor()) return nullptr;
  const at::Tensor input = inputs[0].toTensor(), weight = inputs[1].toTensor();
  if (inputs[6].toBool()) {  // transposed: each input position meets each weight once
    *counted += weight.numel() * input.numel() / input.size(1);
    return nullptr;
  }
  const auto stride = inputs[3].toIntVector(), padding = inputs[4].toIntVector(), dilation = inputs[5].toIntVector();
  std::int64_t positions = input.size(0);
  for (std::size_t i = 0; i < stride.size(); ++i) {
    const auto dim = static_cast<std::int64_t>(i) + 2;
    const std::int64_t reach = dilation[i] * (weight.size(dim) - 1) + 1;
    positions *= (input.size(dim) + 2 * padding[i] - reach) / stride[i] + 1;
  }
  *counted += weight.numel() * positions;
  return nullptr;
}

}  // namespace

std::int64_t countMultiplyAdds(const std::function<void()>& pass) {
  std::int64_t sum = 0;
  struct Guard {
    explicit Guard(std::int64_t* where)
        : handle(at::addThreadLocalCallback(
              at::RecordFunctionCallback(observe).needsInputs(true).scopes({at::RecordScope::FUNCTION}))) {
      counted = where;
    }
    ~Guard() {
      counted = nullptr;
      at::removeCallback(handle);
    }
    at::CallbackHandle handle;
  } guard(&sum);
  const at::RecordFunctionGuard enabled(true);
  pass();
  return sum;
}

}  // namespace oodscope
