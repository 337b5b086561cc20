// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/imported_scores.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/metrics/double_ranking.h"
#include "app/sources/score_findings.h"
#include "app/sources/score_source.h"
#include "inference/logits/imported_logits.h"

#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace oodscope {

/// Which channels of imported logits take part. An empty list: the first 19 of 20, otherwise all.
struct ImportedChannels {
  std::vector<int> list = {};
  bool all = false;  ///< every one, whatever it means
};

/// Scores that somebody's method wrote, one file a frame: score maps, taken as they are, or logits, scored like a
/// model's. Maps of more digits than float has (float64, 32-bit and 64-bit integers) come as floats that rank as they
/// do: see DoubleRanking and exactScore().
class ImportedSource : public ScoreSource {
public:
  /// Matches files to frames by name. channels: for logits alone. arrayName: of the array that is meant in files of
  /// several; empty: the obvious one. Throws Error as openImportedScores does.
  ImportedSource(std::shared_ptr<const DataSet> set, const std::filesystem::path& folder, ImportedChannels channels,
                 const std::string& arrayName = {});

  [[nodiscard]] std::string name() const override;
  [[nodiscard]] std::vector<Configuration> configurations(const std::vector<Method>& methods,
                                                          const std::vector<float>& temperatures) const override;
  /// Reads the frame's file and looks at it: what is odd is in warnings(). Throws Error also for a map whose height and
  /// width are exchanged.
  void prepare(std::size_t frame) override;
  [[nodiscard]] Size ownSize(std::size_t frame) const override;
  /// Maps of another size than `target` are resized bilinearly (half-pixel centres), those of more digits than float in
  /// double. The first call for such maps reads all files and labels of the set once.
  [[nodiscard]] ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance() const override;
  [[nodiscard]] std::optional<FrameLogits> frameLogits(std::size_t frame) const override;
  [[nodiscard]] bool hasLogits(std::size_t frame) const override;
  [[nodiscard]] ScoreParameters scoreParameters(const Configuration& configuration, int channels) const override;
  [[nodiscard]] std::string precision() const override { return m_findings.precision(); }
  [[nodiscard]] std::vector<std::string> warnings() const override;
  [[nodiscard]] double exactScore(float value) const override;
  [[nodiscard]] float rankedScore(double score) const override;
  [[nodiscard]] bool holdsLogits() const { return m_holdsLogits; }
  [[nodiscard]] const ImportedScores& files() const { return m_scores; }

private:
  [[nodiscard]] StoredMap map(std::size_t frame) const;
  [[nodiscard]] std::shared_ptr<const ImportedLogits> logits(std::size_t frame) const;
  void judge(std::size_t frame, const StoredMap& map);
  void judge(std::size_t frame, const ImportedLogits& logits);
  void judgeShape(std::size_t frame, Size found, const char* what);
  [[nodiscard]] const DoubleRanking& ranking() const;
  [[nodiscard]] DoubleRanking makeRanking() const;

  std::shared_ptr<const DataSet> m_set;
  ImportedScores m_scores;
  ImportedChannels m_channels;
  std::vector<Size> m_sizes;       ///< by frame, once prepared
  std::vector<Size> m_frameSizes;  ///< of the images, once asked for; empty where they cannot be read
  bool m_holdsLogits = false;
  bool m_isDouble = false;  ///< some maps hold more digits than float
  ScoreFindings m_findings;
  mutable std::mutex m_rankingMutex, m_logitsMutex;
  mutable std::unique_ptr<const DoubleRanking> m_ranking;
  mutable std::vector<std::weak_ptr<const ImportedLogits>> m_opened;       ///< by frame
  mutable std::deque<std::shared_ptr<const ImportedLogits>> m_lastOpened;  ///< so that each pass opens a file once
};

}  // namespace oodscope
