// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/result_chart.h"

#include "analysis/core/error.h"
#include "analysis/core/numbers.h"
#include "analysis/tables/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace oodscope {
namespace {

/// Okabe and Ito's colours, told apart by everybody.
constexpr std::array<std::string_view, 7> kChartColours = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                           "#e69f00", "#56b4e9", "#555555"};
/// What a chart is drawn with besides its series.
struct ChartInk {
  std::string_view ground, text, axis, grid;
};
constexpr ChartInk kOnPaper{"#ffffff", "#000000", "#333333", "#dddddd"};
constexpr ChartInk kOnDark{"#1b1d21", "#e6e8eb", "#b8bcc4", "#3a3d44"};
constexpr double kFont = 8.0, kLeft = 44.0, kRight = 8.0, kTop = 8.0, kBelowAxis = 30.0, kLegendLine = 11.0;

/// Text as it stands between SVG's tags.
std::string markupText(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else
      out += c;
  }
  return out;
}

/// Two decimals are a hundredth of a point.
std::string points(double value) { return roundTripText(std::round(value * 100.0) / 100.0); }

struct Span {
  double low = 0.0, high = 1.0;
};

/// What the metric spans, whiskers included.
Span metricSpan(const std::vector<ResultSeries>& series, bool fromZero) {
  bool any = false;
  Span out;
  for (const ResultSeries& each : series)
    for (const ResultPoint& point : each.points) {
      if (!point.mean) continue;
      const double whisker = point.deviation.value_or(0.0);
      out.low = any ? std::min(out.low, *point.mean - whisker) : *point.mean - whisker;
      out.high = any ? std::max(out.high, *point.mean + whisker) : *point.mean + whisker;
      any = true;
    }
  if (!any)
    throw Error(
        {.what = "nothing can be drawn", .expected = "a run whose metric is defined", .found = "none", .file = {}});
  if (fromZero) {  // a bar's length is its value
    out.low = std::min(out.low, 0.0);
    out.high = std::max(out.high, 0.0);
  }
  if (out.low == out.high) {
    out.low -= 0.5;
    out.high += 0.5;
  }
  const std::vector<double> ticks = chartTicks(out.low, out.high);
  return {std::min(out.low, ticks.front()), std::max(out.high, ticks.back())};
}

/// Places in the order in which they are first met.
std::vector<std::string> placesOf(const std::vector<ResultSeries>& series) {
  std::vector<std::string> out;
  for (const ResultSeries& each : series)
    for (const ResultPoint& point : each.points)
      if (std::find(out.begin(), out.end(), point.place) == out.end()) out.push_back(point.place);
  return out;
}

class ChartWriter {
public:
  ChartWriter(const std::vector<ResultSeries>& series, const ResultChart& chart)
      : m_series(series), m_chart(chart), m_isNumbered(hasNumbers(series)), m_span(metricSpan(series, !m_isNumbered)) {
    m_bottom = chart.height - kBelowAxis - kLegendLine * static_cast<double>(series.size());
    m_plotWidth = chart.width - kLeft - kRight;
  }

  std::string write() {
    m_out = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + points(m_chart.width) + "pt\" height=\"" +
            points(m_chart.height) + "pt\" viewBox=\"0 0 " + points(m_chart.width) + " " + points(m_chart.height) +
            "\" font-family=\"sans-serif\" font-size=\"" + points(kFont) + "\" fill=\"" + std::string(m_ink.text) +
            "\">\n<rect width=\"" + points(m_chart.width) + "\" height=\"" + points(m_chart.height) + "\" fill=\"" +
            std::string(m_ink.ground) + "\"/>\n";  // in numbers: a share is not understood by every reader
    for (const double tick : chartTicks(m_span.low, m_span.high)) {
      line(kLeft, y(tick), kLeft + m_plotWidth, y(tick), m_ink.grid, 0.5);
      text(kLeft - 3.0, y(tick) + 0.35 * kFont, "end", typesetText(shortText(tick)));
    }
    line(kLeft, m_bottom, kLeft + m_plotWidth, m_bottom, m_ink.axis, 0.75);
    line(kLeft, kTop, kLeft, m_bottom, m_ink.axis, 0.75);
    if (m_isNumbered)
      drawLines();
    else
      drawBars();
    text(kLeft + 0.5 * m_plotWidth, m_bottom + 2.6 * kFont, "middle", m_chart.against);
    m_out += "<text transform=\"translate(" + points(kFont) + "," + points(0.5 * (kTop + m_bottom)) +
             ") rotate(-90)\" text-anchor=\"middle\">" + markupText(m_chart.metric) + "</text>\n";
    drawLegend();
    return m_out + "</svg>\n";
  }

private:
  [[nodiscard]] double y(double value) const {
    return m_bottom - (value - m_span.low) / (m_span.high - m_span.low) * (m_bottom - kTop);
  }
  [[nodiscard]] static std::string_view colourOf(std::size_t series) {
    return kChartColours.at(series % kChartColours.size());
  }

  void line(double x1, double y1, double x2, double y2, std::string_view colour, double width) {
    m_out += "<line x1=\"" + points(x1) + "\" y1=\"" + points(y1) + "\" x2=\"" + points(x2) + "\" y2=\"" + points(y2) +
             "\" stroke=\"" + std::string(colour) + "\" stroke-width=\"" + points(width) + "\"/>\n";
  }
  void text(double x, double baseline, std::string_view anchor, const std::string& what) {
    m_out += "<text x=\"" + points(x) + "\" y=\"" + points(baseline) + "\" text-anchor=\"" + std::string(anchor) +
             "\">" + markupText(what) + "</text>\n";
  }
  void whisker(double x, const ResultPoint& point) {
    if (!point.deviation) return;
    const double above = y(*point.mean + *point.deviation), below = y(*point.mean - *point.deviation);
    line(x, above, x, below, m_ink.axis, 0.75);
    line(x - 2.0, above, x + 2.0, above, m_ink.axis, 0.75);
    line(x - 2.0, below, x + 2.0, below, m_ink.axis, 0.75);
  }

