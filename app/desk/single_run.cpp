// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/single_run.h"

#include "app/desk/inference_runner.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr std::size_t kOrderedInDrag = 2048;  // of a picture that is replaced at once: half a percent is fine enough
constexpr int kFramesArriveMs = 400;          // how often numbers follow frames that come in

}  // namespace

SingleRun::SingleRun(Workspace& workspace, QObject* parent)
    : QObject(parent),
      m_workspace(workspace),
      m_debounce(kDebounceMs, [this] { requestExact(); }),
      m_framesArrive(kFramesArriveMs, [this] { requestExact(); }),
      m_pictureJob(
          this, JobPriority::Visible,
          [this](const Request& request, const std::stop_token&) { return makePicture(request); },
          [this](const Request& request, const PictureOutcome& outcome) { publishPicture(request, outcome); }),
      m_estimateJob(
          this, JobPriority::Estimate,
          [](const Request& request, const std::stop_token& stop) {
            return request.live->estimate(request.configuration, request.protocol, stop);
          },
          [this](const Request& request, const NumbersOutcome& outcome) { publishEstimate(request, outcome); }),
      m_exactJob(this, JobPriority::Exact, &SingleRun::evaluate,
                 [this](const Request& request, const NumbersOutcome& outcome) { publishExact(request, outcome); }),
      m_detailJob(
          this, JobPriority::Exact, &SingleRun::makeDetails,
          [this](const Request& request, const Outcome<DetailParts>& outcome) { publishDetails(request, outcome); }),
      m_elsewhere(workspace) {
  m_clock.start();
  connect(&m_elsewhere, &ThresholdElsewhere::changed, this, &SingleRun::takeElsewhere);
  connect(&m_elsewhere, &ThresholdElsewhere::idleChanged, this, &SingleRun::idleChanged);
  connect(&m_elsewhere, &ThresholdElsewhere::failed, this, &SingleRun::failed);
  connect(&m_components, &ComponentFollower::componentsChanged, this, &SingleRun::componentsChanged);
  connect(&m_components, &ComponentFollower::idleChanged, this, &SingleRun::idleChanged);
  connect(&m_workspace.runner(), &InferenceRunner::frameReady, this, &SingleRun::onFrameReady);
  connect(&m_workspace.runner(), &InferenceRunner::frameFailed, this, &SingleRun::onFrameFailed);
}

SingleRun::~SingleRun() = default;

std::shared_ptr<const FramePicture> SingleRun::makePicture(const Request& request) {
  auto picture = std::make_shared<FramePicture>();
  picture->set = request.set;
  picture->frame = request.frame;
  try {
    picture->decoded = m_frames.at(*request.data, request.frame);
    if (m_prepare) m_prepare(picture->decoded);
  } catch (const Error& error) {
    picture->failure = QString::fromUtf8(error.what());
  }
  if (!request.live || !request.live->isReady(request.frame)) return picture;
  picture->configuration = request.configuration;
  picture->scores = request.live->scores(request.frame, request.configuration);
  picture->coarse = request.dragging;
  picture->ordered = orderedSample(*picture->scores, request.dragging ? kOrderedInDrag : kOrderedScores);
  picture->label = request.live->label(request.frame);
  const ScoreSource& source = request.live->source();
  if (request.configuration.method) picture->outputs = source.frameOutputs(request.frame);
  if (picture->outputs) picture->parameters = source.scoreParameters(request.configuration, picture->outputs->view);
  return picture;
}

void SingleRun::publishPicture(const Request& request, const PictureOutcome& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  requestEstimateDue();
  const bool sameFrame = request.set == QString::fromStdString(m_view.set) && isCurrent(request);
  const bool sameSource = !request.live || request.live == m_live;
  if (outcome.hasValue() && sameFrame && sameSource) {
    m_picture = outcome.value();
    m_pictureLatencyMs = static_cast<double>(m_clock.nsecsElapsed()) * 1e-6 - m_changeMs;
    Q_EMIT pictureChanged(m_picture);
  }
  Q_EMIT idleChanged();
}

void SingleRun::publishEstimate(const Request& request, const NumbersOutcome& outcome) {
  const bool newer =
      request.revision > m_exactRevision;  // an estimate never replaces the exact numbers of its revision
  // One of an older temperature is still news during a drag; one of another method or protocol is not.
  const bool sameKind = request.live == m_live && request.protocol == m_view.protocol &&
                        request.configuration.name == configurationOf(m_view).name;
  if (outcome.hasValue() && outcome.value() && sameKind && newer) {
    m_estimateLatencyMs = static_cast<double>(m_clock.nsecsElapsed()) * 1e-6 - m_changeMs;
    publishNumbers(outcome.value());
  }
  Q_EMIT idleChanged();
}

