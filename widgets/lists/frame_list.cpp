// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/frame_list.h"

#include "widgets/lists/filter_edit.h"
#include "widgets/lists/frame_delegate.h"
#include "widgets/panels/empty_state.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QScrollBar>
#include <QStackedLayout>
#include <QTreeView>

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

constexpr std::array kSortMetrics{FrameMetric::Fpr95,     FrameMetric::Ap,    FrameMetric::F1,
                                  FrameMetric::MeanScore, FrameMetric::Delta, FrameMetric::Disagreement};

/// A number of a frame that the filter knows.
struct FrameNumber {
  const char* name;
  const char* meaning;
  std::optional<double> (*of)(const FrameRow& row);
};

constexpr std::array kFrameNumbers{
    FrameNumber{"ap", QT_TRANSLATE_NOOP("FrameListView", "average precision, %"),
                [](const FrameRow& row) { return row.ap; }},
    FrameNumber{"fpr95", QT_TRANSLATE_NOOP("FrameListView", "false positive rate at TPR 95, %"),
                [](const FrameRow& row) { return row.fpr95; }},
    FrameNumber{"f1", QT_TRANSLATE_NOOP("FrameListView", "best F1, %"), [](const FrameRow& row) { return row.f1; }},
    FrameNumber{"mean", QT_TRANSLATE_NOOP("FrameListView", "mean score"),
                [](const FrameRow& row) { return row.meanScore; }},
    FrameNumber{"dap", QT_TRANSLATE_NOOP("FrameListView", "AP of run B minus that of run A, points"),
                [](const FrameRow& row) { return metricOf(row, FrameMetric::Delta); }},
    FrameNumber{"disagreement", QT_TRANSLATE_NOOP("FrameListView", "mean difference of ranks of A and B, %"),
                [](const FrameRow& row) { return row.disagreement; }},
    FrameNumber{"anomaly", QT_TRANSLATE_NOOP("FrameListView", "labelled pixels that are anomalous, %"),
                [](const FrameRow& row) {
                  return row.label == FrameLabel::Anomaly || row.label == FrameLabel::None
                             ? std::optional(row.anomalyShare)
                             : std::nullopt;
                }},
    FrameNumber{"objects", QT_TRANSLATE_NOOP("FrameListView", "anomalous objects"),
                [](const FrameRow& row) {
                  return row.label == FrameLabel::Anomaly || row.label == FrameLabel::None
                             ? std::optional(static_cast<double>(row.objects))
                             : std::nullopt;
                }},
    FrameNumber{"brushed", QT_TRANSLATE_NOOP("FrameListView", "pixels in the brushed stretch of a curve"),
                [](const FrameRow& row) { return row.brushed; }}};

std::optional<std::optional<double>> numberOf(const FrameRow& row, const QString& key) {
  const QString name = key == QLatin1String("fpr") ? QStringLiteral("fpr95") : key;
  for (const FrameNumber& number : kFrameNumbers)
    if (name == QLatin1String(number.name)) return number.of(row);
  return std::nullopt;
}

}  // namespace

const std::vector<FilterField>& frameFilterFields() {
  static const std::vector<FilterField> kFields = [] {
    std::vector<FilterField> fields;
    fields.reserve(kFrameNumbers.size());
    for (const FrameNumber& number : kFrameNumbers)
      fields.push_back({QString::fromLatin1(number.name), FrameListView::tr(number.meaning)});
    return fields;
  }();
  return kFields;
}

FrameProxy::FrameProxy(QObject* parent) : QSortFilterProxyModel(parent) {
  setRecursiveFilteringEnabled(true);
  setDynamicSortFilter(true);
  sort(0);
}

void FrameProxy::setExpression(FilterExpression expression) {
  m_expression = std::move(expression);
  invalidateFilter();
}

void FrameProxy::setSortMetric(std::optional<FrameMetric> metric) {
  m_metric = metric;
  invalidate();
}

bool FrameProxy::filterAcceptsRow(int row, const QModelIndex& parent) const {
  if (m_expression.isEmpty()) return true;
  const auto* model = static_cast<const FrameModel*>(sourceModel());
  const FrameRow* frame = model->frameAt(model->index(row, 0, parent));
  if (!frame) return false;  // a set is there for its frames
  return m_expression.matches(
      {frame->name, frame->tags, [frame](const QString& key) { return numberOf(*frame, key); }});
}

