// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/metrics_panel.h"

#include "widgets/panels/empty_state.h"
#include "widgets/theme/rule.h"
#include "widgets/theme/tokens.h"

#include <QLabel>
#include <QScrollArea>
#include <QStackedLayout>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

GridCell cellOf(const ShownValue& value) {
  GridCell cell{valueText(value)};
  if (!value.value) {
    cell.tone = Tone::Tertiary;
    cell.toolTip = value.reason;
  }
  return cell;
}

GridCell joined(const std::vector<ShownValue>& values, int decimals) {
  QStringList texts;
  QString reason;
  for (const ShownValue& value : values) {
    texts << valueText(value, decimals);
    if (!value.value) reason = value.reason;
  }
  return {.text = texts.join(QStringLiteral(" / ")), .toolTip = reason};
}

GridCell deltaCell(const MetricRow& row) {
  if (!row.delta)
    return {.text = kNotDefinedSign,
            .tone = Tone::Tertiary,
            .toolTip = row.deltaReason.isEmpty() ? row.referenceReason : row.deltaReason};
  const int decimals = row.current.estimated ? 1 : 2;
  GridCell cell{signedNumberText(*row.delta, decimals)};
  if (row.quiet) {
    cell.tone = Tone::Secondary;
    return cell;
  }
  if (row.undecided) {
    cell.tone = Tone::Secondary;
    cell.toolTip = MetricsPanel::tr("undecided: the interval of the difference holds 0, or p is above 5 %");
    return cell;
  }
  const bool zero = std::abs(*row.delta) < 0.5 * std::pow(10.0, -decimals);
  if (zero) return cell;
  const bool better = (*row.delta > 0.0) == row.higherIsBetter;
  cell.text += better ? QStringLiteral(" ▴") : QStringLiteral(" ▾");
  cell.tone = better ? Tone::Ok : Tone::Warn;
  cell.toolTip = better ? MetricsPanel::tr("better") : MetricsPanel::tr("worse");
  return cell;
}

/// Which columns a view of metrics has beside name and value.
struct MetricColumns {
  explicit MetricColumns(const MetricsView& view)
      : intervals(std::any_of(view.rows.begin(), view.rows.end(),
                              [](const MetricRow& row) { return row.current.halfWidth.has_value(); })),
        reference(!view.referenceName.isEmpty()),
        frame(!view.frameName.isEmpty()),
        comparison(view.isComparison) {}
  /// Run A stands before run B; a published or pinned value stands behind.
  [[nodiscard]] bool referenceFirst() const { return comparison && reference; }
  [[nodiscard]] bool referenceLast() const { return reference && !comparison; }

  bool intervals, reference, frame, comparison;
};

GridRow headerRow(const MetricsView& view, const MetricColumns& has) {
  GridRow header{.cells = {{view.unit}}, .header = true};
  const GridCell current{.text = view.currentName, .tone = view.isComparison ? Tone::B : Tone::A, .strong = true};
  const GridCell other{.text = view.referenceName,
                       .tone = view.isComparison ? Tone::A : Tone::Normal,
                       .strong = view.isComparison,
                       .toolTip = view.referenceSource};
  if (has.referenceFirst()) header.cells.push_back(other);
  header.cells.push_back(current);
  if (has.intervals) header.cells.push_back({QStringLiteral("95 %")});
  if (has.referenceLast()) header.cells.push_back(other);
  if (has.reference) header.cells.push_back({view.isComparison ? QStringLiteral("Δ B−A") : QStringLiteral("Δ")});
  if (has.frame) header.cells.push_back({view.frameName});
  return header;
}

GridCell currentCell(const MetricRow& row, bool comparison) {
  GridCell value = cellOf(row.current);
  value.strong = !comparison && !row.quiet && row.current.value.has_value();
  if (row.quiet) value.tone = Tone::Secondary;
  return value;
}

GridCell referenceCell(const MetricRow& row, bool comparison) {
  if (!row.reference) return {.text = kNotDefinedSign, .tone = Tone::Tertiary, .toolTip = row.referenceReason};
  return {.text = numberText(*row.reference, 2), .tone = comparison && !row.quiet ? Tone::Normal : Tone::Secondary};
}

