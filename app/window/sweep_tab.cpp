// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/sweep_tab.h"

#include "app/desk/inference_runner.h"
#include "app/desk/post_to.h"
#include "app/live/set_numbers.h"
#include "app/session/edits.h"
#include "app/window/presenters.h"
#include "app/window/tabs/run_first.h"
#include "widgets/panels/run_first_panel.h"
#include "widgets/plots/sweep_plot.h"
#include "widgets/theme/number_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

namespace oodscope {

SweepTab::SweepTab(Workspace& workspace, QWidget* parent)
    : AnalysisTab(parent),
      m_workspace(workspace),
      m_job(
          this, JobPriority::Background,
          [this](const Request& request, const std::stop_token& stop) {
            return sweepOf(
                request,
                [this, stop](std::size_t set, const SweepPoint& point) {
                  postTo(this, [this, stop, set, point] {
                    if (!stop.stop_requested()) addPoint(set, point);
                  });
                },
                stop);
          },
          [this](const Request&, const Outcome<SweepResult>& outcome) { publish(outcome); }) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(12, 8, 12, 8);
  auto* row = new QHBoxLayout;
  m_button = new QPushButton(tr("Sweep all open sets"));
  m_note = new QLabel(
      tr("AP and FPR95 against temperature, exact at each of 40 values from 0.05 to 20, finer around the best by the "
         "%1.")
          .arg(QString::fromStdString(sweepRuleText(SweepRule::ApMinusFpr95))));
  m_note->setWordWrap(true);
  row->addWidget(m_button);
  row->addWidget(m_note, 1);
  m_plot = new SweepPlot;
  m_plot->setEmptyText(tr("No sweep yet"), tr("Open sets and a model, then sweep: results appear as they come."));
  column->addLayout(row);
  auto* first = new RunFirstPanel;
  m_first = new RunFirst(workspace.runner(), *first, this);
  column->addWidget(first);
  column->addWidget(m_plot, 1);
  connect(m_button, &QPushButton::clicked, this, [this] { isBusy() ? cancel() : start(); });
  connect(m_plot, &SweepPlot::temperatureEdited, this, [this](double t) { setTemperature(t, true); });
  connect(m_plot, &SweepPlot::temperatureReleased, this, [this](double t) { setTemperature(t, false); });
  connect(&m_workspace, &Workspace::ensemblePut, this, [this] { follow(m_view, false); });
  connect(m_first, &RunFirst::ready, this, [this] {
    if (m_waiting) begin();
  });
  connect(m_first, &RunFirst::cancelled, this, &SweepTab::cancel);
  connect(m_first, &RunFirst::changed, this, &SweepTab::showButton);
}

SweepTab::~SweepTab() = default;

SweepResult SweepTab::sweepOf(const Request& request, const SweepSink& sink, const std::stop_token& stop) {
  if (!request.retempered) return sweep(request.sets, request.method, request.protocol, SweepOptions{}, sink, stop);
  const auto exactAt = [&](std::size_t set, double temperature) -> std::shared_ptr<const ExactRun> {
    const auto live = request.retempered(*request.sets[set], temperature, stop);
    if (stop.stop_requested()) return nullptr;
    return live->exact(request.configuration, request.protocol, std::nullopt, stop);
  };
  return sweep(request.sets, exactAt, SweepOptions{}, sink, stop);
}

const EnsembleEntry* SweepTab::shownEnsemble() const {
  return m_view.score.imported ? m_workspace.findEnsemble(*m_view.score.imported) : nullptr;
}

void SweepTab::setTemperature(double temperature, bool dragging) {
  const EnsembleEntry* shown = shownEnsemble();
  if (shown == nullptr) {
    Q_EMIT edited(edits::setTemperature(temperature));
  } else if (!dragging && temperature != shown->temperature) {  // its scores are made anew: once, where the hand is off
    EnsembleEntry entry = *shown;
    entry.temperature = temperature;
    m_workspace.putEnsemble(entry);
  }
}

