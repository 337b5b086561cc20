// SPDX-License-Identifier: GPL-3.0-or-later
// Heads that measure distances to prototypes.
#include "inference/networks/head.inl.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/ones.h>
#include <torch/nn/init.h>

#include <cstdint>

namespace oodscope {
namespace {

constexpr const char* kPrototypes = "prototypes";
constexpr const char* kDistanceScale = "distance_scale";
/// Euclidean distances by their differences: by matrix products, small ones would be lost in rounding.
constexpr std::int64_t kByDifferences = 2;
constexpr double kLeastNorm = 1e-12;  // of torch.nn.functional.normalize

/// || f - p_c || of each pixel, N x D x h x w and C x D to N x C x h x w.
torch::Tensor prototypeDistances(const torch::Tensor& features, const torch::Tensor& prototypes) {
  const auto n = features.size(0), h = features.size(2), w = features.size(3);
  const torch::Tensor pixels = features.permute({0, 2, 3, 1}).reshape({-1, features.size(1)});
  return at::cdist(pixels, prototypes, 2.0, kByDifferences).view({n, h, w, prototypes.size(0)}).permute({0, 3, 1, 2});
}

torch::Tensor ofUnitLength(const torch::Tensor& vectors) {
  return vectors / vectors.norm(2, {1}, true).clamp_min(kLeastNorm);
}

/// -|d| |z_c - p_c| of the last layer's logits z, a prototype a number. Source: FarInHeight,
/// Real-Time-Anomaly-Segmentation-for-Road-Scenes, train/erfnet_isomax_plus.py.
class IsomaxPlusScalar final : public Head {
public:
  explicit IsomaxPlusScalar(const HeadSite& site) {
    m_prototypes = register_parameter(kPrototypes, at::empty({1, site.classes, 1, 1}).normal_());
    m_scale = register_parameter(kDistanceScale, at::ones({1}));
  }
  torch::Tensor forward(const torch::Tensor& logits) override {
    return -(m_scale.abs() * (logits - m_prototypes).abs());
  }

private:
  torch::Tensor m_prototypes, m_scale;
};

/// -|d| || f / ||f|| - p_c / ||p_c|| ||. Source: Macêdo, Ludermir, "Enhanced
/// Isotropy Maximization Loss", 2021 (IsoMax+), eq. 9 of seed 001.
class IsomaxPlus final : public Head {
public:
  explicit IsomaxPlus(const HeadSite& site) {
    m_prototypes = register_parameter(kPrototypes, at::empty({site.classes, site.features}).normal_());
    m_scale = register_parameter(kDistanceScale, at::ones({1}));
  }
  torch::Tensor forward(const torch::Tensor& features) override {
    return -(m_scale.abs() * prototypeDistances(ofUnitLength(features), ofUnitLength(m_prototypes)));
  }

private:
  torch::Tensor m_prototypes, m_scale;
};

/// -|| f - p_c ||. Source: pcestola, ML4CV_assignement, lib/train.py.
class DistanceToPrototypes final : public Head {
public:
  explicit DistanceToPrototypes(const HeadSite& site) {
    m_prototypes = register_parameter(kPrototypes, at::empty({site.classes, site.features}));
    torch::nn::init::xavier_uniform_(m_prototypes);
  }
  torch::Tensor forward(const torch::Tensor& features) override { return -prototypeDistances(features, m_prototypes); }

private:
  torch::Tensor m_prototypes;
};

/// No values where the tensors are prototypes of `rank` axes, with a scale of distances or without, and nothing else
/// but what lies below the last layer's own key.
template <int rank, bool hasScale>
std::optional<std::vector<double>> noValues(const StateDict& below) {
  bool prototypes = false, scale = false;
  for (const auto& [key, tensor] : below) {
    if (key == kPrototypes) prototypes = tensor.dim() == rank;
    if (key == kDistanceScale) scale = true;
  }
  if (!prototypes || scale != hasScale) return std::nullopt;
  return std::vector<double>();
}

template <class Made>
std::shared_ptr<Head> madeFor(const HeadSite& site, const std::vector<double>&, const NetworkOptions&) {
  return std::make_shared<Made>(site);
}

}  // namespace

HeadKind isomaxPlusScalarHead() {
  return {.name = "isomax-plus-scalar",
          .help = "IsoMax+ as seed 001 modified it: -|d| |z - p|, a number a class, after the last layer",
          .place = HeadPlace::AfterLast,
          .valuesOf = noValues<4, true>,
          .make = madeFor<IsomaxPlusScalar>};
}

HeadKind isomaxPlusHead() {
  return {.name = "isomax-plus",
          .help = "IsoMax+: -|d| times the distance of feature and prototype, both of unit length",
          .place = HeadPlace::InPlaceOfLast,
          .valuesOf = noValues<2, true>,
          .make = madeFor<IsomaxPlus>};
}

HeadKind distanceHead() {
  return {.name = "distance",
          .help = "Prototypes of seed 003: minus the distance of the feature vector to each class's",
          .place = HeadPlace::InPlaceOfLast,
          .valuesOf = noValues<2, false>,
          .make = madeFor<DistanceToPrototypes>};
}

}  // namespace oodscope