bool FrameProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  const auto* model = static_cast<const FrameModel*>(sourceModel());
  const FrameRow* a = model->frameAt(left);
  const FrameRow* b = model->frameAt(right);
  if (!a || !b || !m_metric) return left.row() < right.row();
  if (isWorse(*a, *b, *m_metric)) return true;
  if (isWorse(*b, *a, *m_metric)) return false;
  return left.row() < right.row();
}

FrameListView::FrameListView(QWidget* parent)
    : QWidget(parent),
      m_model(new FrameModel(this)),
      m_proxy(new FrameProxy(this)),
      m_view(new QTreeView),
      m_filter(new FilterEdit(frameFilterFields())),
      m_sort(new QComboBox),
      m_columns(new QLabel),
      m_selectionNote(new QLabel),
      m_stack(new QStackedLayout(this)) {
  usePanelBackground(this);
  const Metrics m(this);
  prepareView();
  prepareFilter();
  prepareSort();
  auto* caption = new QLabel(tr("Sort"));
  for (QLabel* label : {caption, m_columns}) {
    label->setFont(captionFont(font()));
    label->setForegroundRole(kSecondaryRole);
  }
  auto* filterRow = new QHBoxLayout;
  filterRow->setContentsMargins(m.px(8), m.px(7), m.px(8), m.px(2));
  filterRow->addWidget(m_filter);
  auto* sortRow = new QHBoxLayout;
  sortRow->setContentsMargins(m.px(8), 0, m.px(8), 0);
  sortRow->setSpacing(m.px(2));
  sortRow->addWidget(caption);
  sortRow->addWidget(m_sort, 1);
  sortRow->addWidget(m_columns);
  auto* content = new QWidget;
  auto* layout = new QVBoxLayout(content);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(filterRow);
  layout->addWidget(m_filter->note());
  layout->addLayout(sortRow);
  layout->addWidget(m_view, 1);
  layout->addWidget(m_selectionNote);
  m_selectionNote->setFont(captionFont(font()));
  m_selectionNote->setWordWrap(true);
  m_selectionNote->setMinimumWidth(1);
  m_selectionNote->setContentsMargins(m.px(8), m.px(5), m.px(8), m.px(5));
  m_selectionNote->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_selectionNote->setAccessibleName(tr("Selected frames"));
  m_selectionNote->hide();
  m_stack->addWidget(new EmptyState(tr("No frames"), tr("Frames of the open set appear here, worst first.")));
  m_stack->addWidget(content);
  setSortMetric(FrameMetric::Fpr95);
  connectModel();
  connectFilter();
  connectView();
}

void FrameListView::prepareView() {
  m_proxy->setSourceModel(m_model);
  m_view->setModel(m_proxy);
  m_view->setItemDelegate(new FrameDelegate(*m_model, *m_proxy, m_view));
  m_view->setHeaderHidden(true);
  m_view->setUniformRowHeights(true);
  m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
  m_view->setIndentation(0);
  m_view->setRootIsDecorated(false);
  m_view->setFrameShape(QFrame::NoFrame);
  m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_view->viewport()->setBackgroundRole(kPanelRole);
  m_view->setAccessibleName(tr("Frames"));
  m_view->installEventFilter(this);
}

void FrameListView::prepareFilter() {
  m_filter->setPlaceholderText(tr("name, tag, fpr95 > 60"));
  m_filter->setAccessibleName(tr("Filter frames"));
  m_filter->setExamples({tr("fpr95 > 60 and ap < 20"), tr("tag:night or tag:rain"), tr("not (objects = 0)")});
}

void FrameListView::prepareSort() {
  for (const FrameMetric metric : kSortMetrics) m_sort->addItem(tr("%1, worst first").arg(metricTitle(metric)));
  m_sort->setItemText(3, tr("mean score, highest first"));
  m_sort->setItemText(4, tr("ΔAP, largest first"));
  m_sort->setItemText(5, tr("disagreement, largest first"));
  m_sort->addItem(tr("set's order"));
  m_sort->setFrame(false);
  m_sort->setFont(captionFont(font()));
  m_sort->setAccessibleName(tr("Sort frames"));
  m_sort->setToolTip(tr("What the frames are sorted by; a frame without a value comes last."));
  m_sort->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  m_sort->setMinimumContentsLength(6);
}

