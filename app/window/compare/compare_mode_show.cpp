// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/compare_mode.h"
#include "app/window/compare/compare_presenter.h"
#include "app/window/knobs.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/lists/frame_list.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/panels/metrics_panel.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/plots/scatter_plot.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"
#include "widgets/views/wipe_view.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kFirst = 0, kSecond = 1, kDisagreement = 2, kDecisions = 3;  // panes
constexpr float kLowestRankShown = 0.4F;                                   // black below: normal road, mostly
constexpr float kRankLimit = 0.5F;                                         // of the disagreement's colours

}  // namespace

void CompareMode::showControls() {
  const ViewState& view = m_session.view();
  if (!view.other) return;
  QStringList methods, models;
  for (const Method method : allMethods()) methods << methodTitle(method);
  for (const OpenModel& model : m_workspace.models())
    models << (model.info ? tr("%1 %2").arg(QString::fromStdString(model.info->architecture)).arg(model.info->channels)
                          : model.name());
  for (const auto& folder : m_workspace.scoreFolders()) models << QString::fromStdString(folder.filename().string());
  const ViewState other = Comparison::viewOfB(view);
  ComparePanel* panel = m_widgets.panel;
  for (const RunSide side : {RunSide::A, RunSide::B}) {
    const ViewState& run = side == RunSide::A ? view : other;
    const LiveController& controller = side == RunSide::A ? m_comparison.a() : m_comparison.b();
    const auto all = allMethods();
    panel->setMethods(side, methods,
                      static_cast<int>(std::find(all.begin(), all.end(), run.score.method) - all.begin()),
                      hasMethod(run.score) ? QString() : tr("imported score maps have no method"));
    int current = -1;
    const auto& open = m_workspace.models();
    for (std::size_t i = 0; i < open.size(); ++i)
      if (!run.score.imported && open[i].name() == QString::fromStdString(run.model)) current = static_cast<int>(i);
    const auto& folders = m_workspace.scoreFolders();
    for (std::size_t i = 0; i < folders.size(); ++i)
      if (run.score.imported == folders[i].filename().string()) current = static_cast<int>(open.size() + i);
    panel->setModels(side, models, current);
    panel->temperature(side)->setTemperature(static_cast<double>(run.score.temperature));
    panel->temperature(side)->setNoEffect(noTemperatureReason(run.score));
    panel->threshold(side)->setPin(pinOf(run.pin, run.pinValue));
    if (const auto scales = controller.scales())
      panel->threshold(side)->setQuantiles(scales->slider, {scales->anomalyShare.begin(), scales->anomalyShare.end()});
    if (const auto threshold = controller.threshold())
      panel->threshold(side)->setThreshold(static_cast<double>(*threshold));
  }
  panel->setStyle(styleOf(view.compareStyle));
  panel->setRanks(view.compareRanks);
}

void CompareMode::showThresholds() {
  showControls();
  showPicture();
}

RunNames CompareMode::names() const {
  const ViewState& view = m_session.view();
  return runNames(LiveController::configurationOf(view), QString::fromStdString(view.model),
                  LiveController::configurationOf(Comparison::viewOfB(view)),
                  QString::fromStdString(Comparison::viewOfB(view).model));
}

void CompareMode::showPicture() {
  if (!isOn()) return;
  ViewGrid& views = *m_widgets.views;
  if (views.count() <= kDecisions) return;
  const auto& picture = m_comparison.a().picture();
  if (!picture) return;
  const ViewState& view = m_session.view();
  const Tokens& colours = m_theme.current();
  views.setFrame(picture->decoded.image, picture->decoded.label);
  const auto& compared = m_comparison.picture();
  const bool current = compared && compared->a->frame == picture->frame && compared->a->set == picture->set;
  if (view.compareStyle != CompareStyle::SideBySide && picture->decoded.image) {
    views.header(kSecond)->setSubtitle(
        QString::fromStdString(view.frame) + QStringLiteral(" · ") +
        tr("%1 × %2").arg(picture->decoded.image->width()).arg(picture->decoded.image->height()));
    views.header(kSecond)->setNote(view.contour && picture->decoded.label ? tr("GT contour on") : QString());
  }
  const QString wait = tr("Both runs are being scored");
  ImageView& change = *views.view(kDisagreement);
  change.setScores(current ? compared->rankDifference : nullptr);
  change.setEmptyText(current && compared->rankDifference      ? QString()
                      : current && !compared->reason.isEmpty() ? compared->reason
                                                               : wait);
  views.header(kDisagreement)->setSubtitle(tr("rank B − rank A"));
  views.header(kDisagreement)
      ->setColourBar(ColourBarSpec{.table = divergingTable(colours.a.over, colours.panel, colours.b.over),
                                   .min = -1.0,
                                   .max = 1.0,
                                   .minText = tr("A higher"),
                                   .maxText = tr("B higher"),
                                   .remark = tr("±0.5 rank")});
  ImageView& decisions = *views.view(kDecisions);
  decisions.setScores(current ? compared->a->scores : nullptr);
  decisions.setOtherScores(current ? compared->b->scores : nullptr);
  if (const auto threshold = m_comparison.a().threshold()) decisions.setThreshold(*threshold);
  if (const auto threshold = m_comparison.b().threshold()) decisions.setOtherThreshold(*threshold);
  decisions.setEmptyText(current ? QString() : wait);
  views.header(kDecisions)->setSubtitle(current ? agreementText(*compared) : QString());
  views.header(kDecisions)
      ->setLegend(
          {{colours.a.over, tr("only A")}, {colours.b.over, tr("only B")}, {QColor(0xE6, 0xE8, 0xEB), tr("both")}});
  showHeat();
  showCursor(m_cursor);
}

