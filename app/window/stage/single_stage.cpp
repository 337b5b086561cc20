// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/stage/single_stage.h"

#include "app/desk/desk.h"
#include "app/live/chosen_threshold.h"
#include "app/window/docks/dock_column.h"
#include "widgets/controls/controls_panel.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/panels/cursor_panel.h"
#include "widgets/panels/dock_title.h"
#include "widgets/plots/curves_panel.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/theme.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kImagePane = 0, kTruthPane = 1, kHeatPane = 2, kDecisionPane = 3;

}  // namespace

SingleStage::SingleStage(const StageParts& parts, QObject* parent) : Stage(parent), m_parts(parts) {}

std::vector<PaneSpec> SingleStage::panes() const {
  std::vector<PaneSpec> panes(4);
  panes[kImagePane].title = tr("Image");
  panes[kImagePane].look.kind = ViewKind::Image;
  panes[kTruthPane].title = tr("Ground truth");
  panes[kTruthPane].look.kind = ViewKind::GroundTruth;
  panes[kHeatPane].title = tr("Heatmap");
  panes[kHeatPane].look.kind = ViewKind::Heatmap;
  panes[kDecisionPane].title = tr("Decision");
  panes[kDecisionPane].look.kind = ViewKind::Decision;
  return panes;
}

int SingleStage::firstCurrent() const { return kDecisionPane; }

void SingleStage::showPicture() {
  const auto& picture = m_parts.desk.run.picture();
  if (!picture) return;
  ViewGrid& views = m_parts.views;
  views.setFrame(picture->decoded.image, picture->decoded.label);
  if (kHeatPane < views.count()) views.view(kHeatPane)->setScores(picture->scores);
  showDecision();
  showFrame();
  views.view(kHeatPane)->setEmptyText(picture->scores ? QString() : tr("Not scored yet"));
  views.header(kHeatPane)->setSubtitle(picture->configuration ? configurationTitle(*picture->configuration)
                                                              : QString());
}

QString SingleStage::truthText(const FramePicture& picture) const {
  if (picture.decoded.anomalyShare) return tr("%1 % anomaly").arg(numberText(100.0 * *picture.decoded.anomalyShare, 1));
  if (picture.decoded.label) return tr("void everywhere: nothing is known");
  const auto set = m_parts.desk.currentSet();
  const bool hasFile = set && picture.frame < set->frames.size() && set->frames[picture.frame].label;
  return hasFile ? tr("ground truth cannot be read") : tr("ground truth is withheld");
}

void SingleStage::showFrame() {
  const FramePicture& picture = *m_parts.desk.run.picture();
  const ViewState& view = m_parts.desk.session.view();
  const QString size = picture.decoded.image
                           ? tr("%1 × %2").arg(picture.decoded.image->width()).arg(picture.decoded.image->height())
                           : picture.failure;
  ViewHeader& image = *m_parts.views.header(kImagePane);
  image.setSubtitle(QString::fromStdString(view.frame) + QStringLiteral(" · ") + size);
  image.setNote(!picture.decoded.label ? QString() : view.contour ? tr("GT contour on") : tr("GT contour off"));
  const Tokens& colours = m_parts.theme.current();
  ViewHeader& truth = *m_parts.views.header(kTruthPane);
  truth.setSubtitle(truthText(picture));
  truth.setLegend({{colours.anomaly.over, tr("anomaly")},
                   {colours.strong, tr("normal")},
                   {colours.voidArea.over, tr("void"), true}});
  if (!picture.decoded.label) {
    truth.setLegend({});
    m_parts.views.header(kDecisionPane)->setLegend({{colours.anomaly.over, tr("predicted anomaly")}});
    return;
  }
  m_parts.views.header(kDecisionPane)
      ->setLegend({{colours.tp.over, tr("TP")},
                   {colours.fp.over, tr("FP")},
                   {colours.fn.over, tr("FN")},
                   {colours.voidArea.over, tr("void"), true}});
}

