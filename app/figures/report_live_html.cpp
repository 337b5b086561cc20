// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"
#include "analysis/tables/value.h"
#include "app/figures/document_text.h"
#include "app/figures/report_chart.h"
#include "app/figures/report_live.h"
#include "widgets/theme/number_text.h"

#include <cmath>

namespace oodscope {
namespace {

using figures::tr;

constexpr int kChips = 8;  // colours of runs in the style

QString safe(const QString& text) { return text.toHtmlEscaped(); }

QString percentCell(const std::optional<double>& share) {
  return share ? QString::fromStdString(percentText(*share)) : QString(kNotDefinedSign);
}

/// JSON inside a page: no letter of it can end the element.
QString dataElement(const Value& value) {
  return QStringLiteral("<script type=\"application/json\">") +
         QString::fromStdString(value.json()).replace(QLatin1Char('<'), QStringLiteral("\\u003c")) +
         QStringLiteral("</script>");
}

Value countValue(std::uint64_t count) { return Value(static_cast<std::int64_t>(count)); }

Value countList(const std::vector<std::uint64_t>& counts) {
  Value::Array out;
  for (const std::uint64_t count : counts) out.push_back(countValue(count));
  return Value(std::move(out));
}

Value runData(const ReportRun& run) {
  Value::Array thresholds, tp, fp, marks;
  for (const OperatingPoint& point : run.list.points) {
    thresholds.emplace_back(shortestDecimal(point.threshold));  // infinity is null
    tp.push_back(countValue(point.counts.tp));
    fp.push_back(countValue(point.counts.fp));
  }
  for (const ThresholdList::Mark& mark : run.list.marks)
    marks.emplace_back(Value::Array{Value(mark.rule), countValue(mark.at)});
  const ConfusionCounts& any = run.list.points.front().counts;
  return Value(Value::Object{{"name", Value(run.name.toStdString())},
                             {"thresholds", Value(std::move(thresholds))},
                             {"tp", Value(std::move(tp))},
                             {"fp", Value(std::move(fp))},
                             {"positives", countValue(any.tp + any.fn)},
                             {"negatives", countValue(any.fp + any.tn)},
                             {"marks", Value(std::move(marks))},
                             {"saved", run.list.saved ? countValue(*run.list.saved) : Value()},
                             {"painted", run.painted ? countValue(*run.painted) : Value()}});
}

Value colourValue(const QColor& colour) {
  return Value(Value::Array{Value(colour.red()), Value(colour.green()), Value(colour.blue()), Value(colour.alpha())});
}

Value setData(const ReportLiveSet& live) {
  Value::Array runs, colours;
  for (const ReportRun& run : live.runs) runs.push_back(runData(run));
  for (const QString& colour : live.colours) colours.emplace_back(colour.toStdString());
  const PaintPalette& palette = paintPalette();
  return Value(Value::Object{{"runs", Value(std::move(runs))},
                             {"colours", Value(std::move(colours))},
                             {"palette", Value(Value::Object{{"tp", colourValue(palette.tp)},
                                                             {"fp", colourValue(palette.fp)},
                                                             {"fn", colourValue(palette.fn)},
                                                             {"fnHatch", colourValue(palette.fnHatch)},
                                                             {"voidHatch", colourValue(palette.voidHatch)},
                                                             {"contour", colourValue(palette.contour)}})}});
}

std::string base64(const QByteArray& bytes) { return bytes.toBase64().toStdString(); }

Value frameData(const ReportLiveSet& live, std::size_t index) {
  const ReportFrame& frame = live.frames[index];
  Value::Array levels, counts;
  for (const QByteArray& map : frame.levels) levels.push_back(map.isEmpty() ? Value() : Value(base64(map)));
  for (const ReportRun& run : live.runs) {
    if (!run.painted) continue;
    const FrameDecisions& own = run.list.frames[index];
    counts.emplace_back(Value::Object{{"positives", countValue(own.positives)},
                                      {"negatives", countValue(own.negatives)},
                                      {"tp", countList(own.tp)},
                                      {"fp", countList(own.fp)}});
  }
  return Value(Value::Object{{"truth", Value(base64(frame.truth))},
                             {"levels", Value(std::move(levels))},
                             {"counts", Value(std::move(counts))}});
}

/// What the cells of a run show at a listed threshold, in the table's order; the script writes the same.
QStringList countCells(const ConfusionCounts& c) {
  QStringList out;
  for (const std::uint64_t count : {c.tp, c.fp, c.fn, c.tn}) out << groupedText(static_cast<qint64>(count));
  for (const auto& share : {c.precision(), c.recall(), c.f1(), c.fpr()}) out << percentCell(share);
  return out;
}

const char* const kCountKeys[] = {"tp", "fp", "fn", "tn", "precision", "recall", "f1", "fpr"};

QString ruleText(const ThresholdList& list, std::size_t at) {
  for (const ThresholdList::Mark& mark : list.marks)
    if (mark.at == at) return QString::fromStdString(mark.rule);
  return {};
}

QString thresholdCell(float threshold) {
  if (!std::isfinite(threshold)) return QStringLiteral("∞");
  return QString::fromStdString(shortText(static_cast<double>(threshold))).replace(QLatin1Char('-'), kMinusSign);
}

QString runRow(const ReportRun& run, std::size_t index, int set) {
  const auto& saved = run.list.saved;
  QString row = QStringLiteral(
                    "<tr data-run=\"%1\"%2><th scope=\"row\"><label>"
                    "<input type=\"radio\" name=\"run-%3\" value=\"%1\"%4 hidden>"
                    "<span class=\"chip c%5\"></span> %6</label></th>")
                    .arg(index)
                    .arg(index == 0 ? QStringLiteral(" class=\"on\"") : QString())
                    .arg(set)
                    .arg(index == 0 ? QStringLiteral(" checked") : QString())
                    .arg(index % kChips)
                    .arg(safe(run.name));
  row += QStringLiteral("<td class=\"n\" data-head=\"AP\">%1</td><td class=\"n\" data-head=\"FPR95\">%2</td>")
             .arg(percentCell(run.ap), percentCell(run.fpr95));
  row += QStringLiteral(
             "<td class=\"slide\"><input type=\"range\" min=\"0\" max=\"%1\" step=\"1\" value=\"%2\" "
             "aria-label=\"%3\" hidden></td>"
             "<td class=\"n\" data-head=\"%4\"><output>%5</output> <small>%6</small></td>")
             .arg(run.list.points.size() - 1)
             .arg(run.list.points.size() - 1 - saved.value_or(0))
             .arg(safe(tr("Threshold of %1").arg(run.name)), tr("Threshold"),
                  saved ? thresholdCell(run.list.points[*saved].threshold) : QString(kNotDefinedSign),
                  saved ? safe(ruleText(run.list, *saved)) : QString());
  const QStringList heads{tr("TP"), tr("FP"), tr("FN"), tr("TN"), tr("Precision"), tr("Recall"), tr("F1"), tr("FPR")};
  const QStringList cells = saved ? countCells(run.list.points[*saved].counts) : QStringList();
  for (int i = 0; i < heads.size(); ++i)
    row += QStringLiteral("<td class=\"n\" data-head=\"%1\" data-value=\"%2\">%3</td>")
               .arg(heads[i], QLatin1String(kCountKeys[i]), saved ? cells[i] : QString(kNotDefinedSign));
  return row + QStringLiteral("</tr>\n");
}

QString runTable(const ReportLiveSet& live, int set) {
  QString out =
      QStringLiteral("<div class=\"scroll\"><table class=\"runs sortable\"><caption>%1</caption><thead><tr>")
          .arg(safe(tr("Exact counts of %1 at a threshold a run; AP, FPR95, precision, recall, F1 and FPR in percent.")
                        .arg(live.set)));
  const QStringList heads{tr("Run"), tr("AP"), tr("FPR95"),     QString(),    tr("Threshold"), tr("TP"), tr("FP"),
                          tr("FN"),  tr("TN"), tr("Precision"), tr("Recall"), tr("F1"),        tr("FPR")};
  for (int i = 0; i < heads.size(); ++i)
    out += heads[i].isEmpty() ? QStringLiteral("<td></td>")
                              : QStringLiteral("<th scope=\"col\"%1>%2</th>")
                                    .arg(i > 0 ? QStringLiteral(" class=\"n\"") : QString(), heads[i]);
  out += QStringLiteral("</tr></thead>\n<tbody>");
  for (std::size_t run = 0; run < live.runs.size(); ++run) out += runRow(live.runs[run], run, set);
  return out + QStringLiteral("</tbody></table></div>\n");
}

QString tools(int set) {
  return QStringLiteral(
             "<div class=\"tools\" hidden><span class=\"marks\" role=\"group\" aria-label=\"%1\">%2 </span>"
             "<label for=\"paint-%3\">%4</label> <select id=\"paint-%3\">"
             "<option value=\"decision\">%5</option><option value=\"score\">%6</option>"
             "<option value=\"photo\">%7</option></select></div>\n")
      .arg(tr("Thresholds chosen by a rule"), tr("Threshold at"))
      .arg(set)
      .arg(tr("Paint"), tr("decision"), tr("score, by place among the thresholds"), tr("nothing"));
}

QString legend() {
  return QStringLiteral(
             "<p class=\"legend\"><span class=\"chip tp\"></span> %1 <span class=\"chip fp\"></span> %2 "
             "<span class=\"chip fn\"></span> %3 <span class=\"chip void\"></span> %4 "
             "<span class=\"chip contour\"></span> %5</p>\n")
      .arg(tr("true positive (TP)"), tr("false positive (FP)"), tr("false negative (FN)"), tr("void"),
           tr("outline of the labelled anomaly"));
}

QString frameFigure(const ReportLiveSet& live, std::size_t index) {
  const ReportFrame& frame = live.frames[index];
  const ReportRun& run = live.runs.front();
  const auto& saved = run.list.saved;
  QString counts;
  if (saved && *saved < run.list.frames[index].tp.size()) {
    const FrameDecisions& own = run.list.frames[index];
    counts =
        QStringLiteral("TP %1 · FP %2 · FN %3")
            .arg(groupedText(static_cast<qint64>(own.tp[*saved])), groupedText(static_cast<qint64>(own.fp[*saved])),
                 groupedText(static_cast<qint64>(own.positives - own.tp[*saved])));
  }
  const QString size = QStringLiteral("width=\"%1\" height=\"%2\"").arg(frame.scored.width).arg(frame.scored.height);
  return QStringLiteral(
             "<figure class=\"frame\"><figcaption><b>%1</b> <small>%2</small></figcaption>"
             "<div class=\"stack\"><img class=\"photo\" alt=\"%3\" %4 src=\"data:image/jpeg;base64,%5\">"
             "<img class=\"saved\" alt=\"%6\" %4 src=\"data:image/png;base64,%7\">"
             "<canvas width=\"%8\" height=\"%9\" role=\"img\" hidden></canvas></div>")
             .arg(safe(frame.name), safe(frame.note), safe(tr("Photograph of frame %1").arg(frame.name)), size,
                  QString::fromLatin1(frame.photo.toBase64()),
                  safe(tr("Decision over frame %1: %2").arg(frame.name, counts)),
                  QString::fromLatin1(frame.decision.toBase64()), QString::number(frame.painted.width),
                  QString::number(frame.painted.height)) +
         QStringLiteral("<p class=\"counts\">%1</p><p class=\"note\">%2</p>%3</figure>\n")
             .arg(counts,
                  frame.painted == frame.scored
                      ? tr("Painted in 8 bits, all %1 × %2 pixels.").arg(frame.scored.width).arg(frame.scored.height)
                      : tr("Painted in 8 bits, %1 × %2 of %3 × %4 pixels.")
                            .arg(frame.painted.width)
                            .arg(frame.painted.height)
                            .arg(frame.scored.width)
                            .arg(frame.scored.height),
                  dataElement(frameData(live, index)));
}

QString chartRow(const ReportLiveSet& live) {
  if (!live.noCurves.isEmpty()) return QStringLiteral("<p class=\"note\">%1</p>\n").arg(safe(live.noCurves));
  QString out = QStringLiteral("<div class=\"charts\">");
  const std::pair<ReportChart, QString> charts[] = {{ReportChart::PrecisionRecall, tr("Precision–recall")},
                                                    {ReportChart::Roc, tr("ROC")},
                                                    {ReportChart::F1, tr("F1")}};
  for (const auto& [chart, title] : charts)
    out += QStringLiteral("<figure><figcaption><b>%1</b></figcaption>%2</figure>").arg(title, chartSvg(chart, live));
  return out + QStringLiteral("<div class=\"readout\" hidden></div></div>\n");
}

}  // namespace

QString liveSetHtml(const ReportLiveSet& live, int index) {
  std::size_t listed = 0;
  for (const ReportRun& run : live.runs) listed = std::max(listed, run.list.points.size());
  QString out = QStringLiteral("<section class=\"live\" aria-label=\"%1\">\n<p class=\"note\">%2</p>\n")
                    .arg(safe(tr("Thresholds of %1").arg(live.set)), safe(live.caption));
  out += chartRow(live) + runTable(live, index) + tools(index);
  out +=
      QStringLiteral("<p class=\"note\">%1</p>\n")
          .arg(tr("Curves and counts are exact, of all pixels that the protocol uses, at up to %1 listed thresholds a "
                  "run (score ≥ threshold is flagged); the sliders stand at listed thresholds alone. The painting "
                  "is of 8-bit maps that say which listed thresholds a pixel reaches.")
                   .arg(listed));
  if (!live.frames.empty()) {
    out += legend() + QStringLiteral("<p class=\"note nomap\" hidden>%1</p>\n<div class=\"frames\">")
                          .arg(tr("This file holds no map of the chosen run: nothing is painted."));
    for (std::size_t i = 0; i < live.frames.size(); ++i) out += frameFigure(live, i);
    out += QStringLiteral("</div>\n");
  }
  return out + dataElement(setData(live)) + QStringLiteral("</section>\n");
}

}  // namespace oodscope
