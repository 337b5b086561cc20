// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/frame_delegate.h"

#include "widgets/lists/frame_list.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/style_paint.h"
#include "widgets/theme/tokens.h"

#include <QAbstractItemView>
#include <QPainter>
#include <QTreeView>

namespace oodscope {
namespace {

QString metricText(const FrameRow& row, FrameMetric metric) {
  const auto value = metricOf(row, metric);
  if (!value) return kNotDefinedSign;
  if (metric == FrameMetric::Delta) return signedNumberText(*value, 1);
  const int decimals = metric == FrameMetric::MeanScore ? 3 : 1;
  return (row.estimated ? QString(kAboutSign) : QString()) + numberText(*value, decimals);
}

QString labelText(const FrameRow& row) {
  if (row.label == FrameLabel::Withheld) return FrameModel::tr("no label");
  if (row.label == FrameLabel::Unread) return FrameModel::tr("loading…");
  if (row.label == FrameLabel::Failed) return FrameModel::tr("cannot be read");
  if (row.label == FrameLabel::Void) return FrameModel::tr("all void");
  if (row.label == FrameLabel::None) return FrameModel::tr("no anomaly");
  QString text = numberText(row.anomalyShare, 1) + QStringLiteral(" %");
  if (row.objects > 0) text += FrameModel::tr(" · %1 obj").arg(row.objects);
  return text;
}

/// What a row is painted with.
struct RowPaint {
  QPainter* painter;
  const QStyleOptionViewItem& option;
  const Tokens& t;
  Metrics m;
  bool selected;
  [[nodiscard]] QColor text() const { return selected ? t.onSelection : t.text; }
  [[nodiscard]] QColor quiet() const { return selected ? t.onSelection : t.text2; }
  [[nodiscard]] QColor of(const QColor& colour) const { return selected ? t.onSelection : colour; }
};

constexpr int kLeft = static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft);
constexpr int kRight = static_cast<int>(Qt::AlignVCenter | Qt::AlignRight);

/// A set: its name, centred on the row, with the open or closed arrow.
void paintSet(const RowPaint& r, const QModelIndex& index) {
  const QRect row = r.option.rect;
  QPainter* painter = r.painter;
  const auto* view = qobject_cast<const QTreeView*>(r.option.widget);
  const bool isMissing = index.data(FrameModel::kIsMissingRole).toBool();
  if (isMissing) {
    const int side = r.m.px(14);
    painter->drawPixmap(row.left() + r.m.px(7), row.center().y() - side / 2,
                        iconPixmap(QStringLiteral("warning"), r.t.warn, side, painter->device()->devicePixelRatioF()));
  }
  if (!isMissing)
    paintArrow(painter, QRect(row.left() + r.m.px(6), row.top(), r.m.px(16), row.height()),
               view && view->isExpanded(index) ? Arrow::Down : Arrow::Right, r.t.text2, 8.0);
  painter->setFont(strongFont(tableFont(r.option.font)));
  painter->setPen(isMissing ? r.quiet() : r.text());
  painter->drawText(row.adjusted(r.m.px(26), 0, -r.m.px(isMissing ? 64 : 44), 0), Qt::AlignVCenter,
                    index.data().toString());
  painter->setFont(numberFont(captionFont(r.option.font)));
  painter->setPen(isMissing ? r.of(r.t.warn) : r.t.text2);
  painter->drawText(row.adjusted(0, 0, -r.m.px(10), 0), kRight,
                    isMissing ? FrameModel::tr("missing") : QString::number(index.model()->rowCount(index)));
  painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), r.t.line);
}

/// Cropped to the box around its middle.
void paintThumbnail(const RowPaint& r, const QRect& box, const QImage& picture) {
  if (picture.isNull()) {
    r.painter->fillRect(box, r.t.view);
    return;
  }
  const double scale = std::min(picture.width() / static_cast<double>(box.width()),
                                picture.height() / static_cast<double>(box.height()));
  const QSizeF cut(box.width() * scale, box.height() * scale);
  const QRectF from(QPointF((picture.width() - cut.width()) / 2.0, (picture.height() - cut.height()) / 2.0), cut);
  r.painter->setRenderHint(QPainter::SmoothPixmapTransform);
  r.painter->drawImage(QRectF(box), picture, from);
}

/// The frame's name, and the value that the list is sorted by.
void paintNameAndValue(const RowPaint& r, const QRect& area, const FrameRow& frame, FrameMetric metric) {
  QPainter* painter = r.painter;
  const QString value = metricText(frame, metric);
  painter->setFont(numberFont(r.option.font));
  painter->setPen(frame.estimated && !r.selected ? r.t.est : r.text());
  // The sign of an estimate is coloured, its digits are not.
  const int valueWidth = painter->fontMetrics().horizontalAdvance(value);
  if (frame.estimated && value.startsWith(kAboutSign)) {
    painter->drawText(QRect(area.right() - valueWidth, area.top(), valueWidth + 1, area.height()), Qt::AlignVCenter,
                      kAboutSign);
    painter->setPen(r.text());
    painter->drawText(area, kRight, value.mid(1));
  } else {
    painter->setPen(r.text());
    painter->drawText(area, kRight, value);
  }
  painter->setFont(strongFont(r.option.font));
  painter->setPen(r.text());
  painter->drawText(
      area, kLeft,
      painter->fontMetrics().elidedText(frame.name, Qt::ElideMiddle, area.width() - valueWidth - r.m.px(6)));
}

