// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/panels/decision_bar.h"

#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QPainter>

#include <array>

namespace oodscope {

DecisionBar::DecisionBar(QWidget* parent) : QWidget(parent) {
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
  setAccessibleName(tr("Shares of the decisions"));
}

void DecisionBar::setCounts(const std::optional<DecisionCounts>& counts) {
  m_counts = counts;
  if (counts)
    setToolTip(tr("Pixels: TP %1, FN %2, FP %3, TN %4")
                   .arg(groupedText(static_cast<qint64>(counts->tp)), groupedText(static_cast<qint64>(counts->fn)),
                        groupedText(static_cast<qint64>(counts->fp)), groupedText(static_cast<qint64>(counts->tn))));
  else
    setToolTip(tr("No decision: needs labels, scores and a threshold"));
  setAccessibleDescription(toolTip());
  update();
}

QSize DecisionBar::sizeHint() const {
  const Metrics m(this);
  return {m.px(220), m.px(38)};
}

void DecisionBar::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  const Metrics m(this);
  QPainter painter(this);
  QRect bar = rect().adjusted(m.px(10), m.px(6), -m.px(10), 0);
  bar.setHeight(m.px(8));
  painter.fillRect(bar, t.input);
  struct Part {
    const char* name;
    double count;
    QColor fill;
    QColor text;
  };
  const DecisionCounts counts = m_counts.value_or(DecisionCounts{});
  const std::array parts{Part{"TP", counts.tp, t.tp.over, t.tp.line}, Part{"FN", counts.fn, t.fn.over, t.fn.line},
                         Part{"FP", counts.fp, t.fp.over, t.fp.line}, Part{"TN", counts.tn, t.tn.over, t.tn.line}};
  const double total = counts.tp + counts.fn + counts.fp + counts.tn;
  double before = 0.0;
  if (total > 0.0)
    for (const Part& part : parts) {
      const int left = bar.left() + static_cast<int>(before / total * bar.width());
      before += part.count;
      const int right = bar.left() + static_cast<int>(before / total * bar.width());
      const QRect piece(left, bar.top(), right - left, bar.height());
      painter.fillRect(piece, part.fill);
      if (part.name[0] == 'F' && part.name[1] == 'N') {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setClipRect(piece);
        painter.setPen(QPen(QColor(255, 255, 255, 200), 1.3));
        for (int x = piece.left() - bar.height(); x < piece.right() + bar.height(); x += 5)
          painter.drawLine(x, piece.bottom() + 1, x + bar.height(), piece.top());
        painter.restore();
      }
    }
  const QFont quiet = numberFont(captionFont(font()));
  const QFont loud = strongFont(quiet);
  const int top = bar.bottom() + m.px(5);
  const int step = bar.width() / 4;
  const int height = QFontMetrics(quiet).height();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    QRect cell(bar.left() + static_cast<int>(i) * step, top, step, height);
    const QString value = !m_counts ? QString(kNotDefinedSign)
                                    : (counts.estimated ? QString(kAboutSign) : QString()) + countText(parts[i].count);
    const int nameWidth = QFontMetrics(loud).horizontalAdvance(QLatin1String(parts[i].name)) + m.px(4);
    const int valueWidth = QFontMetrics(quiet).horizontalAdvance(value);
    const int free = cell.width() - nameWidth - valueWidth;
    cell.translate(i == 3 ? free : static_cast<int>(i) * free / 3, 0);
    painter.setFont(loud);
    painter.setPen(parts[i].text);
    painter.drawText(cell, Qt::AlignLeft, QLatin1String(parts[i].name));
    painter.setFont(quiet);
    painter.setPen(t.text2);
    painter.drawText(cell.adjusted(nameWidth, 0, m.px(40), 0), Qt::AlignLeft, value);
  }
}

}  // namespace oodscope
