// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/classes_tab.h"

#include "widgets/controls/number_field.h"
#include "widgets/panels/scroll_pane.h"
#include "widgets/panels/value_grid.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPixmap>
#include <QPushButton>
#include <QSignalBlocker>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

enum Column { kClass, kFp, kFpShare, kFn, kFnShare, kPrecision, kRecall, kOffset, kColumns };

QString percentText(const std::optional<double>& fraction) {
  return fraction ? numberText(100.0 * *fraction, 1) : QString(kNotDefinedSign);
}

GridRow numbersRow(const QString& name, const std::optional<double>& before, const std::optional<double>& after,
                   bool higherIsBetter, bool shaded) {
  GridRow row{.cells = {{.text = name}}, .shaded = shaded};
  const auto cell = [](const std::optional<double>& value, bool strong) {
    return value ? GridCell{.text = numberText(100.0 * *value, 2), .strong = strong}
                 : GridCell{.text = kNotDefinedSign, .tone = Tone::Tertiary};
  };
  row.cells.push_back(cell(before, false));
  row.cells.push_back(cell(after, true));
  GridCell delta{.text = kNotDefinedSign, .tone = Tone::Tertiary};
  if (before && after) {
    const double change = 100.0 * (*after - *before);
    delta = {.text = signedNumberText(change, 2)};
    if (std::abs(change) >= 0.005) {
      const bool better = (change > 0.0) == higherIsBetter;
      delta.text += better ? QStringLiteral(" ▴") : QStringLiteral(" ▾");
      delta.tone = better ? Tone::Ok : Tone::Warn;
    }
  }
  row.cells.push_back(delta);
  return row;
}

}  // namespace

ClassesTab::ClassesTab(QWidget* parent)
    : AnalysisTab(parent),
      m_table(new QTreeWidget),
      m_by(new QComboBox),
      m_note(new QLabel),
      m_numbers(new ValueGrid),
      m_reset(new QPushButton(tr("No offsets"))) {
  usePanelBackground(this);
  const Metrics m(this);
  m_by->addItems({tr("by predicted class"), tr("by true class")});
  m_by->setAccessibleName(tr("Errors by"));
  auto* title = new QLabel(tr("Errors"));
  title->setFont(strongFont(tableFont(font())));
  auto* top = new QHBoxLayout;
  top->setContentsMargins(m.px(10), m.px(5), m.px(8), m.px(5));
  top->setSpacing(m.px(8));
  top->addWidget(title);
  top->addWidget(m_by);
  top->addStretch(1);
  m_table->setRootIsDecorated(false);
  m_table->setAlternatingRowColors(true);
  m_table->setUniformRowHeights(true);
  m_table->setFrameShape(QFrame::NoFrame);
  m_table->setFont(tableFont(font()));
  m_table->header()->setFont(captionFont(font()));
  m_table->viewport()->setBackgroundRole(kPanelRole);
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->setAccessibleName(tr("Errors by class"));
  m_table->setHeaderLabels({tr("class"), tr("FP px"), tr("FP, %"), tr("FN px"), tr("FN, %"), tr("precision, %"),
                            tr("recall, %"), tr("threshold offset")});
  for (int column = kFp; column < kColumns; ++column)
    m_table->headerItem()->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
  m_table->setColumnWidth(kClass, m.px(110));
  for (int column = kFp; column < kOffset; ++column) m_table->setColumnWidth(column, m.px(70));
  m_table->setColumnWidth(kOffset, m.px(112));
  m_table->header()->setStretchLastSection(false);
  auto* left = new QVBoxLayout;
  left->setContentsMargins(0, 0, 0, 0);
  left->setSpacing(0);
  left->addLayout(top);
  left->addWidget(m_table, 1);

  auto* whatIf = new QLabel(tr("What if each class had its own threshold"));
  whatIf->setFont(strongFont(tableFont(font())));
  m_note->setFont(captionFont(font()));
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setWordWrap(true);
  m_numbers->setColumns({2, 3, 1});
  m_numbers->setAccessibleName(tr("The set's numbers without and with offsets"));
  auto* right = new QVBoxLayout;
  right->setContentsMargins(m.px(8), m.px(8), m.px(12), m.px(8));
  right->setSpacing(m.px(6));
  right->addWidget(whatIf);
  right->addWidget(m_numbers);
  right->addWidget(m_note);
  right->addWidget(m_reset, 0, Qt::AlignLeft);
  right->addStretch(1);
  auto* rightSide = new QWidget;
  usePanelBackground(rightSide);
  rightSide->setLayout(right);
  auto* rightPane = new ScrollPane(rightSide, ScrollPane::Ways::Down);
  rightPane->setLeast(220, 80);
  rightPane->setMaximumWidth(m.px(400));
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  auto* row = new QHBoxLayout;
  whole->addLayout(row, 1);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addLayout(left, 5);
  row->addWidget(rightPane, 3);
  connect(m_by, &QComboBox::activated, this, [this] { fill(); });
  connect(m_reset, &QPushButton::clicked, this, [this] {
    m_offsets.clear();
    fill();
    Q_EMIT offsetsEdited();
  });
  clear(tr("No set scored yet"));
}

std::vector<float> ClassesTab::offsets() const {
  std::vector<float> out;
  for (const auto& [index, offset] : m_offsets) {
    if (offset == 0.0) continue;
    out.resize(std::max(out.size(), static_cast<std::size_t>(index) + 1), 0.0F);
    out[static_cast<std::size_t>(index)] = static_cast<float>(offset);
  }
  return out;
}

