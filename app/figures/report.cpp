// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/report.h"

#include "analysis/formats/atomic_file.h"
#include "analysis/tables/number_text.h"
#include "app/documents/provenance.h"
#include "app/documents/worst_failures.h"
#include "app/figures/document_text.h"
#include "app/figures/figure_plans.h"
#include "app/figures/picture_plans.h"
#include "app/figures/plot_data.h"
#include "app/figures/report_grids.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/utf8_text.h"

namespace oodscope {
namespace {

using figures::tr;

constexpr std::size_t kPictured = 4;  // frames pictured a set
constexpr double kSheetShare = 0.72;  // of the text's width: with the four curves above it fills a page
constexpr double kHistogramShare = 0.5;
constexpr std::size_t kListed = 8;  // failures listed of each kind

QString pinFact(const ViewState& view) {
  QString text = qs(std::string(pinRuleName(view.pin)));
  if (view.pin == PinRule::None) return text;
  text += QLatin1Char(' ') + qs(shortText(view.pinValue));
  return view.pinSet.empty() ? text : text + tr(" on ") + qs(view.pinSet);
}

/// The sets that a table has rows of, once each: its first column.
std::vector<std::string> setsOf(const Table& table) {
  std::vector<std::string> out;
  for (const Value::Array& row : table.rows)
    if (const auto* set = std::get_if<std::string>(&row.front().data()); set && (out.empty() || out.back() != *set))
      out.push_back(*set);
  return out;
}

class Builder {
public:
  Builder(SessionResults& results, const std::string& name, int threads, const ProgressSink& progress)
      : m_results(results), m_progress(progress) {
    m_report.document.title = tr("Anomaly segmentation report: %1").arg(qs(name));
    const Value::Object provenance = provenanceOf(results, threads);
    m_report.tables = makeReportTables(results, provenance, progress);
    m_report.problems = results.problems();
  }

  Report build() {
    const RunSpec run = m_results.viewRun();
    const std::string source = m_results.sourceName(run);
    m_report.document.subtitle =
        tr("Oodscope %1 · %2 · %3 · %4 protocol · %5")
            .arg(qs(programVersion()), qs(source), configurationTitle(m_results.configuration(run)),
                 protocolTitle(m_results.session().view.protocol))
            .arg(countedText(static_cast<qint64>(m_results.sets().size()), tr("set"), tr("sets")));
    addResults();
    addField();
    addSweep();
    addGrid();
    for (const std::string& set : m_results.sets())
      if (m_results.isOpen(set, source)) addSet(set);
    addProvenance();
    return std::move(m_report);
  }

private:
  template <class Block>
  void add(Block block) {
    m_report.document.blocks.emplace_back(std::move(block));
  }
  void heading(const QString& text, int level = 1) { add(ReportHeading{text, level}); }
  void note(const QString& text) { add(ReportText{text, true}); }

  /// The figures in one row; what cannot be made is said instead.
  void figures(const std::vector<std::string>& names, const QString& caption, double share = 1.0,
               ReportMedium medium = ReportMedium::Both) {
    ReportFigures row;
    row.caption = caption;
    row.share = share;
    row.medium = medium;
    for (const std::string& name : names) {
      m_progress({"figures", name, m_drawn++, 0});
      try {
        row.figures.push_back(planFigure(m_results, name)());
      } catch (const Error& error) {
        m_report.problems.push_back("figure " + name + ": " + error.what());
        note(tr("Not drawn: %1.").arg(QString::fromUtf8(error.what())));
      }
    }
    if (!row.figures.empty()) add(std::move(row));
  }

