// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/disagreement.h"
#include "analysis/statistics/rank_table.h"
#include "app/desk/coalescing_job.h"
#include "app/desk/delayed_call.h"
#include "app/desk/single_run.h"
#include "app/studies/run_statistics.h"

#include <QObject>

#include <map>
#include <memory>
#include <optional>

namespace oodscope {

/// The visible frame under both runs. Ranks are null until the whole set is scored exactly.
struct ComparedPicture {
  std::shared_ptr<const FramePicture> a, b;
  std::shared_ptr<const ScoreMap> ranksA, ranksB;
  std::shared_ptr<const ScoreMap> rankDifference;  ///< B - A
  std::optional<DecisionAgreement> decisions;
  QString reason;  ///< why the two cannot be laid over each other
};

/// Run B of a comparison beside the window's own run A, and what only both together give: ranks, disagreement, paired
/// statistics. Holds no knob; follows the view it is shown.
class Comparison : public QObject {
  Q_OBJECT

public:
  Comparison(Workspace& workspace, SingleRun& a, QObject* parent = nullptr);
  ~Comparison() override;

  /// Follows `view`: B is view.other; without it the comparison is off.
  void show(const ViewState& view, bool dragging);
  [[nodiscard]] bool hasOther() const { return m_view.other.has_value(); }
  /// The view with B in A's place.
  [[nodiscard]] static ViewState viewOfB(const ViewState& view);

  [[nodiscard]] SingleRun& a() const { return m_a; }
  [[nodiscard]] SingleRun& b() const { return *m_b; }
  [[nodiscard]] const std::shared_ptr<const ComparedPicture>& picture() const { return m_picture; }
  /// nullptr until both runs are exact.
  [[nodiscard]] const std::shared_ptr<const PairedStatistics>& statistics() const { return m_paired; }
  /// Mean |rank B - rank A| of each frame, in [0, 1].
  [[nodiscard]] const std::map<std::size_t, double>& disagreement() const { return m_disagreement; }

  /// Intervals of run A alone, computed when asked for and dropped when the run changes.
  void requestIntervals();
  void dropIntervals();
  [[nodiscard]] const std::shared_ptr<const RunStatistics>& intervals() const { return m_intervals; }

Q_SIGNALS:
  void pictureChanged();
  void numbersChanged();  ///< of B
  void thresholdChanged();
  void statisticsChanged();
  void disagreementChanged();
  void intervalsChanged();
  void failed(const QString& text);
  void idleChanged();

private:
  struct PictureRequest {
    std::shared_ptr<const FramePicture> a, b;
    std::shared_ptr<const ThresholdCounts> countsA, countsB;
    std::optional<float> thresholdA, thresholdB;
  };
  /// Kept from request to request, touched by the picture job's thread alone.
  struct RankCache {
    std::shared_ptr<const ThresholdCounts> countsA, countsB;
    std::unique_ptr<RankTable> a, b;
    std::shared_ptr<const ComparedPicture> last;
  };
  struct PairRequest {
    MeasuredRun a, b;
  };
  struct FrameDisagreement {
    std::map<std::size_t, double> mean;
  };

  void connectRuns();
  // Of the jobs, in their threads; and what they made, in this one.
  [[nodiscard]] std::shared_ptr<const ComparedPicture> makePicture(const PictureRequest& request);
  [[nodiscard]] static FrameDisagreement disagreementOf(const PairRequest& request, const std::stop_token& stop);
  void publishPicture(const Outcome<std::shared_ptr<const ComparedPicture>>& outcome);
  void publishPair(const PairRequest& request, const Outcome<std::shared_ptr<const PairedStatistics>>& outcome);
  void publishDisagreement(const PairRequest& request, const Outcome<FrameDisagreement>& outcome);
  void publishIntervals(const MeasuredRun& run, const Outcome<std::shared_ptr<const RunStatistics>>& outcome);

  void update();
  void requestFrames(const MeasuredRun& a, const MeasuredRun& b);
  [[nodiscard]] std::optional<MeasuredRun> evaluated(const SingleRun& run, const ViewState& view) const;

  Workspace& m_workspace;
  SingleRun& m_a;
  std::unique_ptr<SingleRun> m_b;
  ViewState m_view;
  bool m_dragging = false;
  bool m_wantsIntervals = false;
  DelayedCall m_update;
  std::shared_ptr<const ComparedPicture> m_picture;
  std::shared_ptr<const PairedStatistics> m_paired;
  std::shared_ptr<const RunStatistics> m_intervals;
  std::map<std::size_t, double> m_disagreement;
  PairRequest m_pairAsked;  ///< what the present statistics were asked for
  std::shared_ptr<const ThresholdCounts> m_framesAskedA, m_framesAskedB;
  MeasuredRun m_intervalsAsked;

  RankCache m_ranks;
  // Last: their threads use what is above.
  CoalescingJob<PictureRequest, std::shared_ptr<const ComparedPicture>> m_pictureJob;
  CoalescingJob<PairRequest, std::shared_ptr<const PairedStatistics>> m_pairJob;
  CoalescingJob<PairRequest, FrameDisagreement> m_frameJob;
  CoalescingJob<MeasuredRun, std::shared_ptr<const RunStatistics>> m_intervalJob;
};

}  // namespace oodscope
