// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/plots/plot_widget.h"

#include <vector>

namespace oodscope {

/// One bin of a reliability diagram: mean confidence, accuracy, share of the pixels, all 0 … 1.
struct ReliabilityBin {
  double confidence = 0, accuracy = 0, share = 0;
};

/// Accuracy against confidence: bars from the diagonal show the gap, their strength the share of pixels.
class ReliabilityPlot : public PlotWidget {
  Q_OBJECT

public:
  explicit ReliabilityPlot(QWidget* parent = nullptr);
  ~ReliabilityPlot() override;

  [[nodiscard]] QString dataText() const override;
  /// `value` stands above the frame: "ECE 4.21".
  void setBins(std::vector<ReliabilityBin> bins, const QString& value);

protected:
  void restyle() override;

private:
  struct State;
  std::unique_ptr<State> m;
};

}  // namespace oodscope
