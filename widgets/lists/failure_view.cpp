// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/failure_view.h"

#include "widgets/lists/filter_edit.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QTreeView>

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

namespace oodscope {
namespace {

using Column = FailureModel::Column;

int headingHeight(const QFont& font) { return Metrics(font).px(22); }

/// Pixels of the design that a column is wide before anybody drags it.
int widthOf(Column column) {
  switch (column) {
    case Column::Thumbnail:
    case Column::Recall:
      return 66;
    case Column::Id:
      return 34;
    case Column::Class:
      return 100;
    case Column::Tag:
    case Column::Area:
      return 60;
    case Column::Frame:
      return 84;
    case Column::Margin:
    case Column::Distance:
      return 54;
    case Column::Peak:
    case Column::Mean:
      return 48;
  }
  return 48;
}

/// What a narrow table leaves out, the first of all first.
constexpr std::array kGivingWay{Column::Mean, Column::Peak, Column::Id, Column::Margin, Column::Thumbnail};

/// A table whose groups have headings, painted above the first row of each.
class GroupedTable : public QTreeView {
public:
  explicit GroupedTable(const FailureProxy& proxy) : m_proxy(proxy) {}

protected:
  void drawRow(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const QString heading = m_proxy.headingOver(index);
    if (heading.isEmpty()) {
      QTreeView::drawRow(painter, option, index);
      return;
    }
    const Tokens& t = tokensFor(this);
    const Metrics m(font());
    const QRect strip(0, option.rect.top(), viewport()->width(), headingHeight(font()));
    painter->fillRect(strip, t.title);
    painter->setFont(strongFont(font()));
    painter->setPen(t.text2);
    painter->drawText(strip.adjusted(m.px(10), 0, -m.px(10), 0), Qt::AlignVCenter, heading);
    QStyleOptionViewItem row = option;
    row.rect.setTop(option.rect.top() + strip.height());
    QTreeView::drawRow(painter, row, index);
  }

private:
  const FailureProxy& m_proxy;
};

/// Thumbnail, class chip with share, quiet and strong columns.
class FailureDelegate : public QStyledItemDelegate {
public:
  FailureDelegate(const FailureModel& model, const FailureProxy& proxy, QObject* parent)
      : QStyledItemDelegate(parent), m_model(model), m_proxy(proxy) {}

  QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const int heading = m_proxy.headingOver(index).isEmpty() ? 0 : headingHeight(option.font);
    return {40, Metrics(option.font).thumbnailRow() + heading};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const Tokens& t = tokensFor(option.palette);
    const Metrics m(option.font);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const Column column = m_model.columnAt(index.column());
    if (selected) painter->fillRect(option.rect, t.selection);
    const QRect cell = option.rect.adjusted(m.px(5), 0, -m.px(5), 0);
    painter->save();
    if (column == Column::Thumbnail) {
      const QRect box(cell.left(), cell.center().y() - m.px(14), m.px(54), m.px(29));
      const auto picture = index.data(Qt::DecorationRole).value<QImage>();
      painter->setRenderHint(QPainter::SmoothPixmapTransform);
      if (picture.isNull())
        painter->fillRect(box, t.view);
      else
        painter->drawImage(box, picture);
      painter->restore();
      return;
    }
    const bool leading = column == (m_model.kind() == FailureKind::Missed ? Column::Recall : Column::Area);
    const QFont face = numberFont(option.font);
    painter->setFont(leading ? strongFont(face) : face);
    const QString text = index.data().toString();
    const bool quiet = column == Column::Id || text == kNotDefinedSign;
    painter->setPen(selected ? t.onSelection : quiet ? t.text3 : t.text);
    QRect area = cell;
    if (column == Column::Class && !text.isEmpty()) {
      const int chip = m.px(9);
      painter->fillRect(QRect(area.left(), area.center().y() - chip / 2, chip, chip),
                        index.data(FailureModel::kChipRole).value<QColor>());
      area.setLeft(area.left() + m.px(14));
      const QString share = numberText(index.data(FailureModel::kShareRole).toDouble(), 0) + QStringLiteral(" %");
      const QFontMetrics metrics(painter->font());
      const int room = area.width() - metrics.horizontalAdvance(share) - m.px(5);
      const QString name = metrics.elidedText(text, Qt::ElideRight, room);
      painter->drawText(area, Qt::AlignVCenter, name);
      painter->setPen(selected ? t.onSelection : t.text2);
      painter->drawText(area.adjusted(metrics.horizontalAdvance(name) + m.px(5), 0, 0, 0), Qt::AlignVCenter, share);
    } else {
      painter->drawText(area, index.data(Qt::TextAlignmentRole).toInt(),
                        painter->fontMetrics().elidedText(text, Qt::ElideRight, area.width()));
    }
    painter->restore();
  }

private:
  const FailureModel& m_model;
  const FailureProxy& m_proxy;
};

/// What rows are ordered by before their own sort key: unknown and nothing last.
std::tuple<double, QString> groupKey(const FailureRow& row, FailureGroup group) {
  constexpr double kLast = 1e18;
  switch (group) {
    case FailureGroup::None:
      break;
    case FailureGroup::Frame:
      return {row.frame, QString()};
    case FailureGroup::Class:
      return {row.predictedClass.isEmpty() ? kLast : 0.0, row.predictedClass};
    case FailureGroup::Size:
      return {-std::floor(std::log2(std::max(1.0, static_cast<double>(row.area)))), QString()};
    case FailureGroup::Distance:
      return {row.distance ? std::floor(*row.distance / 5.0) : kLast, QString()};
    case FailureGroup::Tag:
      return {row.tags.isEmpty() ? kLast : 0.0, row.tags.join(QStringLiteral(", "))};
  }
  return {0.0, QString()};
}

/// A number of a failure that the filter knows.
struct FailureNumber {
  const char* name;
  const char* meaning;
  std::optional<double> (*of)(const FailureRow& row);
};

constexpr std::array kFailureNumbers{
    FailureNumber{"area", QT_TRANSLATE_NOOP("FailureView", "pixels"),
                  [](const FailureRow& row) { return std::optional(static_cast<double>(row.area)); }},
    FailureNumber{"peak", QT_TRANSLATE_NOOP("FailureView", "highest score"),
                  [](const FailureRow& row) { return row.peak; }},
    FailureNumber{"mean", QT_TRANSLATE_NOOP("FailureView", "mean score"),
                  [](const FailureRow& row) { return row.mean; }},
    FailureNumber{"margin", QT_TRANSLATE_NOOP("FailureView", "highest score above the threshold"),
                  [](const FailureRow& row) { return row.margin; }},
    FailureNumber{"recall", QT_TRANSLATE_NOOP("FailureView", "of a missed object: its pixels that are found, %"),
                  [](const FailureRow& row) { return row.recall; }},
    FailureNumber{"overlap", QT_TRANSLATE_NOOP("FailureView", "of a region: its pixels near an object, %"),
                  [](const FailureRow& row) { return row.overlap; }},
    FailureNumber{"distance", QT_TRANSLATE_NOOP("FailureView", "metres"),
                  [](const FailureRow& row) { return row.distance; }},
    FailureNumber{"share", QT_TRANSLATE_NOOP("FailureView", "pixels of the predicted class, %"),
                  [](const FailureRow& row) { return std::optional(row.classShare); }},
    FailureNumber{"brushed", QT_TRANSLATE_NOOP("FailureView", "pixels in the brushed stretch of a curve"),
                  [](const FailureRow& row) { return row.brushed; }}};

std::optional<std::optional<double>> numberOf(const FailureRow& row, const QString& key) {
  for (const FailureNumber& number : kFailureNumbers)
    if (key == QLatin1String(number.name)) return number.of(row);
  return std::nullopt;
}

}  // namespace

