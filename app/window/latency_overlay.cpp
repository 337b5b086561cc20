// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/latency_overlay.h"

#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QEvent>
#include <QPainter>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kRefreshMs = 250;

}  // namespace

LatencyOverlay::LatencyOverlay(std::function<LatencyFigures()> figures, QWidget* over)
    : QWidget(over), m_figures(std::move(figures)) {
  setAttribute(Qt::WA_TransparentForMouseEvents);
  setAccessibleName(tr("Latency"));
  setFont(numberFont(captionFont(font())));
  over->installEventFilter(this);
  m_refresh.setInterval(kRefreshMs);
  connect(&m_refresh, &QTimer::timeout, this, [this] {
    place();
    update();
  });
  hide();
}

QStringList LatencyOverlay::lines() const {
  const LatencyFigures figures = m_figures();
  const auto ms = [](double value) { return value > 0.0 ? numberText(value, 0) : QString(kNotDefinedSign); };
  return {tr("picture %1 ms · curves %2 ms").arg(ms(figures.pictureMs), ms(figures.estimateMs)),
          tr("event loop held %1 ms (worst %2)").arg(ms(m_meter.recentWorstMs()), ms(m_meter.worstMs())),
          tr("over %1 ms: %2 times").arg(static_cast<int>(StallMeter::kStallMs)).arg(m_meter.stalls())};
}

void LatencyOverlay::place() {
  const Metrics m(this);
  int width = 0;
  const QStringList all = lines();
  for (const QString& line : all) width = std::max(width, fontMetrics().horizontalAdvance(line));
  const QSize size(width + m.px(16), static_cast<int>(all.size()) * fontMetrics().height() + m.px(10));
  setGeometry(QRect(QPoint(parentWidget()->width() - size.width() - m.px(12), m.px(36)), size));
}

void LatencyOverlay::paintEvent(QPaintEvent*) {
  const Tokens& t = tokensFor(this);
  const Metrics m(this);
  QPainter painter(this);
  QColor back = t.panel;
  back.setAlphaF(0.88F);
  painter.fillRect(rect(), back);
  painter.setPen(t.edge);
  painter.drawRect(rect().adjusted(0, 0, -1, -1));
  painter.setPen(t.text);
  int y = m.px(5);
  for (const QString& line : lines()) {
    painter.drawText(QRect(m.px(8), y, width() - m.px(8), fontMetrics().height()), Qt::AlignVCenter, line);
    y += fontMetrics().height();
  }
}

void LatencyOverlay::showEvent(QShowEvent*) {
  m_meter.start();
  m_refresh.start();
  place();
  raise();
}

void LatencyOverlay::hideEvent(QHideEvent*) {
  m_meter.stop();
  m_refresh.stop();
}

bool LatencyOverlay::eventFilter(QObject*, QEvent* event) {
  if (event->type() == QEvent::Resize && isVisible()) place();
  return false;
}

}  // namespace oodscope
