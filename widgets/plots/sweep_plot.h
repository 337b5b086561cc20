// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_widget.h"

#include <optional>
#include <vector>

namespace oodscope {

/// AP and FPR95 of one set against temperature, shares 0 … 1. `best` is the index of the marked trade-off.
struct SweepSeries {
  QString name;
  std::vector<double> temperature = {};
  std::vector<double> ap = {}, fpr95 = {};
  std::optional<int> best = {};
};

/// Temperature sweep of several sets: AP solid, FPR95 dashed, the best marked by a diamond; the current temperature is
/// a line to drag. A click sets the temperature.
class SweepPlot : public PlotWidget {
  Q_OBJECT

public:
  explicit SweepPlot(QWidget* parent = nullptr);
  ~SweepPlot() override;

  [[nodiscard]] QString dataText() const override;
  void setSeries(std::vector<SweepSeries> series);
  void setTemperature(std::optional<double> temperature);
  [[nodiscard]] std::optional<QPointF> handle() const;

Q_SIGNALS:
  void temperatureEdited(double temperature);
  void temperatureReleased(double temperature);

protected:
  void restyle() override;

private:
  struct State;
  std::unique_ptr<State> m;
};

}  // namespace oodscope