/// A second value, or those of A and B; the width that it takes.
int paintSecondValue(const RowPaint& r, const QRect& area, const FrameRow& frame, FrameMetric first) {
  QPainter* painter = r.painter;
  const QFontMetrics small(painter->font());
  if (first != FrameMetric::Delta && first != FrameMetric::Disagreement) {
    const QString second = metricText(frame, first == FrameMetric::Ap ? FrameMetric::Fpr95 : FrameMetric::Ap);
    painter->setPen(r.quiet());
    painter->drawText(area, kRight, second);
    return small.horizontalAdvance(second);
  }
  const QString b = frame.apB ? numberText(*frame.apB, 1) : QString(kNotDefinedSign);
  const QString a = frame.apA ? numberText(*frame.apA, 1) : QString(kNotDefinedSign);
  const int widthB = small.horizontalAdvance(b);
  painter->setPen(r.of(r.t.b.line));
  painter->drawText(area, kRight, b);
  painter->setPen(r.of(r.t.a.line));
  painter->drawText(area.adjusted(0, 0, -widthB - r.m.px(4), 0), kRight, a);
  return widthB + r.m.px(4) + small.horizontalAdvance(a);
}

/// What its label says, and its tags.
void paintNote(const RowPaint& r, const QRect& area, const FrameRow& frame) {
  const int chip = r.m.px(8);
  const QColor badge = frame.label == FrameLabel::Anomaly ? r.t.anomaly.over
                       : frame.label == FrameLabel::None  ? r.t.normal.line
                                                          : r.t.voidArea.over;
  paintBox(r.painter, QRect(area.left(), area.center().y() - chip / 2, chip, chip), badge, Qt::transparent, 1.5);
  QString note = labelText(frame);
  if (!frame.tags.isEmpty()) note += QStringLiteral(" · ") + frame.tags.join(QStringLiteral(", "));
  r.painter->setPen(r.quiet());
  const QRect text = area.adjusted(chip + r.m.px(5), 0, 0, 0);
  r.painter->drawText(text, Qt::AlignVCenter,
                      QFontMetrics(r.painter->font()).elidedText(note, Qt::ElideRight, text.width()));
}

}  // namespace

FrameDelegate::FrameDelegate(const FrameModel& model, const FrameProxy& proxy, QObject* parent)
    : QStyledItemDelegate(parent), m_model(model), m_proxy(proxy) {}

QSize FrameDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  return {100, Metrics(option.font).frameRow()};
}

void FrameDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const bool selected = option.state.testFlag(QStyle::State_Selected);
  const RowPaint r{painter, option, tokensFor(option.palette), Metrics(option.font), selected};
  const QRect row = option.rect;
  painter->save();
  painter->fillRect(row, selected ? r.t.selection : r.t.panel);
  const QModelIndex source = m_proxy.mapToSource(index);
  const FrameRow* frame = m_model.frameAt(source);
  if (!frame) {
    paintSet(r, index);
    painter->restore();
    return;
  }
  const QRect box(row.left() + r.m.px(8), row.top() + (row.height() - r.m.px(44)) / 2, r.m.px(78), r.m.px(44));
  paintThumbnail(r, box, source.data(FrameModel::kThumbnailRole).value<QImage>());
  const int left = box.right() + r.m.px(9);
  const int width = row.right() - r.m.px(9) - left;
  const int middle = row.center().y();
  const QRect upper(left, middle - r.m.px(19), width, r.m.px(19));
  const QRect lower(left, middle + r.m.px(1), width, r.m.px(17));
  const FrameMetric first = m_proxy.sortMetric().value_or(FrameMetric::Fpr95);
  paintNameAndValue(r, upper, *frame, first);
  painter->setFont(numberFont(captionFont(option.font)));
  const int used = paintSecondValue(r, lower, *frame, first);
  paintNote(r, lower.adjusted(0, 0, -used - r.m.px(5), 0), *frame);
  painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), r.t.line);
  // Of several that are selected, the one that is looked at has the bar.
  const auto* view = qobject_cast<const QAbstractItemView*>(parent());
  const bool isCurrent = view == nullptr || view->currentIndex() == index;
  if (selected && isCurrent) painter->fillRect(QRect(row.left(), row.top(), 3, row.height()), r.t.accent);
  if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange))
    paintFocusRing(painter, row, r.t.focus, 0.0);
  painter->restore();
}

}  // namespace oodscope
