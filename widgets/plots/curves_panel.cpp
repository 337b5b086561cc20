// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/plots/curves_panel.h"

#include "widgets/panels/scroll_pane.h"
#include "widgets/plots/plot_shelf.h"
#include "widgets/theme/elided_label.h"

#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

namespace oodscope {

CurvesPanel::CurvesPanel(QWidget* parent)
    : QWidget(parent),
      m_pr(new CurvePlot(CurveKind::PrecisionRecall, this)),
      m_roc(new CurvePlot(CurveKind::Roc, this)),
      m_f1(new CurvePlot(CurveKind::F1, this)),
      m_histogram(new HistogramPlot(this)),
      m_perFrame(new PairedDifferencePlot(this)),
      m_bar(new QWidget(this)),
      m_shelf(new PlotShelf),
      m_band(new ElidedLabel),
      m_column(new QVBoxLayout(this)) {
  const Metrics m(this);
  m_column->setContentsMargins(4, 4, 4, 2);
  m_column->setSpacing(2);
  auto* bar = new QHBoxLayout(m_bar);
  bar->setContentsMargins(0, 2, m.px(8), 2);
  bar->setSpacing(0);
  const std::array<QString, kPlots> names = {tr("PR"), tr("ROC"), tr("F1"), tr("Histogram"), tr("Per frame")};
  std::vector<QWidget*> plots;
  for (int i = 0; i < kPlots; ++i) {
    plots.push_back(widgetOf(i));
    auto* toggle = new QToolButton(m_bar);
    toggle->setText(names[static_cast<std::size_t>(i)]);
    toggle->setCheckable(true);
    toggle->setAutoRaise(false);
    toggle->setToolTip(tr("Show or hide the plot"));
    toggle->setAccessibleName(tr("Show %1").arg(names[static_cast<std::size_t>(i)]));
    bar->addWidget(toggle);
    m_toggles[static_cast<std::size_t>(i)] = toggle;
    connect(toggle, &QToolButton::toggled, this, [this] {
      arrange();
      Q_EMIT shownChanged();
    });
  }
  m_bar->hide();  // until it is given a place
  m_shelf->setPlots(std::move(plots));
  m_band->setFont(captionFont(font()));
  m_band->setForegroundRole(kSecondaryRole);
  m_band->setContentsMargins(m.px(8), 0, m.px(8), m.px(2));
  m_band->hide();
  m_column->addWidget(new ScrollPane(m_shelf, ScrollPane::Ways::Down), 1);
  m_column->addWidget(m_band);
  connectPlots();
  for (const Plot plot : {PrecisionRecall, Roc, Histogram}) setShown(plot, true);
  setComparing(false);
}

void CurvesPanel::connectPlots() {
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
}

void CurvesPanel::setBrush(const std::optional<std::pair<double, double>>& stretch) {
  for (CurvePlot* plot : {m_pr, m_roc, m_f1}) plot->setBrush(stretch);
  m_histogram->setBrush(stretch);
}

void CurvesPanel::setBandNote(const QString& note) {
  m_band->setText(note.isEmpty() ? QString() : tr("Bands: %1").arg(note));
  m_band->setVisible(!note.isEmpty());
}

QString CurvesPanel::bandNote() const { return m_band->text(); }

void CurvesPanel::takeToggles() {
  m_column->insertWidget(0, m_bar, 0, Qt::AlignRight);
  m_bar->show();
}

void CurvesPanel::arrange() {
  for (int i = 0; i < kPlots; ++i)
    widgetOf(i)->setVisible(m_toggles[static_cast<std::size_t>(i)]->isChecked() && (i != PerFrame || m_comparing));
  m_shelf->arrange();
}

}  // namespace oodscope
