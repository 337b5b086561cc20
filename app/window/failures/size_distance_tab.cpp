// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/size_distance_tab.h"

#include "widgets/theme/number_text.h"
#include "widgets/theme/rule.h"
#include "widgets/theme/tokens.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

namespace oodscope {
namespace {

QWidget* column(const QString& title, ValueGrid* grid, QLabel* note) {
  auto* content = new QWidget;
  usePanelBackground(content);
  const Metrics m(content);
  auto* heading = new QLabel(title);
  heading->setFont(strongFont(tableFont(content->font())));
  auto* headingRow = new QHBoxLayout;
  headingRow->setContentsMargins(m.px(10), m.px(8), m.px(10), m.px(4));
  headingRow->addWidget(heading);
  note->setFont(captionFont(content->font()));
  note->setForegroundRole(kSecondaryRole);
  note->setWordWrap(true);
  note->setContentsMargins(m.px(12), m.px(4), m.px(12), m.px(8));
  grid->setColumns({4, 6, 3, 7, 2, 1});
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(headingRow);
  layout->addWidget(grid);
  layout->addWidget(note);
  layout->addStretch(1);
  auto* area = new QScrollArea;
  area->setFrameShape(QFrame::NoFrame);
  area->setWidgetResizable(true);
  area->setFocusPolicy(Qt::NoFocus);
  area->setWidget(content);
  return area;
}

}  // namespace

SizeDistanceTab::SizeDistanceTab(QWidget* parent)
    : AnalysisTab(parent),
      m_sizes(new ValueGrid),
      m_distances(new ValueGrid),
      m_sizesNote(new QLabel),
      m_distanceNote(new QLabel) {
  usePanelBackground(this);
  m_sizes->setAccessibleName(tr("By size"));
  m_distances->setAccessibleName(tr("By distance"));
  auto* whole = new QVBoxLayout(this);
  whole->setContentsMargins(0, 0, 0, 0);
  whole->setSpacing(0);
  auto* row = new QHBoxLayout;
  whole->addLayout(row, 1);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  row->addWidget(column(tr("By object size"), m_sizes, m_sizesNote), 1);
  row->addWidget(new Rule(nullptr, Qt::Vertical));
  row->addWidget(column(tr("By distance"), m_distances, m_distanceNote), 1);
  clear(tr("No set scored yet"));
}

void SizeDistanceTab::setView(SizeDistanceView view) {
  m_sizes->setRows(std::move(view.sizes));
  m_sizesNote->setText(view.sizesNote);
  const bool known = view.distanceReason.isEmpty();
  if (known)
    m_distances->setRows(std::move(view.distances));
  else
    m_distances->setRows(
        {{.cells = {{tr("distance")}, {tr("objects")}, {tr("recall, % of px")}}, .header = true},
         {.cells = {{.text = tr("all"), .tone = Tone::Tertiary},
                    {.text = kNotDefinedSign, .tone = Tone::Tertiary, .toolTip = view.distanceReason},
                    {.text = kNotDefinedSign, .tone = Tone::Tertiary, .toolTip = view.distanceReason}}}});
  m_distanceNote->setText(known ? tr("Objects by their median distance, pixels by their own; bins of 5 m.")
                                : view.distanceReason);
}

void SizeDistanceTab::clear(const QString& reason) { setView({{}, {}, reason, reason}); }

}  // namespace oodscope
