// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/delayed_call.h"
#include "app/studies/set_study.h"

#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace oodscope {

class SessionModel;
class SingleRun;
struct ViewState;

/// The failures of the run that is looked at, at its scores and threshold: of the visible frame while the hand moves,
/// of the whole set when it rests. Beside them what is asked of the same scores: a brushed stretch, a part of the
/// frames, thresholds by class. Owns these jobs and drops what is of other scores.
class FailureStudy : public QObject {
  Q_OBJECT

public:
  /// Both outlive it.
  FailureStudy(const SessionModel& session, const SingleRun& run, QObject* parent = nullptr);
  ~FailureStudy() override;

  /// Another view of the session; `dragging`: more changes are coming, the set waits.
  void follow(const ViewState& view, bool dragging);
  /// Whether the lists are looked at: while the hand moves, no frame is studied for those that are out of sight.
  void setIsSeen(std::function<bool()> isSeen) { m_isSeen = std::move(isSeen); }

  [[nodiscard]] const std::shared_ptr<FrameContexts>& contexts() const { return m_contexts; }
  /// The latest lists; nullptr: none of the present scores.
  [[nodiscard]] const std::shared_ptr<const SetStudy>& study() const { return m_study; }
  /// They are of the present scores and threshold and of all frames that are ready.
  [[nodiscard]] bool isExact() const { return m_isExact; }

  /// Counts the pixels with scores from `low` to `high`, which the strictest end of the curve leaves open.
  void brush(double low, double high);
  void clearBrush();
  [[nodiscard]] const std::optional<ScoreStretch>& stretch() const { return m_stretch; }
  /// Empty while they are counted and where nothing is brushed.
  [[nodiscard]] const std::optional<BrushedSet>& brushed() const { return m_brushed; }
  /// Brushed pixels of a frame of the present set; empty: nothing is brushed.
  [[nodiscard]] std::optional<double> brushedPixels(std::size_t frame) const;

  /// Numbers of these frames alone; of no frame and of all there are none.
  void setPart(std::vector<std::size_t> frames);
  [[nodiscard]] std::optional<SetNumbers> part() const;

  /// What the set's numbers were with a threshold of its own for each predicted class; empty: nobody asks.
  void setOffsets(std::vector<float> offsets);

Q_SIGNALS:
  /// study() was of another set or other scores: there is none.
  void studyDropped();
  /// `whole`: isExact().
  void studyChanged(bool whole);
  void brushChanged();
  void partChanged();
  void offsetsEvaluated(const oodscope::WhatIf& numbers);
  void idleChanged();
  void failed(const QString& text);

private:
  struct StudyRequest {
    std::shared_ptr<FrameContexts> contexts;
    Configuration configuration;
    FailureOptions options;
    std::size_t frame = 0;
  };
  struct BrushRequest {
    std::shared_ptr<LiveSet> live;
    Configuration configuration;
    ScoreStretch stretch;
    std::shared_ptr<const SetStudy> study;
  };
  struct PartRequest {
    std::shared_ptr<LiveSet> live;
    Configuration configuration;
    Protocol protocol = {};
    std::vector<std::size_t> frames;
  };
  struct WhatIfRequest {
    std::shared_ptr<FrameContexts> contexts;
    Configuration configuration;
    Protocol protocol = {};
    float threshold = 0.0F;
    std::vector<float> offsets;
  };

  void publishFrame(const StudyRequest& request, const Outcome<StudiedFrame>& outcome);
  void publishSet(const StudyRequest& request, const Outcome<std::shared_ptr<const SetStudy>>& outcome);
  void publishBrush(const BrushRequest& request, const Outcome<std::optional<BrushedSet>>& outcome);
  void publishPart(const PartRequest& request, const Outcome<std::optional<PartNumbers>>& outcome);
  void publishWhatIf(const WhatIfRequest& request, const Outcome<std::optional<WhatIf>>& outcome);
  [[nodiscard]] std::optional<StudyRequest> studyRequest() const;
  void dropStudy();
  void dropBrush();
  void refresh();
  void requestSet();
  void requestBrush();
  void requestWhatIf();

  const SessionModel& m_session;
  const SingleRun& m_run;
  std::function<bool()> m_isSeen;
  std::shared_ptr<FrameContexts> m_contexts;
  std::shared_ptr<const SetStudy> m_study;
  bool m_isExact = false;
  bool m_dragging = false;
  std::optional<ScoreStretch> m_stretch;
  std::optional<BrushedSet> m_brushed;
  std::optional<PartNumbers> m_part;
  std::optional<PartRequest> m_partAsked;
  std::vector<float> m_offsets;
  DelayedCall m_debounce;  ///< the hand rests

  // Last: their threads use what is above.
  CoalescingJob<StudyRequest, StudiedFrame> m_frameJob;
  CoalescingJob<StudyRequest, std::shared_ptr<const SetStudy>> m_setJob;
  CoalescingJob<BrushRequest, std::optional<BrushedSet>> m_brushJob;
  CoalescingJob<PartRequest, std::optional<PartNumbers>> m_partJob;
  CoalescingJob<WhatIfRequest, std::optional<WhatIf>> m_whatIfJob;
};

}  // namespace oodscope
