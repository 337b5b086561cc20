// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/stage/compare_stage.h"

#include "app/desk/desk.h"
#include "app/window/compare/compare_presenter.h"
#include "app/window/docks/dock_column.h"
#include "app/window/knobs.h"
#include "widgets/controls/temperature_slider.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/theme.h"
#include "widgets/views/view_grid.h"
#include "widgets/views/wipe_view.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr float kLowestRankShown = 0.4F;  // black below: normal road, mostly

}  // namespace

void CompareStage::showControls() {
  const ViewState& view = m_parts.desk.session.view();
  if (!view.other) return;
  const Workspace& workspace = m_parts.desk.workspace;
  QStringList methods, models;
  for (const Method method : allMethods()) methods << methodTitle(method);
  for (const OpenModel& model : workspace.models()) models << workspace.titleOf(model);
  for (const OpenScores& folder : workspace.scores()) models << folder.name();
  for (const EnsembleEntry& ensemble : workspace.ensembles()) models << QString::fromStdString(ensemble.name);
  for (const RunSide side : {RunSide::A, RunSide::B}) showRunControls(side, methods, models);
  ComparePanel& panel = m_parts.docks.comparePanel();
  panel.setStyle(styleOf(view.compareStyle));
  panel.setRanks(view.compareRanks);
}

void CompareStage::showRunControls(RunSide side, const QStringList& methods, const QStringList& models) {
  const ViewState& view = m_parts.desk.session.view();
  const ViewState run = side == RunSide::A ? view : Comparison::viewOfB(view);
  const SingleRun& of = side == RunSide::A ? comparison().a() : comparison().b();
  ComparePanel& panel = m_parts.docks.comparePanel();
  const auto all = allMethods();
  panel.setMethods(side, methods, static_cast<int>(std::find(all.begin(), all.end(), run.score.method) - all.begin()),
                   hasMethod(run.score) ? QString() : tr("imported score maps have no method"));
  panel.setModels(side, models, sourceIndex(run));
  panel.temperature(side)->setTemperature(static_cast<double>(run.score.temperature));
  panel.temperature(side)->setNoEffect(noTemperatureReason(run.score));
  panel.parameters(side)->setFields(parameterFieldsOf(run.score));
  panel.threshold(side)->setPin(pinOf(run.pin, run.pinValue));
  if (const auto scales = of.scales())
    panel.threshold(side)->setQuantiles(scales->slider, {scales->anomalyShare.begin(), scales->anomalyShare.end()});
  if (const auto threshold = of.threshold()) panel.threshold(side)->setThreshold(static_cast<double>(*threshold));
}

int CompareStage::sourceIndex(const ViewState& run) const {
  int current = -1;
  const auto& open = m_parts.desk.workspace.models();
  for (std::size_t i = 0; i < open.size(); ++i)
    if (!run.score.imported && open[i].name() == QString::fromStdString(run.model)) current = static_cast<int>(i);
  const auto& folders = m_parts.desk.workspace.scores();
  for (std::size_t i = 0; i < folders.size(); ++i)
    if (run.score.imported == folders[i].label) current = static_cast<int>(open.size() + i);
  const auto& ensembles = m_parts.desk.workspace.ensembles();
  for (std::size_t i = 0; i < ensembles.size(); ++i)
    if (run.score.imported == ensembles[i].name) current = static_cast<int>(open.size() + folders.size() + i);
  return current;
}

void CompareStage::showThreshold() {
  showControls();
  showPicture();
}

RunNames CompareStage::names() const {
  const ViewState& view = m_parts.desk.session.view();
  return runNames(SingleRun::configurationOf(view), QString::fromStdString(view.model),
                  SingleRun::configurationOf(Comparison::viewOfB(view)),
                  QString::fromStdString(Comparison::viewOfB(view).model));
}

bool CompareStage::isPictureCurrent() const {
  const auto& picture = comparison().a().picture();
  const auto& compared = comparison().picture();
  return picture && compared && compared->a->frame == picture->frame && compared->a->set == picture->set;
}

void CompareStage::showPicture() {
  if (!isOn() || m_parts.views.count() <= kDecisions || !comparison().a().picture()) return;
  showImage();
  showDisagreement();
  showDecisions();
  showHeat();
  showCursor(m_cursor);
}

void CompareStage::showImage() {
  ViewGrid& views = m_parts.views;
  const DecodedFrame& decoded = comparison().a().picture()->decoded;
  const ViewState& view = m_parts.desk.session.view();
  views.setFrame(decoded.image, decoded.label);
  if (view.compareStyle == CompareStyle::SideBySide || !decoded.image) return;
  views.header(kSecond)->setSubtitle(QString::fromStdString(view.frame) + QStringLiteral(" · ") +
                                     tr("%1 × %2").arg(decoded.image->width()).arg(decoded.image->height()));
  views.header(kSecond)->setNote(!decoded.label ? QString()
                                 : view.contour ? tr("GT contour on")
                                                : tr("GT contour off"));
}

