// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/controls/threshold_slider.h"

#include "widgets/controls/number_field.h"
#include "widgets/controls/scale_slider.h"
#include "widgets/theme/elided_label.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSignalBlocker>

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

// In the combo's order, with the value a rule starts with.
constexpr std::array kRules{Pin{Pin::Rule::None, 0.0},       Pin{Pin::Rule::TruePositiveRate, 95.0},
                            Pin{Pin::Rule::BestF1, 0.0},     Pin{Pin::Rule::FalsePositiveRate, 1.0},
                            Pin{Pin::Rule::CostRatio, 10.0}, Pin{Pin::Rule::FlaggedShare, 5.0}};

int indexOf(Pin::Rule rule) {
  return static_cast<int>(std::find_if(kRules.begin(), kRules.end(), [rule](const Pin& p) { return p.rule == rule; }) -
                          kRules.begin());
}

bool hasValue(Pin::Rule rule) { return rule != Pin::Rule::None && rule != Pin::Rule::BestF1; }

}  // namespace

QString pinText(const Pin& pin) {
  const QString value = QLocale::c().toString(pin.value, 'g', 4);
  switch (pin.rule) {
    case Pin::Rule::None:
      return ThresholdSlider::tr("not pinned");
    case Pin::Rule::TruePositiveRate:
      return ThresholdSlider::tr("TPR %1 %").arg(value);
    case Pin::Rule::BestF1:
      return ThresholdSlider::tr("best F1");
    case Pin::Rule::FalsePositiveRate:
      return ThresholdSlider::tr("FPR %1 %").arg(value);
    case Pin::Rule::CostRatio:
      return ThresholdSlider::tr("cost %1 : 1").arg(value);
    case Pin::Rule::FlaggedShare:
      return ThresholdSlider::tr("%1 % of pixels").arg(value);
  }
  return {};
}

ThresholdSlider::ThresholdSlider(QWidget* parent)
    : QWidget(parent),
      m_pins(new QComboBox),
      m_pinSets(new QComboBox),
      m_pinSetsLabel(new QLabel(tr("chosen on"))),
      m_pinValue(new NumberField),
      m_field(new NumberField),
      m_slider(new ScaleSlider),
      m_caption(new ElidedLabel) {
  const Metrics m(this);
  auto* label = new QLabel(tr("Threshold <i>δ</i>"));
  label->setBuddy(m_field);
  for (const Pin& rule : kRules) m_pins->addItem(pinText(rule));
  m_pins->setMinimumContentsLength(6);
  m_pins->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_pins->setIconSize({m.px(14), m.px(14)});
  m_pins->setAccessibleName(tr("Pin of the threshold"));
  m_pins->setToolTip(tr("What the threshold follows when scores change"));
  m_pins->setItemData(static_cast<int>(kRules.size()) - 1,
                      tr("The share of pixels that count as anomaly at most: needs no ground truth"), Qt::ToolTipRole);
  m_pinSets->setMinimumContentsLength(8);
  m_pinSets->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_pinSets->setAccessibleName(tr("Set that the pin chooses the threshold on"));
  m_pinSets->setToolTip(tr("The set whose scores the pin looks at; its threshold is applied to the one that is shown"));
  m_pinSetsLabel->setFont(captionFont(font()));
  m_pinSetsLabel->setForegroundRole(kSecondaryRole);
  m_pinValue->setDecimals(1);
  m_pinValue->setRange(0.1, 1000.0);
  m_pinValue->setFixedWidth(m.px(66));
  m_pinValue->setAccessibleName(tr("Value of the pin"));
  m_field->setDecimals(3);
  m_field->setRange(-1e6, 1e6);
  m_field->setSingleStep(0.005);
  m_field->setFixedWidth(m.px(74));
  m_field->setAccessibleName(tr("Threshold"));
  m_field->setToolTip(tr("Pixels with this score or more count as anomaly ([ and ])"));
  m_slider->setAccessibleName(tr("Threshold"));
  m_slider->setFill(ScaleSlider::Fill::ToEnd);
  m_slider->setContextMenuPolicy(Qt::CustomContextMenu);
  m_caption->setFont(captionFont(font()));
  m_caption->setForegroundRole(kSecondaryRole);
  m_caption->setAlignment(Qt::AlignHCenter);
  m_caption->setAccessibleName(tr("About the threshold"));

  auto* top = new QHBoxLayout;
  top->setContentsMargins(0, 0, 0, 0);
  top->setSpacing(m.px(8));
  top->addWidget(label);
  top->addStretch(1);
  top->addWidget(m_pins, 4);
  top->addWidget(m_field);
  auto* valueRow = new QHBoxLayout;
  valueRow->addStretch(1);
  valueRow->addWidget(m_pinSetsLabel);
  valueRow->addWidget(m_pinSets, 4);
  valueRow->addWidget(m_pinValue);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(m.px(4));
  layout->addLayout(top);
  layout->addLayout(valueRow);
  layout->addWidget(m_slider);
  layout->addWidget(m_caption);

  connectParts();
  showPin();
  showScale();
}

