// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/cursor_panel.h"

#include "widgets/panels/empty_state.h"
#include "widgets/panels/value_grid.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/rule.h"
#include "widgets/theme/tokens.h"

#include <QLabel>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <cmath>

namespace oodscope {
namespace {

GridCell notDefined(const QString& reason = {}) {
  return {.text = kNotDefinedSign, .tone = Tone::Tertiary, .toolTip = reason};
}

GridCell numberCell(const std::optional<double>& value, int decimals, bool sign, const QString& reason = {}) {
  if (!value) return notDefined(reason);
  const double leastShown = 10.0 * std::pow(10.0, -decimals);
  if (std::abs(*value) < leastShown)
    return {.text = sign ? signedScoreText(*value) : scoreText(*value), .strong = true};
  return {.text = sign ? signedNumberText(*value, decimals) : numberText(*value, decimals), .strong = true};
}

GridCell labelCell(PixelLabel label, const Tokens& t) {
  switch (label) {
    case PixelLabel::Anomaly:
      return {.text = CursorPanel::tr("anomaly"), .chip = t.anomaly.over};
    case PixelLabel::Normal:
      return {.text = CursorPanel::tr("normal"), .chip = t.normal.line};
    case PixelLabel::Void:
      return {.text = CursorPanel::tr("void"), .chip = t.voidArea.over};
    case PixelLabel::Unknown:
      break;
  }
  return notDefined(CursorPanel::tr("no label for this frame"));
}

GridCell decisionCell(PixelDecision decision, const Tokens& t) {
  switch (decision) {
    case PixelDecision::TruePositive:
      return {.text = QStringLiteral("TP"), .chip = t.tp.over};
    case PixelDecision::FalsePositive:
      return {.text = QStringLiteral("FP"), .chip = t.fp.over};
    case PixelDecision::FalseNegative:
      return {.text = CursorPanel::tr("FN missed"), .chip = t.fn.over};
    case PixelDecision::TrueNegative:
      return {.text = QStringLiteral("TN"), .chip = t.tn.line};
    case PixelDecision::Ignored:
      return {.text = CursorPanel::tr("ignored"), .chip = t.voidArea.over};
    case PixelDecision::None:
      break;
  }
  return notDefined();
}

GridCell classCell(const CursorView& view) {
  if (view.predictedClass.isEmpty()) return notDefined();
  return {.text = view.predictedClass, .chip = view.predictedColour};
}

}  // namespace

CursorPanel::CursorPanel(QWidget* parent)
    : QWidget(parent),
      m_stack(new QStackedLayout(this)),
      m_facts(new ValueGrid),
      m_classArea(new QWidget),
      m_classTitle(new QLabel),
      m_classes(new ClassBars),
      m_note(new QLabel) {
  usePanelBackground(this);
  const Metrics m(this);
  m_facts->setAccessibleName(tr("Pixel"));
  for (QLabel* label : {m_classTitle, m_note}) {
    label->setFont(captionFont(font()));
    label->setForegroundRole(kSecondaryRole);
    label->setWordWrap(true);
  }
  m_stack->addWidget(new EmptyState(tr("No pixel"), tr("Hover a view to read score, margin and classes.")));
  auto* content = new QWidget;
  usePanelBackground(content);
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, m.px(4), 0, m.px(6));
  layout->setSpacing(m.px(4));
  layout->addWidget(m_facts);
  auto* classLayout = new QVBoxLayout(m_classArea);
  classLayout->setContentsMargins(m.px(10), 0, m.px(10), 0);
  classLayout->setSpacing(m.px(4));
  classLayout->addWidget(new Rule);
  classLayout->addWidget(m_classTitle);
  classLayout->addWidget(m_classes);
  layout->addWidget(m_classArea);
  m_note->setContentsMargins(m.px(10), 0, m.px(10), 0);
  layout->addWidget(m_note);
  layout->addStretch(1);
  m_stack->addWidget(content);
}

