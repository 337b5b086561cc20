// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/comparison.h"

#include <utility>

namespace oodscope {
namespace {

std::vector<const SortedScores*> pointers(const ThresholdCounts& counts) {
  std::vector<const SortedScores*> out;
  for (const SortedScores& sorted : counts.sorted()) out.push_back(&sorted);
  return out;
}

bool isSame(const MeasuredRun& a, const MeasuredRun& b) {
  return a.live == b.live && a.counts == b.counts && a.protocol == b.protocol && a.threshold == b.threshold;
}

}  // namespace

Comparison::Comparison(Workspace& workspace, SingleRun& a, QObject* parent)
    : QObject(parent),
      m_workspace(workspace),
      m_a(a),
      m_b(std::make_unique<SingleRun>(workspace)),
      m_update(0, [this] { update(); }),
      m_pictureJob(
          this, JobPriority::Visible,
          [this](const PictureRequest& request, const std::stop_token&) { return makePicture(request); },
          [this](const PictureRequest&, const Outcome<std::shared_ptr<const ComparedPicture>>& outcome) {
            publishPicture(outcome);
          }),
      m_pairJob(
          this, JobPriority::Background,
          [](const PairRequest& request, const std::stop_token& stop) {
            auto found = pairedStatistics(request.a, request.b, BootstrapOptions{}, stop);
            return found ? std::make_shared<const PairedStatistics>(std::move(*found)) : nullptr;
          },
          [this](const PairRequest& request, const Outcome<std::shared_ptr<const PairedStatistics>>& outcome) {
            publishPair(request, outcome);
          }),
      m_frameJob(this, JobPriority::Background, &Comparison::disagreementOf,
                 [this](const PairRequest& request, const Outcome<FrameDisagreement>& outcome) {
                   publishDisagreement(request, outcome);
                 }),
      m_intervalJob(
          this, JobPriority::Background,
          [](const MeasuredRun& run, const std::stop_token& stop) {
            auto found = runStatistics(run, BootstrapOptions{}, stop);
            return found ? std::make_shared<const RunStatistics>(std::move(*found)) : nullptr;
          },
          [this](const MeasuredRun& run, const Outcome<std::shared_ptr<const RunStatistics>>& outcome) {
            publishIntervals(run, outcome);
          }) {
  connectRuns();
}

Comparison::~Comparison() = default;

void Comparison::connectRuns() {
  for (const SingleRun* run : {&m_a, static_cast<SingleRun*>(m_b.get())}) {
    const auto later = [this] { m_update.start(); };
    connect(run, &SingleRun::pictureChanged, this, later);
    connect(run, &SingleRun::numbersChanged, this, later);
    connect(run, &SingleRun::countsChanged, this, later);
    connect(run, &SingleRun::detailsChanged, this, later);
    connect(run, &SingleRun::thresholdChanged, this, later);
  }
  connect(m_b.get(), &SingleRun::numbersChanged, this, &Comparison::numbersChanged);
  connect(m_b.get(), &SingleRun::detailsChanged, this, &Comparison::numbersChanged);
  connect(m_b.get(), &SingleRun::thresholdChanged, this, &Comparison::thresholdChanged);
  connect(m_b.get(), &SingleRun::failed, this, &Comparison::failed);
  connect(m_b.get(), &SingleRun::idleChanged, this, &Comparison::idleChanged);
}

namespace {

QString sizeInWords(Size size) { return QStringLiteral("%1 × %2").arg(size.width).arg(size.height); }

}  // namespace

std::shared_ptr<const ComparedPicture> Comparison::makePicture(const PictureRequest& request) {
  RankCache& cache = m_ranks;
  auto out = std::make_shared<ComparedPicture>();
  out->a = request.a;
  out->b = request.b;
  const bool sized = request.a->scores->size() == request.b->scores->size();
  if (!sized)
    out->reason = tr("The two runs score at different sizes: A at %1, B at %2.")
                      .arg(sizeInWords(request.a->scores->size()), sizeInWords(request.b->scores->size()));
  const bool ranked = request.countsA && request.countsB;
  const bool sameTables = cache.countsA == request.countsA && cache.countsB == request.countsB;
  if (ranked && !sameTables) {
    cache.a = std::make_unique<RankTable>(pointers(*request.countsA));
    cache.b = std::make_unique<RankTable>(pointers(*request.countsB));
    cache.countsA = request.countsA;
    cache.countsB = request.countsB;
  }
  if (ranked && sameTables && cache.last && cache.last->a->scores == request.a->scores &&
      cache.last->b->scores == request.b->scores) {
    out->ranksA = cache.last->ranksA;
    out->ranksB = cache.last->ranksB;
    out->rankDifference = cache.last->rankDifference;
  } else if (ranked) {
    out->ranksA = std::make_shared<const ScoreMap>(rankMap(*request.a->scores, *cache.a));
    out->ranksB = std::make_shared<const ScoreMap>(rankMap(*request.b->scores, *cache.b));
    if (sized) out->rankDifference = std::make_shared<const ScoreMap>(difference(*out->ranksB, *out->ranksA));
  }
  if (sized && request.thresholdA && request.thresholdB)
    out->decisions = compareDecisions({*request.a->scores, *request.thresholdA},
                                      {*request.b->scores, *request.thresholdB}, request.a->label.get());
  if (ranked) cache.last = out;
  return out;
}

void Comparison::publishPicture(const Outcome<std::shared_ptr<const ComparedPicture>>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  if (outcome.hasValue() && hasOther()) {
    m_picture = outcome.value();
    Q_EMIT pictureChanged();
  }
  Q_EMIT idleChanged();
}

void Comparison::publishPair(const PairRequest& request,
                             const Outcome<std::shared_ptr<const PairedStatistics>>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  if (outcome.hasValue() && isSame(request.a, m_pairAsked.a) && isSame(request.b, m_pairAsked.b)) {
    m_paired = outcome.value();
    Q_EMIT statisticsChanged();
  }
  Q_EMIT idleChanged();
}

Comparison::FrameDisagreement Comparison::disagreementOf(const PairRequest& request, const std::stop_token& stop) {
  FrameDisagreement out;
  const RankTable ranksA(pointers(*request.a.counts)), ranksB(pointers(*request.b.counts));
  for (const std::size_t frame : request.a.counts->frames()) {
    if (stop.stop_requested()) break;
    if (!request.b.live->isReady(frame)) continue;
    const auto scoresA = request.a.live->scores(frame, request.a.configuration);
    const auto scoresB = request.b.live->scores(frame, request.b.configuration);
    if (scoresA->size() != scoresB->size()) continue;
    const auto label = request.a.live->label(frame);
    const ScoreMap change = difference(rankMap(*scoresB, ranksB), rankMap(*scoresA, ranksA));
    if (const auto mean = meanMagnitude(change, label.get())) out.mean[frame] = *mean;
  }
  return out;
}

void Comparison::publishDisagreement(const PairRequest& request, const Outcome<FrameDisagreement>& outcome) {
  if (outcome.hasValue() && request.a.counts == m_framesAskedA && request.b.counts == m_framesAskedB) {
    m_disagreement = outcome.value().mean;
    Q_EMIT disagreementChanged();
  }
  Q_EMIT idleChanged();
}

void Comparison::publishIntervals(const MeasuredRun& run,
                                  const Outcome<std::shared_ptr<const RunStatistics>>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  if (outcome.hasValue() && isSame(run, m_intervalsAsked)) {
    m_intervals = outcome.value();
    Q_EMIT intervalsChanged();
  }
  Q_EMIT idleChanged();
}

ViewState Comparison::viewOfB(const ViewState& view) {
  ViewState b = view;
  if (!view.other) return b;
  if (!view.other->model.empty()) b.model = view.other->model;
  b.score = view.other->score;
  b.threshold = view.other->threshold;
  b.pin = view.other->pin;
  b.pinValue = view.other->pinValue;
  b.other.reset();
  return b;
}

void Comparison::show(const ViewState& view, bool dragging) {
  const bool wasOn = hasOther();
  m_view = view;
  m_dragging = dragging;
  if (hasOther()) {
    m_b->show(viewOfB(view), dragging);
  } else if (wasOn) {
    const ViewState nothing;  // is asked of it any more
    m_b->show(nothing, false);
    m_pairJob.cancel();
    m_frameJob.cancel();
    m_picture.reset();
    m_paired.reset();
    m_disagreement.clear();
    m_pairAsked = {};
    m_framesAskedA.reset();
    m_framesAskedB.reset();
  }
  m_update.start();
}

std::optional<MeasuredRun> Comparison::evaluated(const SingleRun& run, const ViewState& view) const {
  const auto numbers = run.numbers();
  const auto counts = run.counts();
  if (!run.liveSet() || !numbers || !numbers->exact || !numbers->account.isComplete() || !counts ||
      counts->frames().empty() || !(numbers->configuration == SingleRun::configurationOf(view)) ||
      numbers->protocol != view.protocol)
    return std::nullopt;
  return MeasuredRun{run.liveSet(), numbers->configuration, numbers->protocol, numbers->metrics,
                     counts,        run.threshold()};
}

void Comparison::update() {
  const auto runA = evaluated(m_a, m_view);
  if (m_intervals && !(runA && isSame(*runA, m_intervalsAsked))) {
    m_intervals.reset();
    Q_EMIT intervalsChanged();
  }
  if (m_wantsIntervals && runA && !m_dragging && !hasOther() && !isSame(*runA, m_intervalsAsked)) {
    m_intervalsAsked = *runA;
    m_intervalJob.request(*runA);
  }
  if (hasOther()) {
    const auto& a = m_a.picture();
    const auto& b = m_b->picture();
    if (a && b && a->scores && b->scores && a->frame == b->frame && a->set == b->set)
      m_pictureJob.request({a, b, m_a.counts(), m_b->counts(), m_a.threshold(), m_b->threshold()});
    const auto runB = evaluated(*m_b, viewOfB(m_view));
    const bool both = runA && runB && &runA->live->dataSet() == &runB->live->dataSet();
    if (m_paired && !(both && isSame(*runA, m_pairAsked.a) && isSame(*runB, m_pairAsked.b))) {
      m_paired.reset();
      Q_EMIT statisticsChanged();
    }
    if (both && !m_dragging) {
      if (!isSame(*runA, m_pairAsked.a) || !isSame(*runB, m_pairAsked.b)) {
        m_pairAsked = {*runA, *runB};
        m_pairJob.cancel();
        m_pairJob.request(m_pairAsked);
      }
      requestFrames(*runA, *runB);
    }
  }
  Q_EMIT idleChanged();
}

void Comparison::requestFrames(const MeasuredRun& a, const MeasuredRun& b) {
  if (a.counts == m_framesAskedA && b.counts == m_framesAskedB) return;
  m_framesAskedA = a.counts;
  m_framesAskedB = b.counts;
  m_frameJob.cancel();
  m_frameJob.request({a, b});
}

void Comparison::requestIntervals() {
  m_wantsIntervals = true;
  m_intervalsAsked = {};
  update();
}

void Comparison::dropIntervals() {
  m_wantsIntervals = false;
  m_intervals.reset();
  m_intervalsAsked = {};
  Q_EMIT intervalsChanged();
}

}  // namespace oodscope
