// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/loss_parameters.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace oodscope {

/// Target value of pixels that are not learned from.
inline constexpr std::int64_t kIgnoredTarget = -100;

/// What a step knows of its pixels, a row each.
struct LossInput {
  at::Tensor logits;        ///< M x C
  at::Tensor targets;       ///< M (int64): a class or kIgnoredTarget
  int voidClass = -1;       ///< target of outliers, the channels before it are the known classes; -1: there are none
  std::int64_t rows = 1;    ///< of a picture
  at::Tensor outlier = {};  ///< of a second head, M x 1: a logit of P(in), M x 2: the second the outlier's
};

/// What training makes small.
class Loss {
public:
  Loss() = default;
  Loss(const Loss&) = delete;
  Loss& operator=(const Loss&) = delete;
  virtual ~Loss() = default;
  /// A scalar from logits N x C x H x W and targets N x H x W (int64, a class or kIgnoredTarget), or as many pixels as
  /// rows, M x C and M: the mean over learned
  /// pixels weighted by the weight of each pixel's class; 0 without such pixels. Differentiable in the logits.
  [[nodiscard]] virtual at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const {
    return of({.logits = logits, .targets = targets});
  }
  /// The same of rows with all that is known of them. A loss overrides one of both.
  [[nodiscard]] virtual at::Tensor of(const LossInput& in) const { return (*this)(in.logits, in.targets); }
};

struct LossOptions {
  at::Tensor classWeights = {};     ///< C values on the logits' device; undefined: all 1
  std::vector<double> values = {};  ///< of the kind's parameters, in their order
};

/// A further loss is one .cpp that defines its kind, named in loss_registry.cpp: the command line's options, their
/// checks and the recipe follow.
struct LossKind {
  std::string_view name;
  std::span<const LossParameter> parameters;
  std::unique_ptr<Loss> (*make)(const LossOptions& options);
  LossTraits traits = {};
};
[[nodiscard]] std::span<const LossKind* const> lossKinds();
/// Throws ContractViolation for an unknown name and for a value outside a parameter's range.
[[nodiscard]] std::unique_ptr<Loss> makeLoss(std::string_view name, const at::Tensor& classWeights = {},
                                             const LossParameters& given = {});

}  // namespace oodscope
