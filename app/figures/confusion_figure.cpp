// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/confusion_figure.h"

#include "analysis/datasets/layout_kinds.h"
#include "analysis/regions/decision.h"
#include "app/figures/class_pictures.h"
#include "app/figures/document_text.h"
#include "app/figures/figure_csv.h"
#include "app/figures/picture_plans.h"
#include "app/studies/open_set_study.h"
#include "widgets/theme/number_text.h"
#include "widgets/theme/tokens.h"

#include <QPainter>

#include <array>
#include <cmath>

namespace oodscope {
namespace {

using figures::tr;

constexpr double kConfusionRatio = 0.98;  // height over width: cells are squares

class ConfusionFigure : public Figure {
public:
  ConfusionFigure(const DataSet& set, const OpenSetConfusion& confusion, QString title, QString caption)
      : m_title(std::move(title)), m_caption(std::move(caption)) {
    m_plot.setTitle(m_title);
    showConfusion(m_plot, set, confusion);
    const std::vector<SheetClass> classes = knownClassesOf(set, confusion.known());
    const auto nameOf = [&](int index) {
      return index < confusion.known() ? classes[static_cast<std::size_t>(index)].name : tr("anomaly");
    };
    m_csv = "true,predicted,pixels\n";
    for (int row = 0; row <= confusion.known(); ++row)
      for (int column = 0; column <= confusion.known(); ++column)
        m_csv += csvText(nameOf(row)) + ',' + csvText(nameOf(column)) + ',' +
                 QByteArray::number(qulonglong{confusion.open().at(row, column)}) + '\n';
  }
  [[nodiscard]] QString title() const override { return m_title; }
  [[nodiscard]] QString caption() const override { return m_caption; }
  [[nodiscard]] FigureParts parts() const override { return {.title = true}; }
  [[nodiscard]] double heightFor(double width, double) const override { return width * kConfusionRatio; }
  void draw(QPainter& painter, const QRectF& area, const RenderOptions& options) override {
    RenderOptions looking = options;
    looking.title = look().title;
    m_plot.render(painter, area, looking);
  }
  [[nodiscard]] QByteArray csv() const override { return m_csv; }

private:
  ConfusionPlot m_plot;
  QString m_title, m_caption;
  QByteArray m_csv;
};

}  // namespace

std::vector<SheetClass> knownClassesOf(const DataSet& set, int known) {
  return colouredClasses(*set.layout.kind().classes, known);
}

void showConfusion(ConfusionPlot& plot, const DataSet& set, const OpenSetConfusion& confusion) {
  std::vector<ConfusionClass> classes;
  for (const SheetClass& each : knownClassesOf(set, confusion.known())) classes.push_back({each.name, each.colour});
  classes.push_back({tr("anomaly"), tokens(false).anomaly.over});
  std::vector<std::uint64_t> counts;
  for (int row = 0; row <= confusion.known(); ++row)
    for (int column = 0; column <= confusion.known(); ++column) counts.push_back(confusion.open().at(row, column));
  plot.setCounts(std::move(classes), std::move(counts));
}

FigurePlan planConfusion(SessionResults& results, const RunSpec& run) {
  const auto live = results.liveSet(run);
  const Configuration configuration = live->configurationOf(run);
  const OpenSetClasses classes = openSetClassesOf(*live, configuration);
  const auto threshold = results.results(run)->threshold;
  if (!threshold || !std::isfinite(*threshold))
    throw Error(ErrorParts{.what = "the confusion matrix of " + results.setName(run) + " needs a threshold",
                           .expected = "a threshold that predicts something",
                           .found = threshold ? "one that predicts nothing" : "none"});
  const std::array at{strictlyBelow(*threshold)};
  auto found = openSetAt(*live, configuration, classes, at, results.stopToken());
  if (!found) throw Error(ErrorParts{.what = "stopped"});
  if (!found->failures.empty())
    throw Error(ErrorParts{
        .what = "a frame's classes cannot be read",
        .found = live->dataSet().frames[found->failures.front().frame].name + ": " + found->failures.front().message});
  const QString caption = runCaption(results, run) + tr(" · anomaly where s ≥ %1 · share of the true class in percent")
                                                         .arg(scoreText(static_cast<double>(*threshold)));
  return [live, confusion = found->confusions.front(), caption] {
    return std::make_unique<ConfusionFigure>(live->dataSet(), confusion, tr("Confusion of known classes and anomaly"),
                                             caption);
  };
}

}  // namespace oodscope
