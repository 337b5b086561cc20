// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/class_views.h"

#include "app/window/presenters.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/theme.h"

#include <cmath>

namespace oodscope {
namespace {

constexpr int kTruePane = 0, kPredictedPane = 1, kOpenPane = 2, kClassPanes = 3;
constexpr std::size_t kNamedClasses = 6;  // in a header's legend

std::vector<LegendChip> chipsOf(const ClassPicture& picture, const std::shared_ptr<const ClassMap>& map) {
  std::vector<LegendChip> out;
  for (const SheetClass& each : occurringClasses(picture, {map})) {
    if (out.size() == kNamedClasses) break;
    out.push_back({each.colour, each.name});
  }
  return out;
}

}  // namespace

ClassViews::ClassViews(Desk& desk, Theme& theme, ViewGrid& views)
    : QObject(&views),
      m_desk(desk),
      m_theme(theme),
      m_views(views),
      m_job(
          this, JobPriority::Estimate,
          [](const Request& request, const std::stop_token&) {
            return std::make_shared<const ClassPicture>(classPicture(
                *request.live, request.configuration, request.frame, request.live->evaluationSize(request.frame)));
          },
          [this](const Request& request, const Outcome<std::shared_ptr<const ClassPicture>>& outcome) {
            if (outcome.hasValue()) publish(request, outcome.value());
            Q_EMIT idleChanged();
          }) {}

std::vector<PaneSpec> ClassViews::panes() const {
  std::vector<PaneSpec> panes(kClassPanes);
  panes[kTruePane].title = tr("True classes");
  panes[kTruePane].look.kind = ViewKind::TrueClasses;
  panes[kPredictedPane].title = tr("Predicted classes");
  panes[kPredictedPane].look.kind = ViewKind::PredictedClasses;
  panes[kOpenPane].title = tr("Open-set map");
  panes[kOpenPane].look.kind = ViewKind::OpenSet;
  return panes;
}

void ClassViews::setFirstPane(int first) {
  m_first = first;
  if (!m_isShown) return;
  takePanes();
  showClasses({});
}

void ClassViews::show(const ViewState& view) {
  m_isShown = view.layout == ViewLayout::Classes;
  if (!m_isShown || m_first + kClassPanes > m_views.count()) return;
  takePanes();
  const auto live = m_desk.run.liveSet();
  const auto frame = m_desk.currentFrame();
  if (!live || !frame || !live->isReady(*frame)) {
    m_request.reset();
    m_picture.reset();
    showClasses(live ? tr("Not scored yet") : tr("Classes need a model, or score maps with class maps"));
    return;
  }
  Request request{live, *frame, SingleRun::configurationOf(view)};
  if (m_request == request) return showThreshold();
  m_request = request;
  m_job.request(std::move(request));
}

void ClassViews::takePanes() {
  m_views.setPanesOfAll({0, m_first + kTruePane, m_first + kPredictedPane, m_first + kOpenPane});
}

void ClassViews::publish(const Request& request, std::shared_ptr<const ClassPicture> picture) {
  if (!(m_request == request)) return;
  m_picture = std::move(picture);
  if (m_isShown) showClasses({});
}

void ClassViews::showClasses(const QString& waiting) {
  if (m_first + kClassPanes > m_views.count()) return;
  const std::shared_ptr<const ClassPicture> picture = m_picture;
  for (int i = 0; i < kClassPanes; ++i) {
    ImageView& view = *m_views.view(m_first + i);
    view.setClasses(picture ? picture->predicted : nullptr, picture ? picture->truth : nullptr);
    view.setClassColours(picture ? picture->colours : nullptr);
    view.setEmptyText(!picture ? waiting : i == kTruePane ? picture->noTruth : picture->noPrediction);
    const auto map = !picture ? nullptr : i == kTruePane ? picture->truth : picture->predicted;
    std::vector<LegendChip> chips = picture && map ? chipsOf(*picture, map) : std::vector<LegendChip>();
    if (i == kOpenPane && map) chips.insert(chips.begin(), {m_theme.current().anomaly.over, tr("anomaly")});
    m_views.header(m_first + i)->setLegend(std::move(chips));
  }
  showThreshold();
}

void ClassViews::showThreshold() {
  if (!m_isShown || m_first + kClassPanes > m_views.count()) return;
  const auto& shown = m_desk.run.picture();
  const auto threshold = m_desk.run.threshold();
  ImageView& view = *m_views.view(m_first + kOpenPane);
  view.setScores(shown && threshold ? shown->scores : nullptr);
  if (threshold) view.setThreshold(*threshold);
  m_views.header(m_first + kOpenPane)
      ->setSubtitle(!threshold                   ? tr("no threshold: no anomaly")
                    : !std::isfinite(*threshold) ? tr("nothing is predicted anomalous")
                                                 : tr("s ≥ δ = %1").arg(scoreText(static_cast<double>(*threshold))));
}

}  // namespace oodscope
