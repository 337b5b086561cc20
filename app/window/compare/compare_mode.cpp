// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/compare_mode.h"
#include "app/window/knobs.h"

#include "widgets/controls/temperature_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/scatter_plot.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"
#include "widgets/views/wipe_view.h"

#include <QCoreApplication>
#include <QKeyEvent>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kFirst = 0, kSecond = 1, kDisagreement = 2, kDecisions = 3;  // panes
constexpr float kLowestRankShown = 0.4F;                                   // black below: normal road, mostly
constexpr float kRankLimit = 0.5F;                                         // of the disagreement's colours

}  // namespace

CompareMode::CompareMode(Workspace& workspace, SessionModel& session, LiveController& a, Theme& theme,
                         CompareWidgets widgets, QObject* parent)
    : QObject(parent),
      m_workspace(workspace),
      m_session(session),
      m_theme(theme),
      m_widgets(widgets),
      m_comparison(workspace, a) {
  connectPanel();
  connect(&m_comparison, &Comparison::pictureChanged, this, &CompareMode::showPicture);
  connect(&m_comparison, &Comparison::numbersChanged, this, &CompareMode::showNumbers);
  connect(&m_comparison, &Comparison::statisticsChanged, this, &CompareMode::showNumbers);
  connect(&m_comparison, &Comparison::thresholdChanged, this, [this] {
    showThresholds();
    showNumbers();
  });
  QCoreApplication::instance()->installEventFilter(this);
  connect(&m_comparison, &Comparison::numbersChanged, this, &CompareMode::framesChanged);
  connect(&m_comparison, &Comparison::disagreementChanged, this, &CompareMode::framesChanged);
  const auto choose = [this](int row) {
    if (row >= 0 && row < static_cast<int>(m_pairs.size()))
      Q_EMIT frameRequested(m_pairs[static_cast<std::size_t>(row)].frame);
  };
  connect(m_widgets.curves->perFrame(), &PairedDifferencePlot::rowClicked, this, choose);
  connect(m_widgets.scatter, &ScatterPlot::pointClicked, this, choose);
}

void CompareMode::connectPanel() {
  ComparePanel* panel = m_widgets.panel;
  connect(panel, &ComparePanel::editBegan, &m_session, &SessionModel::beginDrag);
  connect(panel, &ComparePanel::editEnded, &m_session, &SessionModel::endDrag);
  connect(panel, &ComparePanel::methodEdited, this, [this](RunSide side, int index) {
    m_session.edit(edits::setMethod(allMethods()[static_cast<std::size_t>(index)], side));
  });
  connect(panel, &ComparePanel::modelEdited, this, &CompareMode::chooseSource);
  connect(panel, &ComparePanel::temperatureEdited, this,
          [this](RunSide side, double value) { m_session.edit(edits::setTemperature(value, side)); });
  connect(panel, &ComparePanel::thresholdEdited, this,
          [this](RunSide side, double value) { m_session.edit(edits::setThreshold(value, side)); });
  connect(panel, &ComparePanel::pinEdited, this, [this](RunSide side, const Pin& pin) {
    const LiveController& run = side == RunSide::A ? m_comparison.a() : m_comparison.b();
    m_session.edit(editOf(pin, run.threshold(), side));
  });
  connect(panel, &ComparePanel::styleEdited, this,
          [this](ComparePanel::Style style) { m_session.edit(editOf(style)); });
  connect(panel, &ComparePanel::ranksEdited, this,
          [this](bool ranks) { m_session.edit(edits::setCompareRanks(ranks)); });
  connect(panel, &ComparePanel::swapRequested, this, &CompareMode::swap);
  connect(panel, &ComparePanel::keepRequested, this, [this](RunSide side) {
    const ViewState view = side == RunSide::A ? m_session.view() : Comparison::viewOfB(m_session.view());
    Q_EMIT keepRequested(pinnedRunOf(view));
  });
}

void CompareMode::chooseSource(RunSide side, int index) {
  const auto& models = m_workspace.models();
  const auto& folders = m_workspace.scoreFolders();
  const auto at = static_cast<std::size_t>(index);
  if (at < models.size()) {
    m_session.edit(edits::setModel(models[at].name().toStdString(), side));
  } else if (at - models.size() < folders.size()) {
    const std::string folder = folders[at - models.size()].filename().string();
    m_session.edit(edits::setImported(folder, m_workspace.holdsLogits(m_session.view(), folder), side));
  }
}

