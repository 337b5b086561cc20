// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/component_follower.h"

#include "app/studies/run_statistics.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kIdleMs = 300;  // so long after the latest request, nobody is kept waiting by the curve
constexpr std::size_t kCurveSteps = 128;

}  // namespace

ComponentFollower::ComponentFollower(QObject* parent)
    : QObject(parent),
      m_debounce(kDebounceMs,
                 [this] {
                   if (m_request) m_exactJob.request(*m_request);
                 }),
      m_exactJob(
          this, JobPriority::Estimate,
          [](const Request& request, const std::stop_token& stop) {
            const ComponentTrack track = componentTrack(request.live->objectTrack());
            return ShownComponents{request.live->components(request.configuration, request.threshold, track, stop)
                                       .value_or(ComponentMetrics{}),
                                   false, track};
          },
          [this](const Request& request, const Outcome<ShownComponents>& outcome) {
            if (outcome.hasValue() && isOfPresentScores(request)) {
              m_track = outcome.value().track;
              // During a drag without a curve the threshold has moved on meanwhile: the nearest that is known.
              const bool there = request.threshold == m_request->threshold;
              if (there || !hasCurve()) show(ShownComponents{outcome.value().metrics, !there, m_track});
            }
            Q_EMIT idleChanged();
          }),
      m_curveJob(
          this, JobPriority::Spare,
          [](const CurveRequest& request, const std::stop_token& stop) {
            const Request& of = request.of;
            const auto curve = of.live->componentCurve(of.configuration, request.thresholds,
                                                       componentTrack(of.live->objectTrack()), of.frame, stop);
            return curve ? curve->metrics() : std::vector<ComponentMetrics>();
          },
          [this](const CurveRequest& request, const Outcome<std::vector<ComponentMetrics>>& outcome) {
            if (outcome.hasValue() && isOfPresentScores(request.of)) m_curve = outcome.value();
          }) {
  m_idle.setSingleShot(true);
  m_idle.setInterval(kIdleMs);
  connect(&m_idle, &QTimer::timeout, this, &ComponentFollower::requestCurve);
}

ComponentFollower::~ComponentFollower() = default;

void ComponentFollower::clear() {
  m_debounce.stop();
  m_idle.stop();
  m_exactJob.cancel();
  m_curveJob.cancel();
  m_request.reset();
  m_curve.clear();
  show(std::nullopt);
}

void ComponentFollower::follow(const Request& request, bool dragging) {
  const std::size_t frames = request.live->labelledFrames().size();
  const bool sameScores = isOfPresentScores(request) && frames == m_frames;
  if (sameScores && m_request->threshold == request.threshold && !m_debounce.isActive() && m_components &&
      !m_components->estimated)
    return;
  if (!sameScores) {
    m_curveJob.cancel();
    m_curve.clear();
  }
  m_request = request;
  m_frames = frames;
  m_idle.start();
  if (hasCurve() && dragging) {
    showNearest();
    m_debounce.start();
  } else {
    m_debounce.stop();
    m_exactJob.request(request);
  }
}

void ComponentFollower::setSteps(std::vector<float> steps) { m_steps = std::move(steps); }

bool ComponentFollower::isBusy() const { return m_debounce.isActive() || m_exactJob.isBusy(); }

bool ComponentFollower::isOfPresentScores(const Request& request) const {
  return m_request && request.live == m_request->live && request.configuration == m_request->configuration;
}

void ComponentFollower::show(const std::optional<ShownComponents>& components) {
  if (!components && !m_components) return;
  m_components = components;
  Q_EMIT componentsChanged();
}

void ComponentFollower::showNearest() {
  const auto wanted = static_cast<double>(m_request->threshold);
  auto nearest = std::partition_point(m_curve.begin(), m_curve.end(),
                                      [&](const ComponentMetrics& at) { return at.threshold < wanted; });
  if (nearest == m_curve.end() ||
      (nearest != m_curve.begin() && wanted - (nearest - 1)->threshold < nearest->threshold - wanted))
    --nearest;
  show(ShownComponents{*nearest, true, m_track});
}

void ComponentFollower::requestCurve() {
  if (!m_request || hasCurve() || m_curveJob.isBusy() || m_steps.empty()) return;
  CurveRequest request{*m_request, {}};
  const std::size_t stride = std::max<std::size_t>(1, m_steps.size() / kCurveSteps);
  for (std::size_t i = 0; i < m_steps.size(); i += stride)
    if (request.thresholds.empty() || static_cast<double>(m_steps[i]) > request.thresholds.back())
      request.thresholds.push_back(static_cast<double>(m_steps[i]));
  m_curveJob.request(std::move(request));
}

}  // namespace oodscope
