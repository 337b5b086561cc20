// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/method_views.h"

#include "analysis/scores/method_kinds.h"
#include "app/desk/single_run.h"
#include "app/window/presenters.h"
#include "widgets/theme/number_text.h"

namespace oodscope {
namespace {

constexpr double kTrimmed = 0.999;

}  // namespace

MethodViews::MethodViews(Workspace& workspace, ViewGrid& views)
    : QObject(&views),
      m_workspace(workspace),
      m_views(views),
      m_job(
          this, JobPriority::Estimate,
          [](const Request& request, const std::stop_token& stop) {
            std::vector<Map> maps;
            for (const Method method : allMethods()) {
              if (stop.stop_requested()) break;
              Map& map = maps.emplace_back();
              map.method = method;
              if (!servesAsOpened(request.live->source(), method)) continue;  // has no pane
              ViewState view = request.view;
              view.score.method = method;
              map.configuration = SingleRun::configurationOf(view);
              try {
                map.scores = request.live->scores(request.frame, map.configuration);
                const std::vector<float> ordered = orderedSample(*map.scores);
                if (!ordered.empty()) {
                  map.low = ordered.front();
                  map.high = ordered[static_cast<std::size_t>(kTrimmed * static_cast<double>(ordered.size() - 1))];
                }
              } catch (const Error& error) {
                map.failure = QString::fromUtf8(error.what());
              }
            }
            return maps;
          },
          [this](const Request& request, const Outcome<std::vector<Map>>& outcome) {
            if (outcome.hasValue()) publish(request, outcome.value());
            Q_EMIT idleChanged();
          }) {}

std::vector<PaneSpec> MethodViews::panes() const {
  std::vector<PaneSpec> panes;
  for (const Method method : allMethods()) {
    PaneSpec pane;
    pane.title = methodTitle(method);
    pane.look.kind = ViewKind::Heatmap;
    panes.push_back(pane);
  }
  return panes;
}

void MethodViews::setFirstPane(int first) {
  m_first = first;
  showPanes(nullptr);
}

/// The frame and a pane for each method that the source can serve; for all of them before it is known.
void MethodViews::showPanes(const ScoreSource* source) {
  std::vector<int> shown{0};
  const auto methods = allMethods();
  for (std::size_t i = 0; i < methods.size(); ++i)
    if (source == nullptr || servesAsOpened(*source, methods[i])) shown.push_back(m_first + static_cast<int>(i));
  if (shown == m_shown) return;
  m_shown = shown;
  m_views.setPanesOfAll(std::move(shown));
}

void MethodViews::show(const ViewState& view, std::optional<std::size_t> frame) {
  m_isShown = view.layout == ViewLayout::PerMethod;
  if (!m_isShown) return m_shown.clear();  // another layout has the panes
  ViewState unimported = view;
  if (!hasMethod(view.score)) unimported.score.imported.reset();
  const auto live = m_workspace.liveSet(QString::fromStdString(view.set), unimported);
  if (live) showPanes(&live->source());
  if (!live || !frame || !live->isReady(*frame)) {
    for (int pane = m_first; pane < m_views.count(); ++pane) {
      m_views.view(pane)->setScores(nullptr);
      m_views.header(pane)->setColourBar(std::nullopt);
      m_views.view(pane)->setEmptyText(live ? tr("Not scored yet") : tr("Methods need a model"));
    }
    return;
  }
  m_job.request({live, *frame, view.score.temperature, unimported});
}

void MethodViews::publish(const Request& request, const std::vector<Map>& maps) {
  if (!m_isShown) return;
  const ColourMap colours = colourMapFromName(QString::fromStdString(request.view.colourMap));
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const int pane = m_first + static_cast<int>(i);
    if (pane >= m_views.count()) return;
    const Map& map = maps[i];
    m_views.view(pane)->setScores(map.scores);
    m_views.view(pane)->setEmptyText(map.failure);
    QStringList subtitle;
    for (const Filter filter : map.configuration.filters) subtitle << filterTitle(filter);
    if (map.configuration.temperature)
      subtitle << tr("T %1").arg(numberText(static_cast<double>(*map.configuration.temperature), 2));
    m_views.header(pane)->setSubtitle(subtitle.join(QStringLiteral(" · ")));
    if (!map.scores) {
      m_views.header(pane)->setColourBar(std::nullopt);
      continue;
    }
    m_views.view(pane)->setScale(map.low, map.high);
    ColourBarSpec bar;
    bar.table = colourTable(colours, request.view.colourMapReversed);
    bar.min = static_cast<double>(map.low);
    bar.max = static_cast<double>(map.high);
    bar.minText = scaleText(bar.min, bar.max - bar.min);
    bar.maxText = scaleText(bar.max, bar.max - bar.min);
    m_views.header(pane)->setColourBar(bar);
  }
}

}  // namespace oodscope
