// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/result_figure.h"

#include "app/figures/document_text.h"
#include "app/figures/figure_csv.h"

#include <QPainter>
#include <QSvgRenderer>

#include <algorithm>

namespace oodscope {
namespace {

using figures::tr;

constexpr double kChartFont = 8.0;    // points that the chart's texts have
constexpr double kChartRatio = 0.72;  // height over width without the legend

class ResultFigure : public Figure {
public:
  ResultFigure(std::vector<ResultSeries> series, ResultChart chart)
      : m_series(std::move(series)), m_chart(std::move(chart)) {
    static_cast<void>(chartSvg(m_series, m_chart));  // refuses what cannot be drawn
  }
  [[nodiscard]] QString title() const override {
    return tr("%1 against %2").arg(QString::fromStdString(m_chart.metric), QString::fromStdString(m_chart.against));
  }
  [[nodiscard]] QString caption() const override { return title(); }
  [[nodiscard]] double heightFor(double width, double fontPoints) const override {
    const double lines = static_cast<double>(m_series.size());
    return std::max(width * kChartRatio, (130.0 + 11.0 * lines) * fontPoints / kChartFont);
  }
  void draw(QPainter& painter, const QRectF& area, const RenderOptions& options) override {
    const double scale = options.fontPoints / kChartFont;
    ResultChart chart = m_chart;
    chart.width = area.width() / scale;
    chart.height = area.height() / scale;
    chart.dark = options.dark;
    const std::string svg = chartSvg(m_series, chart);
    QSvgRenderer renderer(QByteArray::fromStdString(svg));
    // A chart keeps a least height: it is fitted in then.
    const QSizeF own = renderer.defaultSize();
    const double fit = std::min(area.width() / own.width(), area.height() / own.height());
    const QSizeF size = own * fit;
    renderer.render(&painter, QRectF(area.center() - QPointF(size.width(), size.height()) / 2, size));
  }
  [[nodiscard]] QByteArray csv() const override {
    QByteArray out = "group,place,mean,deviation,runs\n";
    for (const ResultSeries& each : m_series)
      for (const ResultPoint& point : each.points)
        out += csvText(each.label) + ',' + csvText(point.place) + ',' + csvNumber(point.mean) + ',' +
               csvNumber(point.deviation) + ',' + QByteArray::number(static_cast<qulonglong>(point.runs)) + '\n';
    return out;
  }

private:
  std::vector<ResultSeries> m_series;
  ResultChart m_chart;
};

}  // namespace

std::unique_ptr<Figure> resultFigure(const std::vector<ResultSeries>& series, const ResultChart& chart) {
  return std::make_unique<ResultFigure>(series, chart);
}

}  // namespace oodscope
