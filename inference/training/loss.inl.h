// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Target value of pixels that are not learned from.
inline constexpr std::int64_t kIgnoredTarget = -100;

/// What training makes small.
class Loss {
public:
  Loss() = default;
  Loss(const Loss&) = delete;
  Loss& operator=(const Loss&) = delete;
  virtual ~Loss() = default;
  /// A scalar from logits N x C x H x W and targets N x H x W (int64, a class or kIgnoredTarget): the mean over learned
  /// pixels weighted by the weight of each pixel's class; 0 without such pixels. Differentiable in the logits.
  [[nodiscard]] virtual at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const = 0;
};

struct LossOptions {
  at::Tensor classWeights = {};  ///< C values on the logits' device; undefined: all 1
  double focalGamma = 2.0;
};

/// A further loss is one .cpp with its maker, declared and listed in loss_registry.cpp.
struct LossKind {
  std::string name;
  std::unique_ptr<Loss> (*make)(const LossOptions& options);
  bool usesGamma = false;  ///< focalGamma decides its values, and so the weights
};
[[nodiscard]] const std::vector<LossKind>& lossKinds();
/// Throws ContractViolation for an unknown name.
[[nodiscard]] std::unique_ptr<Loss> makeLoss(std::string_view name, const LossOptions& options);

}  // namespace oodscope
