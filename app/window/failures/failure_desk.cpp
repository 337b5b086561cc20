// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/failure_desk.h"

#include "app/desk/desk.h"
#include "app/studies/failure_definition.h"
#include "app/window/failures/classes_tab.h"
#include "app/window/failures/failures_tab.h"
#include "app/window/failures/size_distance_tab.h"
#include "widgets/lists/failure_view.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/region_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/views/view_grid.h"

#include <QShortcut>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kRestMs = 120;  // a hand that has not moved for so long rests

}  // namespace

FailureDesk::FailureDesk(Desk& desk, ViewGrid& views, FrameListView& frames, CurvesPanel& curves, QWidget* parent)
    : QObject(parent),
      m_session(desk.session),
      m_workspace(desk.workspace),
      m_run(desk.run),
      m_views(views),
      m_frames(frames),
      m_curves(curves),
      m_failures(new FailuresTab),
      m_classes(new ClassesTab),
      m_sizes(new SizeDistanceTab),
      m_region(new RegionPanel),
      m_brushChip(new QToolButton),
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
  m_rest.setSingleShot(true);
  m_rest.setInterval(kRestMs);
  connect(&m_rest, &QTimer::timeout, this, &FailureDesk::requestSet);
  prepareBrushChip();
  connectRun();
  connectTabs();
  connectRegion();
  connectViews();
  auto* escape = new QShortcut(QKeySequence(Qt::Key_Escape), parent);
  connect(escape, &QShortcut::activated, this, &FailureDesk::clearOne);
}

FailureDesk::~FailureDesk() = default;

void FailureDesk::publishFrame(const StudyRequest& request, const Outcome<StudiedFrame>& outcome) {
  // A set that was published meanwhile knows this frame already.
  const bool news = request.contexts == m_contexts && !m_studyExact;
  if (outcome.hasValue() && news) {
    SetStudy base;
    if (m_study && m_study->configuration.name == request.configuration.name) base = *m_study;
    base.configuration = request.configuration;
    base.options = request.options;
    m_study = std::make_shared<const SetStudy>(withFrame(base, outcome.value()));
    showLists();
  }
  Q_EMIT settledChanged();
}

void FailureDesk::publishSet(const StudyRequest& request, const Outcome<std::shared_ptr<const SetStudy>>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  const auto now = studyRequest();
  const bool present = now && request.contexts == now->contexts && request.configuration == now->configuration &&
                       request.options.threshold == now->options.threshold;
  if (outcome.hasValue() && outcome.value() && present) {
    m_study = outcome.value();
    m_studyExact = true;
    showLists();
    showAttribution();
    requestBrush();
    requestWhatIf();
  }
  Q_EMIT settledChanged();
}

void FailureDesk::publishBrush(const BrushRequest& request, const Outcome<std::optional<BrushedSet>>& outcome) {
  const bool present = m_stretch && request.stretch.low == m_stretch->low && request.stretch.high == m_stretch->high &&
                       request.live == m_run.liveSet() &&
                       request.configuration == SingleRun::configurationOf(m_session.view());
  if (outcome.hasValue() && outcome.value() && present) {
    m_brushed = outcome.value();
    showBrush();
  }
  Q_EMIT settledChanged();
}

void FailureDesk::publishPart(const PartRequest& request, const Outcome<std::optional<PartNumbers>>& outcome) {
  const bool asked = m_partAsked && request.live == m_partAsked->live && request.frames == m_partAsked->frames &&
                     request.protocol == m_partAsked->protocol && request.configuration == m_partAsked->configuration;
  if (outcome.hasValue() && outcome.value() && asked) {
    m_part = outcome.value();
    Q_EMIT curvesChanged();
  }
  Q_EMIT settledChanged();
}

void FailureDesk::publishWhatIf(const WhatIfRequest& request, const Outcome<std::optional<WhatIf>>& outcome) {
  if (outcome.isFailure()) Q_EMIT failed(QString::fromStdString(outcome.failure()));
  const auto now = studyRequest();
  const bool present = now && request.contexts == now->contexts && request.configuration == now->configuration &&
                       static_cast<double>(request.threshold) == now->options.threshold &&
                       request.protocol == m_session.view().protocol;
  if (outcome.hasValue() && outcome.value() && present && request.offsets == m_classes->offsets()) {
    const WhatIf& result = *outcome.value();
    showPresentNumbers(WhatIfView{result.metrics.ap, result.metrics.fpr95, result.metrics.bestF1,
                                  result.decision.precision(), result.decision.recall(), result.decision.fpr()});
  }
  Q_EMIT settledChanged();
}

void FailureDesk::prepareBrushChip() {
  m_brushChip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_brushChip->setLayoutDirection(Qt::RightToLeft);  // the cross stands behind the text
  m_brushChip->setIcon(icon(QStringLiteral("close")));
  m_brushChip->setToolTip(tr("The brushed stretch of the curve; click or Escape to clear"));
  m_brushChip->setAccessibleName(tr("Clear the brush"));
  m_brushChip->hide();
  connect(m_brushChip, &QToolButton::clicked, this, [this] {
    if (m_stretch) clearOne();
  });
}

