// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/component_metrics.h"
#include "app/desk/coalescing_job.h"
#include "app/desk/delayed_call.h"
#include "app/live/live_set.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace oodscope {

/// Component metrics of the set at the present threshold, as they can be shown.
struct ShownComponents {
  ComponentMetrics metrics;
  bool estimated = false;     ///< of the nearest threshold of the curve; exact once input is idle
  ComponentTrack track = {};  ///< by whose sizes components count
};

/// Keeps the component metrics of a set beside a moving threshold. Once the scores rest, the whole curve over the
/// slider's steps is made in the background, and a moving threshold reads it; until then each move is evaluated, the
/// newest first.
class ComponentFollower : public QObject {
  Q_OBJECT

public:
  struct Request {
    std::shared_ptr<LiveSet> live;
    Configuration configuration;
    float threshold = 0.0F;
    std::size_t frame = 0;  ///< the visible one
  };

  explicit ComponentFollower(QObject* parent = nullptr);
  ~ComponentFollower() override;

  /// The scores are about to change: what was known is of others.
  void clear();
  /// Scores that rest, at a threshold; `dragging`: more thresholds are coming.
  void follow(const Request& request, bool dragging);
  /// Thresholds that the curve is made of, ascending: those that the slider can reach.
  void setSteps(std::vector<float> steps);

  /// Empty: not known for the present scores.
  [[nodiscard]] const std::optional<ShownComponents>& components() const { return m_components; }
  /// What is shown is not exact yet. The curve, which nobody waits for, does not count.
  [[nodiscard]] bool isBusy() const;
  /// A moving threshold is answered from the curve.
  [[nodiscard]] bool hasCurve() const { return !m_curve.empty(); }

Q_SIGNALS:
  void componentsChanged();
  void idleChanged();

private:
  struct CurveRequest {
    Request of;
    std::vector<double> thresholds;
  };

  [[nodiscard]] bool isOfPresentScores(const Request& request) const;
  void show(const std::optional<ShownComponents>& components);
  void showNearest();
  void requestCurve();

  std::optional<Request> m_request;
  std::size_t m_frames = 0;  ///< that were ready when m_request came
  std::vector<float> m_steps;
  std::vector<ComponentMetrics> m_curve;  ///< by rising threshold
  ComponentTrack m_track;                 ///< of the curve
  std::optional<ShownComponents> m_components;
  DelayedCall m_debounce;  ///< the hand rests
  QTimer m_idle;           ///< nothing has been asked for a while

  // Last: their threads use what is above.
  CoalescingJob<Request, ShownComponents> m_exactJob;
  CoalescingJob<CurveRequest, std::vector<ComponentMetrics>> m_curveJob;
};

}  // namespace oodscope