void SingleStage::showScale() {
  const SingleRun& run = m_parts.desk.run;
  const auto& picture = run.picture();
  const ViewState& view = m_parts.desk.session.view();
  ViewGrid& views = m_parts.views;
  if (!picture || !picture->scores) {
    views.header(kHeatPane)->setColourBar(std::nullopt);
    return;
  }
  const ScaleLimits limits = scaleLimits(view, picture->ordered, run.scales());
  views.view(kHeatPane)->setScale(limits.low, limits.high);
  views.view(kImagePane)->setScale(limits.low, limits.high);
  m_parts.docks.controls().heatScale()->setCurrentLimits(static_cast<double>(limits.low),
                                                         static_cast<double>(limits.high));
  ColourBarSpec bar;
  bar.table = colourTable(colourMapFromName(QString::fromStdString(view.colourMap)), view.colourMapReversed);
  bar.min = static_cast<double>(limits.low);
  bar.max = static_cast<double>(limits.high);
  const QString mark = limits.estimated ? QStringLiteral("≈ ") : QString();
  bar.minText = mark + scaleText(bar.min, bar.max - bar.min);
  bar.maxText = mark + scaleText(bar.max, bar.max - bar.min);
  if (const auto threshold = run.threshold()) bar.threshold = static_cast<double>(*threshold);
  // While a hand drags, all pixels would be read once more a tick: their sample says it nearly.
  const double clamped = picture->coarse ? shareOutside(picture->ordered, limits.low, limits.high)
                                         : shareOutside(picture->scores->values(), limits.low, limits.high);
  if (clamped > 0.0)
    bar.remark =
        tr("▸ %1%2 % clamped")
            .arg(picture->coarse ? QString(kAboutSign) : QString(), numberText(std::max(0.1, 100.0 * clamped), 1));
  views.header(kHeatPane)->setColourBar(bar);
}

void SingleStage::showThreshold() {
  const auto threshold = m_parts.desk.run.threshold();
  showDecision();
  if (!threshold) {
    m_parts.curves.setThreshold(0, std::nullopt);
    showHistogramThreshold();
    return;
  }
  m_parts.views.setThreshold(*threshold);
  showMarker(*threshold);
}

QString SingleStage::thresholdRemark() const {
  const SingleRun& run = m_parts.desk.run;
  const auto threshold = run.threshold();
  if (!threshold) {
    const auto live = run.liveSet();
    return live && !live->readyFrames().empty() ? run.elsewhere().reason() : QString();
  }
  const auto range = run.scoreRange();
  if (!range || !std::isfinite(*threshold) || m_parts.desk.session.view().pin != PinRule::None) return {};
  const QString most =
      tr("the set's scores, %1 to %2")
          .arg(scoreText(static_cast<double>(range->first)), scoreText(static_cast<double>(range->second)));
  if (*threshold > range->second) return tr("δ is above %1: nothing is predicted").arg(most);
  if (*threshold <= range->first) return tr("δ is not above %1: everything is predicted").arg(most);
  return {};
}

void SingleStage::showDecision() {
  ViewGrid& views = m_parts.views;
  if (m_parts.desk.session.view().other) return;  // two runs have the panes
  const QString remark = thresholdRemark();
  m_parts.docks.controls().threshold()->setRemark(remark);
  if (views.count() <= kDecisionPane) return;
  const auto& picture = m_parts.desk.run.picture();
  const auto threshold = m_parts.desk.run.threshold();
  const bool scored = picture && picture->scores;
  const QString why = m_parts.desk.run.elsewhere().reason();
  views.view(kDecisionPane)->setScores(scored && threshold ? picture->scores : nullptr);
  views.view(kDecisionPane)
      ->setEmptyText(!scored      ? tr("Not scored yet")
                     : !threshold ? tr("No threshold: %1").arg(why.isEmpty() ? waitingText().second : why)
                                  : QString());
  views.header(kDecisionPane)
      ->setSubtitle(!threshold                   ? QString()
                    : !std::isfinite(*threshold) ? tr("nothing is predicted")
                    : !remark.isEmpty()          ? remark
                                                 : tr("s ≥ δ = %1").arg(scoreText(static_cast<double>(*threshold))));
}

