// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/own_convolution.inl.h"

#include "analysis/core/error.h"
#include "inference/networks/direct_kernel.h"

#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <torch/library.h>

#include <utility>

namespace oodscope {
namespace {

/// Comes before every device's own kernels where a thread includes it, and does nothing elsewhere.
constexpr c10::DispatchKey kKey = c10::DispatchKey::TESTING_ONLY_GenericMode;

/// Values a thread should at least have to make.
constexpr std::int64_t kGrain = 1 << 14;

std::int64_t roundUp(std::int64_t value, std::int64_t step) { return (value + step - 1) / step * step; }

struct Arguments {
  torch::Tensor input, weight, bias;
  ConvolutionGeometry geometry;
  bool transposed = false;
  std::vector<std::int64_t> outputPadding = {};
};

bool isOwn(const Arguments& a) {
  return a.input.is_cpu() && a.weight.is_cpu() && a.input.dim() == 4 && a.weight.dim() == 4 && a.input.numel() > 0 &&
         a.input.scalar_type() == torch::kFloat && a.weight.scalar_type() == torch::kFloat &&
         a.input.layout() == torch::kStrided && a.geometry.stride.size() == 2 && a.geometry.padding.size() == 2 &&
         a.geometry.dilation.size() == 2;
}

/// Each input pixel times all weights, added up where they fall.
torch::Tensor transposedConvolution(const Arguments& a) {
  const std::int64_t in = a.weight.size(0), out = a.weight.size(1), kh = a.weight.size(2), kw = a.weight.size(3);
  const std::int64_t n = a.input.size(0), h = a.input.size(2), w = a.input.size(3);
  const torch::Tensor weights = a.weight.permute({2, 3, 1, 0}).reshape({kh * kw * out, in, 1, 1});
  const torch::Tensor products = OwnConvolution(weights, {}, {}, false)(a.input);
  const auto extent = [&](std::size_t axis, std::int64_t size, std::int64_t kernel) {
    return (size - 1) * a.geometry.stride[axis] + a.geometry.dilation[axis] * (kernel - 1) + 1 + a.outputPadding[axis];
  };
  torch::Tensor sum = at::zeros({n, extent(0, h, kh), extent(1, w, kw), out}, a.input.options()).permute({0, 3, 1, 2});
  for (std::int64_t ky = 0; ky < kh; ++ky) {
    for (std::int64_t kx = 0; kx < kw; ++kx) {
      const std::int64_t y = ky * a.geometry.dilation[0], x = kx * a.geometry.dilation[1];
      sum.slice(2, y, y + (h - 1) * a.geometry.stride[0] + 1, a.geometry.stride[0])
          .slice(3, x, x + (w - 1) * a.geometry.stride[1] + 1, a.geometry.stride[1])
          .add_(products.narrow(1, (ky * kw + kx) * out, out));
    }
  }
  const auto& padding = a.geometry.padding;
  sum = sum.narrow(2, padding[0], sum.size(2) - 2 * padding[0]).narrow(3, padding[1], sum.size(3) - 2 * padding[1]);
  return a.bias.defined() ? sum + a.bias.view({1, -1, 1, 1}) : sum;
}

torch::Tensor convolution(const Arguments& a) {
  const auto asGiven = [&](const torch::Tensor& out) { return out.contiguous(a.input.suggest_memory_format()); };
  if (!a.transposed) return asGiven(OwnConvolution(a.weight, a.bias, a.geometry, false)(a.input));
  const std::int64_t groups = a.geometry.groups, in = a.input.size(1) / groups, out = a.weight.size(1);
  std::vector<torch::Tensor> parts;
  for (std::int64_t g = 0; g < groups; ++g) {
    Arguments part = a;
    part.input = a.input.narrow(1, g * in, in);
    part.weight = a.weight.narrow(0, g * in, in);
    if (a.bias.defined()) part.bias = a.bias.narrow(0, g * out, out);
    parts.push_back(transposedConvolution(part));
  }
  return asGiven(parts.size() == 1 ? parts.front() : at::cat(parts, 1));
}

/// Of rows and of columns: one number stands for both, as at::conv2d's own defaults do.
std::vector<std::int64_t> bothOf(const c10::IValue& list) {
  std::vector<std::int64_t> out = list.toIntVector();
  if (out.size() == 1) out.push_back(out.front());
  return out;
}

/// aten::_convolution: input, weight, bias, stride, padding, dilation, transposed, output padding, groups and flags.
void convolutionOnStack(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  const auto inputs = torch::jit::last(*stack, operation.schema().arguments().size());
  Arguments a{.input = inputs[0].toTensor(), .weight = inputs[1].toTensor(), .bias = {}, .geometry = {}};
  if (inputs[2].isTensor()) a.bias = inputs[2].toTensor();
  a.geometry = {bothOf(inputs[3]), bothOf(inputs[4]), bothOf(inputs[5]), inputs[8].toInt()};
  a.transposed = inputs[6].toBool();
  a.outputPadding = bothOf(inputs[7]);
  if (!isOwn(a)) {
    const c10::impl::ExcludeDispatchKeyGuard asEver(kKey);
    operation.callBoxed(stack);
    return;
  }
  torch::Tensor out = convolution(a);
  torch::jit::drop(*stack, operation.schema().arguments().size());
  torch::jit::push(*stack, std::move(out));
}

/// Once a process; the key is included by nobody else.
void registerKernels() {
  static torch::Library others(torch::Library::IMPL, "_", kKey, __FILE__, __LINE__);
  static torch::Library operators(torch::Library::IMPL, "aten", kKey, __FILE__, __LINE__);
  static const bool done = [] {
    others.fallback(torch::CppFunction::makeFallthrough());
    operators.impl("_convolution", torch::CppFunction::makeFromBoxedFunction<&convolutionOnStack>());
    return true;
  }();
  static_cast<void>(done);
}

c10::DispatchKeySet registeredKey() {
  registerKernels();
  return c10::DispatchKeySet(kKey);
}

}  // namespace

OwnConvolution::OwnConvolution(const torch::Tensor& weight, const torch::Tensor& bias, ConvolutionGeometry geometry,
                               bool relu)
    : m_out(weight.size(0)), m_geometry(std::move(geometry)), m_relu(relu) {
  const std::int64_t groups = m_geometry.groups, out = m_out / groups;
  require(groups > 0 && m_out % groups == 0, "OwnConvolution: as many output channels in each group");
  const torch::Tensor rows = weight.detach()
                                 .to(torch::kFloat)
                                 .reshape({groups, out, weight.size(1), weight.size(2), weight.size(3)})
                                 .permute({0, 3, 4, 2, 1});
  m_weight = at::zeros({groups, rows.size(1), rows.size(2), rows.size(3), roundUp(out, kDirectStride)}, rows.options());
  m_weight.narrow(4, 0, out).copy_(rows);
  m_bias = at::zeros({groups, m_weight.size(4)}, rows.options());
  if (bias.defined()) m_bias.narrow(1, 0, out).copy_(bias.detach().reshape({groups, out}));
}

torch::Tensor OwnConvolution::operator()(const torch::Tensor& x) const {
  const auto& [stride, padding, dilation, groups] = m_geometry;
  require(x.is_cpu() && x.dim() == 4 && x.scalar_type() == torch::kFloat && x.size(1) == m_weight.size(3) * groups,
          "OwnConvolution: float32 N x C x H x W on the CPU");
  const torch::Tensor in = x.contiguous(torch::MemoryFormat::ChannelsLast);
  DirectCall call{.weights = m_weight.data_ptr<float>(),
                  .bias = m_bias.data_ptr<float>(),
                  .height = x.size(2),
                  .width = x.size(3),
                  .channels = m_weight.size(3),
                  .inPixel = x.size(1),
                  .outPixel = m_out,
                  .outChannels = m_out / groups,
                  .outStride = m_weight.size(4),
                  .kernelHeight = m_weight.size(1),
                  .kernelWidth = m_weight.size(2),
                  .strideY = stride[0],
                  .strideX = stride[1],
                  .paddingY = padding[0],
                  .paddingX = padding[1],
                  .dilationY = dilation[0],
                  .dilationX = dilation[1],
                  .relu = m_relu};
  call.outHeight = (call.height + 2 * padding[0] - dilation[0] * (call.kernelHeight - 1) - 1) / stride[0] + 1;
  call.outWidth = (call.width + 2 * padding[1] - dilation[1] * (call.kernelWidth - 1) - 1) / stride[1] + 1;
  require(call.outHeight > 0 && call.outWidth > 0, "OwnConvolution: the kernel must fit into the padded image");
  torch::Tensor out = at::empty({x.size(0), call.outHeight, call.outWidth, m_out}, x.options()).permute({0, 3, 1, 2});
  const std::int64_t weightsOfGroup = m_weight.numel() / groups, count = groups;
  for (std::int64_t n = 0; n < x.size(0); ++n) {
    call.in = in.data_ptr<float>() + n * call.height * call.width * call.inPixel;
    call.out = out.data_ptr<float>() + n * call.outHeight * call.outWidth * m_out;
    const std::int64_t grain = std::max<std::int64_t>(1, kGrain / (call.outWidth * m_out));
    at::parallel_for(0, call.outHeight, grain, [&](std::int64_t first, std::int64_t end) {
      DirectCall group = call;
      for (std::int64_t g = 0; g < count; ++g) {
        convolveRows(group, first, end);
        group.in += group.channels;
        group.out += group.outChannels;
        group.weights += weightsOfGroup;
        group.bias += group.outStride;
      }
    });
  }
  return out;
}

OwnConvolutions::OwnConvolutions() : m_guard(registeredKey()) {}

}  // namespace oodscope
