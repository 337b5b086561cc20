// SPDX-License-Identifier: GPL-3.0-or-later
// Online hard example mining. Source: Shrivastava, Gupta, Girshick, CVPR 2016; the rule for pixels is that of
// CoinCheung/BiSeNet, lib/ohem_ce_loss.py.
#include "inference/training/loss_terms.inl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/gt.h>

#include <cmath>
#include <tuple>

namespace oodscope {
namespace {

constexpr LossParameter kOhemThreshold{"ohem-threshold", 0.7, 1e-6, 1.0,
                                       "Pixels whose class has a lower probability are hard, which ohem learns from"};
/// One in so many learned pixels is learned from where fewer are hard.
constexpr std::int64_t kLeastShare = 16;
/// Of hard pixels whose classes all have a weight of 0, nothing is learned.
constexpr double kLeastWeight = 1e-12;

/// -ln p of the true class, mean over the hard pixels weighted by class.
class Ohem final : public Loss {
public:
  explicit Ohem(const LossOptions& options)
      : m_weights(options.classWeights), m_least(-std::log(options.values.at(0))) {}
  at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const override {
    const at::Tensor learned = at::ge(targets, 0).flatten().nonzero().squeeze(1);
    if (learned.numel() == 0) return zeroOf(logits);
    const at::Tensor all = crossEntropies(logits, targets).flatten();
    const at::Tensor losses = all.index_select(0, learned);
    at::Tensor hard = at::gt(losses, m_least).nonzero().squeeze(1);
    const std::int64_t least = learned.numel() / kLeastShare;
    if (hard.numel() < least) hard = std::get<1>(losses.detach().topk(least));
    if (hard.numel() == 0) return zeroOf(logits);
    const at::Tensor kept = losses.index_select(0, hard);
    if (!m_weights.defined()) return kept.mean();
    const at::Tensor weights =
        m_weights.index_select(0, targets.flatten().index_select(0, learned).index_select(0, hard));
    return (weights * kept).sum() / weights.sum().clamp_min(kLeastWeight);
  }

private:
  at::Tensor m_weights;
  double m_least;  ///< the least -ln p that is hard
};

std::unique_ptr<Loss> makeOhem(const LossOptions& options) { return std::make_unique<Ohem>(options); }

}  // namespace

extern const LossKind kOhem;
const LossKind kOhem{.name = "ohem", .parameters = {&kOhemThreshold, 1}, .make = makeOhem};

}  // namespace oodscope