bool SweepTab::isOfShown() const {
  RunChoice now = runChoiceOf(m_view), then = m_request.view;
  for (RunChoice* run : {&now, &then}) {  // a sweep is of all sets and temperatures
    run->set.clear();
    run->score = atTemperature(run->score, 1.0);
  }
  const EnsembleEntry* shown = shownEnsemble();
  std::optional<EnsembleEntry> ensemble = shown != nullptr ? std::optional(*shown) : std::nullopt;
  if (ensemble && m_request.ensemble) ensemble->temperature = m_request.ensemble->temperature;
  return now == then && ensemble == m_request.ensemble;
}

void SweepTab::follow(const ViewState& view, bool) {
  m_view = view;
  const EnsembleEntry* shown = shownEnsemble();
  m_plot->setTemperature(shown != nullptr ? shown->temperature : static_cast<double>(view.score.temperature));
  if (m_request.sets.empty() || isOfShown()) return;
  cancel();
  Request none;
  m_request = std::move(none);
  m_result = {};
  m_plot->setSeries({});
  m_note->setText(tr("The sweep was of other scores: sweep again."));
  Q_EMIT bestFound(std::nullopt, QString());
}

QString SweepTab::whyNot() const {
  if (const EnsembleEntry* shown = shownEnsemble()) {
    try {
      if (m_workspace.retempering(*shown)) return {};
    } catch (const Error& error) {
      return QString::fromUtf8(error.what());
    }
    return tr("Temperature has no effect on the ranking of %1.").arg(QString::fromStdString(shown->name));
  }
  if (hasMethod(m_view.score) && m_view.score.method.usesTemperature()) return {};
  return tr("Temperature has %1; choose another method.").arg(noTemperatureReason(m_view.score));
}

bool SweepTab::isBusy() const { return m_running || (m_waiting && m_first->isRunning()); }

void SweepTab::start() {
  if (isBusy()) return;
  if (const QString reason = whyNot(); !reason.isEmpty()) {
    m_note->setText(reason);
    return;
  }
  // What is not scored yet is scored first: a sweep of some of the sets would be taken for one of all.
  RunFirst::Sets sets;
  for (const OpenSet& set : m_workspace.sets())
    if (const auto live = m_workspace.liveSet(QString::fromStdString(set.set->name), m_view))
      if (live->account().unread > 0) sets.push_back(live);
  if (!m_first->isReady(sets)) {
    m_waiting = true;
    m_note->setText(tr("The sweep follows once all frames of the open sets are scored."));
    showButton();
    return;
  }
  begin();
}

void SweepTab::begin() {
  m_waiting = false;
  if (const QString reason = whyNot(); !reason.isEmpty()) {
    m_note->setText(reason);
    showButton();
    return;
  }
  Request request;
  request.method = {m_view.score.method, m_view.score.filters};
  request.protocol = m_view.protocol;
  request.view = runChoiceOf(m_view);
  if (const EnsembleEntry* shown = shownEnsemble()) {
    request.ensemble = *shown;
    request.retempered = m_workspace.retempering(*shown);
    request.configuration = configurationOf(m_view.score);
  }
  for (const OpenSet& set : m_workspace.sets()) {
    auto live = m_workspace.liveSet(QString::fromStdString(set.set->name), m_view);
    if (!live || live->labelledFrames().empty()) {
      request.missing.push_back(set.set->name);
      continue;
    }
    request.accounts.push_back(live->account());
    request.sets.push_back(std::move(live));
  }
  showButton();
  if (request.sets.empty()) {
    m_note->setText(m_workspace.sets().empty()
                        ? tr("Nothing to sweep: open a set with ground truth, and a model.")
                        : tr("Nothing to sweep: none of the open sets has both ground truth and scores."));
    return;
  }
  m_result = {};
  for (const auto& set : request.sets) m_result.curves.push_back({.set = set->dataSet().name});
  m_request = request;
  m_done = 0;
  m_total = static_cast<int>(request.sets.size() * (sweepTemperatures(SweepOptions{}).size() +
                                                    static_cast<std::size_t>(SweepOptions{}.refinements)));
  Q_EMIT bestFound(std::nullopt, QString());
  m_running = true;
  m_isStopped = false;
  m_job.request(std::move(request));
  show();
  showButton();
  Q_EMIT progressed(m_done, m_total);
}