void CompareStage::showDisagreement() {
  const bool current = isPictureCurrent();
  const auto& compared = comparison().picture();
  const Tokens& colours = m_parts.theme.current();
  ImageView& change = *m_parts.views.view(kDisagreement);
  change.setScores(current ? compared->rankDifference : nullptr);
  change.setEmptyText(!current                      ? tr("Both runs are being scored")
                      : compared->rankDifference    ? QString()
                      : !compared->reason.isEmpty() ? compared->reason
                                                    : tr("Ranks follow once all frames of both runs are scored."));
  ViewHeader& header = *m_parts.views.header(kDisagreement);
  header.setSubtitle(tr("rank B − rank A"));
  header.setColourBar(ColourBarSpec{.table = divergingTable(colours.a.over, colours.panel, colours.b.over),
                                    .min = -1.0,
                                    .max = 1.0,
                                    .minText = tr("A higher"),
                                    .maxText = tr("B higher"),
                                    .remark = tr("±0.5 rank")});
}

QString CompareStage::noThresholdText() const {
  const SingleRun& a = comparison().a();
  const SingleRun& of = a.threshold() ? comparison().b() : a;
  const QString why = of.elsewhere().reason();
  const QString name = a.threshold() ? QStringLiteral("B") : QStringLiteral("A");
  return why.isEmpty() ? tr("No threshold of %1 yet: it follows its numbers.").arg(name)
                       : tr("No threshold of %1: %2").arg(name, why);
}

void CompareStage::showDecisions() {
  const bool current = isPictureCurrent();
  const auto& compared = comparison().picture();
  const Tokens& colours = m_parts.theme.current();
  ImageView& decisions = *m_parts.views.view(kDecisions);
  const bool fits = current && compared->reason.isEmpty();
  const auto thresholdA = comparison().a().threshold(), thresholdB = comparison().b().threshold();
  const bool decided = fits && thresholdA && thresholdB;
  decisions.setScores(decided ? compared->a->scores : nullptr);
  decisions.setOtherScores(decided ? compared->b->scores : nullptr);
  if (thresholdA) decisions.setThreshold(*thresholdA);
  if (thresholdB) decisions.setOtherThreshold(*thresholdB);
  decisions.setEmptyText(decided    ? QString()
                         : !current ? tr("Both runs are being scored")
                         : !fits    ? compared->reason
                                    : noThresholdText());
  ViewHeader& header = *m_parts.views.header(kDecisions);
  header.setSubtitle(fits ? agreementText(*compared) : QString());
  header.setLegend(
      {{colours.a.over, tr("only A")}, {colours.b.over, tr("only B")}, {QColor(0xE6, 0xE8, 0xEB), tr("both")}});
}

namespace {

/// How the heatmaps of A and B are drawn.
struct Heat {
  PictureLook look[2];
  PictureLayers layers[2];
  bool ranks = false, oneScale = true;
  QString subtitle;
};

/// Each score's own scale; runs of one method share theirs.
void useScores(Heat& heat, const ViewState& view, const Comparison& comparison) {
  const ComparedPicture& compared = *comparison.picture();
  const ScaleLimits a = scaleLimits(view, compared.a->ordered, comparison.a().scales());
  const ScaleLimits b = scaleLimits(view, compared.b->ordered, comparison.b().scales());
  heat.oneScale = compared.a->configuration && compared.b->configuration &&
                  compared.a->configuration->name == compared.b->configuration->name;
  heat.look[0].scaleMin = heat.oneScale ? std::min(a.low, b.low) : a.low;
  heat.look[0].scaleMax = heat.oneScale ? std::max(a.high, b.high) : a.high;
  heat.look[1].scaleMin = heat.oneScale ? heat.look[0].scaleMin : b.low;
  heat.look[1].scaleMax = heat.oneScale ? heat.look[0].scaleMax : b.high;
  heat.layers[0].scores = compared.a->scores;
  heat.layers[1].scores = compared.b->scores;
  heat.subtitle =
      heat.oneScale ? CompareStage::tr("heatmap, one scale") : CompareStage::tr("heatmap, each method its own scale");
}

Heat heatOf(const ViewState& view, const Comparison& comparison, bool current) {
  const auto& picture = comparison.a().picture();
  const auto& compared = comparison.picture();
  Heat heat;
  heat.ranks = view.compareRanks && current && compared->ranksA && compared->ranksB;
  heat.subtitle = CompareStage::tr("heatmap, rank in set");
  const auto table = std::make_shared<const ColourTable>(
      colourTable(colourMapFromName(QString::fromStdString(view.colourMap)), view.colourMapReversed));
  for (const int side : {0, 1}) {
    heat.look[side].kind = ViewKind::Heatmap;
    heat.look[side].table = table;
    heat.look[side].scaleMin = kLowestRankShown;
    heat.look[side].scaleMax = 1.0F;
    heat.look[side].opacity = view.opacity;
    heat.look[side].contour = view.contour;
    heat.look[side].voidHatch = view.voidHatch;
    heat.layers[side].image = picture ? picture->decoded.image : nullptr;
    heat.layers[side].label = picture ? picture->decoded.label : nullptr;
  }
  if (heat.ranks) {
    heat.layers[0].scores = compared->ranksA;
    heat.layers[1].scores = compared->ranksB;
  } else if (current) {
    useScores(heat, view, comparison);
  }
  return heat;
}

ColourBarSpec barOf(const Heat& heat, int side) {
  const PictureLook& look = heat.look[side];
  ColourBarSpec spec;
  spec.table = *look.table;
  spec.min = static_cast<double>(look.scaleMin);
  spec.max = static_cast<double>(look.scaleMax);
  spec.minText =
      heat.ranks ? CompareStage::tr("rank %1").arg(numberText(spec.min, 1)) : scaleText(spec.min, spec.max - spec.min);
  spec.maxText = heat.ranks ? numberText(spec.max, 0) : scaleText(spec.max, spec.max - spec.min);
  return spec;
}

}  // namespace

