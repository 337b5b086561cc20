// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/controls/heat_scale.h"
#include "widgets/controls/threshold_slider.h"
#include "widgets/theme/colour_map.h"

#include <QStringList>
#include <QWidget>

class QComboBox;

namespace oodscope {

class ColourMapCombo;
class OpacitySlider;
class ParameterFields;
class TemperatureSlider;

/// The Controls dock: temperature and threshold, how heat is drawn, what is scored. The two sliders are reachable for
/// what only they need (marks, quantiles, reasons); edits of all come out here.
class ControlsPanel : public QWidget {
  Q_OBJECT

public:
  explicit ControlsPanel(QWidget* parent = nullptr);

  [[nodiscard]] TemperatureSlider* temperature() const { return m_temperature; }
  [[nodiscard]] ThresholdSlider* threshold() const { return m_threshold; }
  [[nodiscard]] HeatScaleControl* heatScale() const { return m_heatScale; }
  /// What the method's further passes are run with; none: nothing is shown of it.
  [[nodiscard]] ParameterFields* parameters() const { return m_parameters; }
  void setColourMap(ColourMap map, bool reversed);
  void setOpacity(double share);
  /// `noEffect` non-empty: disabled, with the reason as tool tip.
  void setResolutions(const QStringList& names, int current, const QString& noEffect = {});
  void setChannels(const QStringList& names, int current, const QString& noEffect = {});

Q_SIGNALS:
  /// What one drag, key press or entry begins and ends: one step of undo.
  void editBegan();
  void editEnded();
  void temperatureEdited(double temperature);
  void thresholdEdited(double threshold);
  void pinEdited(const oodscope::Pin& pin);
  void heatScaleEdited(const oodscope::HeatScale& scale);
  void colourMapEdited(oodscope::ColourMap map, bool reversed);
  void opacityEdited(double share);
  void resolutionEdited(int index);
  void channelsEdited(int index);
  void parameterEdited(const QString& name, double value);

private:
  TemperatureSlider* m_temperature = nullptr;
  ThresholdSlider* m_threshold = nullptr;
  HeatScaleControl* m_heatScale = nullptr;
  ColourMapCombo* m_colourMap = nullptr;
  OpacitySlider* m_opacity = nullptr;
  QComboBox* m_resolutions = nullptr;
  QComboBox* m_channels = nullptr;
  ParameterFields* m_parameters = nullptr;
};

}  // namespace oodscope
