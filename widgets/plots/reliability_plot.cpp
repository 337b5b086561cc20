// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/reliability_plot.h"

#include "widgets/plots/plot_canvas.inl.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
struct ReliabilityPlot::State {
  std::vector<ReliabilityBin> bins;
  QString value;
  std::optional<QPointF> hover;
};

ReliabilityPlot::ReliabilityPlot(QWidget* parent) : PlotWidget(parent), m(std::make_unique<State>()) {
  setTitle(tr("Reliability"));
  PlotCanvas& c = canvas();
  c.plot->xAxis->setLabel(tr("confidence, %"));
  c.plot->yAxis->setLabel(tr("accuracy, %"));
  for (QCPAxis* axis : {c.plot->xAxis, c.plot->yAxis}) {
    QSharedPointer<QCPAxisTickerFixed> twenty(new QCPAxisTickerFixed);
    twenty->setTickStep(20);
    axis->setTicker(twenty);
  }
  c.setHome({0, kPercent}, {0, kPercent});
  c.onHover = [this](std::optional<QPointF> at) {
    m->hover = at;
    canvas().markersChanged();
  };
  c.drawContent = [this](QCPPainter& p) {
    const PlotCanvas& cv = canvas();
    const Tokens& t = cv.tokens();
    p.setClipRect(cv.frame()->rect());
    double most = 0;
    for (const ReliabilityBin& bin : m->bins) most = std::max(most, bin.share);
    const double half = m->bins.empty() ? 1 : 42.0 / static_cast<double>(m->bins.size());
    for (const ReliabilityBin& bin : m->bins) {
      if (bin.share <= 0) continue;
      const double x = bin.confidence * kPercent;
      const QRectF gap = QRectF(cv.pixel(x - half, bin.accuracy * kPercent), cv.pixel(x + half, x)).normalized();
      p.setPen(Qt::NoPen);
      p.setBrush(withAlpha(t.a.line, 0.15 + 0.5 * std::sqrt(bin.share / most)));
      p.drawRect(gap);
      p.setPen(pen(t.a.line, 2));
      const QPointF at = cv.pixel(x, bin.accuracy * kPercent);
      p.drawLine(QPointF(gap.left(), at.y()), QPointF(gap.right(), at.y()));
    }
    QPen dotted(t.text3, 1);
    dotted.setDashPattern({1, 3});
    p.setPen(dotted);
    p.drawLine(cv.pixel(0, 0), cv.pixel(kPercent, kPercent));
  };
  c.drawMarkers = [this](QCPPainter& p) {
    if (!m->hover || m->bins.empty()) return;
    const double confidence = canvas().coordinate(*m->hover).x() / kPercent;
    const auto nearest = std::min_element(m->bins.begin(), m->bins.end(), [&](const auto& a, const auto& b) {
      return std::fabs(a.confidence - confidence) < std::fabs(b.confidence - confidence);
    });
    canvas().readout(p, *m->hover,
                     {tr("confidence %1").arg(numberText(nearest->confidence * kPercent, 1)),
                      tr("accuracy %1").arg(numberText(nearest->accuracy * kPercent, 1)),
                      tr("%1 % of the pixels").arg(numberText(nearest->share * kPercent, 1))});
  };
  ReliabilityPlot::restyle();
}

ReliabilityPlot::~ReliabilityPlot() = default;

void ReliabilityPlot::setBins(std::vector<ReliabilityBin> bins, const QString& value) {
  m->bins = std::move(bins);
  m->value = value;
  canvas().empty = m->bins.empty();
  restyle();
  canvas().setTheme(canvas().tokens(), font());
  canvas().changed();
}

void ReliabilityPlot::restyle() {
  canvas().values.clear();
  if (!m->value.isEmpty()) canvas().values.push_back({m->value, {}, {}});
}

QString ReliabilityPlot::dataText() const {
  QString out;
  for (const ReliabilityBin& bin : m->bins)
    out += QStringLiteral("%1\t%2\t%3\n")
               .arg(bin.confidence, 0, 'g', 9)
               .arg(bin.accuracy, 0, 'g', 9)
               .arg(bin.share, 0, 'g', 9);
  return out.isEmpty() ? out : QStringLiteral("confidence\taccuracy\tshare\n") + out;
}

}  // namespace oodscope
