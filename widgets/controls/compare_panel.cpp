// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/compare_panel.h"

#include "widgets/controls/parameter_fields.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/rule.h"
#include "widgets/theme/tokens.h"

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace oodscope {
namespace {

/// The letter of a run in its colour, and the bar at the left edge of its block.
class RunBlock : public QWidget {
public:
  RunBlock(RunSide side, QWidget* parent = nullptr) : QWidget(parent), m_side(side) {}

protected:
  void paintEvent(QPaintEvent*) override {
    const Tokens& t = tokensFor(this);
    QPainter(this).fillRect(QRect(0, 0, 3, height()), m_side == RunSide::A ? t.a.line : t.b.line);
  }

private:
  RunSide m_side;
};

class RunLetter : public QWidget {
public:
  explicit RunLetter(RunSide side, QWidget* parent = nullptr) : QWidget(parent), m_side(side) {
    setFixedWidth(Metrics(this).px(14));
  }

protected:
  void paintEvent(QPaintEvent*) override {
    const Tokens& t = tokensFor(this);
    QPainter painter(this);
    painter.setFont(strongFont(font()));
    painter.setPen(m_side == RunSide::A ? t.a.line : t.b.line);
    painter.drawText(rect(), Qt::AlignVCenter | Qt::AlignLeft, m_side == RunSide::A ? "A" : "B");
  }

private:
  RunSide m_side;
};

void fill(QComboBox* combo, const QStringList& names, int current) {
  const QSignalBlocker blocker(combo);
  QStringList shown;
  for (int i = 0; i < combo->count(); ++i) shown << combo->itemText(i);
  if (shown != names) {
    combo->clear();
    combo->addItems(names);
  }
  combo->setCurrentIndex(current);
}

}  // namespace

ComparePanel::ComparePanel(QWidget* parent)
    : QWidget(parent), m_ranks(new QCheckBox(tr("Compare ranks, not raw scores"))) {
  usePanelBackground(this);
  const Metrics m(this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, m.px(8));
  layout->setSpacing(0);
  layout->addWidget(makeRun(RunSide::A));
  layout->addWidget(new Rule);
  layout->addWidget(makeRun(RunSide::B));
  layout->addWidget(new Rule);

  auto* styles = new QHBoxLayout;
  styles->setContentsMargins(m.px(12), m.px(8), m.px(12), m.px(2));
  styles->setSpacing(0);
  auto* group = new QButtonGroup(this);
  const std::array<std::pair<QString, QString>, 3> names{
      {{tr("Wipe"), tr("A left, B right of a line to drag")},
       {tr("Blink"), tr("A and B in turn (Space)")},
       {tr("Side by side"), tr("A and B beside each other, one scale")}}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto* button = new QToolButton;
    button->setText(names[i].first);
    button->setToolTip(names[i].second);
    button->setAccessibleName(names[i].first);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::TabFocus);
    group->addButton(button, static_cast<int>(i));
    styles->addWidget(button);
    m_styles[i] = button;
  }
  m_styles[0]->setChecked(true);
  styles->addStretch(1);
  auto* swap = new QToolButton;
  swap->setIcon(icon(QStringLiteral("swap")));
  swap->setFocusPolicy(Qt::TabFocus);
  nameControl(swap, tr("Swap: A becomes B and B becomes A"));
  styles->addWidget(swap);
  layout->addLayout(styles);
  auto* options = new QHBoxLayout;
  options->setContentsMargins(m.px(12), m.px(4), m.px(12), 0);
  m_ranks->setChecked(true);
  m_ranks->setToolTip(tr("Scores of two methods have different units; their ranks within the set can be compared"));
  options->addWidget(m_ranks);
  options->addStretch(1);
  layout->addLayout(options);
  layout->addStretch(1);

  connect(group, &QButtonGroup::idClicked, this, [this](int id) { Q_EMIT styleEdited(static_cast<Style>(id)); });
  connect(m_ranks, &QCheckBox::clicked, this, &ComparePanel::ranksEdited);
  connect(swap, &QToolButton::clicked, this, &ComparePanel::swapRequested);
}

