// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/compare/compare_mode.h"

#include "app/window/compare/compare_presenter.h"
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

#include <QCoreApplication>
#include <QKeyEvent>

#include <algorithm>

namespace oodscope {
namespace {

constexpr int kFirst = 0, kSecond = 1, kDisagreement = 2, kDecisions = 3;  // panes
constexpr float kLowestRankShown = 0.4F;                                   // black below: normal road, mostly
constexpr float kRankLimit = 0.5F;                                         // of the disagreement's colours

PinRule ruleOf(const Pin& pin) {
  switch (pin.rule) {
    case Pin::Rule::TruePositiveRate:
      return PinRule::TruePositiveRate;
    case Pin::Rule::BestF1:
      return PinRule::BestF1;
    case Pin::Rule::FalsePositiveRate:
      return PinRule::FalsePositiveRate;
    case Pin::Rule::CostRatio:
      return PinRule::CostRatio;
    case Pin::Rule::None:
      break;
  }
  return PinRule::None;
}

Pin pinOf(PinRule rule, double value) {
  switch (rule) {
    case PinRule::TruePositiveRate:
      return {Pin::Rule::TruePositiveRate, 100.0 * value};
    case PinRule::BestF1:
      return {Pin::Rule::BestF1, 100.0 * value};
    case PinRule::FalsePositiveRate:
      return {Pin::Rule::FalsePositiveRate, 100.0 * value};
    case PinRule::CostRatio:
      return {Pin::Rule::CostRatio, value};
    case PinRule::None:
      break;
  }
  return {};
}

}  // namespace

CompareMode::CompareMode(Workspace& workspace, SessionModel& session, LiveController& a, Theme& theme,
                         CompareWidgets widgets, QObject* parent)
    : QObject(parent),
      m_workspace(workspace),
      m_session(session),
      m_theme(theme),
      m_widgets(widgets),
      m_comparison(workspace, a) {
  connectPanel();
  connect(&m_comparison, &Comparison::pictureChanged, this, &CompareMode::showPicture);
  connect(&m_comparison, &Comparison::numbersChanged, this, &CompareMode::showNumbers);
  connect(&m_comparison, &Comparison::statisticsChanged, this, &CompareMode::showNumbers);
  connect(&m_comparison, &Comparison::thresholdChanged, this, [this] {
    showThresholds();
    showNumbers();
  });
  QCoreApplication::instance()->installEventFilter(this);
  connect(&m_comparison, &Comparison::numbersChanged, this, &CompareMode::framesChanged);
  connect(&m_comparison, &Comparison::disagreementChanged, this, &CompareMode::framesChanged);
  const auto choose = [this](int row) {
    if (row >= 0 && row < static_cast<int>(m_pairs.size())) Q_EMIT
    frameRequested(m_pairs[static_cast<std::size_t>(row)].frame);
  };
  connect(m_widgets.curves->perFrame(), &PairedDifferencePlot::rowClicked, this, choose);
  connect(m_widgets.scatter, &ScatterPlot::pointClicked, this, choose);
}

void CompareMode::edit(const std::function<void(ViewState&)>& change, const QString& text) {
  ViewState view = m_session.view();
  change(view);
  m_session.edit(view, text);
}

void CompareMode::connectPanel() {
  ComparePanel* panel = m_widgets.panel;
  connect(panel, &ComparePanel::editBegan, &m_session, &SessionModel::beginDrag);
  connect(panel, &ComparePanel::editEnded, &m_session, &SessionModel::endDrag);
  connect(panel, &ComparePanel::methodEdited, this, [this](RunSide side, int index) {
    edit(
        [&](ViewState& view) {
          ScoreChoice& score = side == RunSide::A ? view.score : view.other->score;
          score.method = allMethods()[static_cast<std::size_t>(index)];
          score.imported.reset();
        },
        tr("method"));
  });
  connect(panel, &ComparePanel::modelEdited, this, [this](RunSide side, int index) {
    const auto& models = m_workspace.models();
    const auto& folders = m_workspace.scoreFolders();
    edit(
        [&](ViewState& view) {
          ScoreChoice& score = side == RunSide::A ? view.score : view.other->score;
          std::string& model = side == RunSide::A ? view.model : view.other->model;
          const auto at = static_cast<std::size_t>(index);
          score.imported.reset();
          if (at < models.size())
            model = models[at].name().toStdString();
          else if (at - models.size() < folders.size())
            score.imported = folders[at - models.size()].filename().string();
        },
        tr("model"));
  });
  connect(panel, &ComparePanel::temperatureEdited, this, [this](RunSide side, double temperature) {
    edit(
        [&](ViewState& view) {
          (side == RunSide::A ? view.score : view.other->score).temperature = static_cast<float>(temperature);
        },
        tr("temperature"));
  });
  connect(panel, &ComparePanel::thresholdEdited, this, [this](RunSide side, double threshold) {
    edit(
        [&](ViewState& view) {
          (side == RunSide::A ? view.threshold : view.other->threshold) = static_cast<float>(threshold);
          (side == RunSide::A ? view.pin : view.other->pin) = PinRule::None;
        },
        tr("threshold"));
  });
  connect(panel, &ComparePanel::pinEdited, this, [this](RunSide side, const Pin& pin) {
    edit(
        [&](ViewState& view) {
          const double value = pin.rule == Pin::Rule::CostRatio ? pin.value : pin.value / 100.0;
          (side == RunSide::A ? view.pin : view.other->pin) = ruleOf(pin);
          (side == RunSide::A ? view.pinValue : view.other->pinValue) = value;
          auto& threshold = side == RunSide::A ? view.threshold : view.other->threshold;
          if (pin.rule == Pin::Rule::None && !threshold)
            threshold = (side == RunSide::A ? m_comparison.a() : m_comparison.b()).threshold();
        },
        tr("pin"));
  });
  connect(panel, &ComparePanel::styleEdited, this, [this](ComparePanel::Style style) {
    edit([&](ViewState& view) { view.compareStyle = static_cast<CompareStyle>(style); }, tr("compare style"));
  });
  connect(panel, &ComparePanel::ranksEdited, this,
          [this](bool ranks) { edit([&](ViewState& view) { view.compareRanks = ranks; }, tr("compare ranks")); });
  connect(panel, &ComparePanel::swapRequested, this, &CompareMode::swap);
  connect(panel, &ComparePanel::keepRequested, this, [this](RunSide side) {
    const ViewState view = side == RunSide::A ? m_session.view() : Comparison::viewOfB(m_session.view());
    Q_EMIT
    keepRequested({view.set, view.model, view.score, view.protocol});
  });
}

void CompareMode::setOn(bool on) {
  if (on == isOn()) return;
  ViewState view = m_session.view();
  if (on) {
    if (!m_hasLast) {
      m_last = {};
      m_last.score.method = view.score.method == Method::MaxLogit ? Method::Msp : Method::MaxLogit;
      m_hasLast = true;
    }
    if (m_workspace.findModel(QString::fromStdString(m_last.model)) == nullptr) m_last.model.clear();
    view.other = m_last;
  } else {
    m_last = *view.other;
    view.other.reset();
  }
  m_session.edit(view, on ? tr("compare") : tr("end of comparison"));
}

void CompareMode::compareWith(const OtherRun& other) {
  edit([&](ViewState& view) { view.other = other; }, tr("run B"));
}

void CompareMode::swap() {
  if (!isOn()) return;
  edit(
      [](ViewState& view) {
        if (!view.other->model.empty()) std::swap(view.model, view.other->model);
        std::swap(view.score, view.other->score);
        std::swap(view.threshold, view.other->threshold);
        std::swap(view.pin, view.other->pin);
        std::swap(view.pinValue, view.other->pinValue);
      },
      tr("swap A and B"));
}

std::vector<PaneSpec> CompareMode::panes() const {
  const bool beside = m_session.view().compareStyle == CompareStyle::SideBySide;
  std::vector<PaneSpec> panes(4);
  panes[kFirst].title = beside                                                 ? tr("Run A")
                        : m_session.view().compareStyle == CompareStyle::Blink ? tr("Blink")
                                                                               : tr("Wipe");
  panes[kFirst].look.kind = ViewKind::Heatmap;
  panes[kFirst].wipe = !beside;
  panes[kSecond].title = beside ? tr("Run B") : tr("Image");
  panes[kSecond].look.kind = beside ? ViewKind::Heatmap : ViewKind::Image;
  panes[kDisagreement].title = tr("Disagreement");
  panes[kDisagreement].look.kind = ViewKind::SignedMap;
  panes[kDisagreement].look.scaleMin = -kRankLimit;
  panes[kDisagreement].look.scaleMax = kRankLimit;
  panes[kDecisions].title = tr("Decisions");
  panes[kDecisions].look.kind = ViewKind::DecisionComparison;
  return panes;
}

void CompareMode::panesBuilt() {
  if (!isOn()) return;
  if (WipeView* wipe = m_widgets.views->wipeView(kFirst))
    wipe->setBlinking(m_session.view().compareStyle == CompareStyle::Blink);
}

void CompareMode::showView(const ViewState& before, const ViewState& after, bool dragging) {
  const bool toggled = before.other.has_value() != after.other.has_value();
  m_comparison.show(after, dragging);
  m_widgets.curves->setComparing(isOn());
  if (toggled) {
    m_widgets.curves->setShown(CurvesPanel::PerFrame, isOn());
    m_widgets.curves->setShown(CurvesPanel::Histogram, !isOn());
    m_widgets.frames->setSortMetric(isOn() ? FrameMetric::Delta : FrameMetric::Fpr95);
  }
  if (!isOn()) return;
  if (!toggled && before.compareStyle != after.compareStyle) Q_EMIT
  panesChanged();
  showControls();
  showPicture();
  showNumbers();
}

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
                      run.score.imported ? tr("imported score maps have no method") : QString());
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
    if (const auto details = controller.details()) panel->threshold(side)->setQuantiles(details->sliderScale);
    if (const auto threshold = controller.threshold())
      panel->threshold(side)->setThreshold(static_cast<double>(*threshold));
  }
  panel->setStyle(static_cast<ComparePanel::Style>(view.compareStyle));
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
    const auto detailsA = m_comparison.a().details(), detailsB = m_comparison.b().details();
    const ScaleLimits a = scaleLimits(view, *compared->a->scores, compared->a->ordered, detailsA.get());
    const ScaleLimits b = scaleLimits(view, *compared->b->scores, compared->b->ordered, detailsB.get());
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
  if (!a || !b) return;  // what was shown stays until there is something new
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
  const bool exact = a->exact && b->exact;
  m_widgets.metricsTitle->badge()->setBadge(exact ? Badge::Kind::Exact : Badge::Kind::Estimated,
                                            exact ? tr("= exact") : tr("≈ estimated"));
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
    data[0].value = what + QStringLiteral(" A ") + text(*a);
    data[1].value = QStringLiteral("B ") + text(*b);
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
  if (const auto threshold = m_comparison.a().threshold()) curves.setThreshold(0, static_cast<double>(*threshold));
  if (const auto threshold = m_comparison.b().threshold())
    for (CurvePlot* plot : {curves.precisionRecall(), curves.roc()})
      plot->setThreshold(1, static_cast<double>(*threshold));

  const auto detailsA = m_comparison.a().details(), detailsB = m_comparison.b().details();
  const OpenSet* open = m_workspace.findSet(QString::fromStdString(m_session.view().set));
  m_pairs =
      detailsA && detailsB && open != nullptr ? framePairs(*detailsA, *detailsB, *open->set) : std::vector<FramePair>();
  curves.perFrame()->setRows(differenceRows(m_pairs), statistics ? setDifference(*statistics) : std::nullopt);
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

