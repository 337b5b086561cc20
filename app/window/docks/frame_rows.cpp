// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/docks/frame_rows.h"

#include "analysis/tables/number_text.h"
#include "app/desk/desk.h"
#include "app/desk/missing_items.h"
#include "app/window/settings.h"
#include "app/window/window_actions.h"
#include "widgets/lists/frame_list.h"

#include <algorithm>
#include <utility>

namespace oodscope {
namespace {

constexpr int kBeyondAllFrames = 1'000'000;  // steps

}  // namespace

FrameRows::FrameRows(Desk& desk, FrameListView& list, WindowActions& actions, QObject* parent)
    : QObject(parent), m_desk(desk), m_list(list), m_thumbnails(thumbnailFolder()) {
  connect(&list, &FrameListView::currentFrameChanged, this, &FrameRows::choose);
  connect(&list, &FrameListView::thumbnailNeeded, this, [this](int set, int frame) {
    const auto& sets = m_desk.workspace.sets();
    if (set >= 0 && set < static_cast<int>(sets.size()))
      m_thumbnails.request(sets[static_cast<std::size_t>(set)].set, static_cast<std::size_t>(frame));
  });
  connect(&m_thumbnails, &ThumbnailLoader::previewReady, this, &FrameRows::addPreview);
  connect(&desk.workspace, &Workspace::setRenamed, this, [this](const QString& from, const QString& to) {
    if (auto previews = m_previews.extract(from)) m_previews[to] = std::move(previews.mapped());
  });
  connect(&desk.workspace, &Workspace::setClosed, this, [this](const QString& name) { m_previews.erase(name); });
  connectActions(actions);
}

void FrameRows::connectActions(WindowActions& actions) {
  const auto step = [this](QAction* action, int steps) {
    connect(action, &QAction::triggered, this, [this, steps] { m_list.step(steps); });
  };
  step(actions.nextFrame, 1);
  step(actions.previousFrame, -1);
  step(actions.firstFrame, -kBeyondAllFrames);
  step(actions.lastFrame, kBeyondAllFrames);
}

void FrameRows::choose(int set, int frame) {
  const auto& sets = m_desk.workspace.sets();
  if (set < 0 || set >= static_cast<int>(sets.size())) return;
  const DataSet& chosen = *sets[static_cast<std::size_t>(set)].set;
  // Which frame is looked at is no knob: it is remembered, and not a step of undo.
  m_desk.session.follow(edits::setFrame(chosen.name, chosen.frames[static_cast<std::size_t>(frame)].name));
}

void FrameRows::addPreview(const QString& set, std::size_t frame, const FramePreview& preview) {
  m_previews[set][frame] = preview;
  const auto& sets = m_desk.workspace.sets();
  for (std::size_t s = 0; s < sets.size(); ++s)
    if (QString::fromStdString(sets[s].set->name) == set)
      m_list.model()->setThumbnail(static_cast<int>(s), static_cast<int>(frame), preview.thumbnail);
  Q_EMIT previewsChanged();
}

FrameRow FrameRows::rowOf(const OpenSet& open, std::size_t frame) const {
  FrameRow row;
  const Frame& record = open.set->frames[frame];
  row.name = QString::fromStdString(record.name);
  row.label = record.label ? FrameLabel::Unread : FrameLabel::Withheld;
  const auto previews = m_previews.find(QString::fromStdString(open.set->name));
  if (previews != m_previews.end() && record.label)
    if (const auto preview = previews->second.find(frame); preview != previews->second.end()) {
      row.anomalyShare = 100.0 * preview->second.anomalyShare;
      row.objects = preview->second.objects;
      row.label = !preview->second.hasLabel     ? FrameLabel::Failed
                  : preview->second.isVoid      ? FrameLabel::Void
                  : preview->second.objects > 0 ? FrameLabel::Anomaly
                                                : FrameLabel::None;
    }
  for (const Note& note : m_desk.session.session().notes)
    if (note.set == open.set->name && note.frame == record.name && !note.region)
      for (const std::string& tag : note.tags) row.tags << QString::fromStdString(tag);
  return row;
}

void FrameRows::addNumbers(std::size_t frame, FrameRow& row) const {
  const auto details = m_desk.run.details();
  if (!details) return;
  const auto found = std::find_if(details->frames.begin(), details->frames.end(),
                                  [&](const FrameMetrics& metrics) { return metrics.frame == frame; });
  if (found == details->frames.end()) return;
  row.ap = inPercent(found->ap);
  row.fpr95 = inPercent(found->fpr95);
  row.f1 = inPercent(found->bestF1);
  row.meanScore = found->meanScore;
  row.estimated = !(SingleRun::configurationOf(m_desk.session.view()) == details->configuration);
}

void FrameRows::show() {
  std::vector<FrameSet> sets;
  for (const OpenSet& open : m_desk.workspace.sets()) {
    FrameSet shown;
    shown.name = QString::fromStdString(open.set->name);
    const bool current = open.set->name == m_desk.session.view().set;
    for (std::size_t i = 0; i < open.set->frames.size(); ++i) {
      FrameRow row = rowOf(open, i);
      if (current) {
        addNumbers(i, row);
        for (const Fill& fill : m_fills) fill(i, row);
      }
      shown.frames.push_back(std::move(row));
    }
    sets.push_back(std::move(shown));
  }
  for (const MissingItem& item : m_desk.workspace.missing())
    if (item.kind == ItemKind::Set)
      sets.push_back(
          {.name = item.name, .missing = QString::fromStdString(item.path.string()) + QLatin1Char(' ') + item.why});
  FrameModel* model = m_list.model();
  const auto& known = model->sets();
  const auto isSame = [](const FrameSet& a, const FrameSet& b) {
    return a.name == b.name && a.frames.size() == b.frames.size() && a.missing == b.missing;
  };
  if (std::equal(known.begin(), known.end(), sets.begin(), sets.end(), isSame)) {
    for (std::size_t s = 0; s < sets.size(); ++s) model->updateFrames(static_cast<int>(s), std::move(sets[s].frames));
  } else {
    model->setSets(sets);
    for (std::size_t s = 0; s < sets.size(); ++s)
      for (const auto& [frame, preview] : m_previews[sets[s].name])
        model->setThumbnail(static_cast<int>(s), static_cast<int>(frame), preview.thumbnail);
  }
  showCurrent();
}

void FrameRows::showCurrent() {
  const auto frame = m_desk.currentFrame();
  if (!frame) return;
  const std::string& set = m_desk.session.view().set;
  const bool isOther = std::exchange(m_shownSet, set) != set;
  const auto& sets = m_desk.workspace.sets();
  for (std::size_t s = 0; s < sets.size(); ++s)
    if (sets[s].set == m_desk.currentSet()) {
      if (isOther) m_list.showSet(static_cast<int>(s));
      m_list.setCurrentFrame(static_cast<int>(s), static_cast<int>(*frame));
    }
}

}  // namespace oodscope
