// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/component_follower.h"
#include "app/desk/delayed_call.h"
#include "app/desk/frame_cache.h"
#include "app/desk/threshold_elsewhere.h"
#include "app/desk/workspace.h"
#include "app/live/live_set.h"
#include "app/live/score_scales.h"
#include "app/live/set_numbers.h"

#include <QElapsedTimer>
#include <QObject>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace oodscope {

/// One frame as it is to be seen for one configuration. Parts that are not there yet are null.
struct FramePicture {
  QString set;
  std::size_t frame = 0;
  DecodedFrame decoded;
  std::optional<Configuration> configuration;
  std::shared_ptr<const ScoreMap> scores;
  std::vector<float> ordered;             ///< orderedSample(*scores)
  bool coarse = false;                    ///< few of them, while a knob moves
  std::shared_ptr<const LabelMap> label;  ///< at the scores' size
  std::optional<FrameOutputs> outputs;    ///< none for finished maps
  ScoreParameters parameters;             ///< for the class probabilities under the cursor
  QString failure;                        ///< why the picture could not be decoded
};

/// Turns a ViewState into results, live: owns the jobs, decides what a change invalidates, publishes facts. It holds no
/// knob itself. A threshold move recomputes nothing here but components; a temperature move rescores the visible
/// frame and the sample at once, and the whole set exactly once input is idle.
class SingleRun : public QObject {
  Q_OBJECT

public:
  explicit SingleRun(Workspace& workspace, QObject* parent = nullptr);
  ~SingleRun() override;

  /// Shows `view`; `dragging`: more changes are coming, the exact pass waits.
  void show(const ViewState& view, bool dragging);
  /// The threshold that `view` stands for: its own, or what its pin gives with what is known now. Empty: not known yet.
  [[nodiscard]] std::optional<float> threshold() const;
  /// Lowest and highest score of the set under the view's own method and temperature; empty while they are not known.
  [[nodiscard]] std::optional<std::pair<float, float>> scoreRange() const;
  /// Where the view's threshold is from if not from the set's own numbers.
  [[nodiscard]] const ThresholdElsewhere& elsewhere() const { return m_elsewhere; }
  /// What the set's numbers are at the moment, exact or estimated; nullptr: none yet.
  [[nodiscard]] std::shared_ptr<const SetNumbers> numbers() const { return m_numbers; }
  [[nodiscard]] std::shared_ptr<const RunDetails> details() const { return m_details; }
  /// How the set's scores spread for the scores that are shown, exact or estimated while a knob moves; empty: not
  /// known.
  [[nodiscard]] const std::optional<SetScales>& scales() const { return m_scales; }
  /// Exact counts for the present configuration; nullptr while they are being made.
  [[nodiscard]] std::shared_ptr<const ThresholdCounts> counts() const { return m_counts; }
  /// Of the set at the threshold; empty while the scores move.
  [[nodiscard]] const std::optional<ShownComponents>& components() const { return m_components.components(); }
  [[nodiscard]] std::shared_ptr<LiveSet> liveSet() const { return m_live; }
  [[nodiscard]] const std::shared_ptr<const FramePicture>& picture() const { return m_picture; }
  /// Nothing is running or waiting: what is shown is final and exact.
  [[nodiscard]] bool isIdle() const;
  /// Milliseconds from the latest change to its picture.
  [[nodiscard]] double pictureLatencyMs() const { return m_pictureLatencyMs; }
  [[nodiscard]] double estimateLatencyMs() const { return m_estimateLatencyMs; }

  /// What else is to be done with a decoded frame before its picture is published, in the picture's thread.
  void setPreparation(std::function<void(const DecodedFrame&)> prepare) { m_prepare = std::move(prepare); }

