// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/report_live.h"

#include "analysis/tables/number_text.h"
#include "app/documents/report_plan.h"
#include "app/documents/worst_failures.h"
#include "app/figures/document_text.h"
#include "app/figures/figure_plans.h"
#include "app/figures/picture_plans.h"
#include "app/figures/plot_data.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr std::size_t kWorstShown = 4;   // frames a set
constexpr std::size_t kFramesShown = 8;  // the grid's among them
constexpr std::size_t kPaintedRuns = 4;  // maps a frame: more would be too small to be read
constexpr int kColourSamples = 32;       // of the view's colour map

/// Kept runs over the run's set that are measured as the session's view is.
std::vector<RunSpec> keptBeside(const SessionResults& results, const RunSpec& own) {
  std::vector<RunSpec> out;
  const ViewState& view = results.session().view;
  for (const RunChoice& kept : results.session().runs) {
    const std::string source = kept.score.imported.value_or(kept.model);
    if (kept.protocol != view.protocol || kept.allChannels != view.allChannels ||
        measuredAt(kept.resolution, view.protocol) != measuredAt(view.resolution, view.protocol) ||
        !results.isOpen(kept.set, source))
      continue;
    const RunSpec run = results.run(kept.set, source, configurationOf(kept.score));
    if (run.set == own.set) out.push_back(run);
  }
  return out;
}

std::vector<RunSpec> runsOf(const SessionResults& results, const RunSpec& own) {
  std::vector<RunSpec> runs{own};
  const auto add = [&](const RunSpec& run) {
    if (std::ranges::find(runs, run) == runs.end()) runs.push_back(run);
  };
  for (const RunSpec& kept : keptBeside(results, own)) add(kept);
  for (const RunSpec& run : planReport(results).main)
    if (run.set == own.set) add(run);
  return runs;
}

std::vector<std::size_t> framesOf(SessionResults& results, const RunSpec& run) {
  const auto live = results.liveSet(run);
  const std::vector<std::size_t> labelled = live->labelledFrames();
  std::vector<std::size_t> frames;
  const auto add = [&](std::size_t frame) {
    const bool isKnown = std::ranges::find(labelled, frame) != labelled.end();
    if (isKnown && frames.size() < kFramesShown && std::ranges::find(frames, frame) == frames.end())
      frames.push_back(frame);
  };
  for (const FrameMetrics& worst : worstFrames(*results.results(run)->details, kWorstShown)) add(worst.frame);
  for (const GridRecipe::Row& row : completeGrid(results, results.session().grid).rows)
    if (row.set == live->dataSet().name)
      if (const auto frame = live->dataSet().find(row.frame)) add(*frame);
  for (const std::size_t frame : labelled)
    if (frames.size() < kWorstShown) add(frame);
  return frames;
}

QString frameNote(const RunDetails& details, std::size_t frame) {
  for (const FrameMetrics& metrics : details.frames)
    if (metrics.frame == frame && metrics.ap)
      return figures::tr("AP %1").arg(QString::fromStdString(percentText(*metrics.ap)));
  return figures::tr("no anomaly");
}

QStringList colourSamples(const ViewState& view) {
  const auto table = tableOf(view);
  QStringList out;
  for (int i = 0; i < kColourSamples; ++i)
    out << QColor((*table)[static_cast<std::size_t>(i * (kColourCount - 1) / (kColourSamples - 1))]).name();
  return out;
}

}  // namespace

ReportLiveSet liveSetOf(SessionResults& results, const std::string& set) {
  const RunSpec own = results.onSet(results.viewRun(), set);
  const auto live = results.liveSet(own);
  const std::vector<std::size_t> frames = framesOf(results, own);
  const std::vector<RunSpec> runs = runsOf(results, own);
  ReportLiveSet out;
  out.set = QString::fromStdString(set);
  out.caption = runCaption(results, own);
  out.noCurves = noCurveReason(*results.numbers(own));
  out.prevalence = results.numbers(own)->curves.prevalence;
  out.colours = colourSamples(results.session().view);
  const bool severalSources = results.sources().size() > 1;
  for (const RunSpec& run : runs) {
    const auto numbers = results.numbers(run);
    ReportRun part;
    part.name = configurationTitle(results.configuration(run));
    const QString source = QString::fromStdString(results.sourceName(run));
    if (severalSources && source != part.name) part.name += QStringLiteral(" · ") + source;
    part.ap = numbers->metrics.ap;
    part.fpr95 = numbers->metrics.fpr95;
    part.auroc = numbers->metrics.auroc;
    part.hasCurves = !numbers->curves.points.empty();
    if (out.runs.size() < kPaintedRuns) part.painted = out.runs.size();
    part.list = thresholdList(results, run, part.painted ? frames : std::vector<std::size_t>());
    out.runs.push_back(std::move(part));
  }
  const auto details = results.results(own)->details;
  for (const std::size_t frame : frames) {
    FrameSources sources;
    const Frame& source = live->dataSet().frames[frame];
    sources.image = std::make_shared<const RgbImage>(readImage(source));
    sources.label = live->label(frame);
    for (std::size_t r = 0; r < std::min(runs.size(), kPaintedRuns); ++r) {
      const auto scored = results.liveSet(runs[r]);
      sources.scores.push_back(scored->isReady(frame) ? scored->scores(frame, scored->configurationOf(runs[r]))
                                                      : nullptr);
      sources.lists.push_back(&out.runs[r].list);
    }
    ReportFrame part = reportFrame(sources);
    part.name = QString::fromStdString(source.name);
    part.note = frameNote(*details, frame);
    out.frames.push_back(std::move(part));
  }
  return out;
}

}  // namespace oodscope