const std::vector<FilterField>& failureFilterFields() {
  static const std::vector<FilterField> kFields = [] {
    std::vector<FilterField> fields;
    fields.reserve(kFailureNumbers.size());
    for (const FailureNumber& number : kFailureNumbers)
      fields.push_back({QString::fromLatin1(number.name), FailureView::tr(number.meaning)});
    return fields;
  }();
  return kFields;
}

FailureProxy::FailureProxy(QObject* parent) : QSortFilterProxyModel(parent) { setSortRole(FailureModel::kSortRole); }

void FailureProxy::setExpression(FilterExpression expression) {
  m_expression = std::move(expression);
  invalidateFilter();
}

QString groupTitle(const FailureRow& row, FailureGroup group) {
  switch (group) {
    case FailureGroup::None:
      break;
    case FailureGroup::Frame:
      return FailureView::tr("frame %1").arg(row.frameName);
    case FailureGroup::Class:
      return row.predictedClass.isEmpty() ? FailureView::tr("class not known") : row.predictedClass;
    case FailureGroup::Size: {
      const auto low = static_cast<qint64>(std::exp2(-std::get<0>(groupKey(row, group))));
      return pixelRangeText(low, 2 * low - 1);
    }
    case FailureGroup::Distance: {
      if (!row.distance) return FailureView::tr("distance not known");
      const int low = 5 * static_cast<int>(std::floor(*row.distance / 5.0));
      return FailureView::tr("%1–%2 m").arg(low).arg(low + 5);
    }
    case FailureGroup::Tag:
      return row.tags.isEmpty() ? FailureView::tr("no tag") : row.tags.join(QStringLiteral(", "));
  }
  return {};
}

void FailureProxy::setGroup(FailureGroup group) {
  m_group = group;
  invalidate();
}

const FailureRow& FailureProxy::rowOf(const QModelIndex& source) const {
  return static_cast<const FailureModel*>(sourceModel())->rows()[static_cast<std::size_t>(source.row())];
}

QString FailureProxy::headingOver(const QModelIndex& index) const {
  if (m_group == FailureGroup::None || !index.isValid()) return {};
  const FailureRow& row = rowOf(mapToSource(index));
  if (index.row() > 0 &&
      groupKey(rowOf(mapToSource(this->index(index.row() - 1, 0))), m_group) == groupKey(row, m_group))
    return {};
  return groupTitle(row, m_group);
}

bool FailureProxy::lessThan(const QModelIndex& left, const QModelIndex& right) const {
  if (m_group != FailureGroup::None) {
    const auto a = groupKey(rowOf(left), m_group), b = groupKey(rowOf(right), m_group);
    // Groups run one way whichever way their rows are sorted.
    if (a != b) return (a < b) == (sortOrder() == Qt::AscendingOrder);
  }
  return QSortFilterProxyModel::lessThan(left, right);
}

bool FailureProxy::filterAcceptsRow(int row, const QModelIndex&) const {
  const FailureRow& failure = static_cast<const FailureModel*>(sourceModel())->rows()[static_cast<std::size_t>(row)];
  return m_expression.matches({failure.frameName + QLatin1Char(' ') + failure.predictedClass, failure.tags,
                               [&failure](const QString& key) { return numberOf(failure, key); },
                               failure.predictedClass});
}

