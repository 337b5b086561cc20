// SPDX-License-Identifier: GPL-3.0-or-later
// Losses that know outliers: cross-entropy of the known classes, and a term on pixels of none of them.
#include "analysis/core/error.h"
#include "inference/training/log_softmax.inl.h"
#include "inference/training/loss_terms.inl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/ge.h>
#include <ATen/ops/log_sigmoid.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/stack.h>

#include <array>

namespace oodscope {
namespace {

/// A step's rows, parted. Without a void class all channels are known.
struct PartedRows {
  explicit PartedRows(const LossInput& in, const at::Tensor& classWeights) {
    const at::Tensor all = in.targets.reshape({-1});
    known = static_cast<int>(in.voidClass > 0 ? in.voidClass : in.logits.size(1));
    logits = in.logits.movedim(1, -1).reshape({all.numel(), -1}).slice(1, 0, known);
    targets = knownTargets(all, known);
    weights = classWeights.defined() ? classWeights.slice(0, 0, known) : classWeights;
    inliers = at::ge(targets, 0).nonzero().squeeze(1);
    outliers = at::ge(all, known).nonzero().squeeze(1);
  }
  [[nodiscard]] at::Tensor crossEntropy() const { return crossEntropyTerm(logits, targets, weights); }
  /// Mean of a value a row over some rows; 0 with zero slopes over none.
  [[nodiscard]] static at::Tensor meanOver(const at::Tensor& rows, const at::Tensor& values) {
    return rows.numel() == 0 ? zeroOf(values) : values.index_select(0, rows).mean();
  }
  /// Mean over outliers of the cross-entropy to the uniform distribution: -(1/C) sum ln p_c.
  [[nodiscard]] at::Tensor exposure() const { return meanOver(outliers, at::logsumexp(logits, 1) - logits.mean(1)); }
  int known = 0;
  at::Tensor logits;   ///< of the known classes
  at::Tensor targets;  ///< with outliers ignored
  at::Tensor weights, inliers, outliers;
};

constexpr LossParameter kMaximisationWeight{"entropy-maximisation-weight", 0.9, 0.0, 1.0,
                                            "Weight of outliers in entropy maximisation, known classes have the rest"};
constexpr LossParameter kExposureWeight{"exposure-weight", 0.5, 0.0, 1000.0,
                                        "Weight of outliers in the loss outlier-exposure"};
constexpr std::array kEnergyParameters{
    LossParameter{"energy-weight", 0.1, 0.0, 1000.0, "Weight of both margins in the loss energy-margins"},
    LossParameter{"energy-in", -23.0, -1000.0, 1000.0, "Energy that known classes' pixels are to stay below"},
    LossParameter{"energy-out", -5.0, -1000.0, 1000.0, "Energy that outliers are to rise above"}};
constexpr LossParameter kDenseHybridBeta{"densehybrid-beta", 0.03, 0.0, 1000.0,
                                         "Weight of outliers in DenseHybrid's losses"};

/// (1 - w) cross-entropy + w mean over outliers of -(1/C) sum ln p_c. Source: Chan, Rottmann, Gottschalk, "Entropy
/// Maximization and Meta Classification for Out-of-Distribution Detection in Semantic Segmentation", ICCV 2021.
class EntropyMaximisation final : public Loss {
public:
  explicit EntropyMaximisation(const LossOptions& options)
      : m_weights(options.classWeights), m_weight(options.values.at(0)) {}
  at::Tensor of(const LossInput& in) const override {
    const PartedRows rows(in, m_weights);
    return (1.0 - m_weight) * rows.crossEntropy() + m_weight * rows.exposure();
  }

private:
  at::Tensor m_weights;
  double m_weight;
};

/// Cross-entropy + w mean over outliers of the cross-entropy to the uniform distribution. Source: Hendrycks, Mazeika,
/// Dietterich, "Deep Anomaly Detection with Outlier Exposure", ICLR 2019.
class OutlierExposureLoss final : public Loss {
public:
  explicit OutlierExposureLoss(const LossOptions& options)
      : m_weights(options.classWeights), m_weight(options.values.at(0)) {}
  at::Tensor of(const LossInput& in) const override {
    const PartedRows rows(in, m_weights);
    return rows.crossEntropy() + m_weight * rows.exposure();
  }

private:
  at::Tensor m_weights;
  double m_weight;
};

/// Cross-entropy + w (mean max(0, E - m_in)^2 over known pixels + mean max(0, m_out - E)^2 over outliers), E =
/// -logsumexp z. Source: Liu et al., "Energy-based Out-of-distribution Detection", NeurIPS 2020, eq. 8 and 9.
class EnergyMargins final : public Loss {
public:
  explicit EnergyMargins(const LossOptions& options)
      : m_weights(options.classWeights),
        m_weight(options.values.at(0)),
        m_in(options.values.at(1)),
        m_out(options.values.at(2)) {}
  at::Tensor of(const LossInput& in) const override {
    const PartedRows rows(in, m_weights);
    const at::Tensor energy = -at::logsumexp(rows.logits, 1);
    const at::Tensor high = (energy - m_in).clamp_min(0.0).square(), low = (m_out - energy).clamp_min(0.0).square();
    return rows.crossEntropy() +
           m_weight * (PartedRows::meanOver(rows.inliers, high) + PartedRows::meanOver(rows.outliers, low));
  }

private:
  at::Tensor m_weights;
  double m_weight, m_in, m_out;
};

/// ln P(in) and ln P(out), two columns, of a second head's logits.
at::Tensor logOfInAndOut(const at::Tensor& outlier) {
  require(outlier.defined() && outlier.dim() == 2 && outlier.size(1) <= 2, "DenseHybrid's loss: needs a second head");
  if (outlier.size(1) == 2) return logSoftmax(outlier);
  const at::Tensor logit = outlier.squeeze(1);
  return at::stack({at::log_sigmoid(logit), at::log_sigmoid(-logit)}, 1);
}

/// Source: Grcić, Bevandić, Šegvić, "DenseHybrid", ECCV 2022. As published, eq. 15: -E_in[ln P(y|x) + ln P(in|x)] -
/// beta E_out[ln P(out|x) - logsumexp z]. As released (experiments/semseg_negatives_joint_th.py): cross-entropy + beta
/// mean over outliers of logsumexp z - 10 beta mean over all pixels of ln P(in or out|x), where all that is no outlier
/// is in.
template <bool isReleased>
class DenseHybridLoss final : public Loss {
public:
  explicit DenseHybridLoss(const LossOptions& options)
      : m_weights(options.classWeights), m_beta(options.values.at(0)) {}
  at::Tensor of(const LossInput& in) const override {
    if (!hasLearned(in.targets)) return zeroOf(in.logits) + zeroOf(in.outlier);
    const PartedRows rows(in, m_weights);
    const at::Tensor logP = logOfInAndOut(in.outlier);
    const at::Tensor likelihood = PartedRows::meanOver(rows.outliers, at::logsumexp(rows.logits, 1));
    if constexpr (isReleased) {
      constexpr double ofHead = 10.0;
      const at::Tensor side = at::ge(in.targets.reshape({-1}), rows.known).to(at::kLong).unsqueeze(1);
      return rows.crossEntropy() + m_beta * likelihood - ofHead * m_beta * logP.gather(1, side).mean();
    }
    const at::Tensor ofIn = PartedRows::meanOver(rows.inliers, logP.select(1, 0));
    const at::Tensor ofOut = PartedRows::meanOver(rows.outliers, logP.select(1, 1));
    return rows.crossEntropy() - ofIn - m_beta * (ofOut - likelihood);
  }

private:
  at::Tensor m_weights;
  double m_beta;
};

template <class Made>
std::unique_ptr<Loss> makeOutlierLoss(const LossOptions& options) {
  return std::make_unique<Made>(options);
}

constexpr LossTraits kKnowsOutliers{.takesOutliers = true};
constexpr LossTraits kWithSecondHead{.takesOutliers = true, .needsSecondHead = true, .head = "densehybrid"};

}  // namespace

extern const LossKind kEntropyMaximisation, kOutlierExposureLoss, kEnergyMargins;
const LossKind kEntropyMaximisation{.name = "entropy-maximisation",
                                    .parameters = {&kMaximisationWeight, 1},
                                    .make = makeOutlierLoss<EntropyMaximisation>,
                                    .traits = kKnowsOutliers};
const LossKind kOutlierExposureLoss{.name = "outlier-exposure",
                                    .parameters = {&kExposureWeight, 1},
                                    .make = makeOutlierLoss<OutlierExposureLoss>,
                                    .traits = kKnowsOutliers};
const LossKind kEnergyMargins{.name = "energy-margins",
                              .parameters = kEnergyParameters,
                              .make = makeOutlierLoss<EnergyMargins>,
                              .traits = kKnowsOutliers};

extern const LossKind kDenseHybridLoss, kDenseHybridReleasedLoss;
const LossKind kDenseHybridLoss{.name = "densehybrid",
                                .parameters = {&kDenseHybridBeta, 1},
                                .make = makeOutlierLoss<DenseHybridLoss<false>>,
                                .traits = kWithSecondHead};
const LossKind kDenseHybridReleasedLoss{.name = "densehybrid-released",
                                        .parameters = {&kDenseHybridBeta, 1},
                                        .make = makeOutlierLoss<DenseHybridLoss<true>>,
                                        .traits = kWithSecondHead};

}  // namespace oodscope
