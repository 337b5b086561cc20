// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/operating_point.h"
#include "app/desk/coalescing_job.h"
#include "app/desk/delayed_call.h"
#include "app/live/score_spread.h"
#include "app/session/session.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace oodscope {

class Workspace;

/// The threshold of a view that the numbers of its set do not give: its pin chooses on another set, or its set has no
/// ground truth. Knows, too, how the scores of a set without ground truth spread.
class ThresholdElsewhere : public QObject {
  Q_OBJECT

public:
  explicit ThresholdElsewhere(Workspace& workspace, QObject* parent = nullptr);
  ~ThresholdElsewhere() override;

  /// `live`: the set that the view shows. Frames of another set that are not scored yet are asked for.
  void follow(const ViewState& view, const std::shared_ptr<LiveSet>& live);
  /// Scores have come or rest: works out anew what is not of the present ones.
  void request();
  /// Whether the view's threshold is this one's business.
  [[nodiscard]] bool decides() const;
  [[nodiscard]] std::optional<float> threshold() const { return m_threshold; }
  /// Why there is no threshold: a sentence. Empty where there is one.
  [[nodiscard]] QString reason() const;
  /// Of the set that is shown, where it has no ground truth; nullptr: not known yet.
  [[nodiscard]] const std::shared_ptr<const ScoreSpread>& spread() const { return m_spread; }
  [[nodiscard]] bool isBusy() const { return m_job.isBusy() || m_framesArrive.isActive(); }

Q_SIGNALS:
  void changed();
  void idleChanged();
  void failed(const QString& text);

private:
  struct Request {
    std::shared_ptr<LiveSet> shown;  ///< without ground truth; nullptr: it has some
    std::shared_ptr<LiveSet> other;  ///< nullptr: the threshold is chosen on `shown`
    Configuration configuration;
    Protocol protocol = {};
    std::optional<ThresholdRule> rule;
    std::shared_ptr<const ScoreSpread> known;
    std::uint64_t revision = 0;
  };
  struct Result {
    std::shared_ptr<const ScoreSpread> spread;
    std::optional<float> threshold;
  };
  [[nodiscard]] static Result work(const Request& request, const std::stop_token& stop);
  void publish(const Request& request, const Outcome<Result>& outcome);
  void takeFrame(const std::shared_ptr<LiveSet>& set);
  [[nodiscard]] bool isBlind() const;
  [[nodiscard]] bool isOtherWhole() const;
  void drop();

  Workspace& m_workspace;
  ViewState m_view;
  std::shared_ptr<LiveSet> m_shown, m_other;
  std::shared_ptr<const ScoreSpread> m_spread;
  std::optional<float> m_threshold;
  bool m_isAnswered = false;  ///< the rule has been asked, and gave m_threshold
  std::uint64_t m_revision = 0;
  DelayedCall m_framesArrive;
  CoalescingJob<Request, Result> m_job;
};

}  // namespace oodscope