std::shared_ptr<const SetNumbers> SingleRun::evaluate(const Request& request, const std::stop_token& stop) {
  const auto run = request.live->exact(request.configuration, request.protocol, request.frame, stop);
  return run ? std::make_shared<const SetNumbers>(numbersOf(*run, *request.live)) : nullptr;
}

void SingleRun::publishExact(const Request& request, const NumbersOutcome& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  if (outcome.hasValue() && outcome.value() && request.revision == m_revision) {
    m_exactRevision = request.revision;
    publishNumbers(outcome.value());
    m_detailJob.request(request);
  }
  Q_EMIT idleChanged();
}

SingleRun::DetailParts SingleRun::makeDetails(const Request& request, const std::stop_token& stop) {
  DetailParts parts;
  parts.counts = request.live->counts(request.configuration, stop);
  if (parts.counts) parts.details = request.live->details(request.configuration, *parts.counts, stop);
  return parts;
}

void SingleRun::publishDetails(const Request& request, const Outcome<DetailParts>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  if (outcome.hasValue() && request.revision == m_revision) {
    m_counts = outcome.value().counts;
    m_details = outcome.value().details;
    updateScales();
    updateThreshold();  // read off the curve until now
    Q_EMIT countsChanged();
    if (m_details) Q_EMIT detailsChanged(m_details);
  }
  Q_EMIT idleChanged();
}

void SingleRun::onFrameFailed(const std::shared_ptr<LiveSet>& set) {
  if (set != m_live) return;
  // The numbers stay, but of how many frames they are does not.
  if (!m_framesArrive.isActive()) m_framesArrive.start();
  if (!m_numbers) Q_EMIT numbersChanged(m_numbers);
}

Configuration SingleRun::configurationOf(const ViewState& view) { return oodscope::configurationOf(view.score); }

SingleRun::Request SingleRun::request() const {
  Request request;
  request.live = m_live;
  request.set = QString::fromStdString(m_view.set);
  if (const OpenSet* open = m_workspace.findSet(request.set)) {
    request.data = open->set;
    request.frame = open->set->find(m_view.frame).value_or(0);
  }
  request.configuration = configurationOf(m_view);
  request.protocol = m_view.protocol;
  request.revision = m_revision;
  request.dragging = m_dragging;
  return request;
}

bool SingleRun::isCurrent(const Request& request) const {
  // A picture of an older temperature is still news during a drag; one of another frame is not.
  return request.frame == this->request().frame;
}

void SingleRun::show(const ViewState& view, bool dragging) {
  m_changeMs = static_cast<double>(m_clock.nsecsElapsed()) * 1e-6;
  const ViewState before = std::exchange(m_view, view);
  m_dragging = dragging;
  const std::shared_ptr<LiveSet> live = m_workspace.liveSet(QString::fromStdString(view.set), view);
  const Changes changes = changesSince(before, live != m_live);
  m_live = live;
  if (changes.set) {
    m_estimateAfter.reset();
    // Running a network further than once is asked for first: see RunFirst.
    if (live && live->source().passesPerFrame() == 1) m_workspace.runner().enqueue(live, request().frame);
  }
  if (changes.frame && live && !live->isReady(request().frame)) m_workspace.runner().prioritise(live, request().frame);
  dropWhatIsOfOthers(changes);
  m_elsewhere.follow(view, live);
  requestWhatIsOfThese(changes);
  updateThreshold();
  followComponents();
  Q_EMIT idleChanged();
}

SingleRun::Changes SingleRun::changesSince(const ViewState& before, bool ofLiveSet) const {
  const Configuration then = configurationOf(before), now = configurationOf(m_view);
  return {.set = ofLiveSet,
          .scores = ofLiveSet || !(then == now),
          .method = then.name != now.name,
          .protocol = before.protocol != m_view.protocol,
          .frame = ofLiveSet || before.frame != m_view.frame || before.set != m_view.set || !m_picture,
          .details = m_details && m_details->configuration == then && !(then == now)};
}

