// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/stage/compare_stage.h"

#include "app/desk/desk.h"
#include "app/window/docks/dock_column.h"
#include "app/window/knobs.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/scatter_plot.h"
#include "widgets/views/view_grid.h"
#include "widgets/views/wipe_view.h"

#include <QCoreApplication>
#include <QKeyEvent>

#include <algorithm>

namespace oodscope {
namespace {

constexpr float kRankLimit = 0.5F;  // of the disagreement's colours

}  // namespace

CompareStage::CompareStage(const StageParts& parts, QObject* parent) : Stage(parent), m_parts(parts) {
  connectPanel();
  connectComparison();
  QCoreApplication::instance()->installEventFilter(this);
  connect(m_parts.curves.perFrame(), &PairedDifferencePlot::rowClicked, this, &CompareStage::chooseFrame);
  connect(&m_parts.scatter, &ScatterPlot::pointClicked, this, &CompareStage::chooseFrame);
}

Comparison& CompareStage::comparison() const { return m_parts.desk.comparison; }

bool CompareStage::isOn() const { return m_parts.desk.session.view().other.has_value(); }

void CompareStage::connectComparison() {
  const Comparison& comparison = m_parts.desk.comparison;
  connect(&comparison, &Comparison::pictureChanged, this, &CompareStage::showPicture);
  connect(&comparison, &Comparison::numbersChanged, this, &CompareStage::showNumbers);
  connect(&comparison, &Comparison::statisticsChanged, this, &CompareStage::showNumbers);
  connect(&comparison, &Comparison::thresholdChanged, this, [this] {
    showThreshold();
    showNumbers();
  });
  connect(&comparison, &Comparison::numbersChanged, this, &CompareStage::framesChanged);
  connect(&comparison, &Comparison::disagreementChanged, this, &CompareStage::framesChanged);
}

void CompareStage::chooseFrame(int row) {
  const auto set = m_parts.desk.currentSet();
  if (!set || row < 0 || row >= static_cast<int>(m_pairs.size())) return;
  const std::size_t frame = m_pairs[static_cast<std::size_t>(row)].frame;
  if (frame < set->frames.size()) m_parts.desk.session.follow(edits::setFrame(set->name, set->frames[frame].name));
}

void CompareStage::connectPanel() {
  const ComparePanel* panel = &m_parts.docks.comparePanel();
  connect(panel, &ComparePanel::editBegan, &m_parts.desk.session, &SessionModel::beginDrag);
  connect(panel, &ComparePanel::editEnded, &m_parts.desk.session, &SessionModel::endDrag);
  connect(panel, &ComparePanel::methodEdited, this, [this](RunSide side, int index) {
    m_parts.desk.session.edit(edits::setMethod(allMethods()[static_cast<std::size_t>(index)], side));
  });
  connect(panel, &ComparePanel::modelEdited, this, &CompareStage::chooseSource);
  connect(panel, &ComparePanel::temperatureEdited, this,
          [this](RunSide side, double value) { m_parts.desk.session.edit(edits::setTemperature(value, side)); });
  connect(panel, &ComparePanel::thresholdEdited, this,
          [this](RunSide side, double value) { m_parts.desk.session.edit(edits::setThreshold(value, side)); });
  connect(panel, &ComparePanel::pinEdited, this, [this](RunSide side, const Pin& pin) {
    const SingleRun& run = side == RunSide::A ? m_parts.desk.comparison.a() : m_parts.desk.comparison.b();
    m_parts.desk.session.edit(editOf(pin, run.threshold(), side));
  });
  connect(panel, &ComparePanel::parameterEdited, this, [this](RunSide side, const QString& name, double value) {
    if (const auto edit = editOfParameter(name, value, side)) m_parts.desk.session.edit(*edit);
  });
  connect(panel, &ComparePanel::styleEdited, this,
          [this](ComparePanel::Style style) { m_parts.desk.session.edit(editOf(style)); });
  connect(panel, &ComparePanel::ranksEdited, this,
          [this](bool ranks) { m_parts.desk.session.edit(edits::setCompareRanks(ranks)); });
  connect(panel, &ComparePanel::swapRequested, this, &CompareStage::swap);
  connect(panel, &ComparePanel::keepRequested, this, [this](RunSide side) {
    const ViewState view =
        side == RunSide::A ? m_parts.desk.session.view() : Comparison::viewOfB(m_parts.desk.session.view());
    m_parts.desk.session.keepRun(runChoiceOf(view));
  });
}

void CompareStage::chooseSource(RunSide side, int index) {
  const auto& models = m_parts.desk.workspace.models();
  const auto& folders = m_parts.desk.workspace.scores();
  const auto& ensembles = m_parts.desk.workspace.ensembles();
  const auto at = static_cast<std::size_t>(index);
  if (at < models.size()) {
    m_parts.desk.session.edit(edits::setModel(models[at].name().toStdString(), side));
  } else if (at - models.size() < folders.size()) {
    const std::string folder = folders[at - models.size()].label;
    m_parts.desk.session.edit(
        edits::setImported(folder, m_parts.desk.workspace.holdsLogits(m_parts.desk.session.view(), folder), side));
  } else if (at - models.size() - folders.size() < ensembles.size()) {
    const EnsembleEntry& ensemble = ensembles[at - models.size() - folders.size()];
    m_parts.desk.session.edit(edits::setEnsemble(ensemble.name, {}, side));
  }
}

void CompareStage::setOn(bool on) {
  if (on == isOn()) return;
  const ViewState& view = m_parts.desk.session.view();
  if (!on) {
    m_last = *view.other;
    m_parts.desk.session.edit(edits::setOther(std::nullopt, "end of comparison"));
    return;
  }
  if (!m_hasLast) {
    m_last = {};
    if (m_last.score.method == view.score.method) m_last.score.method = Method();
    m_hasLast = true;
  }
  if (m_parts.desk.workspace.findModel(QString::fromStdString(m_last.model)) == nullptr) m_last.model.clear();
  m_parts.desk.session.edit(edits::setOther(m_last, "compare"));
}

void CompareStage::swap() { m_parts.desk.session.edit(edits::swapRuns()); }

std::vector<PaneSpec> CompareStage::panes() const {
  const bool beside = m_parts.desk.session.view().compareStyle == CompareStyle::SideBySide;
  std::vector<PaneSpec> panes(4);
  panes[kFirst].title = beside                                                            ? tr("Run A")
                        : m_parts.desk.session.view().compareStyle == CompareStyle::Blink ? tr("Blink")
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

void CompareStage::panesBuilt() {
  if (!isOn()) return;
  if (WipeView* wipe = m_parts.views.wipeView(kFirst))
    wipe->setBlinking(m_parts.desk.session.view().compareStyle == CompareStyle::Blink);
}

void CompareStage::showView(const ViewState& before, const ViewState& after) {
  const bool on = isOn();
  const bool toggled = before.other.has_value() != on;
  m_parts.curves.setComparing(on);
  if (toggled) {
    m_parts.curves.setShown(CurvesPanel::PerFrame, on);
    m_parts.curves.setShown(CurvesPanel::Histogram, !on);
    m_parts.docks.frames().setSortMetric(on ? FrameMetric::Delta : FrameMetric::Fpr95);
  }
  if (!on) return;
  if (!toggled && before.compareStyle != after.compareStyle) Q_EMIT panesChanged();
  showControls();
  showPicture();
  showNumbers();
}

void CompareStage::setCurveThreshold(int curve, double threshold, bool released) {
  const Edit edit = curve == 1 ? edits::setThreshold(threshold, RunSide::B, "operating point of B")
                               : edits::setThreshold(threshold, RunSide::A, "operating point");
  released ? m_parts.desk.session.drop(edit) : m_parts.desk.session.drag(edit);
}

bool CompareStage::isText(const QWidget& widget) const {
  return widget.inherits("QLineEdit") || widget.inherits("QAbstractSpinBox") || widget.inherits("QTextEdit") ||
         widget.inherits("QPlainTextEdit");
}

bool CompareStage::eventFilter(QObject* watched, QEvent* event) {
  const bool pressed = event->type() == QEvent::KeyPress;
  if (!isOn() || !(pressed || event->type() == QEvent::KeyRelease) || !watched->isWidgetType()) return false;
  const auto* key = static_cast<QKeyEvent*>(event);
  const auto* widget = static_cast<QWidget*>(watched);
  if (key->isAutoRepeat() || key->modifiers() != Qt::NoModifier || widget->window() != m_parts.views.window() ||
      isText(*widget))
    return false;
  if (key->key() == Qt::Key_Space && (widget->inherits("QAbstractButton") || widget->inherits("QComboBox")))
    return false;
  return handleKey(key->key(), pressed);
}

bool CompareStage::handleKey(int key, bool pressed) {
  WipeView* wipe = isOn() && m_parts.views.count() > kDecisions ? m_parts.views.wipeView(kFirst) : nullptr;
  if (wipe == nullptr) return false;
  const bool blinks = m_parts.desk.session.view().compareStyle == CompareStyle::Blink;
  switch (key) {
    case Qt::Key_A:
    case Qt::Key_B:
      wipe->setBlinking(!pressed && blinks);
      if (pressed) wipe->setShow(key == Qt::Key_A ? WipeView::Show::OnlyA : WipeView::Show::OnlyB);
      return true;
    case Qt::Key_Space:
      if (pressed) m_parts.desk.session.edit(edits::setCompareStyle(blinks ? CompareStyle::Wipe : CompareStyle::Blink));
      return true;
    default:
      return false;
  }
}

}  // namespace oodscope
