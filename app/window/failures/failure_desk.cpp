// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/failure_desk.h"

#include "app/desk/desk.h"
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

namespace oodscope {

FailureDesk::FailureDesk(Desk& desk, ViewGrid& views, FrameListView& frames, CurvesPanel& curves, QWidget* parent)
    : QObject(parent),
      m_session(desk.session),
      m_workspace(desk.workspace),
      m_run(desk.run),
      m_results(desk.failures),
      m_views(views),
      m_frames(frames),
      m_curves(curves),
      m_failures(new FailuresTab),
      m_classes(new ClassesTab),
      m_sizes(new SizeDistanceTab),
      m_region(new RegionPanel),
      m_brushChip(new QToolButton) {
  m_results.setIsSeen([this] { return m_failures->isVisible() || m_selected; });
  prepareBrushChip();
  connectResults();
  connectRun();
  connectTabs();
  connectRegion();
  connectViews();
  m_escape = new QShortcut(QKeySequence(Qt::Key_Escape), parent);
  connect(m_escape, &QShortcut::activated, this, &FailureDesk::clearOne);
  armEscape();
}

FailureDesk::~FailureDesk() = default;

void FailureDesk::prepareBrushChip() {
  m_brushChip->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_brushChip->setLayoutDirection(Qt::RightToLeft);  // the cross stands behind the text
  m_brushChip->setIcon(icon(QStringLiteral("close")));
  m_brushChip->setToolTip(tr("The brushed stretch of the curve; click or Escape to clear"));
  m_brushChip->setAccessibleName(tr("Clear the brush"));
  m_brushChip->hide();
  connect(m_brushChip, &QToolButton::clicked, this, [this] {
    if (m_results.stretch()) clearOne();
  });
}

void FailureDesk::connectResults() {
  connect(&m_results, &FailureStudy::studyDropped, this, [this] {
    clearSelection();
    showLists();
    showAttribution();
  });
  connect(&m_results, &FailureStudy::studyChanged, this, [this](bool whole) {
    showLists();
    if (whole) showAttribution();
  });
  connect(&m_results, &FailureStudy::brushChanged, this, &FailureDesk::showBrush);
  connect(&m_results, &FailureStudy::partChanged, this, &FailureDesk::curvesChanged);
  connect(&m_results, &FailureStudy::offsetsEvaluated, this, [this](const WhatIf& with) {
    showPresentNumbers(WhatIfView{with.metrics.ap, with.metrics.fpr95, with.metrics.bestF1, with.decision.precision(),
                                  with.decision.recall(), with.decision.fpr()});
  });
  connect(&m_results, &FailureStudy::idleChanged, this, &FailureDesk::idleChanged);
  connect(&m_results, &FailureStudy::failed, this, &FailureDesk::failed);
}

void FailureDesk::connectRun() {
  connect(&m_run, &SingleRun::pictureChanged, this, [this] { pictureArrived(); });
  connect(&m_run, &SingleRun::countsChanged, this, [this] {
    showRegionPanel();
    if (study() && m_results.isExact() && m_run.counts()) showLists();  // they say what the metrics leave out
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
    Q_EMIT idleChanged();
  });
  connect(m_classes, &ClassesTab::offsetsEdited, this, [this] {
    showPresentNumbers(std::nullopt);
    m_results.setOffsets(m_classes->offsets());
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
  connect(&m_curves, &CurvesPanel::brushed, &m_results, &FailureStudy::brush);
}

void FailureDesk::setWaiting(const QString& sentence) {
  if (sentence == m_waiting) return;
  m_waiting = sentence;
  if (!study()) showLists();
  if (!study() || !m_results.isExact()) showAttribution();
}

void FailureDesk::follow(const ViewState& view, bool dragging) {
  m_results.follow(view, dragging);
  requestPart();
  if (!m_selected) showRegionPanel();
}

void FailureDesk::requestPart() {
  const auto live = m_run.liveSet();
  std::vector<std::size_t> frames;
  if (live && !m_frames.filter().isEmpty()) {
    frames = filteredFrames(live->dataSet().name);
    m_partName = countedText(static_cast<qint64>(frames.size()), tr("shown frame"), tr("shown frames"));
  } else if (live && m_selected) {
    frames = {m_selected->frame};
    m_partName = tr("frame %1").arg(QString::fromStdString(live->dataSet().frames[m_selected->frame].name));
  }
  m_results.setPart(std::move(frames));
}

std::vector<std::size_t> FailureDesk::filteredFrames(const std::string& name) const {
  std::vector<std::size_t> frames;
  const FrameProxy* shown = m_frames.shown();
  const auto& sets = m_workspace.sets();
  for (int set = 0; set < shown->rowCount(); ++set) {
    const QModelIndex parent = shown->index(set, 0);
    const auto place = static_cast<std::size_t>(shown->mapToSource(parent).row());
    if (place >= sets.size() || sets[place].set->name != name) continue;
    for (int row = 0; row < shown->rowCount(parent); ++row)
      frames.push_back(static_cast<std::size_t>(shown->mapToSource(shown->index(row, 0, parent)).row()));
  }
  return frames;
}

void FailureDesk::armEscape() {
  if (m_escape != nullptr) m_escape->setEnabled(m_results.stretch().has_value() || m_selected.has_value());
}

void FailureDesk::clearOne() { m_results.stretch() ? m_results.clearBrush() : clearSelection(); }

void FailureDesk::step(int steps) { m_failures->step(steps); }

void FailureDesk::addPartCurves(CurveSets& curves) const {
  if (const auto numbers = m_results.part()) addCurves(curves, *numbers, CurveRole::Other, m_partName);
}

}  // namespace oodscope