void SweepTab::cancel() {
  if (m_waiting) {
    m_waiting = false;
    m_first->forget();
    m_note->setText(tr("Stopped before the sets were scored."));
  }
  m_isStopped = m_running;
  m_job.cancel();
  if (m_running && !m_job.isBusy()) publish(Outcome<SweepResult>::cancelled());  // it had not begun
  showButton();
}

void SweepTab::addPoint(std::size_t set, const SweepPoint& point) {
  if (set >= m_result.curves.size()) return;
  auto& points = m_result.curves[set].points;
  points.insert(std::partition_point(points.begin(), points.end(),
                                     [&](const SweepPoint& p) { return p.temperature < point.temperature; }),
                point);
  ++m_done;
  show();
  Q_EMIT progressed(m_done, m_total);
}

void SweepTab::publish(const Outcome<SweepResult>& outcome) {
  m_running = false;
  if (outcome.hasValue() && !m_isStopped) m_result = outcome.value();  // its last points may come in all the same
  if (!m_request.sets.empty()) show();
  if (outcome.isFailure()) m_note->setText(QString::fromStdString(outcome.failure()));
  showButton();
  Q_EMIT progressed(m_total, 0);
}

void SweepTab::showButton() { m_button->setText(isBusy() ? tr("Stop") : tr("Sweep all open sets")); }

QString SweepTab::note() const { return m_note->text(); }

QString SweepTab::framesNote() const {
  QStringList parts;
  for (std::size_t i = 0; i < m_request.sets.size(); ++i)
    if (!m_request.accounts[i].isComplete())
      parts << tr("%1: %2").arg(QString::fromStdString(m_request.sets[i]->dataSet().name),
                                framesText(m_request.accounts[i]));
  for (const std::string& name : m_request.missing)
    parts << tr("left out: %1, without ground truth or scores").arg(QString::fromStdString(name));
  return parts.join(tr("; "));
}

void SweepTab::show() {
  const bool whole = std::all_of(m_request.accounts.begin(), m_request.accounts.end(),
                                 [](const FrameAccount& account) { return account.isComplete(); });
  const bool named = m_result.complete && whole && m_result.bestTemperature.has_value();
  std::vector<SweepSeries> series;
  for (std::size_t i = 0; i < m_result.curves.size(); ++i) {
    const SweepCurve& curve = m_result.curves[i];
    SweepSeries shown;
    shown.name = QString::fromStdString(curve.set);
    if (i < m_request.accounts.size()) shown.name += partNote(m_request.accounts[i]);
    for (const SweepPoint& point : curve.points) {
      if (!point.ap || !point.fpr95) continue;
      if (named && point.temperature == *m_result.bestTemperature)
        shown.best = static_cast<int>(shown.temperature.size());
      shown.temperature.push_back(point.temperature);
      shown.ap.push_back(*point.ap);
      shown.fpr95.push_back(*point.fpr95);
    }
    series.push_back(std::move(shown));
  }
  m_plot->setSeries(std::move(series));
  QStringList note;
  QString best;
  const QString rule = QString::fromStdString(sweepRuleText(m_result.rule));
  if (named) {
    const double t = *m_result.bestTemperature;
    best = tr("best T %1: %2").arg(numberText(t, 2), rule);
    if (const auto warning = rangeEndWarning(m_result)) best += tr(" · ") + QString::fromStdString(*warning);
    note << best;
  } else if (!m_result.complete) {
    note << (m_running ? tr("%1 of %2 points; a best T is named once all are in").arg(m_done).arg(m_total)
                       : tr("stopped after %1 of %2 points: no best T").arg(m_done).arg(m_total));
  } else if (!whole) {
    note << tr("no best T before every set is of all its frames");
  } else {
    note << tr("no best T: AP and FPR95 are not defined on these sets");
  }
  if (const QString frames = framesNote(); !frames.isEmpty()) note << frames;
  m_note->setText(note.join(QStringLiteral(" · ")));
  if (named) Q_EMIT bestFound(m_result.bestTemperature, best);
}

}  // namespace oodscope