void FailureDesk::connectRun() {
  connect(&m_run, &SingleRun::thresholdChanged, this, [this] { refresh(); });
  connect(&m_run, &SingleRun::numbersChanged, this, [this] { refresh(); });
  connect(&m_run, &SingleRun::pictureChanged, this, [this] { pictureArrived(); });
  connect(&m_run, &SingleRun::countsChanged, this, [this] {
    showRegionPanel();
    if (m_study && m_studyExact && m_run.counts()) showLists();  // they say what the metrics leave out
  });
  connect(&m_session, &SessionModel::notesChanged, this, [this] {
    showLists();
    Q_EMIT framesChanged();
  });
}

void FailureDesk::connectTabs() {
  connect(m_failures, &FailuresTab::selected, this, [this](FailureKind kind, int row) { select(kind, row, false); });
  connect(m_failures, &FailuresTab::activated, this, [this](FailureKind kind, int row) { select(kind, row, true); });
  connect(m_failures, &FailuresTab::tagRequested, this, [this](FailureKind kind, int row) {
    select(kind, row, false);
    Q_EMIT regionRaised();
    m_region->editTags();
  });
  connect(m_failures, &FailuresTab::thumbnailNeeded, this, &FailureDesk::giveThumbnail);
  connect(m_failures, &FailuresTab::exportRequested, this, &FailureDesk::exportLists);
  connect(&m_thumbnails, &RegionThumbnails::ready, this, [this](const QString& key, const QImage& picture) {
    const auto row = m_thumbnailRows.find(key);
    if (row != m_thumbnailRows.end()) m_failures->setThumbnail(row->second.first, row->second.second, picture);
    Q_EMIT settledChanged();
  });
  connect(m_classes, &ClassesTab::offsetsEdited, this, [this] {
    showPresentNumbers(std::nullopt);
    requestWhatIf();
  });
}

void FailureDesk::connectRegion() {
  connect(m_region, &RegionPanel::stepRequested, this, &FailureDesk::step);
  connect(m_region, &RegionPanel::tagsEdited, this, [this](const QStringList& tags) {
    std::vector<std::string> texts;
    for (const QString& tag : tags) texts.push_back(tag.toStdString());
    editNote(
        [texts](std::vector<Note> notes, const NotePlace& place) { return withTags(std::move(notes), place, texts); });
  });
  connect(m_region, &RegionPanel::noteEdited, this, [this](const QString& text) {
    editNote([text = text.toStdString()](std::vector<Note> notes, const NotePlace& place) {
      return withText(std::move(notes), place, text);
    });
  });
}

void FailureDesk::connectViews() {
  connect(&m_views, &ViewGrid::regionClicked, this, [this](int, QPoint pixel) { selectAt(pixel); });
  connect(&m_frames, &FrameListView::tagRequested, this, [this](int, int) {
    clearSelection();
    Q_EMIT regionRaised();
    m_region->editTags();
  });
  connect(&m_frames, &FrameListView::shownCountChanged, this, [this](int, int) { requestPart(); });
  connect(&m_curves, &CurvesPanel::brushed, this, &FailureDesk::brush);
}

void FailureDesk::setWaiting(const QString& sentence) {
  if (sentence == m_waiting) return;
  m_waiting = sentence;
  if (!m_study) showLists();
  if (!m_study || !m_studyExact) showAttribution();
}

bool FailureDesk::isBusy() const {
  return m_rest.isActive() || m_frameJob.isBusy() || m_setJob.isBusy() || m_brushJob.isBusy() || m_partJob.isBusy() ||
         m_whatIfJob.isBusy() || m_thumbnails.isBusy();
}

std::optional<FailureDesk::StudyRequest> FailureDesk::studyRequest() const {
  const auto threshold = m_run.threshold();
  const auto frame = currentFrame();
  if (!m_contexts || !threshold || !std::isfinite(*threshold) || !frame) return std::nullopt;
  StudyRequest request;
  request.contexts = m_contexts;
  request.configuration = SingleRun::configurationOf(m_session.view());
  request.frame = *frame;
  request.options = failureOptions(m_contexts->set().dataSet(), *threshold);
  return request;
}

void FailureDesk::follow(const ViewState& view, bool dragging) {
  m_dragging = dragging;
  const auto live = m_run.liveSet();
  const bool otherSet = live ? !m_contexts || &m_contexts->set() != live.get() : m_contexts != nullptr;
  if (otherSet) {
    m_setJob.cancel();
    m_whatIfJob.cancel();
    m_contexts = live ? std::make_shared<FrameContexts>(live) : nullptr;
    m_study.reset();
    m_studyExact = false;
    m_part.reset();
    m_partAsked.reset();
    m_stretch.reset();
    clearSelection();
    showBrush();
    showLists();
    showAttribution();
  } else if (m_study && m_study->configuration.name != SingleRun::configurationOf(view).name) {
    m_study.reset();  // regions of other scores
    m_studyExact = false;
    clearSelection();
    showLists();
    showAttribution();
  }
  if (m_stretch && m_brushed && !(m_brushed->configuration == SingleRun::configurationOf(view))) {
    m_stretch.reset();  // scores have another meaning now
    showBrush();
  }
  refresh();
  requestPart();
  if (!m_selected) showRegionPanel();
}

