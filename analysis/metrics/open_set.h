// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/confusion.h"
#include "analysis/metrics/sorted_scores.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace oodscope {

/// Open-set truth of a frame with K known classes: 0..K-1, K where the label says anomaly, K + 1 where it is void or
/// the class is none of the K. Requires: equal sizes, 1 to 253 classes.
[[nodiscard]] ClassMap openSetTruth(const ClassMap& classes, const LabelMap& labels, int known);

/// The open-set map: the predicted class, K where the score is above the threshold. NaN is never above. Requires: equal
/// sizes.
[[nodiscard]] ClassMap openSetMap(const ClassMap& predicted, const ScoreMap& scores, float threshold, int known);

/// Which classes a mean IoU is of, and what an absent one counts: published numbers differ here.
struct IouConvention {
  std::string_view name;  ///< JSON
  std::string_view text;
};
/// Those that occur in the truth.
extern const IouConvention kOccurringClasses;
/// Those that occur or are predicted: an absent class that is predicted counts 0 (a nanmean, as DenseHybrid's).
extern const IouConvention kDefinedClasses;
/// All K: an absent class counts 0 (nansum / K, as ISSU's oIoU).
extern const IouConvention kAllClasses;

/// Mean IoU of the first `known` classes of a matrix under the three conventions. Empty where no class counts.
struct MeanIous {
  std::optional<double> occurring, defined, all;
  friend bool operator==(const MeanIous&, const MeanIous&) = default;
};
[[nodiscard]] MeanIous meanIousOf(const ConfusionMatrix& matrix, int known);

/// Open and closed confusion of one group of frames; merging adds.
class OpenSetConfusion {
public:
  explicit OpenSetConfusion(int known);
  /// truth as openSetTruth() gives it; predicted: 0..K-1, what is above is no class. Requires: equal sizes.
  void add(const ClassMap& truth, const ClassMap& predicted, const ScoreMap& scores, float threshold);
  OpenSetConfusion& operator+=(const OpenSetConfusion& other);

  [[nodiscard]] int known() const { return m_known; }
  [[nodiscard]] std::uint64_t frames() const { return m_frames; }
  /// K + 1 classes, the last one anomaly: rows are the truth.
  [[nodiscard]] const ConfusionMatrix& open() const { return m_open; }
  /// The known classes without anomaly, void and threshold.
  [[nodiscard]] const ConfusionMatrix& closed() const { return m_closed; }
  [[nodiscard]] std::vector<std::optional<double>> closedIou() const { return m_closed.iouPerClass(); }
  /// Open-IoU of each known class. Source: Grcić et al., DenseHybrid, ECCV 2022, section 4.
  [[nodiscard]] std::vector<std::optional<double>> openIou() const;
  [[nodiscard]] MeanIous openMiou() const { return meanIousOf(m_open, m_known); }
  /// The same classes without anomaly, void and threshold.
  [[nodiscard]] MeanIous closedMiou() const { return meanIousOf(m_closed, m_known); }

private:
  int m_known;
  ConfusionMatrix m_open, m_closed;
  std::uint64_t m_frames = 0;
};

/// Means over groups, each weighted by its frames; a group without a value is left out.
struct OpenSetMeans {
  MeanIous open, closed;
  /// Closed less open mIoU over the occurring classes.
  [[nodiscard]] std::optional<double> gap() const;
};
[[nodiscard]] OpenSetMeans weightedByFrames(std::span<const OpenSetConfusion> groups);

/// The first threshold of scikit-learn's ROC whose TPR is above 0.95, strictest first: what DenseHybrid calibrates on.
/// Its decision is score > threshold. Empty without positives or negatives.
[[nodiscard]] std::optional<float> calibratedThreshold(std::span<const SortedScores* const> frames);

inline constexpr double kIssuFpr = 0.05;
/// TPR at the highest threshold whose FPR is at least `fpr` (ISSU: 5 %). Empty without positives or negatives.
/// Requires: fpr in (0, 1]. Cost: O(negatives).
struct RateAtFpr {
  float threshold = 0;
  double tpr = 0;
};
[[nodiscard]] std::optional<RateAtFpr> tprAtFpr(std::span<const SortedScores* const> frames, double fpr);

/// The thresholds at which ISSU gives oIoU; decision there: score > threshold. Empty where not defined.
struct IssuThresholds {
  std::optional<float> tpr95;   ///< first TPR of 0.95 or more
  std::optional<float> fpr05;   ///< first FPR of 0.05 or more
  std::optional<float> bestF1;  ///< the highest threshold of the best F1
};
[[nodiscard]] IssuThresholds issuThresholds(std::span<const SortedScores* const> frames);

}  // namespace oodscope