void CursorPanel::setView(const CursorView& view) {
  const Tokens& t = tokensFor(this);
  m_facts->setColumns({6, 5, 4});
  std::vector<GridRow> rows;
  rows.push_back({.cells = {nameCell(tr("Score")), numberCell(view.score, 4, false, view.scoreReason),
                            nameCell(tr("Label")), labelCell(view.label, t)}});
  rows.push_back({.cells = {nameCell(tr("Margin s−δ")), numberCell(view.margin, 4, true), nameCell(tr("Decision")),
                            decisionCell(view.decision, t)}});
  GridCell rank = view.rank ? GridCell{.text = numberText(*view.rank * 100.0, 1) + QStringLiteral(" %"),
                                       .toolTip = tr("share of the set's pixels with a lower score")}
                            : notDefined(tr("needs the scores of the whole set"));
  rows.push_back({.cells = {nameCell(tr("Rank in set")), rank, nameCell(tr("Class")), classCell(view)}});
  if (view.distance)
    rows.push_back(
        {.cells = {nameCell(tr("Distance")), {numberText(*view.distance, 1) + QStringLiteral(" m")}, {}, {}}});
  m_facts->setRows(std::move(rows));
  m_classTitle->setText(view.probabilityName);
  m_classes->setShares(view.classes);
  m_classArea->setVisible(!view.classes.empty());
  m_note->setText(view.otherClasses > 0
                      ? tr("%1 other classes %2").arg(view.otherClasses).arg(numberText(view.otherShare, 3))
                      : QString());
  m_note->setVisible(view.otherClasses > 0);
  m_stack->setCurrentIndex(1);
}

void CursorPanel::setComparison(const CursorComparison& c) {
  const Tokens& t = tokensFor(this);
  m_facts->setColumns({6, 5, 4});
  std::vector<GridRow> rows;
  rows.push_back({.cells = {{},
                            {.text = c.nameA, .tone = Tone::A, .strong = true},
                            {.text = c.nameB, .tone = Tone::B, .strong = true},
                            {QStringLiteral("B − A")}},
                  .header = true});
  rows.push_back(
      {.cells = {{tr("Score")}, numberCell(c.a.score, 4, false), numberCell(c.b.score, 4, false), notDefined(c.note)},
       .shaded = true});
  const bool ranks = c.a.rank && c.b.rank;
  rows.push_back({.cells = {{tr("Rank in set")},
                            numberCell(c.a.rank, 3, false),
                            numberCell(c.b.rank, 3, false),
                            ranks ? GridCell{signedNumberText(*c.b.rank - *c.a.rank, 3)} : notDefined()}});
  rows.push_back({.cells = {{tr("Margin s−δ")},
                            numberCell(c.a.margin, 3, true),
                            numberCell(c.b.margin, 3, true),
                            notDefined(c.note)},
                  .shaded = true});
  const auto shortDecision = [&](PixelDecision decision) {
    GridCell cell = decisionCell(decision, t);
    if (decision == PixelDecision::FalseNegative) cell.text = QStringLiteral("FN");
    return cell;
  };
  rows.push_back({.cells = {{tr("Decision")}, shortDecision(c.a.decision), shortDecision(c.b.decision), {}}});
  rows.push_back({.cells = {{tr("Label")}, labelCell(c.a.label, t), {}, {}}, .shaded = true});
  GridCell both = classCell(c.a);
  both.span = 3;
  if (c.a.predictedClass == c.b.predictedClass)
    rows.push_back({.cells = {{tr("Predicted class")}, both}});
  else
    rows.push_back({.cells = {{tr("Predicted class")}, classCell(c.a), classCell(c.b), {}}});
  m_facts->setRows(std::move(rows));
  m_classArea->hide();
  m_note->setText(c.note.isEmpty() ? QString() : QString(kNotDefinedSign) + QLatin1Char(' ') + c.note);
  m_note->setVisible(!c.note.isEmpty());
  m_stack->setCurrentIndex(1);
}

void CursorPanel::clear() { m_stack->setCurrentIndex(0); }

QString CursorPanel::asText() const { return m_facts->asText(); }

}  // namespace oodscope