GridCell intervalCell(const MetricRow& row) {
  return {.text = row.current.halfWidth ? QChar(0x00B1) + numberText(*row.current.halfWidth, 1) : QString(),
          .tone = Tone::Secondary};
}

std::vector<GridRow> metricRows(const MetricsView& view) {
  const MetricColumns has(view);
  std::vector<GridRow> rows{headerRow(view, has)};
  for (std::size_t i = 0; i < view.rows.size(); ++i) {
    const MetricRow& row = view.rows[i];
    const Tone tone = row.quiet ? Tone::Secondary : Tone::Normal;
    GridRow line{.cells = {{.text = row.name, .tone = tone}}, .shaded = i % 2 == 0};
    if (has.referenceFirst()) line.cells.push_back(referenceCell(row, view.isComparison));
    line.cells.push_back(currentCell(row, view.isComparison));
    if (has.intervals) line.cells.push_back(intervalCell(row));
    if (has.referenceLast()) line.cells.push_back(referenceCell(row, view.isComparison));
    if (has.reference) line.cells.push_back(deltaCell(row));
    if (has.frame) line.cells.push_back(cellOf(row.frame));
    rows.push_back(line);
  }
  return rows;
}

std::vector<int> metricImportance(const MetricsView& view) {
  const MetricColumns has(view);
  std::vector<int> importance;
  if (has.referenceFirst()) importance.push_back(5);
  importance.push_back(6);
  if (has.intervals) importance.push_back(1);
  if (has.referenceLast()) importance.push_back(2);
  if (has.reference) importance.push_back(4);
  if (has.frame) importance.push_back(3);
  return importance;
}

std::vector<GridRow> operatingRows(const MetricsView& view) {
  if (view.operating.empty()) return {};
  const bool frame = !view.frameName.isEmpty();
  std::vector<GridRow> rows;
  GridRow header{.cells = {{view.operatingName}, {MetricsPanel::tr("set")}}, .header = true, .ruleAbove = true};
  if (frame) header.cells.push_back({view.frameName});
  rows.push_back(header);
  for (std::size_t i = 0; i < view.operating.size(); ++i) {
    const OperatingRow& row = view.operating[i];
    GridRow line{.cells = {{row.name}, joined(row.set, 2)}, .shaded = i % 2 == 1};
    if (frame) line.cells.push_back(joined(row.frame, 1));
    rows.push_back(line);
  }
  return rows;
}

std::vector<GridRow> lowerRows(const MetricsView& view) {
  std::vector<GridRow> rows;
  if (view.components) {
    const ComponentsRow& c = *view.components;
    rows.push_back(
        {.cells = {{c.header},
                   {.text = QStringLiteral("sIoU")},
                   {.text = QStringLiteral("PPV")},
                   {.text = QStringLiteral("F1*"), .toolTip = MetricsPanel::tr("mean F1 over sIoU thresholds")}},
         .header = true,
         .ruleAbove = true});
    const auto cell = [](const ShownValue& value) {
      GridCell result = cellOf(value);
      result.text = valueText(value, 1);
      return result;
    };
    rows.push_back({.cells = {{c.name}, cell(c.siou), cell(c.ppv), cell(c.f1)}});
  }
  if (!view.paired.empty()) {
    rows.push_back(
        {.cells = {{MetricsPanel::tr("paired")}, {MetricsPanel::tr("95 % of Δ")}, {QStringLiteral("p")}, {QString()}},
         .header = true,
         .ruleAbove = true});
    for (const PairedRow& row : view.paired) {
      rows.push_back({.cells = {{row.name},
                                {signedNumberText(row.low, 1) + QStringLiteral(" … ") + signedNumberText(row.high, 1)},
                                {row.p < 0.001 ? QStringLiteral("< 0.001") : numberText(row.p, 3)},
                                {.text = row.verdict, .tone = row.undecided ? Tone::Secondary : Tone::Normal}},
                      .shaded = rows.size() % 2 == 0});
    }
  }
  for (const auto& [name, value] : view.others) {
    GridRow line{
        .cells = {{.text = name, .tone = Tone::Secondary}}, .ruleAbove = rows.empty(), .shaded = rows.size() % 2 == 0};
    GridCell cell = cellOf(value);
    if (!value.value && !value.reason.isEmpty()) cell.text += QLatin1Char(' ') + value.reason;
    cell.span = 3;
    line.cells.push_back(cell);
    rows.push_back(line);
  }
  return rows;
}

}  // namespace