void ThresholdSlider::connectParts() {
  connect(m_slider, &ScaleSlider::dragBegan, this, &ThresholdSlider::editBegan);
  connect(m_slider, &ScaleSlider::dragEnded, this, &ThresholdSlider::editEnded);
  connect(m_slider, &ScaleSlider::positionEdited, this, [this](double position) {
    unpin();
    m_threshold = m_best && m_scale.position(*m_best) == position ? *m_best : m_scale.score(position);
    m_field->setShown(m_threshold);
    Q_EMIT thresholdEdited(m_threshold);
  });
  connect(m_field, &NumberField::valueEdited, this, [this](double threshold) {
    Q_EMIT editBegan();
    unpin();
    setThreshold(threshold);
    Q_EMIT thresholdEdited(threshold);
    Q_EMIT editEnded();
  });
  connect(m_pins, &QComboBox::activated, this, &ThresholdSlider::choosePin);
  connect(m_pinValue, &NumberField::valueEdited, this, [this](double value) {
    m_pin.value = value;
    showPin();
    Q_EMIT pinEdited(m_pin);
  });
  connect(m_pinSets, &QComboBox::activated, this,
          [this](int index) { Q_EMIT pinSetEdited(m_pinSets->itemData(index).toString()); });
  connect(m_slider, &QWidget::customContextMenuRequested, this, &ThresholdSlider::showScaleMenu);
}

void ThresholdSlider::showScaleMenu(const QPoint& at) {
  QMenu menu(this);
  QAction* linear = menu.addAction(tr("Linear scale"));
  linear->setCheckable(true);
  linear->setChecked(m_kind == ThresholdScale::Kind::Linear);
  if (menu.exec(m_slider->mapToGlobal(at)) != linear) return;
  setScaleKind(linear->isChecked() ? ThresholdScale::Kind::Linear : ThresholdScale::Kind::Quantile);
  Q_EMIT scaleKindEdited(m_kind);
}

void ThresholdSlider::setThreshold(double threshold) {
  m_threshold = threshold;
  m_field->setShown(threshold);
  m_slider->setPosition(m_scale.position(threshold));
  m_slider->setValueText(tr("threshold %1").arg(scoreText(threshold)));
}

void ThresholdSlider::setQuantiles(std::vector<float> quantiles, std::vector<float> shares) {
  m_quantiles = std::move(quantiles);
  const auto largest = std::max_element(shares.begin(), shares.end());
  const float top = largest == shares.end() ? 0.0F : *largest;
  for (float& share : shares) share = top > 0.0F ? share / top : 0.0F;
  m_hasShares = top > 0.0F;
  m_shares = std::move(shares);
  showScale();
}

void ThresholdSlider::setCompact(bool compact) {
  m_slider->setVisible(!compact);
  m_caption->setVisible(!compact);
}

void ThresholdSlider::setPin(const Pin& pin) {
  if (pin == m_pin) return;
  m_pin = pin;
  showPin();
}

void ThresholdSlider::setPinSets(const QStringList& others, const QString& current) {
  const QSignalBlocker blocker(m_pinSets);
  QStringList sets = others;
  if (!current.isEmpty() && !sets.contains(current)) sets << current;  // it is not open any more
  m_pinSets->clear();
  if (!sets.isEmpty()) m_pinSets->addItem(tr("this set"), QString());
  for (const QString& set : sets) m_pinSets->addItem(set, set);
  m_pinSets->setCurrentIndex(std::max(0, m_pinSets->findData(current)));
  showPin();
}

void ThresholdSlider::setScaleKind(ThresholdScale::Kind kind) {
  if (kind == m_kind) return;
  m_kind = kind;
  showScale();
}

void ThresholdSlider::setBest(std::optional<double> threshold, const QString& what) {
  m_best = threshold;
  m_bestName = what;
  showScale();
}

