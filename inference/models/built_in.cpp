// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/built_in.inl.h"

#include "analysis/core/size_text.h"
#include "inference/models/multiply_adds.inl.h"

#include <ATen/ops/zeros.h>

namespace oodscope {

std::vector<OutputArray> arraysOf(const NetworkKind& kind, const NetworkShape& shape, Size input) {
  if (kind.arrays) return kind.arrays(shape, input);
  return {{Output::Logits, shape.classes, input}};
}

int channelsOf(const NetworkKind& kind, const NetworkShape& shape) {
  for (const OutputArray& array : arraysOf(kind, shape, Preprocessing{}.input))
    if (array.output == Output::Logits) return array.channels;
  return shape.classes;
}

void assumeInputSize(const NetworkKind& kind, const NetworkShape& shape, std::optional<Sidecar>& sidecar,
                     std::vector<std::string>& assumptions) {
  if (!kind.inputSize || (sidecar && sidecar->preprocessing.input)) return;
  if (!sidecar) sidecar.emplace();
  sidecar->preprocessing.input = kind.inputSize(shape);
  assumptions.push_back("no input size given: " + sizeText(*sidecar->preprocessing.input) + " assumed");
}

Preprocessing preprocessingFor(const NetworkKind& kind, const NetworkShape& shape, Size image,
                               Preprocessing preprocessing) {
  if (kind.networkInput) preprocessing.input = kind.networkInput(shape, image, preprocessing.input);
  return preprocessing;
}

std::int64_t multiplyAddsOf(const NetworkKind& kind, Network& network, Size input) {
  if (kind.multiplyAdds) return kind.multiplyAdds(network.shape(), input);
  // They grow with the area, but for those that are done once a picture: two sizes, multiples of the coarsest step,
  // tell both.
  constexpr std::int64_t side = 64;
  const auto ofHeight = [&](std::int64_t height) {
    return countMultiplyAdds([&] { (void)forwardAll(network, at::zeros({1, 3, height, side})); });
  };
  const std::int64_t small = ofHeight(side), added = ofHeight(2 * side) - small;
  return small - added + added * static_cast<std::int64_t>(input.area()) / (side * side);
}

}  // namespace oodscope
