// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/threshold_elsewhere.h"

#include "app/desk/inference_runner.h"
#include "app/desk/workspace.h"
#include "app/live/chosen_threshold.h"
#include "app/live/set_numbers.h"

#include <utility>

namespace oodscope {
namespace {

constexpr int kFrameOfOtherMs = 400;

}  // namespace

ThresholdElsewhere::ThresholdElsewhere(Workspace& workspace, QObject* parent)
    : QObject(parent),
      m_workspace(workspace),
      m_framesArrive(kFrameOfOtherMs, [this] { request(); }),
      m_job(this, JobPriority::Exact, &ThresholdElsewhere::work,
            [this](const Request& request, const Outcome<Result>& outcome) { publish(request, outcome); }) {
  connect(&workspace.runner(), &InferenceRunner::frameReady, this, &ThresholdElsewhere::takeFrame);
  connect(&workspace.runner(), &InferenceRunner::frameFailed, this, &ThresholdElsewhere::takeFrame);
}

ThresholdElsewhere::~ThresholdElsewhere() = default;

bool ThresholdElsewhere::isBlind() const { return m_shown && isWithoutGroundTruth(m_shown->dataSet()); }

bool ThresholdElsewhere::isOtherWhole() const {
  return m_other && m_other->unpreparedFrames() == 0 && !m_other->readyFrames().empty();
}

bool ThresholdElsewhere::decides() const {
  return m_view.pin != PinRule::None && (isPinnedElsewhere(m_view) || isBlind());
}

void ThresholdElsewhere::follow(const ViewState& view, const std::shared_ptr<LiveSet>& live) {
  const ViewState before = std::exchange(m_view, view);
  const auto shown = std::exchange(m_shown, live);
  const auto other = std::exchange(
      m_other, isPinnedElsewhere(view) ? m_workspace.liveSet(QString::fromStdString(view.pinSet), view) : nullptr);
  if (m_other && m_other != other && !isOtherWhole()) m_workspace.runner().enqueue(m_other, std::nullopt);
  const bool isOfOthers = shown != m_shown || !(configurationOf(before.score) == configurationOf(view.score));
  const bool isByOthers = other != m_other || before.pin != view.pin || before.pinValue != view.pinValue ||
                          before.pinSet != view.pinSet || before.protocol != view.protocol;
  if (!isOfOthers && !isByOthers) return;
  const bool isNews = decides() || shown != m_shown || (isOfOthers && (m_spread || m_threshold));
  if (isOfOthers) m_spread.reset();
  drop();
  // Scores that move are waited for (request()); a pin is answered at once.
  if (!isOfOthers) request();
  if (isNews) Q_EMIT changed();
}

void ThresholdElsewhere::drop() {
  m_threshold.reset();
  m_isAnswered = false;
  ++m_revision;
  m_job.cancel();
}

void ThresholdElsewhere::request() {
  Request request;
  if (isBlind() && !m_shown->readyFrames().empty()) request.shown = m_shown;
  if (decides()) request.rule = thresholdRuleOf(m_view);
  if (isPinnedElsewhere(m_view)) {
    if (!isOtherWhole()) request.rule.reset();
    request.other = m_other;
  } else if (!request.shown) {
    request.rule.reset();
  }
  if (!request.shown && !request.rule) {
    Q_EMIT idleChanged();
    return;
  }
  request.configuration = configurationOf(m_view.score);
  request.protocol = m_view.protocol;
  request.known = m_spread;
  request.revision = m_revision;
  m_job.request(std::move(request));
}

ThresholdElsewhere::Result ThresholdElsewhere::work(const Request& request, const std::stop_token& stop) {
  Result result;
  if (request.shown) {
    const bool isKnown = request.known && request.known->configuration == request.configuration &&
                         request.known->frames == request.shown->readyFrames();
    result.spread = isKnown ? request.known : scoreSpread(*request.shown, request.configuration, stop);
    if (!result.spread) return result;
  }
  if (!request.rule) return result;
  if (request.other)
    result.threshold = chosenThreshold(*request.other, request.configuration, request.protocol, *request.rule, stop);
  else if (request.rule->kind == ThresholdRule::Kind::FlaggedShare)
    result.threshold = flaggedShareThreshold(*request.shown, *result.spread, request.rule->value, stop);
  return result;
}

void ThresholdElsewhere::publish(const Request& request, const Outcome<Result>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  if (outcome.hasValue() && request.revision == m_revision) {
    m_spread = outcome.value().spread;
    m_threshold = outcome.value().threshold;
    m_isAnswered = request.rule.has_value();
    Q_EMIT changed();
  }
  Q_EMIT idleChanged();
}

void ThresholdElsewhere::takeFrame(const std::shared_ptr<LiveSet>& set) {
  const bool isDue = (set == m_shown && isBlind()) || (set == m_other && isOtherWhole());
  if (isDue && !m_framesArrive.isActive()) m_framesArrive.start();
}

QString ThresholdElsewhere::reason() const {
  if (m_threshold || !decides()) return {};
  if (isPinnedElsewhere(m_view)) {
    const QString name = QString::fromStdString(m_view.pinSet);
    if (!m_other) return tr("δ is chosen on %1, which is not open with these scores.").arg(name);
    if (!isOtherWhole())
      return tr("δ is chosen on %1, of which %2 of %3 frames are scored.")
          .arg(name)
          .arg(m_other->readyFrames().size())
          .arg(m_other->dataSet().frames.size());
    if (m_isAnswered) return tr("The pin gives no δ on %1.").arg(name);
    return tr("δ is being chosen on %1.").arg(name);
  }
  if (m_view.pin == PinRule::FlaggedShare)
    return m_shown->readyFrames().empty() ? tr("No frame is scored yet.") : tr("δ follows once the scores rest.");
  return tr("%1 has no ground truth, which this pin needs: pin δ to a share of the pixels, type it, or choose it on "
            "another set.")
      .arg(QString::fromStdString(m_shown->dataSet().name));
}

}  // namespace oodscope
