// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/choice_bar.h"

#include "app/desk/comparison.h"
#include "app/figures/plot_data.h"
#include "app/window/method_choices.h"
#include "app/window/newcomers.h"
#include "app/window/saving/missing_flow.h"
#include "app/window/window_actions.h"
#include "widgets/controls/labelled_combo.h"
#include "widgets/panels/find_button.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QLabel>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QToolButton>

namespace oodscope {
namespace {

constexpr int kImportedRole = Qt::UserRole + 1;  // of a model's choice: it is a folder of scores

/// Fills a choice without saying that it changed.
template <class Add>
void fill(LabelledCombo* combo, const QVariant& current, const Add& add) {
  const QSignalBlocker block(combo);
  combo->clear();
  add();
  combo->setCurrentIndex(combo->findData(current));
  combo->setEnabled(combo->count() > 0);
}

/// A method as the last item of a choice; where there is a reason it cannot be chosen, and says why.
void addMethodItem(QComboBox& combo, Method method, const QString& whyNot) {
  combo.addItem(methodTitle(method), methodKey(method));
  const int last = combo.count() - 1;
  combo.setItemData(last, methodExplanation(method, whyNot), Qt::ToolTipRole);
  if (auto* items = qobject_cast<QStandardItemModel*>(combo.model())) items->item(last)->setEnabled(whyNot.isEmpty());
}

}  // namespace

ChoiceBar::ChoiceBar(Workspace& workspace, WindowActions& actions, QWidget* parent)
    : QToolBar(tr("Main"), parent), m_workspace(workspace) {
  setObjectName(QStringLiteral("toolbar"));
  setMovable(false);
  setIconSize({16, 16});
  addAction(actions.openFolder);
  addAction(actions.exportTable);
  addSeparator();
  addChoices(actions);
  addSeparator();
  addViewActions(actions);
  connectChoices();
}

LabelledCombo* ChoiceBar::addChoice(const QString& caption, int width, const QString& explanation) {
  auto* combo = new LabelledCombo(caption);
  combo->setExplanation(explanation);
  combo->setMinimumWidth(Metrics(this).px(width));
  combo->setAccessibleName(caption);
  combo->setSizeAdjustPolicy(QComboBox::AdjustToContents);
  addWidget(combo);
  return combo;
}

void ChoiceBar::addChoices(WindowActions& actions) {
  m_set = addChoice(tr("Set"), 92,
                    tr("The data set that is looked at, with how many frames it has. Open more by Ctrl+O; the right "
                       "button closes one."));
  m_model = addChoice(tr("Model"), 92,
                      tr("What the frames are scored by: a network, or a folder of ready-made scores. Open more by "
                         "Ctrl+M and Ctrl+Shift+M; the right button closes one."));
  m_method = addChoice(tr("Method"), 92,
                       tr("How a pixel's anomaly score is made from the network's outputs. Keys 1 to 9 choose one."));
  m_filters = new QToolButton;
  m_filters->setMenu(actions.filters.menu);
  m_filters->setPopupMode(QToolButton::InstantPopup);
  m_filters->setIcon(icon(QStringLiteral("filter")));
  m_filters->setAccessibleName(tr("Filters"));
  addWidget(m_filters);
  auto* swap = new QToolButton;
  swap->setDefaultAction(actions.swapRuns);
  m_swapInBar = addWidget(swap);
  m_methodB = new LabelledCombo(QStringLiteral("B"));
  m_methodB->setMinimumWidth(Metrics(this).px(92));
  m_methodB->setAccessibleName(tr("Method of run B"));
  m_methodB->setExplanation(tr("How run B makes a pixel's anomaly score from the network's outputs."));
  m_methodB->setAccent(LabelledCombo::Accent::B);
  m_methodBInBar = addWidget(m_methodB);
  m_protocol = addChoice(tr("Protocol"), 92,
                         tr("How pixels are counted for AP, FPR95 and AUROC: each follows the authors of a benchmark, "
                            "and numbers of two protocols differ by points."));
  m_set->setEmptyText(tr("none"));
  m_model->setEmptyText(tr("none"));
  m_method->setEmptyText(tr("of the score maps"));
}

void ChoiceBar::addViewActions(WindowActions& actions) {
  addAction(actions.fit);
  addAction(actions.oneToOne);
  m_zoom = new QLabel(QStringLiteral("–"));
  m_zoom->setAlignment(Qt::AlignCenter);
  m_zoom->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral(" 6400 % ")));
  m_zoom->setAccessibleName(tr("Zoom"));
  m_zoom->setToolTip(tr("Screen pixels per picture pixel"));
  addWidget(m_zoom);
  addSeparator();
  for (QAction* action : {actions.link, actions.crosshair, actions.contour}) addAction(action);
  addSeparator();
  for (QAction* action :
       {actions.layoutOne, actions.layoutOneByTwo, actions.layoutTwoByTwo, actions.layoutMethods, actions.wipe})
    addAction(action);
  auto* space = new QWidget;
  space->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
  addWidget(space);
  auto* find = new FindButton(tr("Find action"), actions.palette->shortcut().toString(QKeySequence::NativeText));
  connect(find, &QPushButton::clicked, actions.palette, &QAction::trigger);
  addWidget(find);
  addAction(actions.themeToggle);
}

