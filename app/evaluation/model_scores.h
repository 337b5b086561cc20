// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "app/evaluation/score_source.h"
#include "inference/logits/logits_store.h"
#include "inference/models/model.h"

#include <memory>
#include <mutex>

namespace oodscope {

/// Scores of one set by one model, over logits that are made once and kept in the store.
class ModelScores : public ScoreSource {
public:
  /// channels: ascending, which outputs take part; empty: the known classes. Throws Error for a channel the network
  /// lacks.
  ModelScores(std::shared_ptr<const DataSet> set, std::shared_ptr<Model> model, std::shared_ptr<LogitsStore> store,
              std::vector<int> channels);

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] std::vector<Configuration> configurations(const std::vector<Method>& methods,
                                                          const std::vector<float>& temperatures) const override;
  void prepare(std::size_t frame) override;
  [[nodiscard]] Size ownSize(std::size_t frame) const override;
  [[nodiscard]] ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const override;
  [[nodiscard]] std::string precision() const override {
    return m_store->precision() == StorePrecision::Half ? "float16" : "float32";
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance() const override;

  [[nodiscard]] std::optional<FrameLogits> frameLogits(std::size_t frame) const override;
  [[nodiscard]] ScoreParameters scoreParameters(const Configuration& configuration, int) const override {
    return parameters(configuration);
  }

  /// The frame's logits, mapped. Requires prepare(frame). Thread-safe.
  [[nodiscard]] StoredLogits logits(std::size_t frame) const;
  /// Whether prepare(frame) would find the logits in the store, without running anything.
  [[nodiscard]] bool isStored(std::size_t frame);
  [[nodiscard]] const ModelInfo& modelInfo() const { return m_model->info(); }
  [[nodiscard]] ScoreParameters parameters(const Configuration& configuration) const;
  /// Messages about the store (a full disk, say) that did not stop the work.
  [[nodiscard]] std::vector<std::string> warnings() const override { return m_warnings; }
  [[nodiscard]] std::size_t networkPasses() const { return m_networkPasses; }

private:
  const std::string& address(std::size_t frame);
  [[nodiscard]] std::shared_ptr<const StoredLogits> mapped(std::size_t frame) const;

  std::shared_ptr<const DataSet> m_set;
  std::shared_ptr<Model> m_model;
  std::shared_ptr<LogitsStore> m_store;
  std::vector<int> m_channels;
  std::vector<std::string> m_addresses;                   ///< empty until asked for
  std::vector<std::shared_ptr<StoredLogits>> m_inMemory;  ///< frames that the store could not take
  mutable std::mutex m_mappedMutex;
  mutable std::vector<std::shared_ptr<const StoredLogits>> m_mapped;  ///< kept: mapping anew costs a fault a page
  std::vector<std::string> m_warnings;
  std::size_t m_networkPasses = 0;
};

/// Digest of what the network sees of a frame: its image file and, where there is one, the overlay. Throws Error.
[[nodiscard]] std::string imageDigest(const Frame& frame);

}  // namespace oodscope