void SingleStage::showMarker(float threshold) {
  const auto counts = m_parts.desk.run.counts();
  const auto numbers = m_parts.desk.run.numbers();
  const bool counted = counts && numbers && numbers->exact;
  m_parts.curves.setThreshold(0, static_cast<double>(threshold),
                              counted ? curvePlace(*counts, numbers->protocol, threshold) : std::nullopt);
  showHistogramThreshold();
}

bool SingleStage::areDetailsPresent() const {
  const auto details = m_parts.desk.run.details();
  return details && details->configuration == SingleRun::configurationOf(m_parts.desk.session.view());
}

void SingleStage::showHistogramThreshold() {
  const SingleRun& run = m_parts.desk.run;
  const auto threshold = run.threshold();
  const bool isOfThese = areDetailsPresent() || (!run.details() && run.elsewhere().spread());
  m_parts.curves.histogram()->setThreshold(threshold && isOfThese ? std::optional(static_cast<double>(*threshold))
                                                                  : std::nullopt);
}

void SingleStage::showThresholdScale() {
  const auto& scales = m_parts.desk.run.scales();
  if (!scales) return;
  m_parts.docks.controls().threshold()->setQuantiles(scales->slider,
                                                     {scales->anomalyShare.begin(), scales->anomalyShare.end()});
}

void SingleStage::showDetails() {
  const SingleRun& run = m_parts.desk.run;
  const auto details = run.details();
  HistogramPlot* histogram = m_parts.curves.histogram();
  if (!details) {
    showUnlabelledDetails();
    return;
  }
  showThresholdScale();
  showDecision();  // whether the threshold is among the scores
  const bool present = areDetailsPresent();
  const auto live = run.liveSet();
  const QString part = live ? partNote(live->account().with(details->frames.size())) : QString();
  histogram->setData(histogramData(details->histogram, configurationTitle(details->configuration) + part +
                                                           (present ? QString() : tr(" · new scores follow"))));
  if (!present) histogram->setShares({});
  showHistogramThreshold();
}

void SingleStage::showUnlabelledDetails() {
  const SingleRun& run = m_parts.desk.run;
  HistogramPlot* histogram = m_parts.curves.histogram();
  histogram->setShares({});
  const auto& spread = run.elsewhere().spread();
  if (!spread) {
    const auto live = run.liveSet();
    const bool isWaiting = live && isWithoutGroundTruth(live->dataSet()) && !live->readyFrames().empty();
    const auto [heading, sentence] =
        isWaiting ? std::pair(tr("Being scored"), tr("The histogram of all pixels follows once the scores rest."))
                  : waitingText();
    histogram->setEmptyText(heading, sentence);
    histogram->setData({});
    showDecision();
    return;
  }
  showThresholdScale();
  showDecision();
  constexpr std::size_t kBins = 96;
  HistogramData data =
      histogramData(spread->tally.histogram(kBins),
                    tr("%1, all pixels").arg(configurationTitle(spread->configuration)) +
                        tr(" · %1").arg(partText(static_cast<qint64>(spread->frames.size()),
                                                 static_cast<qint64>(run.liveSet()->dataSet().frames.size()),
                                                 tr("frame"), tr("frames"))));
  data.isUnlabelled = true;
  data.anomalous.clear();
  histogram->setData(std::move(data));
  showHistogramThreshold();
}

void SingleStage::showCursor(std::optional<QPointF> at) {
  const Desk& desk = m_parts.desk;
  const auto& picture = desk.run.picture();
  if (!at || !picture) {
    m_parts.docks.cursor().clear();
    return;
  }
  const auto live = desk.run.liveSet();
  const std::vector<std::string> names = live ? live->source().classNames() : std::vector<std::string>();
  const auto counts = desk.run.counts();
  m_parts.docks.cursor().setView(cursorView(*picture, *at, desk.run.threshold(), counts.get(), names));
}

void SingleStage::setCurveThreshold(int, double threshold, bool released) {
  const Edit edit = edits::setThreshold(threshold, RunSide::A, "operating point");
  released ? m_parts.desk.session.drop(edit) : m_parts.desk.session.drag(edit);
}

}  // namespace oodscope
