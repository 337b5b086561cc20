// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/head.inl.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace oodscope {

/// A network with a head. Its keys are the network's own and, below HeadKind's key, the head's; a last layer that the
/// head replaces is gone.
class HeadedNetwork final : public Network {
public:
  /// Requires: takesHead().
  HeadedNetwork(std::shared_ptr<Network> base, const NetworkKind& kind, const HeadKind& head, NetworkShape shape);
  torch::Tensor forward(const torch::Tensor& images) override;
  [[nodiscard]] NetworkShape shape() const override { return m_shape; }
  [[nodiscard]] bool isSplit() const override { return m_base->isSplit(); }
  torch::Tensor penultimate(const torch::Tensor& images) override { return m_base->penultimate(images); }
  AuxiliaryPass penultimateWithAuxiliary(const torch::Tensor& images) override {
    return m_base->penultimateWithAuxiliary(images);
  }
  torch::Tensor classify(const torch::Tensor& features) override;
  torch::Tensor classifyTo(const torch::Tensor& features, at::IntArrayRef size) override;
  [[nodiscard]] std::vector<Output> outputs() const override;
  std::vector<torch::Tensor> classifyAll(const torch::Tensor& features, at::IntArrayRef size) override;
  void train(bool on = true) override;

  torch::Tensor stageLogits(const TrainingStage& stage, const torch::Tensor& images);
  [[nodiscard]] const Network& base() const { return *m_base; }
  [[nodiscard]] HeadPlace place() const { return m_kind->place; }
  /// What the head gives of what it reads.
  torch::Tensor ofHead(const torch::Tensor& x) { return m_head->forward(x); }

private:
  void takeOver(const std::string& replaced, const std::shared_ptr<torch::nn::Module>& by);
  std::shared_ptr<Head> after(const std::string& layer, const HeadSite& site);

  std::shared_ptr<Network> m_base;
  const HeadKind* m_kind;
  NetworkShape m_shape;
  int m_reduction;
  std::shared_ptr<Head> m_head;
  std::map<std::string, std::shared_ptr<Head>> m_stageHeads;  ///< by the stage's name
};

}  // namespace oodscope