MetricsPanel::MetricsPanel(QWidget* parent)
    : QWidget(parent),
      m_stack(new QStackedLayout(this)),
      m_empty(new EmptyState({}, {})),
      m_metrics(new ValueGrid),
      m_operating(new ValueGrid),
      m_bar(new DecisionBar),
      m_components(new ValueGrid),
      m_rule(new Rule),
      m_note(new QLabel),
      m_provenance(new QLabel) {
  usePanelBackground(this);
  const Metrics m(this);
  m_metrics->setAccessibleName(tr("Metrics"));
  m_operating->setAccessibleName(tr("At the threshold"));
  m_components->setAccessibleName(tr("Components"));
  m_components->setColumns({2, 1, 3});  // of a paired row: interval, p, verdict
  for (QLabel* label : {m_note, m_provenance}) {
    label->setFont(captionFont(font()));
    label->setForegroundRole(kSecondaryRole);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setContentsMargins(m.px(10), m.px(3), m.px(10), m.px(3));
  }
  m_provenance->setAccessibleName(tr("Provenance"));
  m_stack->addWidget(m_empty);
  clear();
  auto* content = new QWidget;
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, 0, 0, m.px(4));
  layout->setSpacing(0);
  for (QWidget* part : {static_cast<QWidget*>(m_metrics), static_cast<QWidget*>(m_operating),
                        static_cast<QWidget*>(m_bar), static_cast<QWidget*>(m_components),
                        static_cast<QWidget*>(m_note), m_rule, static_cast<QWidget*>(m_provenance)})
    layout->addWidget(part);
  layout->addStretch(1);
  usePanelBackground(content);
  auto* scroll = new QScrollArea;
  scroll->setWidget(content);
  scroll->setWidgetResizable(true);
  scroll->setFrameShape(QFrame::NoFrame);
  scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  scroll->setFocusPolicy(Qt::NoFocus);
  m_stack->addWidget(scroll);
}

void MetricsPanel::setView(const MetricsView& view) {
  m_metrics->setColumns(metricImportance(view));
  m_metrics->setRows(metricRows(view));
  m_operating->setColumns(view.frameName.isEmpty() ? std::vector<int>{2} : std::vector<int>{2, 1});
  m_operating->setRows(operatingRows(view));
  m_operating->setVisible(!view.operating.empty());
  m_bar->setCounts(view.counts);
  m_bar->setVisible(view.counts.has_value());
  m_components->setRows(lowerRows(view));
  m_components->setVisible(!m_components->rows().empty());
  m_note->setText(view.pairedNote);
  m_note->setVisible(!view.pairedNote.isEmpty());
  m_provenance->setText(view.provenance.join(QLatin1Char('\n')));
  m_waiting.clear();
  m_stack->setCurrentIndex(1);
}

void MetricsPanel::clear() {
  setWaiting(tr("No metrics"), tr("AP, FPR95, AUROC and F1 with protocol and fingerprints."));
}

void MetricsPanel::setWaiting(const QString& heading, const QString& sentence) {
  m_waiting = sentence;
  m_empty->setTexts(heading, sentence);
  m_stack->setCurrentIndex(0);
}

QString MetricsPanel::waitingText() const { return m_waiting; }

QString MetricsPanel::asText() const {
  if (m_stack->currentIndex() == 0) return m_waiting;
  return m_metrics->asText() + m_operating->asText() + m_components->asText() + m_provenance->text();
}

}  // namespace oodscope
