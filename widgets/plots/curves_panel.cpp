// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/curves_panel.h"

#include <QHBoxLayout>
#include <QPointer>
#include <QToolButton>

#include <algorithm>

namespace oodscope {
namespace {
constexpr int kLeastWidth = 350;  // logical pixels a plot needs for its labels
}

CurvesPanel::CurvesPanel(QWidget* parent)
    : QWidget(parent),
      m_pr(new CurvePlot(CurveKind::PrecisionRecall, this)),
      m_roc(new CurvePlot(CurveKind::Roc, this)),
      m_f1(new CurvePlot(CurveKind::F1, this)),
      m_histogram(new HistogramPlot(this)),
      m_perFrame(new PairedDifferencePlot(this)),
      m_bar(new QWidget(this)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(4, 4, 4, 2);
  row->setSpacing(8);
  auto* bar = new QHBoxLayout(m_bar);
  bar->setContentsMargins(0, 2, 8, 2);
  bar->setSpacing(0);
  const std::array<QString, kPlots> names = {tr("PR"), tr("ROC"), tr("F1"), tr("Histogram"), tr("Per frame")};
  for (int i = 0; i < kPlots; ++i) {
    row->addWidget(widgetOf(i), 1);
    auto* toggle = new QToolButton(m_bar);
    toggle->setText(names[static_cast<std::size_t>(i)]);
    toggle->setCheckable(true);
    toggle->setAutoRaise(false);
    toggle->setToolTip(tr("Show or hide the plot"));
    toggle->setAccessibleName(tr("Show %1").arg(names[static_cast<std::size_t>(i)]));
    bar->addWidget(toggle);
    m_toggles[static_cast<std::size_t>(i)] = toggle;
    connect(toggle, &QToolButton::toggled, this, [this, i](bool on) { noteToggle(i, on); });
  }
  m_bar->hide();  // until it is given a place
  const QString sentence = tr("Curves need labels and scores: open a set and a model, or a folder of score maps.");
  m_histogram->setEmptyText(tr("No scores"), sentence);
  m_perFrame->setEmptyText(tr("No frame to compare"), tr("AP of each frame under A and B: compare two runs."));
  for (CurvePlot* plot : {m_pr, m_roc, m_f1}) {
    plot->setEmptyText(tr("No curves"), sentence);
    connect(plot, &CurvePlot::thresholdEdited, this, &CurvesPanel::thresholdEdited);
    connect(plot, &CurvePlot::thresholdReleased, this, &CurvesPanel::thresholdReleased);
    connect(plot, &CurvePlot::brushed, this, [this](int, double low, double high) { Q_EMIT brushed(low, high); });
  }
  connect(m_histogram, &HistogramPlot::thresholdEdited, this, [this](double t) { Q_EMIT thresholdEdited(0, t); });
  connect(m_histogram, &HistogramPlot::thresholdReleased, this, [this](double t) { Q_EMIT thresholdReleased(0, t); });
  connect(m_histogram, &HistogramPlot::brushed, this, &CurvesPanel::brushed);
  // The latest shown stay where there is room for few: precision and recall first of all.
  for (const Plot plot : {Histogram, Roc, PrecisionRecall}) setShown(plot, true);
  setComparing(false);
}

CurvesPanel::~CurvesPanel() = default;

QWidget* CurvesPanel::toggleBar() const { return m_bar; }

QWidget* CurvesPanel::widgetOf(int plot) const {
  switch (plot) {
    case PrecisionRecall:
      return m_pr;
    case Roc:
      return m_roc;
    case F1:
      return m_f1;
    case Histogram:
      return m_histogram;
    default:
      return m_perFrame;
  }
}

void CurvesPanel::setShown(Plot plot, bool shown) { m_toggles[static_cast<std::size_t>(plot)]->setChecked(shown); }
bool CurvesPanel::isShown(Plot plot) const { return m_toggles[static_cast<std::size_t>(plot)]->isChecked(); }

void CurvesPanel::setComparing(bool comparing) {
  m_comparing = comparing;
  m_toggles[PerFrame]->setVisible(comparing);
  arrange();
}

void CurvesPanel::setThreshold(int curve, std::optional<double> threshold, const std::optional<CurvePlace>& exact) {
  for (CurvePlot* plot : {m_pr, m_roc, m_f1}) plot->setThreshold(curve, threshold, exact);
  if (curve == 0) m_histogram->setThreshold(threshold);
}

void CurvesPanel::noteToggle(int plot, bool shown) {
  std::erase(m_order, plot);
  if (shown) m_order.push_back(plot);
  arrange();
  Q_EMIT shownChanged();
}

void CurvesPanel::arrange() {
  const int room = std::max(1, width() / kLeastWidth);
  std::vector<int> latest;
  for (auto plot = m_order.rbegin(); plot != m_order.rend() && static_cast<int>(latest.size()) < room; ++plot) {
    if (*plot != PerFrame || m_comparing) latest.push_back(*plot);
  }
  for (int i = 0; i < kPlots; ++i) widgetOf(i)->setVisible(std::find(latest.begin(), latest.end(), i) != latest.end());
}

void CurvesPanel::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

}  // namespace oodscope
