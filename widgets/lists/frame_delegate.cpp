// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/lists/frame_delegate.h"

#include "widgets/lists/frame_list.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/style_paint.h"
#include "widgets/theme/tokens.h"

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
  if (row.label == FrameLabel::Unread) return FrameModel::tr("not read yet");
  if (row.label == FrameLabel::Failed) return FrameModel::tr("cannot be read");
  if (row.label == FrameLabel::None) return FrameModel::tr("no anomaly");
  QString text = numberText(row.anomalyShare, 1) + QStringLiteral(" %");
  if (row.objects > 0) text += FrameModel::tr(" · %1 obj").arg(row.objects);
  return text;
}

}  // namespace

FrameDelegate::FrameDelegate(const FrameModel& model, const FrameProxy& proxy, QObject* parent)
    : QStyledItemDelegate(parent), m_model(model), m_proxy(proxy) {}

QSize FrameDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const {
  return {100, Metrics(option.font).frameRow()};
}

void FrameDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
  const Tokens& t = tokensFor(option.palette);
  const Metrics m(option.font);
  const QRect row = option.rect;
  const bool selected = option.state.testFlag(QStyle::State_Selected);
  painter->save();
  painter->fillRect(row, selected ? t.selection : t.panel);
  const QModelIndex source = m_proxy.mapToSource(index);
  const FrameRow* frame = m_model.frameAt(source);
  if (!frame) {  // a set: its name, centred on the row, with the open or closed arrow
    const int arrow = m.px(16);
    const auto* view = qobject_cast<const QTreeView*>(option.widget);
    paintArrow(painter, QRect(row.left() + m.px(6), row.top(), arrow, row.height()),
               view && view->isExpanded(index) ? Arrow::Down : Arrow::Right, t.text2, 8.0);
    painter->setFont(strongFont(tableFont(option.font)));
    painter->setPen(selected ? t.onSelection : t.text);
    painter->drawText(row.adjusted(m.px(26), 0, -m.px(44), 0), Qt::AlignVCenter, index.data().toString());
    painter->setFont(numberFont(captionFont(option.font)));
    painter->setPen(t.text2);
    painter->drawText(row.adjusted(0, 0, -m.px(10), 0), static_cast<int>(Qt::AlignVCenter | Qt::AlignRight),
                      QString::number(index.model()->rowCount(index)));
    painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), t.line);
    painter->restore();
    return;
  }
  const QColor text = selected ? t.onSelection : t.text;
  const QColor quiet = selected ? t.onSelection : t.text2;
  // Thumbnail, cropped to 16:9 around its middle.
  const QRect box(row.left() + m.px(8), row.top() + (row.height() - m.px(44)) / 2, m.px(78), m.px(44));
  const auto picture = source.data(FrameModel::kThumbnailRole).value<QImage>();
  if (picture.isNull()) {
    painter->fillRect(box, t.view);
  } else {
    const double scale = std::min(picture.width() / static_cast<double>(box.width()),
                                  picture.height() / static_cast<double>(box.height()));
    const QSizeF cut(box.width() * scale, box.height() * scale);
    const QRectF from(QPointF((picture.width() - cut.width()) / 2.0, (picture.height() - cut.height()) / 2.0), cut);
    painter->setRenderHint(QPainter::SmoothPixmapTransform);
    painter->drawImage(QRectF(box), picture, from);
  }
  const int left = box.right() + m.px(9);
  const int right = row.right() - m.px(9);
  const int middle = row.center().y();
  const QRect upper(left, middle - m.px(19), right - left, m.px(19));
  const QRect lower(left, middle + m.px(1), right - left, m.px(17));

  const FrameMetric first = m_proxy.sortMetric().value_or(FrameMetric::Fpr95);
  const QString value = metricText(*frame, first);
  painter->setFont(numberFont(option.font));
  painter->setPen(frame->estimated && !selected ? t.est : text);
  // The sign of an estimate is coloured, its digits are not.
  const int valueWidth = painter->fontMetrics().horizontalAdvance(value);
  if (frame->estimated && value.startsWith(kAboutSign)) {
    painter->drawText(QRect(upper.right() - valueWidth, upper.top(), valueWidth + 1, upper.height()), Qt::AlignVCenter,
                      kAboutSign);
    painter->setPen(text);
    painter->drawText(upper, static_cast<int>(Qt::AlignVCenter | Qt::AlignRight), value.mid(1));
  } else {
    painter->setPen(text);
    painter->drawText(upper, static_cast<int>(Qt::AlignVCenter | Qt::AlignRight), value);
  }
  painter->setFont(strongFont(option.font));
  painter->setPen(text);
  painter->drawText(
      upper, static_cast<int>(Qt::AlignVCenter | Qt::AlignLeft),
      painter->fontMetrics().elidedText(frame->name, Qt::ElideMiddle, upper.width() - valueWidth - m.px(6)));

  painter->setFont(numberFont(captionFont(option.font)));
  const QFontMetrics small(painter->font());
  int used = 0;
  if (first == FrameMetric::Delta || first == FrameMetric::Disagreement) {
    const QString b = frame->apB ? numberText(*frame->apB, 1) : QString(kNotDefinedSign);
    const QString a = frame->apA ? numberText(*frame->apA, 1) : QString(kNotDefinedSign);
    const int widthB = small.horizontalAdvance(b);
    painter->setPen(selected ? t.onSelection : t.b.line);
    painter->drawText(lower, static_cast<int>(Qt::AlignVCenter | Qt::AlignRight), b);
    painter->setPen(selected ? t.onSelection : t.a.line);
    painter->drawText(lower.adjusted(0, 0, -widthB - m.px(4), 0), static_cast<int>(Qt::AlignVCenter | Qt::AlignRight),
                      a);
    used = widthB + m.px(4) + small.horizontalAdvance(a);
  } else {
    const QString second = metricText(*frame, first == FrameMetric::Ap ? FrameMetric::Fpr95 : FrameMetric::Ap);
    painter->setPen(quiet);
    painter->drawText(lower, static_cast<int>(Qt::AlignVCenter | Qt::AlignRight), second);
    used = small.horizontalAdvance(second);
  }
  const int chip = m.px(8);
  const QColor badge = frame->label == FrameLabel::Anomaly ? t.anomaly.over
                       : frame->label == FrameLabel::None  ? t.normal.line
                                                           : t.voidArea.over;
  paintBox(painter, QRect(lower.left(), lower.center().y() - chip / 2, chip, chip), badge, Qt::transparent, 1.5);
  QString note = labelText(*frame);
  if (!frame->tags.isEmpty()) note += QStringLiteral(" · ") + frame->tags.join(QStringLiteral(", "));
  painter->setPen(quiet);
  const QRect noteArea = lower.adjusted(chip + m.px(5), 0, -used - m.px(5), 0);
  painter->drawText(noteArea, Qt::AlignVCenter, small.elidedText(note, Qt::ElideRight, noteArea.width()));

  painter->fillRect(QRect(row.left(), row.bottom(), row.width(), 1), t.line);
  if (selected) painter->fillRect(QRect(row.left(), row.top(), 3, row.height()), t.accent);
  if (option.state.testFlag(QStyle::State_HasFocus) && option.state.testFlag(QStyle::State_KeyboardFocusChange))
    paintFocusRing(painter, row, t.focus, 0.0);
  painter->restore();
}

}  // namespace oodscope