bool CompareMode::editCurveThreshold(int index, double threshold, bool settled) {
  if (!isOn() || index != 1) return false;
  m_session.beginDrag();
  edit(
      [&](ViewState& view) {
        view.other->threshold = static_cast<float>(threshold);
        view.other->pin = PinRule::None;
      },
      tr("operating point of B"));
  if (settled) m_session.endDrag();
  return true;
}

bool CompareMode::eventFilter(QObject* watched, QEvent* event) {
  const bool pressed = event->type() == QEvent::KeyPress;
  if (!isOn() || !(pressed || event->type() == QEvent::KeyRelease) || !watched->isWidgetType()) return false;
  const auto* key = static_cast<QKeyEvent*>(event);
  const auto* widget = static_cast<QWidget*>(watched);
  if (key->isAutoRepeat() || key->modifiers() != Qt::NoModifier || widget->window() != m_widgets.views->window() ||
      widget->inherits("QLineEdit") || widget->inherits("QAbstractSpinBox") || widget->inherits("QTextEdit") ||
      widget->inherits("QPlainTextEdit"))
    return false;
  if (key->key() == Qt::Key_Space && (widget->inherits("QAbstractButton") || widget->inherits("QComboBox")))
    return false;
  return handleKey(key->key(), pressed);
}

bool CompareMode::handleKey(int key, bool pressed) {
  WipeView* wipe = isOn() && m_widgets.views->count() > kDecisions ? m_widgets.views->wipeView(kFirst) : nullptr;
  if (wipe == nullptr) return false;
  const bool blinks = m_session.view().compareStyle == CompareStyle::Blink;
  switch (key) {
    case Qt::Key_A:
    case Qt::Key_B:
      wipe->setBlinking(!pressed && blinks);
      if (pressed) wipe->setShow(key == Qt::Key_A ? WipeView::Show::OnlyA : WipeView::Show::OnlyB);
      return true;
    case Qt::Key_Space:
      if (pressed)
        edit([&](ViewState& view) { view.compareStyle = blinks ? CompareStyle::Wipe : CompareStyle::Blink; },
             tr("blink"));
      return true;
    default:
      return false;
  }
}

}  // namespace oodscope
