// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_widget.h"

#include <vector>

namespace oodscope {

/// One frame under two runs, in the unit of the axes.
struct ScatterPoint {
  QString name;
  double a = 0, b = 0;
};

/// One point a frame, A across and B upwards, on equal axes: above the diagonal B is higher. A click chooses the
/// nearest frame.
class ScatterPlot : public PlotWidget {
  Q_OBJECT

public:
  explicit ScatterPlot(QWidget* parent = nullptr);
  ~ScatterPlot() override;

  [[nodiscard]] QString dataText() const override;
  void setPoints(std::vector<ScatterPoint> points);
  /// "A MSP: AP, %", "B Max-logit: AP, %".
  void setAxisLabels(const QString& a, const QString& b);
  void setRemark(const QString& remark);
  /// Rings a point; -1 for none.
  void setCurrent(int point);
  [[nodiscard]] QPointF pointPosition(int point) const;

Q_SIGNALS:
  void pointClicked(int point);

protected:
  void restyle() override;

private:
  [[nodiscard]] int nearest(QPointF at) const;
  struct State;
  std::unique_ptr<State> m;
};

}  // namespace oodscope
