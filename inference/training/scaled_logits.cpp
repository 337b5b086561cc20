// SPDX-License-Identifier: GPL-3.0-or-later
// Losses of logits that are scaled for learning alone: where the network is used they are taken as they come.
#include "inference/training/loss_terms.inl.h"

#include <ATen/TensorOperators.h>

#include <array>

namespace oodscope {
namespace {

constexpr LossParameter kLogitNormTemperature{"logit-norm-temperature", 0.04, 1e-6, 1e6,
                                              "What LogitNorm divides logits of unit length by"};
constexpr LossParameter kEntropicScale{"entropic-scale", 10.0, 1e-6, 1e6,
                                       "What IsoMax+ multiplies logits with, in the loss alone"};
constexpr std::array kLogitNormOnly{kLogitNormTemperature};
constexpr std::array kLogitNormFocal{kLogitNormTemperature, kFocalGammaParameter};
constexpr std::array kIsomaxOnly{kEntropicScale};
constexpr std::array kIsomaxFocal{kEntropicScale, kFocalGammaParameter};

/// f / (T (|| f || + 1e-7)), the norm over all outputs of a pixel. Source: Wei et al., "Mitigating Neural Network
/// Overconfidence with Logit Normalization", ICML 2022, in the form of seed 001's code, train/logit_norm_loss.py.
at::Tensor normalised(const at::Tensor& logits, double temperature) {
  constexpr double leastNorm = 1e-7;
  // The slope of a norm of 0 is taken as 0, as PyTorch does.
  return logits / (logits.norm(2, {1}, true) + leastNorm) / temperature;
}

/// Source: Macêdo, Ludermir, "Enhanced Isotropy Maximization Loss", 2021.
at::Tensor sharpened(const at::Tensor& logits, double entropicScale) { return logits * entropicScale; }

enum class ScaledTerm { CrossEntropy, Focal, FocalReleased };

using LogitScaling = at::Tensor (*)(const at::Tensor& logits, double value);

template <LogitScaling scaling, ScaledTerm term>
class ScaledLogits final : public Loss {
public:
  explicit ScaledLogits(const LossOptions& options)
      : m_weights(options.classWeights),
        m_value(options.values.at(0)),
        m_gamma(term == ScaledTerm::CrossEntropy ? 0.0 : options.values.at(1)) {}
  at::Tensor operator()(const at::Tensor& logits, const at::Tensor& targets) const override {
    const at::Tensor scaled = scaling(logits, m_value);
    if constexpr (term == ScaledTerm::CrossEntropy) return crossEntropyTerm(scaled, targets, m_weights);
    if constexpr (term == ScaledTerm::Focal) return focalTerm(scaled, targets, m_weights, m_gamma);
    return detachedFocalTerm(scaled, targets, m_gamma);
  }

private:
  at::Tensor m_weights;
  double m_value, m_gamma;
};

template <LogitScaling scaling, ScaledTerm term>
std::unique_ptr<Loss> makeScaled(const LossOptions& options) {
  return std::make_unique<ScaledLogits<scaling, term>>(options);
}

constexpr LossTraits kOfIsomax{.head = "isomax-plus-scalar"};

}  // namespace

extern const LossKind kLogitNorm, kLogitNormWithFocal, kLogitNormWithFocalReleased;
const LossKind kLogitNorm{
    .name = "logit-norm", .parameters = kLogitNormOnly, .make = makeScaled<normalised, ScaledTerm::CrossEntropy>};
const LossKind kLogitNormWithFocal{
    .name = "logit-norm-focal", .parameters = kLogitNormFocal, .make = makeScaled<normalised, ScaledTerm::Focal>};
const LossKind kLogitNormWithFocalReleased{.name = "logit-norm-focal-released",
                                           .parameters = kLogitNormFocal,
                                           .make = makeScaled<normalised, ScaledTerm::FocalReleased>};

extern const LossKind kIsomax, kIsomaxWithFocal, kIsomaxWithFocalReleased;
const LossKind kIsomax{.name = "isomax",
                       .parameters = kIsomaxOnly,
                       .make = makeScaled<sharpened, ScaledTerm::CrossEntropy>,
                       .traits = kOfIsomax};
const LossKind kIsomaxWithFocal{.name = "isomax-focal",
                                .parameters = kIsomaxFocal,
                                .make = makeScaled<sharpened, ScaledTerm::Focal>,
                                .traits = kOfIsomax};
const LossKind kIsomaxWithFocalReleased{.name = "isomax-focal-released",
                                        .parameters = kIsomaxFocal,
                                        .make = makeScaled<sharpened, ScaledTerm::FocalReleased>,
                                        .traits = kOfIsomax};

}  // namespace oodscope
