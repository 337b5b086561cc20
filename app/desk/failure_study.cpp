// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/failure_study.h"

#include "app/desk/session_model.h"
#include "app/desk/single_run.h"
#include "app/studies/failure_definition.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace oodscope {
namespace {}  // namespace

FailureStudy::FailureStudy(const SessionModel& session, const SingleRun& run, QObject* parent)
    : QObject(parent),
      m_session(session),
      m_run(run),
      m_debounce(kDebounceMs, [this] { requestSet(); }),
      m_frameJob(
          this, JobPriority::Estimate,
          [](const StudyRequest& request, const std::stop_token&) {
            return studyFrame(*request.contexts, request.configuration, request.frame, request.options);
          },
          [this](const StudyRequest& request, const Outcome<StudiedFrame>& outcome) {
            publishFrame(request, outcome);
          }),
      m_setJob(
          this, JobPriority::Exact,
          [](const StudyRequest& request, const std::stop_token& stop) {
            return studySet(*request.contexts, request.configuration, request.options, stop);
          },
          [this](const StudyRequest& request, const Outcome<std::shared_ptr<const SetStudy>>& outcome) {
            publishSet(request, outcome);
          }),
      m_brushJob(
          this, JobPriority::Exact,
          [](const BrushRequest& request, const std::stop_token& stop) {
            return brushSet(*request.live, request.configuration, request.stretch, request.study.get(), stop);
          },
          [this](const BrushRequest& request, const Outcome<std::optional<BrushedSet>>& outcome) {
            publishBrush(request, outcome);
          }),
      m_partJob(
          this, JobPriority::Exact,
          [](const PartRequest& request, const std::stop_token& stop) {
            return partOf(*request.live, request.configuration, request.protocol, request.frames, stop);
          },
          [this](const PartRequest& request, const Outcome<std::optional<PartNumbers>>& outcome) {
            publishPart(request, outcome);
          }),
      m_whatIfJob(
          this, JobPriority::Exact,
          [](const WhatIfRequest& request, const std::stop_token& stop) {
            return whatIf(*request.contexts, request.configuration, request.protocol, request.threshold,
                          request.offsets, stop);
          },
          [this](const WhatIfRequest& request, const Outcome<std::optional<WhatIf>>& outcome) {
            publishWhatIf(request, outcome);
          }) {
  connect(&m_run, &SingleRun::thresholdChanged, this, &FailureStudy::refresh);
  connect(&m_run, &SingleRun::numbersChanged, this, &FailureStudy::refresh);
  connect(&m_run, &SingleRun::pictureChanged, this, &FailureStudy::refresh);
}

FailureStudy::~FailureStudy() = default;

void FailureStudy::publishFrame(const StudyRequest& request, const Outcome<StudiedFrame>& outcome) {
  // A set that was published meanwhile knows this frame already.
  const bool news = request.contexts == m_contexts && !m_isExact;
  if (outcome.hasValue() && news) {
    SetStudy base;
    if (m_study && m_study->configuration.name == request.configuration.name) base = *m_study;
    base.configuration = request.configuration;
    base.options = request.options;
    m_study = std::make_shared<const SetStudy>(withFrame(base, outcome.value()));
    Q_EMIT studyChanged(false);
  }
  Q_EMIT idleChanged();
}

void FailureStudy::publishSet(const StudyRequest& request, const Outcome<std::shared_ptr<const SetStudy>>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  const auto now = studyRequest();
  const bool present = now && request.contexts == now->contexts && request.configuration == now->configuration &&
                       request.options.threshold == now->options.threshold;
  if (outcome.hasValue() && outcome.value() && present) {
    m_study = outcome.value();
    m_isExact = true;
    Q_EMIT studyChanged(true);
    requestBrush();
    requestWhatIf();
  }
  Q_EMIT idleChanged();
}

void FailureStudy::publishBrush(const BrushRequest& request, const Outcome<std::optional<BrushedSet>>& outcome) {
  const bool present = m_stretch && request.stretch.low == m_stretch->low && request.stretch.high == m_stretch->high &&
                       request.live == m_run.liveSet() &&
                       request.configuration == SingleRun::configurationOf(m_session.view());
  if (outcome.hasValue() && outcome.value() && present) {
    m_brushed = outcome.value();
    Q_EMIT brushChanged();
  }
  Q_EMIT idleChanged();
}

void FailureStudy::publishPart(const PartRequest& request, const Outcome<std::optional<PartNumbers>>& outcome) {
  const bool asked = m_partAsked && request.live == m_partAsked->live && request.frames == m_partAsked->frames &&
                     request.protocol == m_partAsked->protocol && request.configuration == m_partAsked->configuration;
  if (outcome.hasValue() && outcome.value() && asked) {
    m_part = outcome.value();
    Q_EMIT partChanged();
  }
  Q_EMIT idleChanged();
}

void FailureStudy::publishWhatIf(const WhatIfRequest& request, const Outcome<std::optional<WhatIf>>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  const auto now = studyRequest();
  const bool present = now && request.contexts == now->contexts && request.configuration == now->configuration &&
                       static_cast<double>(request.threshold) == now->options.threshold &&
                       request.protocol == m_session.view().protocol;
  if (outcome.hasValue() && outcome.value() && present && request.offsets == m_offsets)
    Q_EMIT offsetsEvaluated(*outcome.value());
  Q_EMIT idleChanged();
}

std::optional<FailureStudy::StudyRequest> FailureStudy::studyRequest() const {
  const auto threshold = m_run.threshold();
  if (!m_contexts || !threshold || !std::isfinite(*threshold)) return std::nullopt;
  const LiveSet& live = m_contexts->set();
  const auto frame = live.dataSet().find(m_session.view().frame);
  if (!frame) return std::nullopt;
  return StudyRequest{m_contexts, SingleRun::configurationOf(m_session.view()),
                      failureOptions(live.objectTrack(), *threshold), *frame};
}

