// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/figure_plans.h"

#include "app/figures/confusion_figure.h"
#include "app/figures/document_text.h"
#include "app/figures/picture_plans.h"
#include "app/figures/plot_data.h"
#include "app/figures/plot_figures.h"
#include "app/figures/run_overlays.h"
#include "app/figures/scene_figures.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

using figures::tr;

constexpr std::size_t kWorst = 4;  // rows of the failure sheet: a page
constexpr const char* kEveryMethod = "-methods";

QString titleOf(CurveKind kind) {
  switch (kind) {
    case CurveKind::PrecisionRecall:
      return tr("Precision–recall");
    case CurveKind::Roc:
      return tr("ROC");
    case CurveKind::F1:
      return tr("F1 and IoU");
  }
  return {};
}

std::optional<CurveKind> curveKindOf(const std::string& name) {
  if (name == "pr") return CurveKind::PrecisionRecall;
  if (name == "roc") return CurveKind::Roc;
  if (name == "f1") return CurveKind::F1;
  return std::nullopt;
}

CurveData curveOf(CurveKind kind, const SetNumbers& numbers, CurveRole role, const QString& name) {
  switch (kind) {
    case CurveKind::PrecisionRecall:
      return precisionRecallCurve(numbers, role, name);
    case CurveKind::Roc:
      return rocCurve(numbers, role, name);
    case CurveKind::F1:
      break;
  }
  return f1Curve(numbers, role, name);
}

void requireDefined(const SetNumbers& numbers, const std::string& set) {
  if (numbers.curves.points.empty())
    throw Error(ErrorParts{.what = "no curve is defined for " + set,
                           .expected = "anomalous and normal pixels, and a protocol that pools them",
                           .found = std::to_string(numbers.metrics.positives) + " anomalous, " +
                                    std::to_string(numbers.metrics.negatives) + " normal pixels"});
}

/// A kept run and its place in the session's list.
struct KeptRunOfSet {
  RunSpec run;
  int series = 0;
};

using Runs = std::vector<RunChoice>;

std::string sourceOf(const RunChoice& run) { return run.score.imported.value_or(run.model); }

/// The session's kept runs over the same set, the hidden ones apart.
std::vector<KeptRunOfSet> keptRuns(const SessionResults& results, const RunSpec& run, const Runs& hidden) {
  std::vector<KeptRunOfSet> out;
  int series = -1;
  for (const RunChoice& pinned : results.session().runs) {
    ++series;
    const std::string source = sourceOf(pinned);
    if (std::ranges::find(hidden, pinned) != hidden.end() || !whyNotDrawn(results, pinned).isEmpty()) continue;
    const RunSpec kept = results.run(pinned.set, source, configurationOf(pinned.score));
    const bool isKnown = std::ranges::any_of(out, [&](const KeptRunOfSet& other) { return other.run == kept; });
    if (kept.set == run.set && kept != run && !isKnown) out.push_back({kept, series});
  }
  return out;
}

/// Runs drawn in one plot: the session's own and the kept ones that have curves.
struct DrawnRuns {
  QString own;
  std::vector<RunOverlay> kept;
};

DrawnRuns drawnRuns(SessionResults& results, const RunSpec& run, const std::vector<KeptRunOfSet>& others,
                    bool withHistograms) {
  const auto titleOf = [&](const RunSpec& of) {
    return RunTitle{results.configuration(of), QString::fromStdString(results.sourceName(of))};
  };
  DrawnRuns out;
  std::vector<RunTitle> titles{titleOf(run)};
  for (const KeptRunOfSet& kept : others) {
    auto numbers = results.numbers(kept.run);
    if (numbers->curves.points.empty()) continue;
    titles.push_back(titleOf(kept.run));
    RunOverlay& overlay = out.kept.emplace_back();
    overlay.series = kept.series;
    overlay.numbers = std::move(numbers);
    if (!withHistograms) continue;
    const auto made = results.results(kept.run);
    overlay.histogram = std::shared_ptr<const ScoreHistogram>(made->details, &made->details->histogram);
  }
  const QStringList names = distinctRunNames(titles);
  out.own = names.front();
  for (std::size_t i = 0; i < out.kept.size(); ++i) out.kept[i].name = names[static_cast<qsizetype>(i) + 1];
  return out;
}