  void drawLines() {
    std::set<double> numbers;
    for (const ResultSeries& each : m_series)
      for (const ResultPoint& point : each.points) numbers.insert(*point.number);
    double low = *numbers.begin(), high = *numbers.rbegin(), linearBelow = 0.0;
    if (low == high) {
      low -= 0.5;
      high += 0.5;
    }
    for (const double number : numbers)
      if (number != 0.0) linearBelow = linearBelow == 0.0 ? std::abs(number) : std::min(linearBelow, std::abs(number));
    const auto x = [&](double number) {
      return kLeft + m_plotWidth * chartPosition(number, low, high, m_chart.scale, linearBelow);
    };
    const bool areFew = numbers.size() <= 8;
    const std::vector<double> ticks =
        areFew ? std::vector<double>(numbers.begin(), numbers.end()) : chartTicks(low, high);
    for (const double tick : ticks) {
      if (tick < low || tick > high) continue;
      line(x(tick), m_bottom, x(tick), m_bottom + 2.5, m_ink.axis, 0.75);
      text(x(tick), m_bottom + 1.4 * kFont, "middle", typesetText(shortText(tick)));
    }
    for (std::size_t s = 0; s < m_series.size(); ++s) drawLine(m_series[s], std::string(colourOf(s)), x);
  }

  /// `x`: the place of a point's number.
  template <class Place>
  void drawLine(const ResultSeries& series, const std::string& colour, const Place& x) {
    std::string path;
    for (const ResultPoint& point : series.points) {
      if (!point.mean) continue;
      path += (path.empty() ? "M" : " L") + points(x(*point.number)) + " " + points(y(*point.mean));
      whisker(x(*point.number), point);
      m_out += "<circle cx=\"" + points(x(*point.number)) + "\" cy=\"" + points(y(*point.mean)) + "\" r=\"2\" fill=\"" +
               colour + "\"/>\n";
    }
    if (!path.empty())
      m_out += "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + colour + "\" stroke-width=\"1.25\"/>\n";
  }

  void drawBars() {
    const std::vector<std::string> places = placesOf(m_series);
    const double slot = m_plotWidth / static_cast<double>(places.size());
    const double bar = 0.8 * slot / static_cast<double>(m_series.size());
    for (std::size_t p = 0; p < places.size(); ++p)
      text(kLeft + (static_cast<double>(p) + 0.5) * slot, m_bottom + 1.4 * kFont, "middle",
           places[p].empty() ? "–" : places[p]);
    for (std::size_t s = 0; s < m_series.size(); ++s)
      for (const ResultPoint& point : m_series[s].points) {
        if (!point.mean) continue;
        const auto p = static_cast<double>(std::find(places.begin(), places.end(), point.place) - places.begin());
        const double left = kLeft + p * slot + 0.1 * slot + static_cast<double>(s) * bar;
        const double top = std::min(y(*point.mean), y(0.0)), end = std::max(y(*point.mean), y(0.0));
        m_out += "<rect x=\"" + points(left) + "\" y=\"" + points(top) + "\" width=\"" + points(bar) + "\" height=\"" +
                 points(end - top) + "\" fill=\"" + std::string(colourOf(s)) + "\"/>\n";
        whisker(left + 0.5 * bar, point);
      }
  }

  void drawLegend() {
    double baseline = m_bottom + kBelowAxis;
    for (std::size_t s = 0; s < m_series.size(); ++s, baseline += kLegendLine) {
      m_out += "<rect x=\"" + points(kLeft) + "\" y=\"" + points(baseline - 0.8 * kFont) + "\" width=\"" +
               points(0.8 * kFont) + "\" height=\"" + points(0.8 * kFont) + "\" fill=\"" + std::string(colourOf(s)) +
               "\"/>\n";
      text(kLeft + 1.3 * kFont, baseline, "start", m_series[s].label);
    }
  }

  const std::vector<ResultSeries>& m_series;
  const ResultChart& m_chart;
  ChartInk m_ink = m_chart.dark ? kOnDark : kOnPaper;
  bool m_isNumbered;
  Span m_span;
  double m_bottom = 0.0, m_plotWidth = 0.0;
  std::string m_out;
};

}  // namespace

double chartPosition(double number, double low, double high, ChartScale scale, double linearBelow) {
  const auto place = [&](double value) {
    if (scale == ChartScale::Linear || linearBelow <= 0.0) return value;
    const double size = std::abs(value) / linearBelow;
    return std::copysign(size <= 1.0 ? size : 1.0 + std::log10(size), value);
  };
  return (place(number) - place(low)) / (place(high) - place(low));
}

std::vector<double> chartTicks(double low, double high) {
  constexpr double kWanted = 5.0;
  const double rough = (high - low) / kWanted;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0})
    if (factor * power <= rough * 1.0001) step = factor * power;
  std::vector<double> out;
  for (double index = std::floor(low / step + 1e-9); index * step <= high + 0.999 * step; ++index)
    out.push_back(index * step);
  return out;
}

std::string chartSvg(const std::vector<ResultSeries>& series, const ResultChart& chart) {
  require(!series.empty(), "chartSvg: no series");
  ResultChart sized = chart;
  sized.height = std::max(chart.height, 130.0 + kLegendLine * static_cast<double>(series.size()));
  return ChartWriter(series, sized).write();
}

}  // namespace oodscope