void FailureStudy::dropStudy() {
  m_study.reset();
  m_isExact = false;
  Q_EMIT studyDropped();
}

void FailureStudy::dropBrush() {
  m_stretch.reset();
  m_brushed.reset();
  Q_EMIT brushChanged();
}

void FailureStudy::follow(const ViewState& view, bool dragging) {
  m_dragging = dragging;
  const auto live = m_run.liveSet();
  const bool otherSet = live ? !m_contexts || &m_contexts->set() != live.get() : m_contexts != nullptr;
  if (otherSet) {
    m_setJob.cancel();
    m_whatIfJob.cancel();
    m_contexts = live ? std::make_shared<FrameContexts>(live) : nullptr;
    m_part.reset();
    m_partAsked.reset();
    dropStudy();
    dropBrush();
  } else if (m_study && m_study->configuration.name != SingleRun::configurationOf(view).name) {
    dropStudy();  // regions of other scores
  }
  if (m_stretch && m_brushed && !(m_brushed->configuration == SingleRun::configurationOf(view)))
    dropBrush();  // scores have another meaning now
  refresh();
}

void FailureStudy::refresh() {
  const auto request = studyRequest();
  if (!request) return;
  const bool present = m_study && m_isExact && m_study->configuration == request->configuration &&
                       m_study->options.threshold == request->options.threshold;
  const auto numbers = m_run.numbers();
  const bool framesCame = present && m_study->frames.size() != m_contexts->set().labelledFrames().size();
  if (present && !framesCame) return;
  m_isExact = false;
  // During a drag nobody studies a frame for lists that are out of sight.
  const bool seen = !m_dragging || !m_isSeen || m_isSeen();
  if (seen && m_contexts->set().isReady(request->frame) && m_contexts->set().label(request->frame) != nullptr)
    m_frameJob.request(*request);
  // The whole set waits for the hand to rest, and for the exact pass, whose score maps it reads.
  if (numbers && numbers->exact && numbers->configuration == request->configuration)
    m_debounce.start(m_dragging ? kDebounceMs : 0);
}

void FailureStudy::requestSet() {
  if (const auto request = studyRequest()) m_setJob.request(*request);
}

void FailureStudy::setPart(std::vector<std::size_t> frames) {
  const auto live = m_run.liveSet();
  if (!live || frames.empty() || frames.size() >= live->dataSet().frames.size()) {
    if (!m_part && !m_partAsked) return;
    m_partAsked.reset();
    m_part.reset();
    Q_EMIT partChanged();
    return;
  }
  std::sort(frames.begin(), frames.end());
  PartRequest request{live, SingleRun::configurationOf(m_session.view()), m_session.view().protocol, std::move(frames)};
  const bool same = m_partAsked && m_partAsked->live == request.live && m_partAsked->frames == request.frames &&
                    m_partAsked->configuration == request.configuration && m_partAsked->protocol == request.protocol;
  if (same || m_dragging) return;
  m_partAsked = request;
  if (std::exchange(m_part, std::nullopt)) Q_EMIT partChanged();  // it was of what was asked before
  m_partJob.request(std::move(request));
}

std::optional<SetNumbers> FailureStudy::part() const {
  if (!m_part || !m_partAsked || m_partAsked->live != m_run.liveSet() ||
      m_partAsked->protocol != m_session.view().protocol ||
      !(m_partAsked->configuration == SingleRun::configurationOf(m_session.view())))
    return std::nullopt;
  SetNumbers numbers;
  numbers.configuration = m_partAsked->configuration;
  numbers.protocol = m_partAsked->protocol;
  numbers.exact = true;
  numbers.framesReady = numbers.framesTotal = m_part->frames.size();
  numbers.metrics = m_part->metrics;
  numbers.curves = m_part->curves;
  return numbers;
}

void FailureStudy::setOffsets(std::vector<float> offsets) {
  m_offsets = std::move(offsets);
  requestWhatIf();
}

void FailureStudy::requestWhatIf() {
  const auto request = studyRequest();
  if (!request || m_offsets.empty()) return;
  m_whatIfJob.request({request->contexts, request->configuration, m_session.view().protocol,
                       static_cast<float>(request->options.threshold), m_offsets});
}

void FailureStudy::brush(double low, double high) {
  const auto numbers = m_run.numbers();
  if (!numbers) return;
  ScoreStretch stretch{.low = low, .high = high};
  // A stretch that reaches the strictest end of the curve has no upper end: it holds the highest score too.
  for (const CurvePoint& point : numbers->curves.points)
    if (std::isfinite(point.threshold)) {
      if (high >= static_cast<double>(point.threshold)) stretch.high.reset();
      break;
    }
  if (!std::isfinite(high)) stretch.high.reset();
  m_stretch = stretch;
  m_brushed.reset();
  requestBrush();
  Q_EMIT brushChanged();
}

void FailureStudy::requestBrush() {
  const auto live = m_run.liveSet();
  if (!m_stretch || !live) return;
  m_brushJob.request({live, SingleRun::configurationOf(m_session.view()), *m_stretch, m_isExact ? m_study : nullptr});
}

void FailureStudy::clearBrush() {
  m_brushJob.cancel();
  dropBrush();
}

std::optional<double> FailureStudy::brushedPixels(std::size_t frame) const {
  if (!m_stretch || !m_brushed) return std::nullopt;
  const auto found = m_brushed->frames.find(frame);
  if (found == m_brushed->frames.end()) return 0.0;
  return static_cast<double>(found->second.normal + found->second.anomaly);
}

}  // namespace oodscope
