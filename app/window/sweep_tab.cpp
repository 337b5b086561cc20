// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/sweep_tab.h"

#include "app/window/post_to.h"
#include "app/window/presenters.h"
#include "widgets/plots/sweep_plot.h"
#include "widgets/theme/number_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {

SweepTab::SweepTab(Workspace& workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_job(
          this,
          [this](const Request& request, const std::stop_token& stop) {
            return sweep(
                request.sets, request.method, request.protocol, SweepOptions{},
                [this](std::size_t set, const SweepPoint& point) {
                  postTo(this, [this, set, point] {
                    if (set >= m_result.curves.size()) return;
                    auto& points = m_result.curves[set].points;
                    points.insert(
                        std::partition_point(points.begin(), points.end(),
                                             [&](const SweepPoint& p) { return p.temperature < point.temperature; }),
                        point);
                    ++m_done;
                    nameBest(m_result);
                    show();
                    Q_EMIT progressed(m_done, m_total);
                  });
                },
                stop);
          },
          [this](const Request&, const Outcome<SweepResult>& outcome) {
            if (outcome.hasValue()) m_result = outcome.value();
            if (outcome.isFailure()) m_note->setText(QString::fromStdString(outcome.failure()));
            m_button->setText(tr("Sweep all open sets"));
            show();
            Q_EMIT progressed(m_total, m_total);
          }) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 8, 12, 8);
  auto* row = new QHBoxLayout;
  m_button = new QPushButton(tr("Sweep all open sets"));
  m_note = new QLabel(
      tr("AP and FPR95 against temperature, exact at each of 40 values from 0.05 to 20, finer around the best."));
  m_note->setWordWrap(true);
  row->addWidget(m_button);
  row->addWidget(m_note, 1);
  m_plot = new SweepPlot;
  m_plot->setEmptyText(tr("No sweep yet"), tr("Open sets and a model, then sweep: results appear as they come."));
  column->addLayout(row);
  column->addWidget(m_plot, 1);
  connect(m_plot, &SweepPlot::temperatureEdited, this, &SweepTab::temperatureEdited);
  connect(m_plot, &SweepPlot::temperatureSettled, this, &SweepTab::temperatureEdited);
}

SweepTab::~SweepTab() = default;

void SweepTab::start(const ViewState& view) {
  if (m_job.isBusy()) {
    cancel();
    return;
  }
  if (!hasMethod(view.score) || !dependsOnTemperature(view.score.method)) {
    m_note->setText(tr("Temperature has %1; choose another method.").arg(noTemperatureReason(view.score)));
    return;
  }
  Request request;
  request.method = view.score.method;
  request.protocol = view.protocol;
  for (const OpenSet& set : m_workspace.sets())
    if (auto live = m_workspace.liveSet(QString::fromStdString(set.set->name), view);
        live && !live->labelledFrames().empty())
      request.sets.push_back(std::move(live));
  if (request.sets.empty()) {
    m_note->setText(tr("No frame is ready to sweep over yet."));
    return;
  }
  m_result = {};
  for (const auto& set : request.sets) m_result.curves.push_back({.set = set->dataSet().name});
  m_done = 0;
  m_total = static_cast<int>(request.sets.size() * (sweepTemperatures(SweepOptions{}).size() +
                                                    static_cast<std::size_t>(SweepOptions{}.refinements)));
  m_button->setText(tr("Stop"));
  m_job.request(std::move(request));
}

void SweepTab::cancel() { m_job.cancel(); }

void SweepTab::setTemperature(std::optional<double> temperature) { m_plot->setTemperature(temperature); }

void SweepTab::show() {
  std::vector<SweepSeries> series;
  for (const SweepCurve& curve : m_result.curves) {
    SweepSeries shown;
    shown.name = QString::fromStdString(curve.set);
    for (const SweepPoint& point : curve.points) {
      if (!point.ap || !point.fpr95) continue;
      if (m_result.bestTemperature && point.temperature == *m_result.bestTemperature)
        shown.best = static_cast<int>(shown.temperature.size());
      shown.temperature.push_back(point.temperature);
      shown.ap.push_back(*point.ap);
      shown.fpr95.push_back(*point.fpr95);
    }
    series.push_back(std::move(shown));
  }
  m_plot->setSeries(std::move(series));
  if (m_result.bestTemperature) {
    const QString what =
        tr("best trade-off T %1: %2")
            .arg(numberText(*m_result.bestTemperature, 2), QString::fromStdString(sweepRuleText(m_result.rule)));
    m_note->setText(what);
    Q_EMIT bestFound(m_result.bestTemperature, what);
  }
}

}  // namespace oodscope
