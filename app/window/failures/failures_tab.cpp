// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/failures_tab.h"

#include "widgets/lists/failure_view.h"
#include "widgets/panels/badge.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/rule.h"
#include "widgets/theme/tokens.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>
#include <utility>

namespace oodscope {
namespace {

/// Pixels of the design from which on both lists have room for tag and distance, and the classes stand beside them.
constexpr int kBesideWidth = 1040;

}  // namespace

QString withCondition(QString text, const QString& condition, bool wanted) {
  text.remove(condition);
  text = text.simplified();
  if (!wanted) return text;
  return text.isEmpty() ? condition : text + QLatin1Char(' ') + condition;
}

FailuresTab::FailuresTab(QWidget* parent)
    : AnalysisTab(parent),
      m_regions(new FailureView(FailureKind::FalsePositive)),
      m_missed(new FailureView(FailureKind::Missed)),
      m_bars(new BarList),
      m_state(new Badge),
      m_count(new Badge(this)),
      m_note(new QLabel),
      m_export(new QToolButton) {
  usePanelBackground(this);
  const Metrics m(this);
  auto* lists = new QSplitter;
  lists->setChildrenCollapsible(false);
  lists->addWidget(m_regions);
  lists->addWidget(m_missed);
  lists->addWidget(m_bars);
  lists->setStretchFactor(0, 5);
  lists->setStretchFactor(1, 4);
  lists->setStretchFactor(2, 2);
  lists->setSizes({m.px(520), m.px(440), m.px(180)});
  m_regions->setMinimumWidth(m.px(240));
  m_missed->setMinimumWidth(m.px(240));
  m_bars->setTitle(tr("FP pixels by predicted class"));
  m_note->setFont(captionFont(font()));
  m_note->setForegroundRole(kSecondaryRole);
  m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_note->setMinimumWidth(1);
  m_export->setIcon(icon(QStringLiteral("export")));
  m_export->setText(tr("Export CSV…"));
  m_export->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  m_export->setToolTip(tr("Both lists as shown, with tags and notes, as CSV"));
  m_export->setAccessibleName(tr("Export the failure lists as CSV"));
  auto* foot = new QHBoxLayout;
  foot->setContentsMargins(m.px(10), m.px(2), m.px(8), m.px(2));
  foot->setSpacing(m.px(8));
  foot->addWidget(makePageBar());
  foot->addWidget(m_state);
  foot->addWidget(m_note, 1);
  foot->addWidget(m_export);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(lists, 1);
  column->addWidget(new Rule);
  column->addLayout(foot);
  connectList(FailureKind::FalsePositive);
  connectList(FailureKind::Missed);
  connect(m_bars, &BarList::rowClicked, this, &FailuresTab::filterByClass);
  connect(m_export, &QToolButton::clicked, this, &FailuresTab::exportRequested);
  m_count->hide();
  clear(tr("No set scored yet"));
}

QWidget* FailuresTab::makePageBar() {
  m_pageBar = new QWidget;
  auto* row = new QHBoxLayout(m_pageBar);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  auto* group = new QButtonGroup(this);
  const std::array<std::pair<QString, QString>, 3> pages{{{tr("Regions"), tr("Show the false-positive regions")},
                                                          {tr("Missed"), tr("Show the missed objects")},
                                                          {tr("Classes"), tr("Show false positives by class")}}};
  for (std::size_t i = 0; i < pages.size(); ++i) {
    auto* button = new QToolButton;
    button->setText(pages[i].first);
    button->setCheckable(true);
    button->setChecked(i == 0);
    nameControl(button, pages[i].second);
    group->addButton(button, static_cast<int>(i));
    row->addWidget(button);
  }
  connect(group, &QButtonGroup::idClicked, this, [this](int page) {
    m_page = page;
    showPages();
  });
  m_pageBar->hide();
  return m_pageBar;
}

void FailuresTab::showPages() {
  const bool beside = width() >= Metrics(this).px(kBesideWidth);
  m_pageBar->setVisible(!beside);
  m_regions->setVisible(beside || m_page == 0);
  m_missed->setVisible(beside || m_page == 1);
  m_bars->setVisible(beside || m_page == 2);
  m_pageBar->findChildren<QToolButton*>().at(m_page)->setChecked(true);
}

void FailuresTab::resizeEvent(QResizeEvent* event) {
  AnalysisTab::resizeEvent(event);
  showPages();
}

FailureView* FailuresTab::view(FailureKind kind) const { return kind == FailureKind::Missed ? m_missed : m_regions; }

QWidget* FailuresTab::badge() const { return m_count; }

void FailuresTab::setCount(std::optional<int> failures, const QString& explanation) {
  m_count->setToolTip(explanation);
  const bool visible = m_count->isVisibleTo(m_count->parentWidget());
  if (failures == m_shownCount && visible == failures.has_value()) return;
  m_shownCount = failures;
  if (!failures) {
    m_count->hide();
    return;
  }
  m_count->setBadge(Badge::Kind::Count, QString::number(*failures));
  if (m_count->size() == m_count->sizeHint() && visible) return;
  m_count->setFixedSize(m_count->sizeHint());
  m_count->show();
  Q_EMIT badgeChanged();
}

void FailuresTab::connectList(FailureKind kind) {
  FailureView* list = view(kind);
  connect(list, &FailureView::failureSelected, this, [this, kind](int row) {
    m_active = kind;
    Q_EMIT selected(kind, row);
  });
  connect(list, &FailureView::failureActivated, this, [this, kind](int row) {
    m_active = kind;
    Q_EMIT activated(kind, row);
  });
  connect(list, &FailureView::tagRequested, this, [this, kind](int row) {
    m_active = kind;
    Q_EMIT tagRequested(kind, row);
  });
  // Queued: rows ask for their pictures while they are painted.
  connect(
      list->model(), &FailureModel::thumbnailNeeded, this, [this, kind](int row) { Q_EMIT thumbnailNeeded(kind, row); },
      Qt::QueuedConnection);
}

void FailuresTab::setView(FailuresTabView view) {
  m_regions->model()->setRows(std::move(view.falsePositives));
  m_missed->model()->setRows(std::move(view.missed));
  m_barRows = view.bars;
  m_bars->setRows(std::move(view.bars));
  m_bars->setNote(view.barsNote);
  int selectedBar = -1;
  for (std::size_t i = 0; i < m_barRows.size(); ++i)
    if (!m_classFilter.isEmpty() && m_barRows[i].name == m_classFilter) selectedBar = static_cast<int>(i);
  m_bars->setSelected(selectedBar);
  m_state->setBadge(view.exact ? Badge::Kind::Exact : Badge::Kind::Estimated, view.state);
  m_note->setText(view.reconciliation);
  m_note->setToolTip(view.reconciliation);
  m_export->setEnabled(m_regions->model()->rowCount() + m_missed->model()->rowCount() > 0);
}

void FailuresTab::clear(const QString& reason) {
  m_regions->model()->setRows({});
  m_missed->model()->setRows({});
  m_bars->setRows({});
  m_bars->setNote(reason);
  m_state->clear();
  m_note->clear();
  m_export->setEnabled(false);
}

void FailuresTab::setThumbnail(FailureKind kind, int row, const QImage& picture) {
  view(kind)->model()->setThumbnail(row, picture);
}

void FailuresTab::setCurrent(FailureKind kind, int row) {
  if (row >= 0 && m_page != 2) {
    m_page = kind == FailureKind::Missed ? 1 : 0;
    showPages();
  }
  view(kind)->setCurrentRow(row);
  view(kind == FailureKind::Missed ? FailureKind::FalsePositive : FailureKind::Missed)->setCurrentRow(-1);
}

void FailuresTab::setBrushed(bool brushed) {
  if (brushed == m_brushed) return;
  m_brushed = brushed;
  for (FailureView* list : {m_regions, m_missed})
    list->setFilter(withCondition(list->filter(), kBrushedCondition, brushed));
}

void FailuresTab::step(int steps) { view(m_active)->step(steps); }

void FailuresTab::filterByClass(int row) {
  const QString clicked = m_barRows[static_cast<std::size_t>(row)].name;
  // A condition on the class: names with spaces are one text for the filter.
  const auto condition = [](const QString& name) { return QStringLiteral("class:") + QString(name).replace(' ', '_'); };
  for (FailureView* list : {m_regions, m_missed}) {
    QString text =
        m_classFilter.isEmpty() ? list->filter() : withCondition(list->filter(), condition(m_classFilter), false);
    if (clicked != m_classFilter) text = withCondition(text, condition(clicked), true);
    list->setFilter(text);
  }
  m_classFilter = clicked == m_classFilter ? QString() : clicked;
  m_bars->setSelected(m_classFilter.isEmpty() ? -1 : row);
}

}  // namespace oodscope
