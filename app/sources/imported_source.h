// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/imported_scores.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/metrics/double_ranking.h"
#include "app/sources/fitted_statistics.h"
#include "app/sources/logits_source.h"
#include "app/sources/score_findings.h"
#include "inference/logits/imported_logits.h"

#include <atomic>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace oodscope {

/// How a folder's files are read, for a SourceId. statistics: what methods measure by; null: none.
[[nodiscard]] std::string importedReading(const std::string& arrayName, std::optional<Polarity> polarity,
                                          const FittedStatistics* statistics = nullptr);

/// Scores that somebody's method wrote, one file a frame: score maps, taken as they are, or logits, scored like a
/// model's. What comes as confidences is turned round: see Polarity. Maps of more digits than float has (float64,
/// 32-bit and 64-bit integers) come as floats that rank as they do: see DoubleRanking and exactScore(). Logits stay
/// open between uses as far as the store's bounds allow.
class ImportedSource : public LogitsSource {
public:
  /// Matches files to frames by name. channels: for logits alone, where the known classes are the first 19 of 20 and
  /// otherwise all. arrayName: of the array that is meant in files of several; empty: the obvious one. polarity: of
  /// maps; empty: as their form says. statistics: of logits and features; null: none. readsFeatures: beside other
  /// arrays, too, whatever was fitted for them: they are large, and most methods read none. Throws Error as
  /// openImportedScores does, and for confidences that are logits. Its maker is openSource().
  ImportedSource(std::string label, std::shared_ptr<const DataSet> set, const std::filesystem::path& folder,
                 const std::string& arrayName, std::shared_ptr<LogitsStore> store, ChannelChoice channels,
                 std::optional<Polarity> polarity = {}, std::shared_ptr<const FittedStatistics> statistics = {},
                 bool readsFeatures = false);

  [[nodiscard]] SourceId id() const override { return m_id; }
  /// The usual ones where there are finished maps alone.
  [[nodiscard]] ChannelChoice channels() const override {
    return m_holdsLogits ? LogitsSource::channels() : ChannelChoice{};
  }
  [[nodiscard]] bool takesMethods() const override { return m_holdsLogits; }
  /// Of maps where class maps came with all of them.
  [[nodiscard]] bool givesClasses() const override;
  [[nodiscard]] std::optional<std::size_t> framesWithoutFile() const override;
  /// Reads the frame's file and looks at it: what is odd is in warnings(). Throws Error also for a map whose height and
  /// width are exchanged.
  void prepare(std::size_t frame) override;
  [[nodiscard]] Size ownSize(std::size_t frame) const override;
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance() const override;
  [[nodiscard]] std::optional<FrameOutputs> frameOutputs(std::size_t frame) const override;
  [[nodiscard]] bool hasOutputs(std::size_t frame) const override;
  [[nodiscard]] ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const override;
  [[nodiscard]] ScoreMap values(std::size_t frame, const Configuration& configuration, Size target) const override;
  [[nodiscard]] ScoreParameters scoreParameters(const Configuration& configuration,
                                                const OutputsView& outputs) const override;
  /// By a look at the headers of the first frame that has files.
  [[nodiscard]] ScoreInputs inputs() const override;
  [[nodiscard]] std::string precision() const override { return m_findings.precision(); }
  /// The classes of the set's labels, where class maps came with the scores.
  [[nodiscard]] const std::vector<std::string>& classNames() const override { return m_classNames; }
  [[nodiscard]] std::string polarity() const override;
  [[nodiscard]] std::optional<ClassMap> predictedClasses(std::size_t frame) const override;
  [[nodiscard]] std::vector<std::string> warnings() const override;
  [[nodiscard]] std::vector<std::string> warningsOfTerm() const override;
  [[nodiscard]] double exactScore(float value) const override;
  [[nodiscard]] float rankedScore(double score) const override;
  /// How often a frame's logits or other outputs were opened so far.
  [[nodiscard]] std::size_t filesOpened() const { return m_filesOpened.load(); }

protected:
  /// Whether there is a void channel each file's channels tell: scoreParameters().
  void requirePossible(Method method) const override;
  /// Maps of another size than `target` are resized bilinearly (half-pixel centres), those of more digits than float in
  /// double. The first call for such maps reads all files and labels of the set once. Filters are reckoned on float.
  [[nodiscard]] ScoreMap finishedMap(std::size_t frame, Size target) const override;

private:
  [[nodiscard]] std::vector<std::string> warningsWith(std::vector<std::string> findings) const;
  /// A frame's arrays as they were opened.
  struct OpenedOutputs {
    std::vector<Output> which;
    std::vector<ImportedLogits> arrays;
    int knownClasses = 0;
    [[nodiscard]] OutputsView view() const;
    [[nodiscard]] bool isIntact() const;
    void requireIntact() const;
  };
  using Outputs = std::shared_ptr<const OpenedOutputs>;
  /// Outputs that stay open between uses: a share of what may for each array, held with them.
  struct Held {
    Outputs outputs;
    std::vector<std::shared_ptr<const void>> shares = {};
  };
  [[nodiscard]] StoredMap map(std::size_t frame) const;
  [[nodiscard]] ScoreMap floatMap(std::size_t frame, Size target) const;
  [[nodiscard]] Outputs outputs(std::size_t frame) const;
  [[nodiscard]] OpenedOutputs openedOutputs(std::size_t frame) const;
  void requireWhole(std::size_t frame, const OpenedOutputs& outputs) const;
  [[nodiscard]] Outputs held(std::size_t frame) const;
  void hold(std::size_t frame, const Outputs& outputs) const;
  [[nodiscard]] ScoreInputs firstInputs() const;
  [[nodiscard]] std::vector<int> usedChannels(int classes, int voidChannel) const;
  void judge(std::size_t frame, const StoredMap& map);
  void judge(std::size_t frame, const OpenedOutputs& outputs);
  void judgeShape(std::size_t frame, Size found, const char* what);
  [[nodiscard]] const DoubleRanking& ranking() const;
  [[nodiscard]] DoubleRanking makeRanking() const;

  std::shared_ptr<const DataSet> m_set;
  ImportedScores m_scores;
  SourceId m_id;
  std::shared_ptr<const FittedStatistics> m_statistics;
  bool m_readsFeatures;
  std::vector<std::string> m_classNames;
  std::shared_ptr<LogitsStore> m_store;
  std::vector<Size> m_sizes;       ///< by frame, once prepared
  std::vector<Size> m_frameSizes;  ///< of the images, once asked for; empty where they cannot be read
  bool m_holdsLogits = false;
  bool m_isDouble = false;  ///< some maps hold more digits than float
  ScoreFindings m_findings;
  mutable std::atomic<const PassKind*> m_missedPass = nullptr;  ///< that a score was to average over
  mutable std::mutex m_rankingMutex, m_logitsMutex;
  mutable std::unique_ptr<const DoubleRanking> m_ranking;
  mutable std::vector<Held> m_held;                                  ///< by frame
  mutable std::vector<std::weak_ptr<const OpenedOutputs>> m_opened;  ///< by frame: what is in use, or was just now
  mutable std::deque<Outputs> m_lastOpened;  ///< so that each pass opens a file once that nothing has room for
  int m_knownClasses = 0;                    ///< K of class logits, as the folder's sidecar says or as assumed
  mutable std::once_flag m_looked;
  mutable ScoreInputs m_inputs{.isNetwork = false};
  mutable std::atomic<std::size_t> m_filesOpened = 0;
};

}  // namespace oodscope
