// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/imported_scores.h"
#include "app/evaluation/score_source.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace oodscope {

/// Which channels of imported logits take part. An empty list: the first 19 of 20, otherwise all.
struct ImportedChannels {
  std::vector<int> list = {};
  bool all = false;  ///< every one, whatever it means
};

/// Scores that somebody's method wrote, one file a frame: score maps, taken as they are, or logits, scored like a
/// model's.
class ImportedSource : public ScoreSource {
public:
  /// Matches files to frames by name. channels: for logits alone.
  /// Throws Error where no file belongs to any frame.
  ImportedSource(std::shared_ptr<const DataSet> set, const std::filesystem::path& folder, ImportedChannels channels);

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] std::vector<Configuration> configurations(const std::vector<Method>& methods,
                                                          const std::vector<float>& temperatures) const override;
  void prepare(std::size_t frame) override;
  [[nodiscard]] Size ownSize(std::size_t frame) const override;
  /// Maps of another size than `target` are resized bilinearly (half-pixel centres).
  [[nodiscard]] ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance() const override;
  [[nodiscard]] std::optional<FrameLogits> frameLogits(std::size_t frame) const override;
  [[nodiscard]] bool hasLogits(std::size_t frame) const override;
  [[nodiscard]] ScoreParameters scoreParameters(const Configuration& configuration, int channels) const override;
  [[nodiscard]] bool holdsLogits() const { return m_holdsLogits; }
  [[nodiscard]] const ImportedScores& files() const { return m_scores; }

private:
  std::shared_ptr<const DataSet> m_set;
  ImportedScores m_scores;
  ImportedChannels m_channels;
  std::vector<Size> m_sizes;  ///< by frame, once prepared
  bool m_holdsLogits = false;
};

}  // namespace oodscope