void ClassesTab::setOffset(int classIndex, double offset) {
  m_offsets[classIndex] = offset;
  fill();
  Q_EMIT offsetsEdited();
}

void ClassesTab::setView(ClassesView view) {
  m_shown = std::move(view);
  if (m_shown.truth.empty() && m_by->currentIndex() == 1) m_by->setCurrentIndex(0);
  m_by->setItemData(1, m_shown.truth.empty() ? m_shown.truthReason : QString(), Qt::ToolTipRole);
  m_by->setEnabled(!m_shown.truth.empty());
  m_by->setToolTip(m_shown.truth.empty() ? m_shown.truthReason : QString());
  fill();
}

void ClassesTab::clear(const QString& reason) {
  m_shown = {};
  m_shown.truthReason = reason;
  m_after.reset();
  m_present = {};
  m_by->setEnabled(false);
  fill();
  showNumbers();
  m_note->setText(reason);
}

void ClassesTab::fill() {
  const bool predicted = m_by->currentIndex() == 0;
  const std::vector<ClassRow>& rows = predicted ? m_shown.predicted : m_shown.truth;
  m_table->setColumnHidden(kOffset, !predicted);
  // Rows are kept while the classes stay the same, so that a field that is typed in keeps its focus.
  const bool same = m_table->topLevelItemCount() == static_cast<int>(rows.size()) && [&] {
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (m_table->topLevelItem(static_cast<int>(i))->data(kClass, Qt::UserRole).toInt() != rows[i].classIndex)
        return false;
    return true;
  }();
  if (!same) m_table->clear();
  const Metrics m(this);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ClassRow& row = rows[i];
    QTreeWidgetItem* item = same ? m_table->topLevelItem(static_cast<int>(i)) : new QTreeWidgetItem(m_table);
    QPixmap chip(m.px(10), m.px(10));
    chip.fill(row.colour);
    item->setIcon(kClass, QIcon(chip));
    item->setText(kClass, row.name);
    item->setData(kClass, Qt::UserRole, row.classIndex);
    const QStringList texts{groupedText(static_cast<qint64>(row.counts.fp)),
                            numberText(row.fpShare, 1),
                            groupedText(static_cast<qint64>(row.counts.fn)),
                            numberText(row.fnShare, 1),
                            percentText(row.counts.precision()),
                            percentText(row.counts.recall())};
    for (int column = kFp; column < kOffset; ++column) {
      item->setText(column, texts[column - kFp]);
      item->setTextAlignment(column, Qt::AlignRight | Qt::AlignVCenter);
      item->setFont(column, numberFont(tableFont(font())));
    }
    if (!predicted) continue;
    auto* field = qobject_cast<NumberField*>(m_table->itemWidget(item, kOffset));
    if (field == nullptr) {
      field = new NumberField;
      field->setRange(-100.0, 100.0);
      field->setDecimals(3);
      field->setAccessibleName(tr("Threshold offset of %1").arg(row.name));
      m_table->setItemWidget(item, kOffset, field);
      connect(field, &NumberField::valueEdited, this, [this, index = row.classIndex](double value) {
        m_offsets[index] = value;
        Q_EMIT offsetsEdited();
      });
    }
    field->setSingleStep(m_shown.offsetStep);
    const auto offset = m_offsets.find(row.classIndex);
    field->setShown(offset == m_offsets.end() ? 0.0 : offset->second);
  }
}

void ClassesTab::setNumbers(const WhatIfView& present, const std::optional<WhatIfView>& after) {
  m_present = present;
  m_after = after;
  showNumbers();
}

void ClassesTab::showNumbers() {
  std::vector<GridRow> rows;
  rows.push_back({.cells = {{tr("set, %")},
                            {.text = tr("one threshold")},
                            {.text = tr("with offsets"), .tone = Tone::A, .strong = true},
                            {QStringLiteral("Δ")}},
                  .header = true});
  const WhatIfView after = m_after.value_or(WhatIfView{});
  rows.push_back(numbersRow(tr("AP"), m_present.ap, after.ap, true, true));
  rows.push_back(numbersRow(tr("FPR95"), m_present.fpr95, after.fpr95, false, false));
  rows.push_back(numbersRow(tr("best F1"), m_present.bestF1, after.bestF1, true, true));
  rows.push_back(numbersRow(tr("precision at δ"), m_present.precision, after.precision, true, false));
  rows.push_back(numbersRow(tr("recall at δ"), m_present.recall, after.recall, true, true));
  rows.push_back(numbersRow(tr("FPR at δ"), m_present.fpr, after.fpr, false, false));
  m_numbers->setRows(std::move(rows));
  m_reset->setEnabled(!offsets().empty());
  const QString frames = m_shown.framesNote.isEmpty() ? QString() : m_shown.framesNote + QLatin1Char(' ');
  m_note->setText(
      frames + (offsets().empty()
                    ? tr("Give a class an offset: its pixels are anomalous where the score reaches δ + offset. All "
                         "frames are evaluated anew, exactly.")
                    : (m_after ? tr("Exact, over the same frames. A what-if on the same data: not a protocol's number.")
                               : tr("Evaluating all frames with these offsets…"))));
}

}  // namespace oodscope
