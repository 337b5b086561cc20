// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/failure_study.h"
#include "app/desk/session_model.h"
#include "app/desk/single_run.h"
#include "app/window/failures/region_notes.h"
#include "app/window/failures/region_thumbnails.h"
#include "app/window/stage/curve_sets.h"
#include "widgets/plots/curve_plot.h"

#include <QObject>

#include <functional>
#include <map>
#include <memory>
#include <optional>

class QShortcut;
class QToolButton;

namespace oodscope {

class ClassesTab;
class CurvesPanel;
class FailuresTab;
class FrameListView;
class RegionPanel;
class SizeDistanceTab;
class ViewGrid;
struct Desk;
struct FailuresTabView;
struct WhatIfView;

/// Everything about failures in the window: shows what the desk's FailureStudy holds, jumps to a failure, brushes,
/// tags, asks what per-class thresholds would do. Owns the tabs "Failures", "Classes" and "Size and distance" and the
/// Region panel's content.
class FailureDesk : public QObject {
  Q_OBJECT

public:
  /// All outlive it. The tabs belong to who shows them.
  FailureDesk(Desk& desk, ViewGrid& views, FrameListView& frames, CurvesPanel& curves, QWidget* parent);
  ~FailureDesk() override;

  [[nodiscard]] RegionPanel* regionPanel() const { return m_region; }
  /// "12,340 pixels in 7 frames": shown while something is brushed; a click clears.
  [[nodiscard]] QToolButton* brushChip() const { return m_brushChip; }
  [[nodiscard]] FailuresTab* failuresTab() const { return m_failures; }
  [[nodiscard]] ClassesTab* classesTab() const { return m_classes; }
  [[nodiscard]] SizeDistanceTab* sizesTab() const { return m_sizes; }
  [[nodiscard]] const FailureStudy& results() const { return m_results; }

  /// Another view of the session; `dragging`: more changes are coming, the set waits.
  void follow(const ViewState& view, bool dragging);
  /// What the tabs say while they have nothing to show.
  void setWaiting(const QString& sentence);
  /// The failure `steps` further in the list used last.
  void step(int steps);
  /// Takes the brush away, or the selected region where nothing is brushed.
  void clearOne();
  void exportLists();
  /// Both lists as shown, with tags and notes.
  [[nodiscard]] std::string listsAsCsv() const;

  /// The curves of the part of the set that is selected (filtered frames, or the frame of the selected region) beside
  /// those of the whole set.
  void addPartCurves(CurveSets& curves) const;

Q_SIGNALS:
  void framesChanged();  ///< brushed pixels or tags of frames
  void curvesChanged();  ///< of the part
  void regionTitleChanged(const QString& note);
  void regionRaised();  ///< the Region panel is to be seen
  void idleChanged();
  void exported(const QString& file);
  void failed(const QString& text);

private:
  // failure_desk.cpp
  void prepareBrushChip();
  void connectResults();
  void connectRun();
  void connectTabs();
  void connectRegion();
  void connectViews();
  void requestPart();
  /// Escape is the failures' only while it takes something away; else it is the window's other parts'.
  void armEscape();
  /// Frames of the set of that name which the frame list shows.
  [[nodiscard]] std::vector<std::size_t> filteredFrames(const std::string& name) const;
  // failure_desk_show.cpp
  void showLists();
  [[nodiscard]] FailuresTabView listsView(const DataSet& set) const;
  void followSelection();
  void showAttribution();
  [[nodiscard]] FrameAccount studiedFrames() const;
  [[nodiscard]] QString reconciliation() const;
  void showCount();
  void showSelection(bool zoom);
  void showRegionPanel();
  void showMask();
  void showBrush();
  void showPresentNumbers(const std::optional<WhatIfView>& after);
  void pictureArrived();
  [[nodiscard]] const std::shared_ptr<const SetStudy>& study() const { return m_results.study(); }
  void select(FailureKind kind, int row, bool jump);
  void selectAt(QPoint pixel);
  void clearSelection();
  void giveThumbnail(FailureKind kind, int row);
  void editNote(const std::function<std::vector<Note>(std::vector<Note>, const NotePlace&)>& change);
  [[nodiscard]] std::optional<NotePlace> notePlace() const;
  [[nodiscard]] const std::vector<ListedFailure>& list(FailureKind kind) const;
  [[nodiscard]] std::shared_ptr<const DataSet> data() const;
  [[nodiscard]] std::vector<std::string> classNames() const;
  [[nodiscard]] std::optional<std::size_t> currentFrame() const;

  SessionModel& m_session;
  Workspace& m_workspace;
  SingleRun& m_run;
  FailureStudy& m_results;
  ViewGrid& m_views;
  FrameListView& m_frames;
  CurvesPanel& m_curves;

  FailuresTab* m_failures = nullptr;
  ClassesTab* m_classes = nullptr;
  SizeDistanceTab* m_sizes = nullptr;
  RegionPanel* m_region = nullptr;
  QToolButton* m_brushChip = nullptr;
  QShortcut* m_escape = nullptr;
  RegionThumbnails m_thumbnails;

  QString m_waiting;
  std::optional<ListedFailure> m_selected;
  bool m_zoomPending = false;
  QString m_partName;
  std::map<QString, std::pair<FailureKind, int>> m_thumbnailRows;
};

}  // namespace oodscope