void CompareMode::showHeat() {
  const ViewState& view = m_session.view();
  ViewGrid& views = *m_widgets.views;
  const auto& compared = m_comparison.picture();
  const auto& picture = m_comparison.a().picture();
  const bool current = compared && picture && compared->a->frame == picture->frame && compared->a->set == picture->set;
  const bool ranks = view.compareRanks && current && compared->ranksA && compared->ranksB;
  const auto table = std::make_shared<const ColourTable>(
      colourTable(colourMapFromName(QString::fromStdString(view.colourMap)), view.colourMapReversed));
  PictureLook look[2];
  PictureLayers layers[2];
  for (const int side : {0, 1}) {
    look[side].kind = ViewKind::Heatmap;
    look[side].table = table;
    look[side].scaleMin = kLowestRankShown;
    look[side].scaleMax = 1.0F;
    look[side].opacity = view.opacity;
    look[side].contour = view.contour;
    look[side].voidHatch = view.voidHatch;
    layers[side].image = picture ? picture->decoded.image : nullptr;
    layers[side].label = picture ? picture->decoded.label : nullptr;
  }
  QString subtitle = tr("heatmap, rank in set");
  bool oneScale = true;
  if (ranks) {
    layers[0].scores = compared->ranksA;
    layers[1].scores = compared->ranksB;
  } else if (current) {
    const ScaleLimits a = scaleLimits(view, *compared->a->scores, compared->a->ordered, m_comparison.a().scales());
    const ScaleLimits b = scaleLimits(view, *compared->b->scores, compared->b->ordered, m_comparison.b().scales());
    oneScale = compared->a->configuration && compared->b->configuration &&
               compared->a->configuration->name == compared->b->configuration->name;
    look[0].scaleMin = oneScale ? std::min(a.low, b.low) : a.low;
    look[0].scaleMax = oneScale ? std::max(a.high, b.high) : a.high;
    look[1].scaleMin = oneScale ? look[0].scaleMin : b.low;
    look[1].scaleMax = oneScale ? look[0].scaleMax : b.high;
    layers[0].scores = compared->a->scores;
    layers[1].scores = compared->b->scores;
    subtitle = oneScale ? tr("heatmap, one scale") : tr("heatmap, each method its own scale");
  }
  const RunNames name = names();
  const auto bar = [&](const PictureLook& l) {
    ColourBarSpec spec;
    spec.table = *table;
    spec.min = static_cast<double>(l.scaleMin);
    spec.max = static_cast<double>(l.scaleMax);
    spec.minText = ranks ? tr("rank %1").arg(numberText(spec.min, 1)) : numberText(spec.min, 2);
    spec.maxText = numberText(spec.max, ranks ? 0 : 2);
    return spec;
  };
  const QString wait = current ? QString() : tr("Both runs are being scored");
  ImageView& first = *views.view(kFirst);
  first.setLook(look[0]);
  first.setLayers(layers[0]);
  first.setEmptyText(wait);
  views.header(kFirst)->setSubtitle(subtitle);
  views.header(kFirst)->setColourBar(current && oneScale ? std::optional(bar(look[0])) : std::nullopt);
  if (WipeView* wipe = views.wipeView(kFirst)) {
    wipe->setOther(layers[1], look[1]);
    wipe->setNames(name.a, name.b);
    return;
  }
  ImageView& second = *views.view(kSecond);
  second.setLook(look[1]);
  second.setLayers(layers[1]);
  second.setEmptyText(wait);
  views.header(kSecond)->setSubtitle(subtitle);
  if (current) {
    views.header(kFirst)->setColourBar(bar(look[0]));
    views.header(kSecond)->setColourBar(bar(look[1]));
  }
  first.setInset(name.a, m_theme.current().a.over, QStringLiteral("A"));
  second.setInset(name.b, m_theme.current().b.over, QStringLiteral("B"));
}