  void addResults() {
    heading(tr("Results"));
    add(metricGrid(m_report.tables.main,
                   tr("AP (higher is better) and FPR95 (lower is better) in percent, exact. Best bold, second "
                      "underlined.")));
    add(componentGrid(m_report.tables.main,
                      tr("Threshold at the best F1, and components there, in percent (an oracle choice).")));
    heading(tr("Methods and temperatures"), 2);
    add(metricGrid(m_report.tables.ablation, tr("AP and FPR95 in percent, exact. Best bold, second underlined.")));
    heading(tr("Thresholds"), 2);
    add(plainGrid(m_report.tables.thresholds, {"Model", "Method", "T"}));
  }

  /// Open-set recognition and distances, of sets that have what they need.
  void addField() {
    const FieldTables& field = m_report.tables.field;
    const auto table = [&](const QString& title, const Table& of) {
      if (of.rows.empty()) return;
      heading(title, 2);
      add(plainGrid(of, {"Model", "Method", "T"}));
    };
    if (field.openSet.rows.empty() && field.distances.rows.empty() && field.sizes.rows.empty()) return;
    heading(tr("Classes, sizes and distances"));
    table(tr("Open-set recognition"), field.openSet);
    table(tr("IoU by class"), field.openIou);
    table(tr("Open IoU as ISSU's"), field.issu);
    for (const std::string& set : setsOf(field.openSet))
      figures({"confusion:" + set}, runCaption(m_results, m_results.onSet(m_results.viewRun(), set)), kHistogramShare);
    table(tr("By size"), field.sizes);
    table(tr("By distance"), field.distances);
  }

  void addSweep() {
    if (m_report.tables.sweep.rows.empty()) return;
    heading(tr("Temperature"));
    const auto sweep = m_results.sweepOf(m_results.viewSource());
    QString caption = tr("AP (solid) and FPR95 (dashed) against temperature, exact at every point.");
    if (sweep->bestTemperature)
      caption +=
          tr(" Best trade-off (%1): T %2.").arg(qs(sweepRuleText(sweep->rule)), qs(shortText(*sweep->bestTemperature)));
    figures({"sweep"}, caption);
  }

  void addGrid() {
    heading(tr("Qualitative results"));
    figures({"grid"}, runCaption(m_results, m_results.viewRun()));
  }

  void addSet(const std::string& set) {
    heading(qs(set));
    const RunSpec run = m_results.onSet(m_results.viewRun(), set);
    const auto live = m_results.liveSet(run);
    const DataSet& data = live->dataSet();
    const FrameAccount account = live->account();
    const auto counted = [](std::size_t count, const QString& one, const QString& many) {
      return countedText(static_cast<qint64>(count), one, many);
    };
    QStringList facts{counted(data.frames.size(), tr("frame"), tr("frames")),
                      data.skipped.empty()
                          ? tr("no file left out")
                          : tr("%1 left out").arg(counted(data.skipped.size(), tr("file"), tr("files"))),
                      tr("labels: %1").arg(qs(data.encoding.description))};
    if (account.unlabelled > 0)
      facts.insert(1, tr("%1 without ground truth").arg(counted(account.unlabelled, tr("frame"), tr("frames"))));
    add(ReportText{facts.join(QStringLiteral("; ")) + QLatin1Char('.'), false});
    if (!account.isComplete())
      add(ReportText{tr("Partial: all numbers of this set are of %1. They are not the set's.").arg(framesText(account)),
                     true});
    if (live->labelledFrames().empty()) {
      note(tr("Ground truth is withheld: no metric can be given."));
      if (const auto ready = live->readyFrames(); !ready.empty())
        figures({"frame:" + set + "/" + data.frames[ready.front()].name}, runCaption(m_results, run));
      return;
    }
    const QString caption = runCaption(m_results, run);
    const bool isAlive = addLive(set);
    const ReportMedium drawn = isAlive ? ReportMedium::Pdf : ReportMedium::Both;
    figures({"pr-methods:" + set, "roc-methods:" + set}, caption, 1.0, drawn);
    figures({"f1:" + set, "histogram:" + set}, caption, 1.0, drawn);
    if (isAlive)
      figures({"histogram:" + set}, caption + tr(" · at the saved threshold"), kHistogramShare, ReportMedium::Html);
    try {
      const WorstOfSet worst = worstOf(m_results, run, kListed);
      if (!worst.frames.empty()) {
        heading(tr("Worst frames"), 2);
        figures({"failures:" + set},
                tr("The %1 with the lowest AP; largest errors below.")
                    .arg(counted(std::min(kPictured, worst.frames.size()), tr("frame"), tr("frames"))),
                kSheetShare, drawn);
        add(plainGrid(worstFrameTable(m_results, run, worst)));
      }
      const Table failures = failureTable(m_results, run, worst);
      if (!failures.rows.empty()) add(plainGrid(failures));
    } catch (const Error& error) {
      m_report.problems.push_back(set + ": " + error.what());
      note(tr("Failures are missing: %1.").arg(QString::fromUtf8(error.what())));
    }
  }

