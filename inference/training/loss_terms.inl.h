// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/loss.inl.h"

namespace oodscope {

/// What several losses are made of. Logits N x C x … with targets N x …, or rows; without a learned pixel each term is
/// 0 with zero slopes. Differentiable in the logits.

/// Whether any target is a class.
[[nodiscard]] bool hasLearned(const at::Tensor& targets);
/// 0, which still depends on the logits: a step without learned pixels has zero slopes.
[[nodiscard]] at::Tensor zeroOf(const at::Tensor& logits);
/// Targets with those at or beyond `known` ignored.
[[nodiscard]] at::Tensor knownTargets(const at::Tensor& targets, int known);

/// -ln p of the true class of each pixel, in the targets' shape; 0 of ignored ones.
[[nodiscard]] at::Tensor crossEntropies(const at::Tensor& logits, const at::Tensor& targets);
/// -ln p of the true class, mean weighted by class; weights C values or undefined. Source: torch.nn.CrossEntropyLoss.
[[nodiscard]] at::Tensor crossEntropyTerm(const at::Tensor& logits, const at::Tensor& targets,
                                          const at::Tensor& weights);
/// -(1 - p)^gamma ln p, mean weighted by class. Source: Lin et al., "Focal Loss for Dense Object Detection", ICCV 2017,
/// eq. 5.
[[nodiscard]] at::Tensor focalTerm(const at::Tensor& logits, const at::Tensor& targets, const at::Tensor& weights,
                                   double gamma);
/// The same unweighted and with (1 - p)^gamma held constant in the gradient. Source: FarInHeight,
/// Real-Time-Anomaly-Segmentation-for-Road-Scenes, train/focal_loss.py.
[[nodiscard]] at::Tensor detachedFocalTerm(const at::Tensor& logits, const at::Tensor& targets, double gamma);

inline constexpr LossParameter kFocalGammaParameter{"focal-gamma", 2.0, 0.0, 100.0,
                                                    "Focusing parameter of the focal losses"};

}  // namespace oodscope