/// Every source and method that is open, at the view's temperature, over the run's set; the run itself left out.
std::vector<RunSpec> everyMethod(const SessionResults& results, const RunSpec& run) {
  std::vector<RunSpec> out;
  const std::string set = results.setName(run);
  for (const std::string& source : results.sources()) {
    if (!results.isOpen(set, source)) continue;
    for (const Configuration& configuration :
         results.configurations(source, {results.session().view.score.temperature}))
      if (const RunSpec other = results.run(set, source, configuration); other != run) out.push_back(other);
  }
  return out;
}

enum class Beside { KeptRuns, EveryMethod };

/// What is drawn beside the run: kept runs by their places in the session's list, every method behind them.
std::vector<KeptRunOfSet> besides(const SessionResults& results, const RunSpec& run, const Runs& hidden,
                                  Beside beside) {
  std::vector<KeptRunOfSet> out = keptRuns(results, run, hidden);
  if (beside == Beside::KeptRuns) return out;
  auto series = static_cast<int>(results.session().runs.size());
  for (const RunSpec& other : everyMethod(results, run))
    if (std::ranges::find(out, other, &KeptRunOfSet::run) == out.end()) out.push_back({other, series++});
  return out;
}

FigurePlan planCurves(SessionResults& results, const RunSpec& run, CurveKind kind, const Runs& hidden,
                      Beside beside = Beside::KeptRuns) {
  CurveFigureData data;
  data.kind = kind;
  data.title = titleOf(kind);
  data.caption = runCaption(results, run);
  const auto numbers = results.numbers(run);
  requireDefined(*numbers, results.setName(run));
  data.chance = numbers->curves.prevalence;
  const DrawnRuns runs = drawnRuns(results, run, besides(results, run, hidden, beside), false);
  // The marker reads the exact decision at the threshold, not the nearest point of the thinned curve.
  const auto made = results.results(run);
  const auto threshold = made->threshold;
  SetNumbers marked = *numbers;
  if (threshold && made->decision)
    if (const auto point = curvePointOf({*threshold, *made->decision}))
      marked.curves = withPoint(marked.curves, *point);
  data.curves.push_back(curveOf(kind, marked, CurveRole::A, runs.own));
  data.thresholds.push_back(threshold ? std::optional(static_cast<double>(*threshold)) : std::nullopt);
  for (const RunOverlay& kept : runs.kept) {
    data.curves.push_back(overlayCurve(kind, kept, *numbers));
    data.thresholds.emplace_back();
  }
  return [data] { return curveFigure(data); };
}

FigurePlan planHistogram(SessionResults& results, const RunSpec& run, const Runs& hidden) {
  const auto made = results.results(run);
  requireDefined(*made->numbers, results.setName(run));
  HistogramFigureData data;
  data.title = tr("Score histogram");
  data.caption = runCaption(results, run);
  const DrawnRuns runs = drawnRuns(results, run, keptRuns(results, run, hidden), true);
  data.histogram = histogramData(made->details->histogram, runs.own + partNote(made->numbers->account));
  for (const RunOverlay& kept : runs.kept)
    data.overlays.push_back(overlayHistogram(kept, made->details->configuration));
  if (made->threshold) data.threshold = static_cast<double>(*made->threshold);
  if (made->decision)
    data.shares =
        decisionShares({static_cast<double>(made->decision->tp), static_cast<double>(made->decision->fn),
                        static_cast<double>(made->decision->fp), static_cast<double>(made->decision->tn), false});
  return [data] { return histogramFigure(data); };
}