void FrameListView::connectModel() {
  connect(m_model, &FrameModel::thumbnailNeeded, this, &FrameListView::thumbnailNeeded);
  connect(m_model, &QAbstractItemModel::modelReset, this, [this] {
    expandSets();
    m_stack->setCurrentIndex(m_model->rowCount() > 0 ? 1 : 0);
    countShown();
  });
  for (const auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
    connect(m_proxy, signal, this, [this] {
      expandSets();
      countShown();
    });
}

void FrameListView::connectFilter() {
  connect(m_filter, &FilterEdit::expressionChanged, this, [this] {
    m_proxy->setExpression(m_filter->expression());
    countShown();
  });
  connect(m_filter, &FilterEdit::edited, this, &FrameListView::filterEdited);
  connect(m_sort, &QComboBox::activated, this, [this](int index) {
    const auto metric = index < static_cast<int>(kSortMetrics.size())
                            ? std::optional(kSortMetrics[static_cast<std::size_t>(index)])
                            : std::nullopt;
    setSortMetric(metric);
    Q_EMIT sortEdited(metric);
  });
}

void FrameListView::connectView() {
  connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
    const QModelIndex source = m_proxy->mapToSource(index);
    if (!m_setting && m_model->frameAt(source)) Q_EMIT currentFrameChanged(FrameModel::setOf(source), source.row());
  });
  connect(m_view->selectionModel(), &QItemSelectionModel::selectionChanged, this, &FrameListView::selectionChanged);
  const auto activate = [this](const QModelIndex& index) {
    const QModelIndex source = m_proxy->mapToSource(index);
    if (m_model->frameAt(source)) Q_EMIT frameActivated(FrameModel::setOf(source), source.row());
  };
  connect(m_view, &QTreeView::activated, this, activate);
  m_view->setContextMenuPolicy(Qt::CustomContextMenu);
  connect(m_view, &QWidget::customContextMenuRequested, this, &FrameListView::requestMenu);
  connect(m_view, &QTreeView::clicked, this, [this](const QModelIndex& index) {
    if (index.data(FrameModel::kIsSetRole).toBool()) m_view->setExpanded(index, !m_view->isExpanded(index));
  });
}

void FrameListView::requestMenu(const QPoint& at) {
  const QModelIndex source = m_proxy->mapToSource(m_view->indexAt(at));
  const bool onFrame = m_model->frameAt(source) != nullptr;
  const int set = onFrame ? FrameModel::setOf(source) : source.isValid() ? source.row() : 0;
  if (set < m_model->rowCount())
    Q_EMIT menuRequested(set, onFrame ? source.row() : -1, m_view->viewport()->mapTo(this, at));
}

void FrameListView::setCurrentFrame(int set, int frame) {
  const QModelIndex index = m_proxy->mapFromSource(m_model->indexOf(set, frame));
  if (!index.isValid() || index == m_view->currentIndex()) return;
  m_setting = true;
  m_view->setCurrentIndex(index);
  m_view->scrollTo(index);
  m_setting = false;
}

void FrameListView::showSet(int set) {
  const QModelIndex index = m_proxy->mapFromSource(m_model->index(set, 0));
  if (!index.isValid()) return;
  // One set alone has no row of its own: its first frame stands on top.
  m_view->scrollTo(m_view->rootIndex() == index ? m_proxy->index(0, 0, index) : index,
                   QAbstractItemView::PositionAtTop);
}

void FrameListView::setSortMetric(std::optional<FrameMetric> metric) {
  m_proxy->setSortMetric(metric);
  const auto found = metric ? std::find(kSortMetrics.begin(), kSortMetrics.end(), *metric) : kSortMetrics.end();
  m_sort->setCurrentIndex(static_cast<int>(found - kSortMetrics.begin()));
  const FrameMetric first = metric.value_or(FrameMetric::Fpr95);
  m_columns->setText(first == FrameMetric::Delta || first == FrameMetric::Disagreement
                         ? metricTitle(first) + tr(" / A B")
                     : first == FrameMetric::Ap ? QStringLiteral("AP / FPR95")
                                                : metricTitle(first) + QStringLiteral(" / AP"));
}

