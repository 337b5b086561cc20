// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/paired_difference_plot.h"

#include "widgets/plots/plot_canvas.inl.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

class SignedTicker : public QCPAxisTicker {
protected:
  QString getTickLabel(double tick, const QLocale&, QChar, int) override {
    return signedNumberText(std::fabs(tick) < 1e-9 ? 0 : tick, std::fabs(tick - std::round(tick)) < 1e-9 ? 0 : 1);
  }
};

}  // namespace

struct PairedDifferencePlot::State {
  std::vector<PairedDifference> rows;
  std::optional<SetDifference> set;
  QString remark;
  int current = -1;
  std::size_t labelled = 0;  ///< every so many rows have a name: as many as there is room for
};

// Row i stands at y = -i; the set at y = -(rows + 0.6), under a rule.
PairedDifferencePlot::PairedDifferencePlot(QWidget* parent) : PlotWidget(parent), m(std::make_unique<State>()) {
  setTitle(tr("Paired difference per frame"));
  PlotCanvas& c = canvas();
  c.plot->xAxis->setLabel(tr("ΔAP = B − A, points"));
  c.plot->xAxis->setTicker(QSharedPointer<QCPAxisTicker>(new SignedTicker));
  c.plot->yAxis->grid()->setVisible(false);
  c.plot->yAxis->setTickLength(0);
  c.frame()->setRangeZoomAxes({}, {});
  c.onClick = [this](QPointF at) {
    const int row = static_cast<int>(std::lround(-canvas().coordinate(at).y()));
    if (row >= 0 && row < static_cast<int>(m->rows.size())) Q_EMIT rowClicked(row);
  };
  c.drawContent = [this](QCPPainter& p) {
    const PlotCanvas& cv = canvas();
    const Tokens& t = cv.tokens();
    const QRectF frame = cv.frame()->rect();
    p.setClipRect(frame);
    const double zero = cv.pixel(0, 0).x();
    p.setPen(pen(t.strong, 1));
    p.drawLine(QPointF(zero, frame.top()), QPointF(zero, frame.bottom()));
    for (std::size_t i = 0; i < m->rows.size(); ++i) {
      const double value = m->rows[i].difference;
      const QPointF end = cv.pixel(value, -static_cast<double>(i));
      const QColor colour = value >= 0 ? t.b.line : t.a.line;
      p.setPen(pen(colour, 2));
      p.drawLine(QPointF(zero, end.y()), end);
      p.setPen(Qt::NoPen);
      p.setBrush(colour);
      p.drawEllipse(end, 4, 4);
      if (static_cast<int>(i) == m->current) {
        p.setBrush(Qt::NoBrush);
        p.setPen(pen(t.focus, 2));
        p.drawEllipse(end, 7, 7);
      }
    }
    if (m->set) {
      const double row = -(static_cast<double>(m->rows.size()) + 0.35);
      const double rule = cv.pixel(0, -(static_cast<double>(m->rows.size()) - 0.35)).y();
      p.setPen(pen(t.strong, 1));
      p.drawLine(QPointF(frame.left(), rule), QPointF(frame.right(), rule));
      const QPointF low = cv.pixel(m->set->low, row), high = cv.pixel(m->set->high, row);
      p.setPen(pen(t.text, 2));
      p.drawLine(low, high);
      for (const QPointF& end : {low, high}) p.drawLine(end - QPointF(0, 5), end + QPointF(0, 5));
      cv.diamond(p, cv.pixel(m->set->difference, row), t.text, true);
    }
  };
  connect(c.plot, &QCustomPlot::afterLayout, this, [this] {
    if (nameRows()) canvas().changed();
  });
  PairedDifferencePlot::restyle();
}

PairedDifferencePlot::~PairedDifferencePlot() = default;

void PairedDifferencePlot::setRows(std::vector<PairedDifference> rows, std::optional<SetDifference> set) {
  PlotCanvas& c = canvas();
  m->rows = std::move(rows);
  m->set = set;
  c.empty = m->rows.empty();
  double low = 0, high = 0;  // a difference plot always shows zero
  for (const PairedDifference& row : m->rows) {
    low = std::min(low, row.difference);
    high = std::max(high, row.difference);
  }
  const double bottom = static_cast<double>(m->rows.size()) + (m->set ? 0.35 : -1);
  if (m->set) {
    low = std::min(low, m->set->low);
    high = std::max(high, m->set->high);
  }
  const double pad = std::max(0.5, (high - low) * 0.12);
  c.setHome({low - pad, high + pad}, {-bottom - 0.7, 0.7});
  m->labelled = 0;
  static_cast<void>(nameRows());
  c.setTheme(c.tokens(), font());
  c.changed();
}

bool PairedDifferencePlot::nameRows() {
  const PlotCanvas& c = canvas();
  const double row = std::fabs(c.pixel(0, 0).y() - c.pixel(0, -1).y());
  const double nameHeight = row > 0.0 ? QFontMetricsF(c.font()).height() / row : 1.0;  // how many rows a name is high
  const auto every = static_cast<std::size_t>(std::ceil(nameHeight));
  if (every == m->labelled) return false;
  m->labelled = every;
  QSharedPointer<QCPAxisTickerText> names(new QCPAxisTickerText);
  const double set = static_cast<double>(m->rows.size()) + 0.35;
  for (std::size_t i = 0; i < m->rows.size(); i += every) {
    if (!m->set || set - static_cast<double>(i) >= nameHeight) names->addTick(-static_cast<double>(i), m->rows[i].name);
  }
  if (m->set) names->addTick(-set, tr("set"));
  c.plot->yAxis->setTicker(names);
  return true;
}

void PairedDifferencePlot::setAxisLabel(const QString& label) {
  canvas().plot->xAxis->setLabel(label);
  canvas().changed();
}

void PairedDifferencePlot::setRemark(const QString& remark) {
  m->remark = remark;
  restyle();
  canvas().changed();
}

void PairedDifferencePlot::setCurrent(int row) {
  m->current = row;
  canvas().changed();
}

QPointF PairedDifferencePlot::rowPosition(int row) const {
  return canvas().pixel(m->rows.at(static_cast<std::size_t>(row)).difference, -row);
}

void PairedDifferencePlot::restyle() {
  canvas().values.clear();
  if (!m->remark.isEmpty()) canvas().values.push_back({m->remark, {}, {}});
}

QString PairedDifferencePlot::dataText() const {
  QString out;
  for (const PairedDifference& row : m->rows)
    out += QStringLiteral("%1\t%2\n").arg(row.name).arg(row.difference, 0, 'g', 9);
  return out.isEmpty() ? out : QStringLiteral("frame\tB minus A\n") + out;
}

}  // namespace oodscope
