// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_widget.h"

#include <optional>
#include <vector>

namespace oodscope {

struct PairedDifference {
  QString name;
  double difference = 0;  ///< B − A, in the axis's unit
};

/// Of the whole set: the value and its 95 % interval.
struct SetDifference {
  double difference = 0;
  double low = 0, high = 0;
};

/// One row a frame, B − A as a lollipop from 0, A's colour where A is higher; the set's diamond and interval under a
/// rule.
class PairedDifferencePlot : public PlotWidget {
  Q_OBJECT

public:
  explicit PairedDifferencePlot(QWidget* parent = nullptr);
  ~PairedDifferencePlot() override;

  [[nodiscard]] QString dataText() const override;
  /// Top row first.
  void setRows(std::vector<PairedDifference> rows, std::optional<SetDifference> set);
  void setAxisLabel(const QString& label);
  void setRemark(const QString& remark);  ///< "B better 8, equal 1, worse 1"
  /// Rings the row; -1 for none.
  void setCurrent(int row);
  [[nodiscard]] QPointF rowPosition(int row) const;

Q_SIGNALS:
  void rowClicked(int row);

protected:
  void restyle() override;

private:
  /// Whether the names changed.
  bool nameRows();
  struct State;
  std::unique_ptr<State> m;
};

}  // namespace oodscope
