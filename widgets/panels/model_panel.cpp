// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/model_panel.h"

#include "widgets/controls/decimal_box.h"
#include "widgets/panels/empty_state.h"
#include "widgets/panels/value_grid.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/rule.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStackedLayout>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <optional>

namespace oodscope {
namespace {

constexpr int kLargestSide = 8192;
constexpr int kMostChannels = 4096;

QSpinBox* whole(int low, int high, const QString& name) {
  auto* box = new QSpinBox;
  box->setLocale(QLocale::c());
  box->setRange(low, high);
  box->setAccessibleName(name);
  box->setToolTip(name);
  return box;
}

QDoubleSpinBox* real(double low, double high, int decimals, const QString& name) {
  auto* box = new DecimalBox;
  box->setDecimals(decimals);
  box->setRange(low, high);
  box->setAccessibleName(name);
  box->setToolTip(name);
  box->setMinimumWidth(0);
  return box;
}

QToolButton* iconButton(const char* picture, const QString& name) {
  auto* button = new QToolButton;
  button->setIcon(icon(QLatin1String(picture)));
  button->setAutoRaise(true);
  nameControl(button, name);
  return button;
}

QWidget* inRow(const std::vector<QWidget*>& parts, int spacing) {
  auto* holder = new QWidget;
  auto* row = new QHBoxLayout(holder);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(spacing);
  for (QWidget* part : parts) row->addWidget(part, 1);
  return holder;
}

}  // namespace

ModelPanel::ModelPanel(QWidget* parent) : QWidget(parent), m_stack(new QStackedLayout) {
  usePanelBackground(this);
  const Metrics m(this);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(0);
  m_top = makeChoice();
  all->addWidget(m_top);
  all->addLayout(m_stack, 1);
  m_stack->addWidget(new EmptyState(tr("No model"), tr("Open a network: what was loaded and assumed appears here.")));
  auto* content = new QWidget;
  usePanelBackground(content);
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(m.px(12), m.px(6), m.px(12), m.px(8));
  column->setSpacing(m.px(6));
  m_facts = new ValueGrid;
  m_facts->setAccessibleName(tr("What was loaded"));
  column->addWidget(m_facts);
  m_measure = new QPushButton(tr("Measure the latency"));
  column->addWidget(m_measure, 0, Qt::AlignLeft);
  buildStatistics();
  column->addWidget(m_statistics, 0, Qt::AlignLeft);
  m_warnings = new QLabel;
  m_remarks = new QLabel;
  for (QLabel* label : {m_warnings, m_remarks}) {
    label->setWordWrap(true);
    label->setFont(captionFont(font()));
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(label);
  }
  m_remarks->setForegroundRole(kSecondaryRole);
  m_remarks->setAccessibleName(tr("Assumptions"));
  m_warnings->setAccessibleName(tr("Warnings about the model"));
  column->addWidget(new Rule);
  buildFields(content);
  column->addStretch(1);
  auto* scroll = new QScrollArea;
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  m_stack->addWidget(scroll);

  connect(m_measure, &QPushButton::clicked, this, [this] {
    if (const ModelCard* card = current()) Q_EMIT latencyRequested(card->name);
  });
}

void ModelPanel::buildStatistics() {
  m_statistics = new QPushButton(tr("Statistics…"));
  m_statistics->setToolTip(
      tr("Means and variances of each class's largest logit, and reference features, which some methods measure by"));
  auto* menu = new QMenu(m_statistics);
  m_statistics->setMenu(menu);
  const auto add = [&](const QString& text, auto signal) {
    return menu->addAction(text, this, [this, signal] {
      if (const ModelCard* card = current()) Q_EMIT(this->*signal)(card->name);
    });
  };
  add(tr("Choose a file…"), &ModelPanel::statisticsFileRequested);
  m_forget = add(tr("Use the file beside the model"), &ModelPanel::statisticsForgotten);
  m_fit = add(tr("Fit on the set that is shown"), &ModelPanel::fitRequested);
  m_cancelFit = menu->addAction(tr("Stop fitting"), this, &ModelPanel::fitCancelled);
  m_cancelFit->setEnabled(false);
}

void ModelPanel::setFitting(const QString& text) {
  m_statistics->setText(text.isEmpty() ? tr("Statistics…") : tr("Fitting: %1").arg(text));
  m_fit->setEnabled(text.isEmpty());
  m_cancelFit->setEnabled(!text.isEmpty());
}

QWidget* ModelPanel::makeChoice() {
  const Metrics m(this);
  m_choice = new QComboBox;
  m_choice->setAccessibleName(tr("Models of the session"));
  m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  auto* open = iconButton("plus", tr("Open a model"));
  m_close = iconButton("close", tr("Close this model"));
  auto* top = new QWidget;
  auto* row = new QHBoxLayout(top);
  row->setContentsMargins(m.px(12), m.px(8), m.px(12), 0);
  row->addWidget(m_choice, 1);
  row->addWidget(open);
  row->addWidget(m_close);
  top->hide();
  connect(m_choice, &QComboBox::activated, this, &ModelPanel::choose);
  connect(open, &QToolButton::clicked, this, &ModelPanel::openRequested);
  connect(m_close, &QToolButton::clicked, this, [this] {
    if (const ModelCard* card = current()) Q_EMIT closeRequested(card->name);
  });
  return top;
}

void ModelPanel::choose(int index) {
  const int missing = index - static_cast<int>(m_models.size());
  if (missing < 0) {
    Q_EMIT currentEdited(m_choice->itemData(index).toString());
    return;
  }
  m_choice->setCurrentIndex(m_shown);  // it is not the one that is shown
  if (missing < static_cast<int>(m_missing.size()))
    Q_EMIT locateRequested(m_missing[static_cast<std::size_t>(missing)].path);
}

void ModelPanel::fillChoice(const QString& name) {
  const QSignalBlocker block(m_choice);
  m_choice->clear();
  for (const ModelCard& card : m_models) {
    m_choice->addItem(card.title + QStringLiteral(" · ") + card.name, card.name);
    m_choice->setItemData(m_choice->count() - 1, card.name, Qt::ToolTipRole);
  }
  for (const MissingModel& model : m_missing) {
    m_choice->addItem(icon(QStringLiteral("warning")), tr("%1 · missing · Locate…").arg(model.name));
    m_choice->setItemData(m_choice->count() - 1, tr("%1 %2").arg(model.path, model.why), Qt::ToolTipRole);
  }
  m_shown = std::max(m_models.empty() ? -1 : 0, m_choice->findData(name));
  m_choice->setPlaceholderText(m_missing.empty() ? QString() : tr("no model is open"));
  m_choice->setCurrentIndex(m_shown);
  m_top->setVisible(m_choice->count() > 0);
  m_close->setEnabled(m_shown >= 0);
}

void ModelPanel::setMissing(std::vector<MissingModel> missing) {
  if (missing == m_missing) return;
  m_missing = std::move(missing);
  const ModelCard* card = current();
  fillChoice(card == nullptr ? QString() : card->name);
}

void ModelPanel::buildFields(QWidget* content) {
  const Metrics m(this);
  auto* form = new QFormLayout;
  form->setHorizontalSpacing(m.px(8));
  form->setVerticalSpacing(m.px(4));
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  m_width = whole(8, kLargestSide, tr("Input width"));
  m_height = whole(8, kLargestSide, tr("Input height"));
  m_resize = new QComboBox;
  m_resize->addItems({tr("bilinear, antialiased (as PIL)"), tr("bilinear, plain")});
  m_resize->setAccessibleName(tr("How images are resized"));
  m_resize->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_order = new QComboBox;
  m_order->addItems({tr("RGB"), tr("BGR")});
  m_order->setAccessibleName(tr("Order of the colour channels"));
  m_scale = real(0.0, 1000.0, 8, tr("Pixel values are multiplied by"));
  const std::array<QString, 3> colours{tr("red"), tr("green"), tr("blue")};
  std::vector<QWidget*> means, deviations;
  for (std::size_t i = 0; i < 3; ++i) {
    m_mean[i] = real(-1000.0, 1000.0, 4, tr("Mean, %1").arg(colours[i]));
    m_deviation[i] = real(0.0001, 1000.0, 4, tr("Deviation, %1").arg(colours[i]));
    for (QDoubleSpinBox* box : {m_mean[i], m_deviation[i]}) box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    means.push_back(m_mean[i]);
    deviations.push_back(m_deviation[i]);
  }
  m_output = whole(0, 63, tr("Which of several outputs holds the logits"));
  m_known = whole(1, kMostChannels, tr("Known classes: the first channels"));
  m_void = whole(-1, kMostChannels - 1, tr("Trained void channel"));
  m_void->setSpecialValueText(tr("none"));
  m_names = new QPlainTextEdit;
  m_names->setAccessibleName(tr("Channel names, one a line"));
  m_names->setFixedHeight(m.px(90));
  m_names->setFont(tableFont(font()));
  m_names->setTabChangesFocus(true);
  form->addRow(tr("Input"), inRow({m_width, m_height}, m.px(4)));
  form->addRow(tr("Resize"), m_resize);
  form->addRow(tr("Colours"), m_order);
  form->addRow(tr("Scale"), m_scale);
  form->addRow(tr("Mean"), inRow(means, m.px(4)));
  form->addRow(tr("Deviation"), inRow(deviations, m.px(4)));
  form->addRow(tr("Output"), m_output);
  form->addRow(tr("Known classes"), m_known);
  form->addRow(tr("Void channel"), m_void);
  form->addRow(tr("Channels"), m_names);
  auto* column = static_cast<QVBoxLayout*>(content->layout());
  column->addLayout(form);
  m_apply = new QPushButton(tr("Apply"));
  m_apply->setProperty("primary", true);
  m_apply->setToolTip(tr("Loads the model again with these; what was computed under the old ones is not used"));
  m_revert = new QPushButton(tr("Revert"));
  auto* buttons = new QHBoxLayout;
  buttons->addStretch(1);
  buttons->addWidget(m_revert);
  buttons->addWidget(m_apply);
  column->addLayout(buttons);

  for (QSpinBox* box : {m_width, m_height, m_output, m_known, m_void})
    connect(box, &QSpinBox::valueChanged, this, &ModelPanel::showEdited);
  for (QComboBox* box : {m_resize, m_order})
    connect(box, &QComboBox::currentIndexChanged, this, &ModelPanel::showEdited);
  for (QDoubleSpinBox* box : {m_scale, m_mean[0], m_mean[1], m_mean[2], m_deviation[0], m_deviation[1], m_deviation[2]})
    connect(box, &QDoubleSpinBox::valueChanged, this, &ModelPanel::showEdited);
  connect(m_names, &QPlainTextEdit::textChanged, this, &ModelPanel::showEdited);
  connect(m_revert, &QPushButton::clicked, this, &ModelPanel::showCurrent);
  connect(m_apply, &QPushButton::clicked, this, [this] {
    if (const ModelCard* card = current()) Q_EMIT assumptionsEdited(card->name, edited());
  });
}

const ModelCard* ModelPanel::current() const {
  const bool isOne = m_shown >= 0 && m_shown < static_cast<int>(m_models.size());
  return isOne ? &m_models[static_cast<std::size_t>(m_shown)] : nullptr;
}

void ModelPanel::setModels(std::vector<ModelCard> models, const QString& name) {
  const ModelCard* before = current();
  const auto kept = before != nullptr ? std::optional(std::pair{before->name, before->assumptions}) : std::nullopt;
  m_models = std::move(models);
  fillChoice(name);
  m_stack->setCurrentIndex(m_models.empty() ? 0 : 1);
  const ModelCard* now = current();
  const bool same = kept && now != nullptr && kept->first == now->name && kept->second == now->assumptions;
  if (!same) m_latency.clear();
  if (!same || before == nullptr)
    showCurrent();
  else
    setLatency(m_latency, !m_measure->isEnabled());  // other facts may have changed
  if (now != nullptr) m_forget->setEnabled(now->hasNamedStatistics);
}

void ModelPanel::setLatency(const QString& text, bool measuring) {
  m_latency = text;
  m_measure->setEnabled(!measuring);
  m_measure->setText(measuring ? tr("Measuring…") : tr("Measure the latency"));
  const ModelCard* card = current();
  if (card == nullptr) return;
  std::vector<GridRow> rows;
  auto facts = card->facts;
  if (!m_latency.isEmpty()) facts.emplace_back(tr("latency"), m_latency);
  rows.reserve(facts.size());
  for (const auto& [name, value] : facts)
    rows.push_back({.cells = {{.text = name, .tone = Tone::Secondary}, {.text = value, .toolTip = value}},
                    .shaded = rows.size() % 2 == 0});
  m_facts->setColumns({1});
  m_facts->setRows(std::move(rows));
}

void ModelPanel::showCurrent() {
  const ModelCard* card = current();
  if (card == nullptr) return;
  const ModelAssumptions& a = card->assumptions;
  m_width->setValue(a.width);
  m_height->setValue(a.height);
  m_resize->setCurrentIndex(a.plainBilinear ? 1 : 0);
  m_order->setCurrentIndex(a.bgr ? 1 : 0);
  m_scale->setValue(a.scale);
  for (std::size_t i = 0; i < 3; ++i) {
    m_mean[i]->setValue(a.mean[i]);
    m_deviation[i]->setValue(a.deviation[i]);
  }
  m_output->setValue(a.output);
  m_known->setMaximum(std::max(1, card->channels));
  m_known->setValue(a.knownClasses);
  m_void->setMaximum(std::max(-1, card->channels - 1));
  m_void->setValue(a.voidChannel);
  m_names->setPlainText(a.channelNames.join(QLatin1Char('\n')));
  m_remarks->setText(card->remarks.join(QLatin1Char('\n')));
  m_remarks->setVisible(!card->remarks.isEmpty());
  m_warnings->setText(card->warnings.join(QLatin1Char('\n')));
  m_warnings->setVisible(!card->warnings.isEmpty());
  setLatency(m_latency, !m_measure->isEnabled());
  showEdited();
}

ModelAssumptions ModelPanel::edited() const {
  ModelAssumptions a;
  a.width = m_width->value();
  a.height = m_height->value();
  a.plainBilinear = m_resize->currentIndex() == 1;
  a.bgr = m_order->currentIndex() == 1;
  a.scale = m_scale->value();
  const ModelCard* card = current();
  // A field shows fewer digits than the value may have: what was not touched stays what it was.
  if (card != nullptr && std::fabs(m_scale->value() - card->assumptions.scale) < 0.5e-8)
    a.scale = card->assumptions.scale;
  for (std::size_t i = 0; i < 3; ++i) {
    a.mean[i] = m_mean[i]->value();
    a.deviation[i] = m_deviation[i]->value();
  }
  a.output = m_output->value();
  a.knownClasses = m_known->value();
  a.voidChannel = m_void->value();
  for (const QString& line : m_names->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts))
    a.channelNames << line.trimmed();
  return a;
}

void ModelPanel::showEdited() {
  const ModelCard* card = current();
  const bool differs = card != nullptr && !(edited() == card->assumptions);
  m_apply->setEnabled(differs);
  m_revert->setEnabled(differs);
}

}  // namespace oodscope
