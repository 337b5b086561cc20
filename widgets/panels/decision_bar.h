// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

#include <optional>

namespace oodscope {

struct DecisionCounts {
  double tp = 0.0, fn = 0.0, fp = 0.0, tn = 0.0;  ///< pixels
  bool estimated = false;
};

/// Shares of the four decisions as one bar, with their counts below. FN is hatched.
class DecisionBar : public QWidget {
  Q_OBJECT

public:
  explicit DecisionBar(QWidget* parent = nullptr);
  void setCounts(const std::optional<DecisionCounts>& counts);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return sizeHint(); }

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  std::optional<DecisionCounts> m_counts;
};

}  // namespace oodscope