void CompareStage::showHeat() {
  ViewGrid& views = m_parts.views;
  const bool current = isPictureCurrent();
  const Heat heat = heatOf(m_parts.desk.session.view(), comparison(), current);
  const RunNames name = names();
  const QString wait = current ? QString() : tr("Both runs are being scored");
  ImageView& first = *views.view(kFirst);
  first.setLook(heat.look[0]);
  first.setLayers(heat.layers[0]);
  first.setEmptyText(wait);
  views.header(kFirst)->setSubtitle(heat.subtitle);
  views.header(kFirst)->setColourBar(current && heat.oneScale ? std::optional(barOf(heat, 0)) : std::nullopt);
  if (WipeView* wipe = views.wipeView(kFirst)) {
    wipe->setOther(heat.layers[1], heat.look[1]);
    wipe->setNames(name.a, name.b);
    return;
  }
  ImageView& second = *views.view(kSecond);
  second.setLook(heat.look[1]);
  second.setLayers(heat.layers[1]);
  second.setEmptyText(wait);
  views.header(kSecond)->setSubtitle(heat.subtitle);
  if (current) {
    views.header(kFirst)->setColourBar(barOf(heat, 0));
    views.header(kSecond)->setColourBar(barOf(heat, 1));
  }
  first.setInset(name.a, m_parts.theme.current().a.over, QStringLiteral("A"));
  second.setInset(name.b, m_parts.theme.current().b.over, QStringLiteral("B"));
}

void CompareStage::showCursor(std::optional<QPointF> at) {
  m_cursor = at;
  if (!isOn()) return;
  const auto& a = comparison().a().picture();
  const auto& b = comparison().b().picture();
  if (!at || !a || !b || a->frame != b->frame || a->set != b->set) {
    m_parts.docks.cursor().clear();
    return;
  }
  const auto classNames = [](const SingleRun& run) {
    const auto live = run.liveSet();
    return live ? live->source().classNames() : std::vector<std::string>();
  };
  const auto countsA = comparison().a().counts(), countsB = comparison().b().counts();
  const ViewState& view = m_parts.desk.session.view();
  CursorComparison shown;
  shown.nameA = QStringLiteral("A");
  shown.nameB = QStringLiteral("B");
  shown.a = cursorView(*a, *at, comparison().a().threshold(), countsA.get(), classNames(comparison().a()));
  shown.b = cursorView(*b, *at, comparison().b().threshold(), countsB.get(), classNames(comparison().b()));
  shown.note = comparisonNote(SingleRun::configurationOf(view), SingleRun::configurationOf(Comparison::viewOfB(view)));
  m_parts.docks.cursor().setComparison(shown);
}

void CompareStage::fillRow(std::size_t frame, FrameRow& row) const {
  if (!isOn()) return;
  const auto value = [&](const std::shared_ptr<const RunDetails>& details) -> std::optional<double> {
    if (details)
      for (const FrameMetrics& metrics : details->frames)
        if (metrics.frame == frame && metrics.ap) return 100.0 * *metrics.ap;
    return std::nullopt;
  };
  row.apA = value(comparison().a().details());
  row.apB = value(comparison().b().details());
  const auto& disagreement = comparison().disagreement();
  if (const auto found = disagreement.find(frame); found != disagreement.end())
    row.disagreement = 100.0 * found->second;
}

}  // namespace oodscope