  /// The set's curves, thresholds and frames for the HTML. Returns whether they could be made and have curves.
  bool addLive(const std::string& set) {
    m_progress({"figures", "thresholds of " + set, m_drawn++, 0});
    try {
      auto live = std::make_shared<const ReportLiveSet>(liveSetOf(m_results, set));
      const bool hasCurves = live->noCurves.isEmpty();
      add(std::shared_ptr<const ReportLiveSet>(std::move(live)));
      return hasCurves;
    } catch (const Error& error) {
      if (m_results.stopToken().stop_requested()) throw;
      m_report.problems.push_back("thresholds of " + set + ": " + error.what());
      note(tr("Thresholds are missing: %1.").arg(QString::fromUtf8(error.what())));
      return false;
    }
  }

  void addProvenance() {
    heading(tr("Provenance"));
    ReportFacts facts;
    for (const Member& member : m_report.tables.main.provenance) {
      const auto* text = std::get_if<std::string>(&member.value.data());
      facts.facts.emplace_back(qs(member.key), text != nullptr ? qs(*text) : qs(member.value.json()));
    }
    add(std::move(facts));
    const ViewState& view = m_results.session().view;
    heading(tr("Configuration"), 2);
    ReportFacts knobs;
    knobs.facts = {{tr("pin"), pinFact(view)},
                   {tr("colour map"), qs(view.colourMap)},
                   {tr("resolution"), qs(std::string(resolutionName(view.resolution)))},
                   {tr("channels"), view.allChannels ? tr("all outputs") : tr("known classes")}};
    add(std::move(knobs));
    if (m_report.problems.empty()) return;
    heading(tr("What is missing"), 2);
    for (const std::string& problem : m_report.problems) add(ReportText{qs(problem), false});
  }

  SessionResults& m_results;
  const ProgressSink& m_progress;
  Report m_report;
  std::size_t m_drawn = 0;
};

void write(const std::filesystem::path& file, const QByteArray& bytes) {
  writeFileAtomically(file, std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

}  // namespace

Report makeReport(SessionResults& results, const std::string& name, int threads, const ProgressSink& progress) {
  return Builder(results, name, threads, progress).build();
}

std::vector<std::filesystem::path> writeReport(const Report& report, const std::filesystem::path& folder) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) throw Error("cannot make the report's folder: " + problem.message(), folder);
  // There while files are missing: a report that was stopped half-way says so.
  const std::filesystem::path partial = folder / "INCOMPLETE.txt";
  writeFileAtomically(partial, std::string_view("This report is still being written, or was stopped before all of its "
                                                "files were there: make it again.\n"));
  std::vector<std::filesystem::path> files{folder / "report.html", folder / "report.pdf"};
  write(files[0], reportHtml(report.document));
  write(files[1], reportPdf(report.document));
  for (std::filesystem::path& file : writeReportTables(report.tables, folder)) files.push_back(std::move(file));
  std::filesystem::remove(partial, problem);
  return files;
}

}  // namespace oodscope
