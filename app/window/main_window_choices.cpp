// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"
#include "app/window/compare/compare_mode.h"
#include "app/window/failures/failure_desk.h"
#include "app/window/knobs.h"
#include "app/window/main_window.h"
#include "app/window/model_tab.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/labelled_combo.h"
#include "widgets/lists/frame_list.h"

#include <QSignalBlocker>

#include <algorithm>

namespace oodscope {

void MainWindow::showChoices(const ViewState& after) {
  showOpenChoices();
  m_modelTab->show(after.model);
  m_controls->setResolutions(
      {tr("by protocol (%1)")
           .arg(defaultResolution(after.protocol) == Resolution::Network ? tr("network") : tr("label")),
       tr("network"), tr("label")},
      resolutionIndex(after.resolution));
  const OpenModel* model = m_workspace.findModel(QString::fromStdString(after.model));
  QStringList channels;
  if (model != nullptr && model->info && !after.score.imported)
    channels << tr("%1 known classes").arg(model->info->outputs.knownClasses)
             << tr("all %1 outputs").arg(model->info->channels);
  m_controls->setChannels(channels.isEmpty() ? QStringList{tr("known classes"), tr("all outputs")} : channels,
                          after.allChannels ? 1 : 0,
                          hasMethod(after.score) ? QString() : tr("imported maps have no channels"));
  const auto methods = allMethods();
  for (std::size_t i = 0; i < methods.size(); ++i)
    m_actions->methods[i]->setChecked(hasMethod(after.score) && methods[i] == after.score.method);
}

void MainWindow::showOpenChoices() {
  const ViewState view = m_workspace.named(m_session.view());
  const auto fill = [](LabelledCombo* combo, const auto& add, const QVariant& current) {
    const QSignalBlocker block(combo);
    combo->clear();
    add(combo);
    combo->setCurrentIndex(combo->findData(current));
    combo->setEnabled(combo->count() > 0);
  };
  fill(
      m_setCombo,
      [&](LabelledCombo* combo) {
        for (const OpenSet& set : m_workspace.sets()) {
          const QString name = QString::fromStdString(set.set->name);
          combo->addItem(tr("%1 · %2").arg(name).arg(set.set->frames.size()), name);
        }
      },
      QString::fromStdString(view.set));
  fill(
      m_modelCombo,
      [&](LabelledCombo* combo) {
        for (const OpenModel& model : m_workspace.models()) {
          combo->addItem(m_workspace.titleOf(model), model.name());
          combo->setItemData(combo->count() - 1, model.name(), Qt::ToolTipRole);
        }
        for (const OpenScores& folder : m_workspace.scores()) {
          combo->addItem(folder.name(), folder.name());
          combo->setItemData(combo->count() - 1, true, Qt::UserRole + 1);
        }
      },
      QString::fromStdString(view.score.imported.value_or(view.model)));
  fill(
      m_methodCombo,
      [&](LabelledCombo* combo) {
        int key = 0;
        for (const Method method : allMethods()) {
          combo->addItem(methodTitle(method), methodKey(method));
          combo->setItemData(combo->count() - 1, methodSummary(method), Qt::ToolTipRole);
          if (++key < 10) combo->setItemData(combo->count() - 1, tr("key %1").arg(key), LabelledCombo::kNoteRole);
        }
      },
      methodKey(view.score.method));
  fill(
      m_methodComboB,
      [&](LabelledCombo* combo) {
        for (const Method method : allMethods()) combo->addItem(methodTitle(method), methodKey(method));
      },
      view.other ? QVariant(methodKey(view.other->score.method)) : QVariant());
  m_methodComboB->setEnabled(view.other && hasMethod(view.other->score));
  m_methodCombo->setEnabled((!m_workspace.models().empty() || view.score.imported) && hasMethod(view.score));
  fill(
      m_protocolCombo,
      [&](LabelledCombo* combo) {
        for (const Protocol protocol : allProtocols()) {
          combo->addItem(protocolTitle(protocol), protocolKey(protocol));
          const std::string_view text = protocol.description();
          combo->setItemData(combo->count() - 1, QString::fromUtf8(text.data(), static_cast<int>(text.size())),
                             Qt::ToolTipRole);
        }
      },
      protocolKey(view.protocol));
  m_protocolCombo->setEnabled(!m_workspace.sets().empty());
}

void MainWindow::showFrames() {
  const auto details = m_controller.details();
  const auto numbers = m_controller.numbers();
  std::vector<FrameSet> sets;
  for (const OpenSet& open : m_workspace.sets()) {
    FrameSet shown;
    shown.name = QString::fromStdString(open.set->name);
    const auto& previews = m_previews[shown.name];
    const bool current = open.set->name == m_session.view().set;
    for (std::size_t i = 0; i < open.set->frames.size(); ++i) {
      FrameRow row;
      row.name = QString::fromStdString(open.set->frames[i].name);
      row.label = open.set->frames[i].label ? FrameLabel::Unread : FrameLabel::Withheld;
      if (const auto preview = previews.find(i); preview != previews.end() && open.set->frames[i].label) {
        row.anomalyShare = 100.0 * preview->second.anomalyShare;
        row.objects = preview->second.objects;
        row.label = !preview->second.hasLabel     ? FrameLabel::Failed
                    : preview->second.objects > 0 ? FrameLabel::Anomaly
                                                  : FrameLabel::None;
      }
      for (const Note& note : m_session.session().notes)
        if (note.set == open.set->name && note.frame == open.set->frames[i].name && !note.region)
          for (const std::string& tag : note.tags) row.tags << QString::fromStdString(tag);
      if (current) row.brushed = m_failures->brushedPixels(i);
      if (current && details) {
        const auto found = std::find_if(details->frames.begin(), details->frames.end(),
                                        [&](const FrameMetrics& f) { return f.frame == i; });
        if (found != details->frames.end()) {
          row.ap = inPercent(found->ap);
          row.fpr95 = inPercent(found->fpr95);
          row.f1 = inPercent(found->bestF1);
          row.meanScore = found->meanScore;
          row.estimated = numbers && !(numbers->configuration == details->configuration);
        }
      }
      if (current) m_compare->fillRow(i, row);
      shown.frames.push_back(std::move(row));
    }
    sets.push_back(std::move(shown));
  }
  FrameModel* model = m_frames->model();
  const auto& known = model->sets();
  const bool sameShape = known.size() == sets.size() &&
                         std::equal(known.begin(), known.end(), sets.begin(), [](const FrameSet& a, const FrameSet& b) {
                           return a.name == b.name && a.frames.size() == b.frames.size();
                         });
  if (!sameShape) {
    model->setSets(sets);
    for (std::size_t s = 0; s < sets.size(); ++s)
      for (const auto& [frame, preview] : m_previews[sets[s].name])
        model->setThumbnail(static_cast<int>(s), static_cast<int>(frame), preview.thumbnail);
  } else {
    for (std::size_t s = 0; s < sets.size(); ++s) model->updateFrames(static_cast<int>(s), std::move(sets[s].frames));
  }
  if (const auto frame = currentFrame())
    for (std::size_t s = 0; s < m_workspace.sets().size(); ++s)
      if (m_workspace.sets()[s].set == currentSet())
        m_frames->setCurrentFrame(static_cast<int>(s), static_cast<int>(*frame));
}

}  // namespace oodscope