FigurePlan planSweep(SessionResults& results) {
  const std::string source = results.viewSource();
  const Configuration configuration = results.viewConfiguration();
  const auto sweep = results.sweepOf(source);
  if (sweep->curves.empty())
    throw Error(ErrorParts{.what = "there is nothing to sweep",
                           .expected = "a method whose ranking depends on temperature",
                           .found = configuration.name});
  SweepFigureData data;
  data.title = tr("AP and FPR95 against temperature");
  data.caption = runCaption(results, tr("all sets"), source, configuration);
  if (sweep->bestTemperature)
    data.caption += QStringLiteral(" · ") + tr("marked: ") + QString::fromStdString(sweepRuleText(sweep->rule));
  data.series = sweepSeries(*sweep);
  if (configuration.temperature) data.temperature = static_cast<double>(*configuration.temperature);
  return [data] { return sweepFigure(data); };
}

bool hasClassLabels(const DataSet& set) {
  return std::ranges::any_of(set.frames, [](const Frame& frame) { return frame.classLabel.has_value(); });
}

bool hasFrame(const SessionResults& results, const std::string& set, const std::string& frame) {
  return results.liveSet(set, results.viewSource())->dataSet().find(frame).has_value();
}

/// "SET/FRAME", or "FRAME" of the view's set. Both names may hold slashes: what fits is looked for, and refused where
/// it fits twice.
std::pair<std::string, std::size_t> placeOf(SessionResults& results, const std::string& text) {
  std::vector<std::pair<std::string, std::string>> fits;
  if (hasFrame(results, results.viewSet(), text)) fits.emplace_back(results.viewSet(), text);
  for (const std::string& set : results.sets()) {
    if (!text.starts_with(set + '/') || !results.isOpen(set, results.viewSource())) continue;
    if (const std::string frame = text.substr(set.size() + 1); hasFrame(results, set, frame))
      fits.emplace_back(set, frame);
  }
  if (fits.size() > 1)
    throw Error(
        ErrorParts{.what = "the name " + text + " fits two frames",
                   .expected = "SET/FRAME with a folder's name that no other frame's name begins with",
                   .found = fits[0].first + '/' + fits[0].second + " and " + fits[1].first + '/' + fits[1].second});
  if (fits.size() == 1) return {fits[0].first, results.frameOf(fits[0].first, fits[0].second)};
  return {results.viewSet(), results.frameOf(results.viewSet(), text)};  // says that there is none
}

void addFigureNamesOfFrames(const LiveSet& live, const std::string& set, std::vector<FigureName>& out) {
  const std::array<std::pair<std::string_view, QString>, 3> kinds{{{"frame:", tr("Frame %1")},
                                                                   {"classes:", tr("Class maps of frame %1")},
                                                                   {"relief:", tr("Relief of frame %1 (3D)")}}};
  for (const auto& [kind, title] : kinds)
    for (std::size_t i = 0; i < live.dataSet().frames.size(); ++i) {
      if (!live.isReady(i)) continue;
      const std::string& frame = live.dataSet().frames[i].name;
      out.push_back(
          {std::string(kind).append(set).append(1, '/').append(frame), title.arg(QString::fromStdString(frame))});
    }
}

}  // namespace