FailureView::FailureView(FailureKind kind, QWidget* parent)
    : QWidget(parent),
      m_model(new FailureModel(kind, this)),
      m_proxy(new FailureProxy(this)),
      m_view(new GroupedTable(*m_proxy)),
      m_filter(new FilterEdit(failureFilterFields())),
      m_groups(new QComboBox),
      m_count(new QLabel) {
  usePanelBackground(this);
  const Metrics m(this);
  const bool regions = kind == FailureKind::FalsePositive;
  const QString name = regions ? tr("False-positive regions") : tr("Missed objects");
  auto* title = new QLabel(name);
  title->setFont(strongFont(tableFont(font())));
  m_count->setFont(tableFont(font()));
  m_count->setForegroundRole(kSecondaryRole);
  m_filter->setPlaceholderText(regions ? tr("area < 24000, tag:kerb") : tr("recall < 75"));
  m_filter->setAccessibleName(tr("Filter %1").arg(name));
  m_filter->setExamples(regions ? QStringList{tr("area < 24000 and class:building"), tr("tag:kerb or distance > 30")}
                                : QStringList{tr("recall < 75"), tr("area > 500 and not tag:seen")});
  m_filter->setMaximumWidth(m.px(170));
  m_filter->setMinimumWidth(m.px(96));
  for (const auto& [group, text] : {std::pair{FailureGroup::None, tr("Group: none")},
                                    {FailureGroup::Frame, tr("By frame")},
                                    {FailureGroup::Class, tr("By class")},
                                    {FailureGroup::Size, tr("By size")},
                                    {FailureGroup::Distance, tr("By distance")},
                                    {FailureGroup::Tag, tr("By tag")}})
    m_groups->addItem(text, static_cast<int>(group));
  m_groups->setAccessibleName(tr("Group %1").arg(name));
  m_groups->setToolTip(tr("What the rows are put together by, each group under a heading."));
  prepareTable(name);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(m.px(10), m.px(5), m.px(8), m.px(5));
  row->setSpacing(m.px(8));
  row->addWidget(title);
  row->addWidget(m_count, 1);
  row->addWidget(m_filter);
  row->addWidget(m_groups);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  layout->addLayout(row);
  layout->addWidget(m_filter->note());
  layout->addWidget(m_view, 1);
  connectParts();
  showCount();
}

void FailureView::prepareTable(const QString& name) {
  const Metrics m(this);
  m_proxy->setSourceModel(m_model);
  m_view->setModel(m_proxy);
  m_view->setFont(tableFont(font()));
  m_view->header()->setFont(captionFont(font()));
  m_view->setItemDelegate(new FailureDelegate(*m_model, *m_proxy, m_view));
  m_view->setRootIsDecorated(false);
  m_view->setUniformRowHeights(true);
  m_view->setAlternatingRowColors(true);
  m_view->setAllColumnsShowFocus(true);
  m_view->setFrameShape(QFrame::NoFrame);
  m_view->setSortingEnabled(true);
  m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_view->viewport()->setBackgroundRole(kPanelRole);
  m_view->setAccessibleName(name);
  m_view->installEventFilter(this);
  m_view->header()->setStretchLastSection(false);
  m_view->header()->setMinimumSectionSize(m.px(24));
  m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  m_view->viewport()->installEventFilter(this);
  for (int section = 0; section < m_model->columnCount(); ++section)
    m_view->setColumnWidth(section, m.px(widthOf(m_model->columnAt(section))));
  m_view->header()->setSectionResizeMode(m_model->sectionOf(Column::Class), QHeaderView::Stretch);
  if (m_model->kind() == FailureKind::FalsePositive)
    m_view->sortByColumn(m_model->sectionOf(Column::Area), Qt::DescendingOrder);
  else
    m_view->sortByColumn(m_model->sectionOf(Column::Recall), Qt::AscendingOrder);
}

void FailureView::fitNumbers() {
  constexpr int kLookedAt = 60;  // rows, the first ones
  const Metrics m(this);
  const QFontMetrics text(m_view->font());
  for (const Column column : {Column::Peak, Column::Mean, Column::Margin}) {
    const int section = m_model->sectionOf(column);
    if (section < 0) continue;
    int width = m.px(widthOf(column));
    for (int row = 0; row < std::min(m_model->rowCount(), kLookedAt); ++row) {
      const QString number = m_model->index(row, section).data().toString();
      width = std::max(width, text.horizontalAdvance(number) + m.px(12));
    }
    if (!m_view->header()->isSectionHidden(section)) m_view->setColumnWidth(section, width);
  }
}