void ThresholdSlider::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  showScale();
}

void ThresholdSlider::showScale() {
  m_scale = ThresholdScale(m_quantiles, m_kind);
  const bool works = !m_scale.isEmpty();
  m_slider->setEnabled(works);
  m_field->setEnabled(works);
  m_pins->setEnabled(works);
  const bool quantile = m_kind == ThresholdScale::Kind::Quantile;
  showCaption();
  if (works) {
    // Digits and steps that suit the range: 0.001 for MSP, 0.01 for logits.
    const double span = m_scale.highest() - m_scale.lowest();
    const QSignalBlocker blocker(m_field);  // rounding the number shown is no edit
    m_field->setDecimals(fieldDecimals(span));
    m_field->setSingleStep(span > 0.0 ? std::pow(10.0, std::floor(std::log10(span)) - 2.0) * 5.0 : 0.005);
  }
  const double length = m_slider->pixelOf(1.0) - m_slider->pixelOf(0.0);
  std::vector<ScaleSlider::Tick> ticks;
  for (const auto& tick : m_scale.ticks(length > 0.0 ? Metrics(this).px(32) / length : 1.0))
    ticks.push_back({tick.position, tick.label});
  m_slider->setTicks(std::move(ticks));
  m_slider->setBars(works && quantile ? m_shares : std::vector<float>());
  std::vector<ScaleSlider::Mark> marks;
  if (works && m_best) marks.push_back({m_scale.position(*m_best), ScaleSlider::MarkShape::Diamond, m_bestName});
  m_slider->setMarks(std::move(marks));
  setThreshold(m_threshold);
}

void ThresholdSlider::showCaption() {
  const bool quantile = m_kind == ThresholdScale::Kind::Quantile;
  m_caption->setText(m_scale.isEmpty()     ? tr("needs scores of an open set")
                     : !m_remark.isEmpty() ? m_remark
                     : !quantile           ? tr("linear scale")
                     : m_hasShares         ? tr("anomaly share per score quantile · quantile scale")
                                           : tr("quantile scale"));
}

void ThresholdSlider::setRemark(const QString& remark) {
  if (remark == m_remark) return;
  m_remark = remark;
  m_caption->setForegroundRole(remark.isEmpty() ? kSecondaryRole : QPalette::WindowText);
  showCaption();
}

void ThresholdSlider::unpin() {
  if (m_pin.rule == Pin::Rule::None) return;
  m_pin = {};
  showPin();
  Q_EMIT pinEdited(m_pin);
}

void ThresholdSlider::choosePin(int index) {
  if (index < 0 || index >= static_cast<int>(kRules.size())) return;
  const Pin& chosen = kRules[static_cast<std::size_t>(index)];
  if (chosen.rule == m_pin.rule) return;
  m_pin = chosen;
  showPin();
  Q_EMIT pinEdited(m_pin);
}

void ThresholdSlider::showPin() {
  const QSignalBlocker blocker(m_pins), valueBlocker(m_pinValue);
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    const int row = static_cast<int>(i);
    const bool current = kRules[i].rule == m_pin.rule;
    m_pins->setItemText(row, pinText(current ? m_pin : kRules[i]));
    m_pins->setItemIcon(row, current && m_pin.rule != Pin::Rule::None ? icon(QStringLiteral("pin")) : QIcon());
  }
  m_pins->setCurrentIndex(indexOf(m_pin.rule));
  const bool pinned = m_pin.rule != Pin::Rule::None;
  m_pins->setProperty("pinned", pinned);
  m_pins->update();
  m_slider->setPinned(pinned);
  m_pinValue->setVisible(hasValue(m_pin.rule));
  m_pinValue->setSuffix(m_pin.rule == Pin::Rule::CostRatio ? QStringLiteral(" : 1") : QStringLiteral(" %"));
  m_pinValue->setMaximum(m_pin.rule == Pin::Rule::CostRatio ? 10000.0 : 100.0);
  const bool isShare = m_pin.rule == Pin::Rule::FlaggedShare;
  m_pinValue->setDecimals(isShare ? 3 : 1);
  m_pinValue->setMinimum(isShare ? 0.001 : 0.1);
  for (QWidget* part : {static_cast<QWidget*>(m_pinSetsLabel), static_cast<QWidget*>(m_pinSets)})
    part->setVisible(pinned && m_pinSets->count() > 0);
  if (hasValue(m_pin.rule)) m_pinValue->setShown(m_pin.value);
}

}  // namespace oodscope