void ChoiceBar::connectChoices() {
  connect(m_set, &QComboBox::activated, this, &ChoiceBar::chooseSet);
  connect(m_model, &QComboBox::activated, this, &ChoiceBar::chooseModel);
  connect(m_method, &QComboBox::activated, this,
          [this](int index) { Q_EMIT edited(edits::setMethod(methodOfKey(m_method->itemData(index)))); });
  connect(m_methodB, &QComboBox::activated, this,
          [this](int index) { Q_EMIT edited(edits::setMethod(methodOfKey(m_methodB->itemData(index)), RunSide::B)); });
  connect(m_protocol, &QComboBox::activated, this,
          [this](int index) { Q_EMIT edited(edits::setProtocol(protocolOfKey(m_protocol->itemData(index)))); });
}

void ChoiceBar::chooseSet(int index) {
  const QString name = m_set->itemData(index).toString();
  const OpenSet* open = m_workspace.findSet(name);
  const bool isEmpty = open == nullptr || open->set->frames.empty();
  Q_EMIT edited(edits::setSet(name.toStdString(), isEmpty ? std::string() : open->set->frames.front().name));
}

void ChoiceBar::chooseModel(int index) {
  const std::string name = m_model->itemData(index).toString().toStdString();
  const bool imported = m_model->itemData(index, kImportedRole).toBool();
  Q_EMIT edited(imported ? edits::setImported(name, m_workspace.holdsLogits(m_view, name)) : edits::setModel(name));
}

void ChoiceBar::showChoices(const ViewState& shown) {
  const ViewState view = m_workspace.named(shown);
  m_view = view;
  fill(m_set, QString::fromStdString(view.set), [this] {
    for (const OpenSet& set : m_workspace.sets()) {
      const QString name = QString::fromStdString(set.set->name);
      m_set->addItem(tr("%1 · %2").arg(name).arg(set.set->frames.size()), name);
      m_set->setItemData(m_set->count() - 1,
                         tr("%1. In %2").arg(openedText(*set.set), QString::fromStdString(set.entry.path.string())),
                         Qt::ToolTipRole);
    }
    addMissingChoices(*m_set, m_workspace.missing(), ItemKind::Set);
  });
  fillModels(view);
  fillMethods(view);
  showFilters(view);
  fillProtocols(view);
  showComparing(view.other.has_value());
}

void ChoiceBar::fillModels(const ViewState& view) {
  fill(m_model, QString::fromStdString(view.score.imported.value_or(view.model)), [this] { addModelItems(); });
}