void SingleRun::dropWhatIsOfOthers(const Changes& changes) {
  // A temperature that moves takes its numbers along, marked as those of the old one; all else has others.
  // Where nothing is estimated while it moves, there is no number of the new temperature: it waits for rest.
  const bool waits = changes.scores && m_live && !m_live->estimatesQuickly(configurationOf(m_view));
  const bool otherKind = changes.set || changes.method || changes.protocol || waits;
  const bool isForeign = otherKind && (m_numbers || m_details);
  if (otherKind) m_numbers.reset();
  if (changes.set || changes.method) {
    m_details.reset();
    m_scales.reset();
  }
  if (changes.scores) {
    m_components.clear();
    m_counts.reset();
  }
  if (changes.scores || changes.protocol) {
    ++m_revision;
    m_exactJob.cancel();
    m_detailJob.cancel();
  }
  if (isForeign) Q_EMIT numbersChanged(m_numbers);
  if (isForeign || changes.details) Q_EMIT detailsChanged(m_details);  // those that stay are of other scores now
}

void SingleRun::requestWhatIsOfThese(const Changes& changes) {
  const Request now = request();
  if (now.data && (changes.scores || changes.frame)) m_pictureJob.request(now);
  if (m_live && (changes.scores || changes.protocol)) {
    if (!m_live->labelledFrames().empty() && m_live->estimatesQuickly(now.configuration)) m_estimateAfter = now;
    if (!m_pictureJob.isBusy()) requestEstimateDue();
    m_debounce.start(m_dragging ? kDebounceMs : 0);
  } else if (!m_dragging && m_debounce.isActive()) {
    m_debounce.start(0);
  }
}

void SingleRun::requestExact() {
  if (m_picture && m_picture->coarse) {
    Request fine = request();
    fine.dragging = false;
    m_pictureJob.request(fine);
  }
  m_elsewhere.request();
  if (m_live && !m_live->labelledFrames().empty()) m_exactJob.request(request());
  Q_EMIT idleChanged();  // what was due may have been all
}

void SingleRun::requestEstimateDue() {
  if (const auto due = std::exchange(m_estimateAfter, std::nullopt)) m_estimateJob.request(*due);
}

void SingleRun::followComponents() {
  if (!m_live || !m_threshold || m_exactRevision != m_revision || m_live->labelledFrames().empty()) return;
  m_components.follow({m_live, configurationOf(m_view), *m_threshold, request().frame}, m_dragging);
}

void SingleRun::publishNumbers(std::shared_ptr<const SetNumbers> numbers) {
  m_numbers = std::move(numbers);
  updateScales();
  Q_EMIT numbersChanged(m_numbers);
  updateThreshold();
  followComponents();
}

void SingleRun::updateThreshold() {
  const bool counted = m_counts && m_numbers && m_numbers->configuration == configurationOf(m_view);
  const std::optional<float> now = m_elsewhere.decides()
                                       ? m_elsewhere.threshold()
                                       : thresholdOf(m_view, m_numbers.get(), counted ? m_counts.get() : nullptr);
  if (now == m_threshold) return;
  m_threshold = now;
  Q_EMIT thresholdChanged(m_threshold);
  followComponents();
}

void SingleRun::updateScales() {
  if (auto scales = setScales(m_details.get(), m_numbers.get(), configurationOf(m_view))) m_scales = std::move(scales);
  if (m_scales && !m_scales->estimated) m_components.setSteps(m_scales->slider);
}

void SingleRun::takeElsewhere() {
  if (const auto& spread = m_elsewhere.spread()) m_scales = setScales(*spread);
  updateThreshold();
  Q_EMIT detailsChanged(m_details);
}

std::optional<float> SingleRun::threshold() const { return m_threshold; }

std::optional<std::pair<float, float>> SingleRun::scoreRange() const {
  const Configuration now = configurationOf(m_view);
  const auto& spread = m_elsewhere.spread();
  const bool isOfThese = (m_details && m_details->configuration == now) || (spread && spread->configuration == now);
  if (!isOfThese || !m_scales || m_scales->estimated || m_scales->quantiles.empty()) return std::nullopt;
  return std::pair(m_scales->quantiles.front(), m_scales->quantiles.back());
}

bool SingleRun::isIdle() const {
  return !m_debounce.isActive() && !m_framesArrive.isActive() && !m_pictureJob.isBusy() && !m_estimateAfter &&
         !m_estimateJob.isBusy() && !m_exactJob.isBusy() && !m_detailJob.isBusy() && !m_elsewhere.isBusy() &&
         !m_components.isBusy() && !m_workspace.runner().isBusy() && !m_workspace.isOpening();
}

void SingleRun::onFrameReady(const std::shared_ptr<LiveSet>& set, std::size_t frame) {
  if (set != m_live) return;
  ++m_revision;
  m_counts.reset();
  if (frame == request().frame) m_pictureJob.request(request());
  if (!m_framesArrive.isActive()) m_framesArrive.start();
}

}  // namespace oodscope