std::vector<FigureName> figureNames(const SessionResults& results) {
  std::vector<FigureName> out;
  const auto add = [&](const std::string& name, const QString& title) { out.push_back({name, title}); };
  const std::string own = results.viewSet();
  const bool several = results.sets().size() > 1;
  const auto curves = [&](const std::string& suffix, const QString& of) {
    for (const char* kind : {"pr", "roc", "f1"}) add(kind + suffix, titleOf(*curveKindOf(kind)) + of);
    add("histogram" + suffix, tr("Score histogram") + of);
    for (const char* kind : {"pr", "roc"})
      add(std::string(kind) + kEveryMethod + suffix, tr("%1, every method").arg(titleOf(*curveKindOf(kind))) + of);
  };
  curves({}, {});
  const auto method = results.viewConfiguration().method;
  if (method && method->usesTemperature()) add("sweep", tr("AP and FPR95 against temperature"));
  add("grid", tr("Qualitative grid"));
  for (const std::string& set : results.sets()) {
    if (!results.isOpen(set, results.viewSource())) continue;
    const QString of = QStringLiteral(", ") + QString::fromStdString(set);
    add("failures:" + set, tr("Worst frames") + of);
    if (hasClassLabels(results.liveSet(set, results.viewSource())->dataSet()))
      add("confusion:" + set, tr("Confusion of known classes and anomaly") + of);
    if (several && set != own) curves(":" + set, of);
  }
  if (method && method->usesTemperature()) add("landscape", tr("F1 over temperature and threshold (3D)"));
  addFigureNamesOfFrames(*results.liveSet(own, results.viewSource()), own, out);
  return out;
}

namespace {

FigurePlan planNamed(SessionResults& results, const std::string& name, const Runs& hidden) {
  const std::size_t colon = name.find(':');
  const std::string kind = name.substr(0, colon);
  const std::string rest = colon == std::string::npos ? std::string() : name.substr(colon + 1);
  RunSpec run = results.viewRun();
  if (kind == "frame" || kind == "relief" || kind == "classes") {
    const auto [set, frame] = placeOf(results, rest.empty() ? results.session().view.frame : rest);
    run = results.onSet(run, set);
    if (kind == "classes") return planClasses(results, run, frame);
    return kind == "frame" ? planFrame(results, run, frame) : planRelief(results, run, frame);
  }
  if (!rest.empty()) run = results.onSet(run, rest);
  if (const auto curves = curveKindOf(kind)) return planCurves(results, run, *curves, hidden);
  for (const CurveKind curves : {CurveKind::PrecisionRecall, CurveKind::Roc})
    if (kind == std::string(curves == CurveKind::Roc ? "roc" : "pr") + kEveryMethod)
      return planCurves(results, run, curves, hidden, Beside::EveryMethod);
  if (kind == "histogram") return planHistogram(results, run, hidden);
  if (kind == "confusion") return planConfusion(results, run);
  if (kind == "failures") return planFailures(results, run, kWorst);
  if (name == "sweep") return planSweep(results);
  if (name == "grid") return planGrid(results, results.session().grid);
  if (name == "landscape") return planLandscape(results);
  throw Error(ErrorParts{.what = "there is no such figure",
                         .expected =
                             "pr, roc, f1, histogram, pr-methods, roc-methods, confusion or failures (each also as "
                             "NAME:SET), sweep, grid, landscape, frame:FRAME, classes:FRAME or relief:FRAME",
                         .found = name});
}

}  // namespace

QString whyNotDrawn(const SessionResults& results, const RunChoice& kept) {
  // Anything else is measured on other scores than the session's.
  const ViewState& view = results.session().view;
  if (kept.protocol != view.protocol) return tr("it is of another protocol");
  if (kept.allChannels != view.allChannels) return tr("it is of other channels");
  if (measuredAt(kept.resolution, view.protocol) != measuredAt(view.resolution, view.protocol))
    return tr("it is measured at another resolution");
  return results.isOpen(kept.set, sourceOf(kept)) ? QString() : tr("its set or model is not open");
}

FigurePlan planFigure(SessionResults& results, const std::string& name) {
  return planFigure(results, name, results.session().view.hiddenRuns);
}

FigurePlan planFigure(SessionResults& results, const std::string& name, const std::vector<RunChoice>& hidden) {
  return [plan = planNamed(results, name, hidden), look = results.session().figure] {
    std::unique_ptr<Figure> figure = plan();
    figure->setLook(look);
    return figure;
  };
}

}  // namespace oodscope