void FailureDesk::refresh() {
  const auto request = studyRequest();
  if (!request) return;
  const bool present = m_study && m_studyExact && m_study->configuration == request->configuration &&
                       m_study->options.threshold == request->options.threshold;
  const auto numbers = m_run.numbers();
  const bool framesCame = present && m_study->frames.size() != m_contexts->set().labelledFrames().size();
  if (present && !framesCame) return;
  m_studyExact = false;
  // During a drag nobody studies a frame for lists that are out of sight.
  const bool seen = !m_dragging || m_failures->isVisible() || m_selected;
  if (seen && m_contexts->set().isReady(request->frame) && m_contexts->set().label(request->frame) != nullptr)
    m_frameJob.request(*request);
  // The whole set waits for the hand to rest, and for the exact pass, whose score maps it reads.
  if (numbers && numbers->exact && numbers->configuration == request->configuration)
    m_rest.start(m_dragging ? kRestMs : 0);
}

void FailureDesk::requestSet() {
  if (const auto request = studyRequest()) m_setJob.request(*request);
}

void FailureDesk::requestPart() {
  const auto live = m_run.liveSet();
  PartRequest request;
  QString name;
  if (live) {
    request.live = live;
    request.configuration = SingleRun::configurationOf(m_session.view());
    request.protocol = m_session.view().protocol;
    const FrameProxy* shown = m_frames.shown();
    if (!m_frames.filter().isEmpty()) {
      for (int set = 0; set < shown->rowCount(); ++set) {
        const QModelIndex parent = shown->index(set, 0);
        const QModelIndex source = shown->mapToSource(parent);
        const auto& sets = m_workspace.sets();
        if (source.row() >= static_cast<int>(sets.size()) ||
            sets[static_cast<std::size_t>(source.row())].set->name != live->dataSet().name)
          continue;
        for (int row = 0; row < shown->rowCount(parent); ++row)
          request.frames.push_back(static_cast<std::size_t>(shown->mapToSource(shown->index(row, 0, parent)).row()));
      }
      name = countedText(static_cast<qint64>(request.frames.size()), tr("shown frame"), tr("shown frames"));
    } else if (m_selected) {
      request.frames = {m_selected->frame};
      name = tr("frame %1").arg(QString::fromStdString(live->dataSet().frames[m_selected->frame].name));
    }
  }
  std::sort(request.frames.begin(), request.frames.end());
  const bool none = request.frames.empty() || request.frames.size() >= live->dataSet().frames.size();
  if (none) {
    if (!m_part && !m_partAsked) return;
    m_partAsked.reset();
    m_part.reset();
    Q_EMIT curvesChanged();
    return;
  }
  m_partName = name;
  const bool same = m_partAsked && m_partAsked->live == request.live && m_partAsked->frames == request.frames &&
                    m_partAsked->configuration == request.configuration && m_partAsked->protocol == request.protocol;
  if (same || m_dragging) return;
  if (m_part) Q_EMIT curvesChanged();
  m_part.reset();  // of what was asked before
  m_partAsked = request;
  m_partJob.request(std::move(request));
}

void FailureDesk::requestWhatIf() {
  const auto request = studyRequest();
  const std::vector<float> offsets = m_classes->offsets();
  if (!request || offsets.empty()) return;
  m_whatIfJob.request({request->contexts, request->configuration, m_session.view().protocol,
                       static_cast<float>(request->options.threshold), offsets});
}

void FailureDesk::brush(double low, double high) {
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
  showBrush();
}

void FailureDesk::requestBrush() {
  const auto live = m_run.liveSet();
  if (!m_stretch || !live) return;
  m_brushJob.request(
      {live, SingleRun::configurationOf(m_session.view()), *m_stretch, m_studyExact ? m_study : nullptr});
}

void FailureDesk::clearOne() {
  if (m_stretch) {
    m_stretch.reset();
    m_brushJob.cancel();
    showBrush();
    return;
  }
  clearSelection();
}

void FailureDesk::step(int steps) { m_failures->step(steps); }

std::optional<double> FailureDesk::brushedPixels(std::size_t frame) const {
  if (!m_stretch || !m_brushed) return std::nullopt;
  const auto found = m_brushed->frames.find(frame);
  if (found == m_brushed->frames.end()) return 0.0;
  return static_cast<double>(found->second.normal + found->second.anomaly);
}

std::optional<SetNumbers> FailureDesk::part() const {
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

void FailureDesk::addPartCurves(CurveSets& curves) const {
  if (const auto numbers = part()) addCurves(curves, *numbers, CurveRole::Other, m_partName);
}

}  // namespace oodscope
