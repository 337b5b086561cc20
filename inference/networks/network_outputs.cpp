// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/networks/network.inl.h"

#include <ATen/ops/upsample_bilinear2d.h>

#include <cstdint>

namespace oodscope {

std::vector<torch::Tensor> forwardAll(Network& network, const torch::Tensor& images) {
  if (network.outputs().size() == 1) return {network.forward(images)};
  return network.classifyAll(network.penultimate(images), {images.size(2), images.size(3)});
}

void fillFrom(const std::vector<torch::Tensor>& arrays, const torch::Tensor& out) {
  if (arrays.size() == 1) {
    out.copy_(arrays.front());
    return;
  }
  std::int64_t from = 0;
  for (const torch::Tensor& array : arrays) {
    out.narrow(3, from, array.numel()).view(array.sizes()).copy_(array);
    from += array.numel();
  }
}

torch::Tensor Network::enlarge(const torch::Tensor& small, at::IntArrayRef size) {
  return at::upsample_bilinear2d(small, size, false);
}

void Network::fill(const torch::Tensor& image, const torch::Tensor& out) { fillFrom(forwardAll(*this, image), out); }

}  // namespace oodscope