void CompareMode::showNumbers() {
  if (!isOn()) return;
  const auto a = m_comparison.a().numbers();
  const auto b = m_comparison.b().numbers();
  CurvesPanel& curves = *m_widgets.curves;
  if (!a || !b) {
    const QString waiting = tr("Both runs are being scored: nothing to compare yet.");
    m_widgets.metrics->setWaiting(tr("Being scored"), waiting);
    m_widgets.metricsTitle->badge()->clear();
    for (CurvePlot* plot : {curves.precisionRecall(), curves.roc(), curves.f1()}) {
      plot->setCurves({});
      plot->setEmptyText(tr("Being scored"), waiting);
    }
    m_pairs.clear();
    curves.perFrame()->setRows({}, std::nullopt);
    m_widgets.scatter->setPoints({});
    return;
  }
  const auto& statistics = m_comparison.statistics();
  const RunNames name = names();
  ComparisonInput input;
  input.a = a.get();
  input.b = b.get();
  input.statistics = statistics.get();
  input.nameA = name.a;
  input.nameB = name.b;
  QStringList facts;
  for (const QString& model : {QString::fromStdString(m_session.view().model),
                               QString::fromStdString(Comparison::viewOfB(m_session.view()).model)})
    if (const OpenModel* open = m_workspace.findModel(model); open != nullptr && open->info) {
      const QString fact = tr("model ") + QString::fromStdString(open->info->fingerprint).left(8);
      if (!facts.contains(fact)) facts << fact;
    }
  facts << tr("data ") + QString::fromStdString(m_session.view().set) << tr("seed %1").arg(BootstrapOptions{}.seed);
  input.provenance << facts.join(QStringLiteral(" · "));
  m_widgets.metrics->setView(comparisonView(input));
  const bool complete = a->account.isComplete() && b->account.isComplete();
  const bool exact = a->exact && b->exact;
  const QString partA = framesText(a->account), partB = framesText(b->account);
  const QString set = QString::fromStdString(m_session.view().set);
  QStringList scored;
  for (const ViewState& view : {m_session.view(), Comparison::viewOfB(m_session.view())})
    if (const auto live = m_workspace.liveSet(set, view))
      if (const QString text = precisionText(live->source()); !text.isEmpty() && !scored.contains(text)) scored << text;
  m_widgets.metricsTitle->badge()->setBadge(exact && complete ? Badge::Kind::Exact : Badge::Kind::Estimated,
                                            !complete ? (partA == partB ? partA : tr("A %1, B %2").arg(partA, partB))
                                            : !exact  ? tr("≈ estimated")
                                            : scored.isEmpty() ? tr("= exact")
                                                               : tr("= exact on %1").arg(scored.join(tr(" and "))));
  const auto pair = [&](auto make, std::optional<Band> RankingBootstrap::*band) {
    std::vector<CurveData> out{make(*a, CurveRole::A, name.a), make(*b, CurveRole::B, name.b)};
    if (statistics && band != nullptr) {
      if (statistics->a.ranking.*band) addBand(out[0], *(statistics->a.ranking.*band));
      if (statistics->b.ranking.*band) addBand(out[1], *(statistics->b.ranking.*band));
    }
    return out;
  };
  std::vector<CurveData> pr = pair(precisionRecallCurve, &RankingBootstrap::precisionRecall);
  std::vector<CurveData> roc = pair(rocCurve, &RankingBootstrap::roc);
  const auto label = [&](std::vector<CurveData>& data, const QString& what,
                         std::optional<double> PixelMetrics::*value) {
    const auto text = [&](const SetNumbers& numbers) {
      const auto v = numbers.metrics.*value;
      return valueText({v ? std::optional(100.0 * *v) : std::nullopt, !numbers.exact, {}, {}});
    };
    data[0].value = what + QStringLiteral(" A ") + text(*a) + (partA == partB ? QString() : partNote(a->account));
    data[1].value = QStringLiteral("B ") + text(*b) + partNote(b->account);
  };
  label(pr, QStringLiteral("AP"), &PixelMetrics::ap);
  label(roc, QStringLiteral("AUROC"), &PixelMetrics::auroc);
  curves.precisionRecall()->setCurves(std::move(pr));
  curves.precisionRecall()->setChance(a->curves.prevalence);
  curves.roc()->setCurves(std::move(roc));
  // Over thresholds only runs with the same unit can share an axis.
  std::vector<CurveData> f1 = pair(f1Curve, nullptr);
  if (a->configuration.name != b->configuration.name) f1.resize(1);
  curves.f1()->setCurves(std::move(f1));
  const auto place = [](const LiveController& run, float threshold) -> std::optional<CurvePlace> {
    const auto counts = run.counts();
    return counts && run.numbers()->exact ? curvePlace(*counts, run.numbers()->protocol, threshold) : std::nullopt;
  };
  if (const auto threshold = m_comparison.a().threshold())
    curves.setThreshold(0, static_cast<double>(*threshold), place(m_comparison.a(), *threshold));
  if (const auto threshold = m_comparison.b().threshold())
    for (CurvePlot* plot : {curves.precisionRecall(), curves.roc()})
      plot->setThreshold(1, static_cast<double>(*threshold), place(m_comparison.b(), *threshold));

  const auto detailsA = m_comparison.a().details(), detailsB = m_comparison.b().details();
  const OpenSet* open = m_workspace.findSet(QString::fromStdString(m_session.view().set));
  const bool present = detailsA && detailsB && detailsA->configuration == a->configuration &&
                       detailsB->configuration == b->configuration;
  m_pairs = present && open != nullptr ? framePairs(*detailsA, *detailsB, *open->set) : std::vector<FramePair>();
  curves.perFrame()->setRows(differenceRows(m_pairs),
                             statistics && complete ? setDifference(*statistics) : std::nullopt);
  curves.perFrame()->setRemark(differenceRemark(m_pairs));
  std::vector<ScatterPoint> points;
  for (const FramePair& frame : m_pairs) points.push_back({tr("frame %1").arg(frame.name), frame.apA, frame.apB});
  m_widgets.scatter->setPoints(std::move(points));
  m_widgets.scatter->setAxisLabels(tr("A %1: AP of the frame, %").arg(name.a),
                                   tr("B %1: AP of the frame, %").arg(name.b));
  m_widgets.scatter->setRemark(differenceRemark(m_pairs));
  int current = -1;
  for (std::size_t i = 0; i < m_pairs.size(); ++i)
    if (m_pairs[i].name == QString::fromStdString(m_session.view().frame)) current = static_cast<int>(i);
  curves.perFrame()->setCurrent(current);
  m_widgets.scatter->setCurrent(current);
}