void ChoiceBar::addModelItems() {
  for (const OpenModel& model : m_workspace.models()) {
    m_model->addItem(m_workspace.titleOf(model), model.name());
    m_model->setItemData(m_model->count() - 1, QString::fromStdString(model.entry.path.string()), Qt::ToolTipRole);
  }
  for (const OpenScores& folder : m_workspace.scores()) {
    m_model->addItem(folder.name(), folder.name());
    m_model->setItemData(m_model->count() - 1, true, kImportedRole);
    m_model->setItemData(m_model->count() - 1, tr("scores from %1").arg(QString::fromStdString(folder.path.string())),
                         Qt::ToolTipRole);
  }
  for (const EnsembleEntry& ensemble : m_workspace.ensembles()) {
    m_model->addItem(QString::fromStdString(ensemble.name), QString::fromStdString(ensemble.name));
    m_model->setItemData(m_model->count() - 1, true, kImportedRole);
    m_model->setItemData(m_model->count() - 1, tr("the ensemble %1").arg(QString::fromStdString(ensemble.text)),
                         Qt::ToolTipRole);
  }
  for (const ItemKind kind : {ItemKind::Model, ItemKind::Scores})
    addMissingChoices(*m_model, m_workspace.missing(), kind);
}

void ChoiceBar::fillMethods(const ViewState& view) {
  fill(m_method, hasMethod(view.score) ? QVariant(methodKey(view.score.method)) : QVariant(),
       [&] { addMethodItems(view); });
  fill(m_methodB, view.other ? QVariant(methodKey(view.other->score.method)) : QVariant(), [&] {
    const ViewState ofB = Comparison::viewOfB(view);
    for (const Method method : allMethods())
      addMethodItem(*m_methodB, method, view.other ? whyNotMethod(m_workspace, ofB, method) : QString());
  });
  m_methodB->setEnabled(view.other && hasMethod(view.other->score));
  m_method->setEnabled((!m_workspace.models().empty() || view.score.imported) && hasMethod(view.score));
}

void ChoiceBar::addMethodItems(const ViewState& view) {
  int key = 0;
  for (const Method method : allMethods()) {
    addMethodItem(*m_method, method, hasMethod(view.score) ? whyNotMethod(m_workspace, view, method) : QString());
    if (++key < 10) m_method->setItemData(m_method->count() - 1, tr("key %1").arg(key), LabelledCombo::kNoteRole);
  }
}

void ChoiceBar::showFilters(const ViewState& view) {
  QStringList titles;
  for (const Filter filter : view.score.filters) titles << filterTitle(filter);
  const QString all = titles.join(QStringLiteral(" + "));
  m_filters->setText(all);  // none is the usual case and takes no room
  m_filters->setToolButtonStyle(titles.isEmpty() ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
  m_filters->setToolTip(
      tr("What the score maps go through, after they were brought to the size where they are evaluated. Now: %1.")
          .arg(titles.isEmpty() ? tr("no filter") : all));
}

void ChoiceBar::fillProtocols(const ViewState& view) {
  fill(m_protocol, protocolKey(view.protocol), [this] { addProtocolItems(); });
  m_protocol->setEnabled(!m_workspace.sets().empty());
}

void ChoiceBar::addProtocolItems() {
  for (const Protocol protocol : allProtocols()) {
    m_protocol->addItem(protocolTitle(protocol), protocolKey(protocol));
    m_protocol->setItemData(m_protocol->count() - 1, protocolSummary(protocol), Qt::ToolTipRole);
  }
}

void ChoiceBar::showComparing(bool on) {
  if (m_comparing == on) return;
  m_comparing = on;
  m_swapInBar->setVisible(on);
  m_methodBInBar->setVisible(on);
  m_method->setCaption(on ? QStringLiteral("A") : tr("Method"));
  m_method->setAccent(on ? LabelledCombo::Accent::A : LabelledCombo::Accent::None);
}

void ChoiceBar::showZoom(std::optional<double> scale) {
  m_zoom->setText(scale ? tr("%1 %").arg(numberText(100.0 * *scale, 0)) : QString(kNotDefinedSign));
}

}  // namespace oodscope