void FrameListView::step(int steps) {
  QModelIndex index = m_view->currentIndex();
  for (int i = 0; i < std::abs(steps); ++i) {
    QModelIndex next =
        index.isValid() ? (steps > 0 ? m_view->indexBelow(index) : m_view->indexAbove(index)) : m_proxy->index(0, 0);
    while (next.isValid() && next.data(FrameModel::kIsSetRole).toBool())
      next = steps > 0 ? m_view->indexBelow(next) : m_view->indexAbove(next);
    if (!next.isValid()) break;
    index = next;
  }
  if (index.isValid()) m_view->setCurrentIndex(index);
}

std::vector<FrameListView::Place> FrameListView::shownFrames() const {
  std::vector<Place> out;
  for (int set = 0; set < m_proxy->rowCount(); ++set) {
    const QModelIndex parent = m_proxy->index(set, 0);
    for (int row = 0; row < m_proxy->rowCount(parent); ++row) {
      const QModelIndex source = m_proxy->mapToSource(m_proxy->index(row, 0, parent));
      out.push_back({FrameModel::setOf(source), source.row()});
    }
  }
  return out;
}

std::vector<FrameListView::Place> FrameListView::selectedFrames() const {
  std::vector<Place> out = shownFrames();
  std::erase_if(out, [this](const Place& place) {
    return !m_view->selectionModel()->isSelected(m_proxy->mapFromSource(m_model->indexOf(place.set, place.frame)));
  });
  return out;
}

void FrameListView::selectFrames(const std::vector<Place>& frames) {
  QItemSelection selection;
  for (const Place& place : frames) {
    const QModelIndex index = m_proxy->mapFromSource(m_model->indexOf(place.set, place.frame));
    if (index.isValid()) selection.select(index, index);
  }
  if (!frames.empty()) chooseFrame(frames.front());
  m_view->selectionModel()->select(selection, QItemSelectionModel::ClearAndSelect);
}

void FrameListView::chooseFrame(Place frame) {
  const QModelIndex index = m_proxy->mapFromSource(m_model->indexOf(frame.set, frame.frame));
  if (index.isValid()) m_view->setCurrentIndex(index);
}

void FrameListView::setSelectionNote(const QString& text) {
  m_selectionNote->setText(text);
  m_selectionNote->setVisible(!text.isEmpty());
}

QString FrameListView::selectionNote() const { return m_selectionNote->text(); }

void FrameListView::setFilter(const QString& text) { m_filter->setText(text); }
QString FrameListView::filter() const { return m_filter->text(); }

bool FrameListView::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_view && event->type() == QEvent::KeyPress) {
    const auto* key = static_cast<QKeyEvent*>(event);
    // The first and last frame, not the row of the first set.
    if ((key->key() == Qt::Key_Home || key->key() == Qt::Key_End) && key->modifiers() == Qt::NoModifier) {
      constexpr int kAll = 1'000'000;
      step(key->key() == Qt::Key_Home ? -kAll : kAll);
      return true;
    }
    if (key->key() == Qt::Key_T && key->modifiers() == Qt::NoModifier) {
      const QModelIndex source = m_proxy->mapToSource(m_view->currentIndex());
      if (selectedFrames().size() > 1)
        Q_EMIT tagSelectionRequested();
      else if (m_model->frameAt(source))
        Q_EMIT tagRequested(FrameModel::setOf(source), source.row());
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

void FrameListView::expandSets() {
  // One set needs no row of its own: its frames are the list.
  m_view->setRootIndex(m_model->rowCount() == 1 ? m_proxy->index(0, 0) : QModelIndex());
  m_view->expandAll();
}

void FrameListView::countShown() {
  int shown = 0;
  int all = 0;
  for (int set = 0; set < m_model->rowCount(); ++set) all += m_model->rowCount(m_model->index(set, 0));
  for (int set = 0; set < m_proxy->rowCount(); ++set) shown += m_proxy->rowCount(m_proxy->index(set, 0));
  Q_EMIT shownCountChanged(shown, all);
}

}  // namespace oodscope
