// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/log_softmax.inl.h"

#include "inference/training/log_softmax_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/ops/_log_softmax_backward_data.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/log_softmax.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cstdint>

namespace oodscope {
namespace {

/// Pixels that are worth another thread.
constexpr std::int64_t kLogSoftmaxGrain = 2048;

/// Whether axis 1 can be the innermost in memory.
bool mayBePixels(const at::Tensor& x) {
  const bool isPlain = x.device().is_cpu() && x.scalar_type() == at::kFloat && x.layout() == at::kStrided;
  return isPlain && x.numel() > 0 &&
         (x.dim() == 2 || (x.dim() == 4 && x.is_contiguous(at::MemoryFormat::ChannelsLast)));
}

at::Tensor asPixels(const at::Tensor& x) {
  return x.contiguous(x.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous);
}

/// Of tensors of which mayBePixels() holds and that are as asPixels() gives them.
class LogSoftmaxOfPixels : public torch::autograd::Function<LogSoftmaxOfPixels> {
public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x) {
    at::Tensor y = at::empty_like(x);
    const std::int64_t classes = x.size(1);
    const float* const from = x.data_ptr<float>();
    float* const to = y.data_ptr<float>();
    at::parallel_for(0, x.numel() / classes, kLogSoftmaxGrain, [&](std::int64_t begin, std::int64_t end) {
      logSoftmaxOfPixels(from + begin * classes, end - begin, classes, to + begin * classes);
    });
    context->save_for_backward({y});
    return y;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 const torch::autograd::variable_list& slopes) {
    const at::Tensor y = context->get_saved_variables().front();
    if (at::GradMode::is_enabled()) return {at::_log_softmax_backward_data(slopes.front(), y, 1, at::kFloat)};
    const at::Tensor given = asPixels(slopes.front());
    at::Tensor out = at::empty_like(y);
    const std::int64_t classes = y.size(1);
    const float *const values = y.data_ptr<float>(), *const slope = given.data_ptr<float>();
    float* const to = out.data_ptr<float>();
    at::parallel_for(0, y.numel() / classes, kLogSoftmaxGrain, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t first = begin * classes;
      logSoftmaxSlopes(values + first, slope + first, end - begin, classes, to + first);
    });
    return {out};
  }
};

}  // namespace

at::Tensor logSoftmax(const at::Tensor& logits) {
  if (!mayBePixels(logits)) return at::log_softmax(logits, 1);
  return LogSoftmaxOfPixels::apply(asPixels(logits));
}

}  // namespace oodscope