void FailureView::fitColumns() {
  const Metrics m(this);
  QHeaderView& header = *m_view->header();
  const auto wanted = [&](int section) {
    const Column column = m_model->columnAt(section);
    const bool isOwn = header.isSectionHidden(section) || column == Column::Class;
    return isOwn ? m.px(widthOf(column)) : header.sectionSize(section);
  };
  int needed = 0;
  for (int section = 0; section < m_model->columnCount(); ++section) needed += wanted(section);
  for (const Column column : kGivingWay) {
    const int section = m_model->sectionOf(column);
    if (section < 0) continue;
    const bool isLeftOut = needed > m_view->viewport()->width();
    if (isLeftOut) needed -= wanted(section);
    header.setSectionHidden(section, isLeftOut);
  }
}

void FailureView::connectParts() {
  connect(m_model, &FailureModel::modelReset, this, [this] {
    fitNumbers();
    fitColumns();
    showCount();
  });
  connect(m_groups, &QComboBox::activated, this,
          [this](int item) { setGroup(static_cast<FailureGroup>(m_groups->itemData(item).toInt())); });
  connect(m_filter, &FilterEdit::expressionChanged, this, [this] {
    m_proxy->setExpression(m_filter->expression());
    showCount();
  });
  connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
    if (index.isValid() && !m_setting) Q_EMIT failureSelected(m_proxy->mapToSource(index).row());
  });
  const auto activate = [this](const QModelIndex& index) {
    if (index.isValid()) Q_EMIT failureActivated(m_proxy->mapToSource(index).row());
  };
  connect(m_view, &QTreeView::activated, this, activate);
  connect(m_view, &QTreeView::clicked, this, activate);  // one click jumps, as J and Enter do
}

void FailureView::setFilter(const QString& text) { m_filter->setText(text); }

QString FailureView::filter() const { return m_filter->text(); }

void FailureView::setGroup(FailureGroup group) {
  m_groups->setCurrentIndex(m_groups->findData(static_cast<int>(group)));
  m_view->setUniformRowHeights(group == FailureGroup::None);
  m_proxy->setGroup(group);
  m_view->doItemsLayout();
}

void FailureView::setCurrentRow(int row) {
  m_setting = true;
  m_view->setCurrentIndex(row < 0 ? QModelIndex() : m_proxy->mapFromSource(m_model->index(row, 0)));
  m_setting = false;
}

void FailureView::step(int steps) {
  if (m_proxy->rowCount() == 0) return;
  const QModelIndex current = m_view->currentIndex();
  const int row = current.isValid() ? std::clamp(current.row() + steps, 0, m_proxy->rowCount() - 1) : 0;
  const QModelIndex next = m_proxy->index(row, 0);
  m_view->setCurrentIndex(next);
  Q_EMIT failureActivated(m_proxy->mapToSource(next).row());
}

std::vector<int> FailureView::shownRows() const {
  std::vector<int> rows;
  for (int row = 0; row < m_proxy->rowCount(); ++row)
    rows.push_back(m_proxy->mapToSource(m_proxy->index(row, 0)).row());
  return rows;
}

bool FailureView::eventFilter(QObject* watched, QEvent* event) {
  if (watched == m_view->viewport() && event->type() == QEvent::Resize) fitColumns();
  if (watched == m_view && event->type() == QEvent::KeyPress && static_cast<QKeyEvent*>(event)->key() == Qt::Key_T) {
    if (m_view->currentIndex().isValid()) Q_EMIT tagRequested(m_proxy->mapToSource(m_view->currentIndex()).row());
    return true;
  }
  return QWidget::eventFilter(watched, event);
}

void FailureView::showCount() {
  const int shown = m_proxy->rowCount();
  const int all = m_model->rowCount();
  m_count->setText(shown == all ? QString::number(all) : tr("%1 of %2").arg(shown).arg(all));
}

}  // namespace oodscope
