// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

class QComboBox;
class QToolButton;

namespace oodscope {

class NumberField;

/// Which scores the ends of the colour map stand for.
struct HeatScale {
  enum class Mode { Image, Set, SetTrimmed /* 0 – 99.9 % */, Percentile, Manual };
  Mode mode = Mode::SetTrimmed;
  double low = 0.0;    ///< percent for Percentile, score for Manual
  double high = 99.9;  ///< likewise
  bool locked = true;  ///< the same limits in all frames and views
  bool operator==(const HeatScale&) const = default;
};

/// "Heat scale [Set, 0–99.9 %] [lock]", with two fields below for percentiles and manual limits.
class HeatScaleControl : public QWidget {
  Q_OBJECT

public:
  explicit HeatScaleControl(QWidget* parent = nullptr);
  void setHeatScale(const HeatScale& scale);
  [[nodiscard]] HeatScale heatScale() const { return m_scale; }
  /// The limits in use, offered when the user goes to manual.
  void setCurrentLimits(double low, double high);

Q_SIGNALS:
  void heatScaleEdited(const oodscope::HeatScale& scale);

private:
  void showScale();
  void edit();

  HeatScale m_scale;
  double m_currentLow = 0.0;
  double m_currentHigh = 1.0;
  QComboBox* m_modes = nullptr;
  QToolButton* m_lock = nullptr;
  QWidget* m_limits = nullptr;
  NumberField* m_low = nullptr;
  NumberField* m_high = nullptr;
};

}  // namespace oodscope