void CompareMode::setOn(bool on) {
  if (on == isOn()) return;
  const ViewState& view = m_session.view();
  if (!on) {
    m_last = *view.other;
    m_session.edit(edits::setOther(std::nullopt, "end of comparison"));
    return;
  }
  if (!m_hasLast) {
    m_last = {};
    m_last.score.method = view.score.method == Method::MaxLogit ? Method::Msp : Method::MaxLogit;
    m_hasLast = true;
  }
  if (m_workspace.findModel(QString::fromStdString(m_last.model)) == nullptr) m_last.model.clear();
  m_session.edit(edits::setOther(m_last, "compare"));
}

void CompareMode::compareWith(const OtherRun& other) { m_session.edit(edits::setOther(other, "run B")); }

void CompareMode::swap() { m_session.edit(edits::swapRuns()); }

std::vector<PaneSpec> CompareMode::panes() const {
  const bool beside = m_session.view().compareStyle == CompareStyle::SideBySide;
  std::vector<PaneSpec> panes(4);
  panes[kFirst].title = beside                                                 ? tr("Run A")
                        : m_session.view().compareStyle == CompareStyle::Blink ? tr("Blink")
                                                                               : tr("Wipe");
  panes[kFirst].look.kind = ViewKind::Heatmap;
  panes[kFirst].wipe = !beside;
  panes[kSecond].title = beside ? tr("Run B") : tr("Image");
  panes[kSecond].look.kind = beside ? ViewKind::Heatmap : ViewKind::Image;
  panes[kDisagreement].title = tr("Disagreement");
  panes[kDisagreement].look.kind = ViewKind::SignedMap;
  panes[kDisagreement].look.scaleMin = -kRankLimit;
  panes[kDisagreement].look.scaleMax = kRankLimit;
  panes[kDecisions].title = tr("Decisions");
  panes[kDecisions].look.kind = ViewKind::DecisionComparison;
  return panes;
}

void CompareMode::panesBuilt() {
  if (!isOn()) return;
  if (WipeView* wipe = m_widgets.views->wipeView(kFirst))
    wipe->setBlinking(m_session.view().compareStyle == CompareStyle::Blink);
}

void CompareMode::showView(const ViewState& before, const ViewState& after, bool dragging) {
  const bool toggled = before.other.has_value() != after.other.has_value();
  m_comparison.show(after, dragging);
  m_widgets.curves->setComparing(isOn());
  if (toggled) {
    m_widgets.curves->setShown(CurvesPanel::PerFrame, isOn());
    m_widgets.curves->setShown(CurvesPanel::Histogram, !isOn());
    m_widgets.frames->setSortMetric(isOn() ? FrameMetric::Delta : FrameMetric::Fpr95);
  }
  if (!isOn()) return;
  if (!toggled && before.compareStyle != after.compareStyle) Q_EMIT panesChanged();
  showControls();
  showPicture();
  showNumbers();
}
bool CompareMode::editCurveThreshold(int index, double threshold, bool settled) {
  if (!isOn() || index != 1) return false;
  const Edit edit = edits::setThreshold(threshold, RunSide::B, "operating point of B");
  settled ? m_session.drop(edit) : m_session.drag(edit);
  return true;
}

bool CompareMode::eventFilter(QObject* watched, QEvent* event) {
  const bool pressed = event->type() == QEvent::KeyPress;
  if (!isOn() || !(pressed || event->type() == QEvent::KeyRelease) || !watched->isWidgetType()) return false;
  const auto* key = static_cast<QKeyEvent*>(event);
  const auto* widget = static_cast<QWidget*>(watched);
  if (key->isAutoRepeat() || key->modifiers() != Qt::NoModifier || widget->window() != m_widgets.views->window() ||
      widget->inherits("QLineEdit") || widget->inherits("QAbstractSpinBox") || widget->inherits("QTextEdit") ||
      widget->inherits("QPlainTextEdit"))
    return false;
  if (key->key() == Qt::Key_Space && (widget->inherits("QAbstractButton") || widget->inherits("QComboBox")))
    return false;
  return handleKey(key->key(), pressed);
}

bool CompareMode::handleKey(int key, bool pressed) {
  WipeView* wipe = isOn() && m_widgets.views->count() > kDecisions ? m_widgets.views->wipeView(kFirst) : nullptr;
  if (wipe == nullptr) return false;
  const bool blinks = m_session.view().compareStyle == CompareStyle::Blink;
  switch (key) {
    case Qt::Key_A:
    case Qt::Key_B:
      wipe->setBlinking(!pressed && blinks);
      if (pressed) wipe->setShow(key == Qt::Key_A ? WipeView::Show::OnlyA : WipeView::Show::OnlyB);
      return true;
    case Qt::Key_Space:
      if (pressed) m_session.edit(edits::setCompareStyle(blinks ? CompareStyle::Wipe : CompareStyle::Blink));
      return true;
    default:
      return false;
  }
}

}  // namespace oodscope