QWidget* ComparePanel::makeRun(RunSide side) {
  const Metrics m(this);
  Run& run = m_runs[side == RunSide::A ? 0 : 1];
  const QString letter = side == RunSide::A ? QStringLiteral("A") : QStringLiteral("B");
  auto* block = new RunBlock(side);
  run.method = new QComboBox;
  run.method->setAccessibleName(tr("Method of run %1").arg(letter));
  run.model = new QComboBox;
  run.model->setAccessibleName(tr("Model of run %1").arg(letter));
  for (QComboBox* combo : {run.method, run.model}) {
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(6);
  }
  run.temperature = new TemperatureSlider;
  run.temperature->setCompact(true);
  run.threshold = new ThresholdSlider;
  run.threshold->setCompact(true);
  run.parameters = new ParameterFields;
  auto* keep = new QToolButton;
  keep->setIcon(icon(QStringLiteral("pin")));
  keep->setAutoRaise(true);
  keep->setFocusPolicy(Qt::TabFocus);
  nameControl(keep, tr("Keep run %1 in the table of runs").arg(letter));
  auto* top = new QHBoxLayout;
  top->setSpacing(m.px(8));
  top->addWidget(new RunLetter(side));
  top->addWidget(run.method, 3);
  top->addWidget(run.model, 2);
  top->addWidget(keep);
  auto* layout = new QVBoxLayout(block);
  layout->setContentsMargins(m.px(12), m.px(8), m.px(12), m.px(8));
  layout->setSpacing(m.px(6));
  layout->addLayout(top);
  layout->addWidget(run.temperature);
  layout->addWidget(run.threshold);
  layout->addWidget(run.parameters);

  connect(run.method, &QComboBox::activated, this, [this, side](int index) { Q_EMIT methodEdited(side, index); });
  connect(run.model, &QComboBox::activated, this, [this, side](int index) { Q_EMIT modelEdited(side, index); });
  connect(run.temperature, &TemperatureSlider::editBegan, this, &ComparePanel::editBegan);
  connect(run.temperature, &TemperatureSlider::editEnded, this, &ComparePanel::editEnded);
  connect(run.temperature, &TemperatureSlider::temperatureEdited, this,
          [this, side](double temperature) { Q_EMIT temperatureEdited(side, temperature); });
  connect(run.threshold, &ThresholdSlider::editBegan, this, &ComparePanel::editBegan);
  connect(run.threshold, &ThresholdSlider::editEnded, this, &ComparePanel::editEnded);
  connect(run.threshold, &ThresholdSlider::thresholdEdited, this,
          [this, side](double threshold) { Q_EMIT thresholdEdited(side, threshold); });
  connect(run.threshold, &ThresholdSlider::pinEdited, this,
          [this, side](const Pin& pin) { Q_EMIT pinEdited(side, pin); });
  connect(run.parameters, &ParameterFields::valueEdited, this,
          [this, side](const QString& name, double value) { Q_EMIT parameterEdited(side, name, value); });
  connect(keep, &QToolButton::clicked, this, [this, side] { Q_EMIT keepRequested(side); });
  return block;
}

void ComparePanel::setMethods(RunSide side, const QStringList& names, int current, const QString& noEffect) {
  QComboBox* combo = run(side).method;
  fill(combo, names, current);
  combo->setEnabled(noEffect.isEmpty() && !names.isEmpty());
  combo->setToolTip(noEffect);
}

void ComparePanel::setModels(RunSide side, const QStringList& names, int current) {
  fill(run(side).model, names, current);
  run(side).model->setEnabled(!names.isEmpty());
}

void ComparePanel::setStyle(Style style) { m_styles[static_cast<std::size_t>(style)]->setChecked(true); }
void ComparePanel::setRanks(bool ranks) { m_ranks->setChecked(ranks); }

}  // namespace oodscope