void CompareMode::showCursor(std::optional<QPointF> at) {
  m_cursor = at;
  if (!isOn()) return;
  const auto& a = m_comparison.a().picture();
  const auto& b = m_comparison.b().picture();
  if (!at || !a || !b || a->frame != b->frame || a->set != b->set) {
    m_widgets.cursor->clear();
    return;
  }
  const auto classNames = [&](const std::string& model) {
    const OpenModel* open = m_workspace.findModel(QString::fromStdString(model));
    return open != nullptr && open->info ? open->info->outputs.channelNames : std::vector<std::string>();
  };
  const auto countsA = m_comparison.a().counts(), countsB = m_comparison.b().counts();
  const ViewState& view = m_session.view();
  CursorComparison shown;
  shown.nameA = QStringLiteral("A");
  shown.nameB = QStringLiteral("B");
  shown.a = cursorView(*a, *at, m_comparison.a().threshold(), countsA.get(), classNames(view.model));
  shown.b =
      cursorView(*b, *at, m_comparison.b().threshold(), countsB.get(), classNames(Comparison::viewOfB(view).model));
  shown.note =
      comparisonNote(LiveController::configurationOf(view), LiveController::configurationOf(Comparison::viewOfB(view)));
  m_widgets.cursor->setComparison(shown);
}

void CompareMode::fillRow(std::size_t frame, FrameRow& row) const {
  if (!isOn()) return;
  const auto value = [&](const std::shared_ptr<const RunDetails>& details) -> std::optional<double> {
    if (details)
      for (const FrameMetrics& metrics : details->frames)
        if (metrics.frame == frame && metrics.ap) return 100.0 * *metrics.ap;
    return std::nullopt;
  };
  row.apA = value(m_comparison.a().details());
  row.apB = value(m_comparison.b().details());
  const auto& disagreement = m_comparison.disagreement();
  if (const auto found = disagreement.find(frame); found != disagreement.end())
    row.disagreement = 100.0 * found->second;
}

}  // namespace oodscope
