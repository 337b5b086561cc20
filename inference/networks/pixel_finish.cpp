// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/pixel_finish.inl.h"

#include "analysis/core/error.h"

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>

#include <algorithm>
#include <cstdint>

namespace oodscope {
namespace {

/// Pixels that a thread should at least take.
constexpr std::int64_t kPixelGrain = 1 << 10;

bool isPlainMap(const torch::Tensor& x) {
  return x.is_cpu() && x.dim() == 4 && x.size(0) == 1 && x.scalar_type() == torch::kFloat &&
         x.is_contiguous(torch::MemoryFormat::ChannelsLast);
}

/// One value a channel, for loops that do not ask whether there is one.
torch::Tensor filled(const torch::Tensor& values, std::int64_t channels, float absent) {
  if (!values.defined()) return at::empty({channels}, torch::TensorOptions(torch::kFloat)).fill_(absent);
  return values.numel() == channels ? values.contiguous() : values.expand({channels}).contiguous();
}

/// Pointers to the values of each channel.
struct ChannelValues {
  ChannelValues(const PixelFinish& how, std::int64_t channels)
      : m_scale(filled(how.scale, channels, 1.0F)),
        m_shift(filled(how.shift, channels, 0.0F)),
        m_slope(filled(how.slope, channels, 1.0F)),
        scale(m_scale.data_ptr<float>()),
        shift(m_shift.data_ptr<float>()),
        slope(m_slope.data_ptr<float>()) {}

private:
  torch::Tensor m_scale, m_shift, m_slope;

public:
  const float *scale, *shift, *slope;
};

float bent(float y, float slope) { return y < 0.0F ? slope * y : y; }  // a NaN is not below 0

torch::Tensor byChannel(const torch::Tensor& values) { return values.view({1, -1, 1, 1}); }

/// By LibTorch's operators, on any device.
torch::Tensor finished(const torch::Tensor& x, const PixelFinish& how) {
  torch::Tensor y = x;
  if (how.scale.defined()) y = y * byChannel(how.scale);
  if (how.shift.defined()) y = y + byChannel(how.shift);
  return how.slope.defined() ? at::where(y < 0, y * byChannel(how.slope), y) : y;
}

}  // namespace

void finish(torch::Tensor& x, const torch::Tensor& addend, const PixelFinish& how) {
  require(!addend.defined() || addend.sizes() == x.sizes(), "finish: maps of the same sizes");
  if (!isPlainMap(x) || (addend.defined() && !isPlainMap(addend))) {
    x = finished(addend.defined() ? x + addend : x, how);
    return;
  }
  const std::int64_t channels = x.size(1);
  const ChannelValues v(how, channels);
  float* const values = x.data_ptr<float>();
  const float* const others = addend.defined() ? addend.data_ptr<float>() : nullptr;
  at::parallel_for(0, x.size(2) * x.size(3), kPixelGrain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t p = begin; p < end; ++p) {
      float* const to = values + p * channels;
      if (others == nullptr) {
        for (std::int64_t c = 0; c < channels; ++c) to[c] = bent(v.scale[c] * to[c] + v.shift[c], v.slope[c]);
        continue;
      }
      const float* const from = others + p * channels;
      for (std::int64_t c = 0; c < channels; ++c) to[c] = bent(v.scale[c] * (to[c] + from[c]) + v.shift[c], v.slope[c]);
    }
  });
}

torch::Tensor stackedSums(const std::vector<torch::Tensor>& parts, const PixelFinish& how) {
  require(!parts.empty(), "stackedSums: at least one map");
  if (!std::ranges::all_of(parts, isPlainMap)) {
    std::vector<torch::Tensor> sums{parts.front()};
    for (std::size_t k = 1; k < parts.size(); ++k) sums.push_back(sums.back() + parts[k]);
    return finished(at::cat(sums, 1), how);
  }
  const torch::Tensor& first = parts.front();
  const std::int64_t each = first.size(1), all = each * static_cast<std::int64_t>(parts.size());
  torch::Tensor out = at::empty({1, first.size(2), first.size(3), all}, first.options()).permute({0, 3, 1, 2});
  const ChannelValues v(how, all);
  float* const target = out.data_ptr<float>();
  std::vector<const float*> sources;
  for (const torch::Tensor& part : parts) {
    require(part.sizes() == first.sizes(), "stackedSums: maps of the same sizes");
    sources.push_back(part.data_ptr<float>());
  }
  at::parallel_for(0, first.size(2) * first.size(3), kPixelGrain, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float> sum(static_cast<std::size_t>(each));
    for (std::int64_t p = begin; p < end; ++p) {
      std::ranges::fill(sum, 0.0F);
      float* to = target + p * all;
      std::int64_t at = 0;
      for (const float* source : sources) {
        const float* const from = source + p * each;
        for (std::int64_t c = 0; c < each; ++c) {
          float& now = sum[static_cast<std::size_t>(c)];
          now += from[c];
          to[c] = bent(v.scale[at + c] * now + v.shift[at + c], v.slope[at + c]);
        }
        to += each;
        at += each;
      }
    }
  });
  return out;
}

torch::Tensor stacked(const std::vector<torch::Tensor>& parts, const PixelFinish& how) {
  torch::Tensor out = at::cat(parts, 1);
  finish(out, {}, how);
  return out;
}

}  // namespace oodscope