  /// The configuration that a view asks for.
  [[nodiscard]] static Configuration configurationOf(const ViewState& view);

Q_SIGNALS:
  void pictureChanged(const std::shared_ptr<const oodscope::FramePicture>& picture);
  void numbersChanged(const std::shared_ptr<const oodscope::SetNumbers>& numbers);
  void detailsChanged(const std::shared_ptr<const oodscope::RunDetails>& details);
  void countsChanged();
  /// The pinned threshold moved because the scores did.
  void thresholdChanged(std::optional<float> threshold);
  void componentsChanged();
  void failed(const QString& text);
  void idleChanged();

private:
  struct Request {
    std::shared_ptr<LiveSet> live;
    QString set;
    std::shared_ptr<const DataSet> data;
    std::size_t frame = 0;
    Configuration configuration;
    Protocol protocol = {};
    std::uint64_t revision = 0;
    bool dragging = false;
  };
  struct DetailParts {
    std::shared_ptr<const RunDetails> details;
    std::shared_ptr<const ThresholdCounts> counts;
  };

  using PictureOutcome = Outcome<std::shared_ptr<const FramePicture>>;
  using NumbersOutcome = Outcome<std::shared_ptr<const SetNumbers>>;

  // Of the jobs, in their threads; and what they made, in this one.
  [[nodiscard]] std::shared_ptr<const FramePicture> makePicture(const Request& request);
  [[nodiscard]] static std::shared_ptr<const SetNumbers> evaluate(const Request& request, const std::stop_token& stop);
  [[nodiscard]] static DetailParts makeDetails(const Request& request, const std::stop_token& stop);
  void publishPicture(const Request& request, const PictureOutcome& outcome);
  void publishEstimate(const Request& request, const NumbersOutcome& outcome);
  void publishExact(const Request& request, const NumbersOutcome& outcome);
  void publishDetails(const Request& request, const Outcome<DetailParts>& outcome);

  /// What a view asks for that the one before it did not.
  struct Changes {
    bool set = false;  ///< or how it is scored and measured: another live set
    bool scores = false, method = false, protocol = false, frame = false;
    bool details = false;  ///< those that are held were of the scores, and are no longer
  };
  [[nodiscard]] Changes changesSince(const ViewState& before, bool ofLiveSet) const;
  void dropWhatIsOfOthers(const Changes& changes);
  void requestWhatIsOfThese(const Changes& changes);
  [[nodiscard]] Request request() const;
  [[nodiscard]] bool isCurrent(const Request& request) const;
  void requestExact();
  void followComponents();
  void requestEstimateDue();
  void publishNumbers(std::shared_ptr<const SetNumbers> numbers);
  void updateThreshold();
  void updateScales();
  void takeElsewhere();
  void onFrameFailed(const std::shared_ptr<LiveSet>& set);
  void onFrameReady(const std::shared_ptr<LiveSet>& set, std::size_t frame);

  Workspace& m_workspace;
  FrameCache m_frames;
  std::function<void(const DecodedFrame&)> m_prepare;
  ViewState m_view;
  std::shared_ptr<LiveSet> m_live;
  std::shared_ptr<const FramePicture> m_picture;
  std::shared_ptr<const SetNumbers> m_numbers;
  std::shared_ptr<const RunDetails> m_details;
  std::shared_ptr<const ThresholdCounts> m_counts;
  std::optional<SetScales> m_scales;
  std::optional<float> m_threshold;
  std::uint64_t m_revision = 0;       ///< grows with every change of scores or frames
  std::uint64_t m_exactRevision = 0;  ///< of the latest exact numbers
  bool m_dragging = false;
  std::optional<Request> m_estimateAfter;  ///< waits for the picture of the same tick: what is looked at comes first
  DelayedCall m_debounce;                  ///< the hand rests
  DelayedCall m_framesArrive;              ///< frames come in: refresh now and then
  QElapsedTimer m_clock;
  double m_changeMs = 0.0;
  double m_pictureLatencyMs = 0.0;
  double m_estimateLatencyMs = 0.0;

  // Last: their threads use what is above.
  CoalescingJob<Request, std::shared_ptr<const FramePicture>> m_pictureJob;
  CoalescingJob<Request, std::shared_ptr<const SetNumbers>> m_estimateJob;
  CoalescingJob<Request, std::shared_ptr<const SetNumbers>> m_exactJob;
  CoalescingJob<Request, DetailParts> m_detailJob;
  ThresholdElsewhere m_elsewhere;
  ComponentFollower m_components;
};

}  // namespace oodscope
