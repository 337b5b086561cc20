// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

#include <optional>
#include <utility>
#include <vector>

namespace oodscope {

/// How good an ensemble is over two of its weights: a square of cells, the first weight upwards, the second to the
/// right, both from 0 in whole steps.
class WeightHeatPlot : public QWidget {
  Q_OBJECT

public:
  explicit WeightHeatPlot(QWidget* parent = nullptr);
  /// values[first * side + second]; empty ones are not defined. `best` is outlined. Requires: side squared values.
  void setCells(const QString& first, const QString& second, int side, std::vector<std::optional<double>> values,
                std::optional<std::pair<int, int>> best);
  void clear() { setCells({}, {}, 0, {}, std::nullopt); }
  [[nodiscard]] bool isEmpty() const { return m_values.empty(); }
  [[nodiscard]] int side() const { return m_side; }
  [[nodiscard]] std::optional<double> value(int first, int second) const;
  [[nodiscard]] std::optional<std::pair<int, int>> best() const { return m_best; }
  [[nodiscard]] QRectF cellRect(int first, int second) const;
  [[nodiscard]] QSize sizeHint() const override { return {260, 200}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {140, 110}; }

Q_SIGNALS:
  void cellClicked(int first, int second);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;

private:
  QString m_first, m_second;
  int m_side = 0;
  std::vector<std::optional<double>> m_values;
  std::optional<std::pair<int, int>> m_best;
};

}  // namespace oodscope
