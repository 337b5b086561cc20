// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/metrics/pin_rule.h"
#include "widgets/controls/slider_scales.h"

#include <QStringList>
#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;

namespace oodscope {

class NumberField;
class ScaleSlider;

/// What the threshold follows when scores change.
struct Pin {
  using Rule = PinRule;
  Rule rule = Rule::None;
  double value = 0.0;  ///< rates and shares in percent; cost ratio: of a miss to a false alarm
  bool operator==(const Pin&) const = default;
};
[[nodiscard]] QString pinText(const Pin& pin);

/// Threshold in score units over the set's quantiles, with the anomaly share above it and a pin.
class ThresholdSlider : public QWidget {
  Q_OBJECT

public:
  explicit ThresholdSlider(QWidget* parent = nullptr);

  void setThreshold(double threshold);
  [[nodiscard]] double threshold() const { return m_threshold; }
  /// Scores at equally spaced quantiles of the set, ascending (empty: the control is disabled), and the share of
  /// anomalies between neighbours, drawn above the groove (empty: none).
  void setQuantiles(std::vector<float> quantiles, std::vector<float> shares = {});
  void setPin(const Pin& pin);
  [[nodiscard]] Pin pin() const { return m_pin; }
  /// Sets that a pin can choose on besides the one that is shown, and which it chooses on; empty: the one that is
  /// shown.
  void setPinSets(const QStringList& others, const QString& current);
  void setScaleKind(ThresholdScale::Kind kind);
  [[nodiscard]] ThresholdScale::Kind scaleKind() const { return m_kind; }
  /// One row: pin and number alone, for places with room for no more.
  void setCompact(bool compact);
  /// What is to be known of the threshold itself, in place of what the scale is; empty: nothing.
  void setRemark(const QString& remark);
  [[nodiscard]] QString remark() const { return m_remark; }
  /// Operating points to snap to, by name.
  void setBest(std::optional<double> threshold, const QString& what = {});

Q_SIGNALS:
  void editBegan();
  void thresholdEdited(double threshold);
  void editEnded();
  /// Also emitted, with no rule, before the first thresholdEdited of a drag away from a pin.
  void pinEdited(const oodscope::Pin& pin);
  /// Empty: the set that is shown.
  void pinSetEdited(const QString& set);
  void scaleKindEdited(oodscope::ThresholdScale::Kind kind);

protected:
  void resizeEvent(QResizeEvent* event) override;

private:
  void connectParts();
  void showScaleMenu(const QPoint& at);
  void showScale();
  void showCaption();
  void unpin();
  void choosePin(int index);
  void showPin();

  std::vector<float> m_quantiles;
  std::vector<float> m_shares;
  bool m_hasShares = false;
  ThresholdScale m_scale;
  ThresholdScale::Kind m_kind = ThresholdScale::Kind::Quantile;
  double m_threshold = 0.0;
  Pin m_pin;
  std::optional<double> m_best;
  QString m_bestName, m_remark;
  QComboBox* m_pins = nullptr;
  QComboBox* m_pinSets = nullptr;
  QLabel* m_pinSetsLabel = nullptr;
  NumberField* m_pinValue = nullptr;
  NumberField* m_field = nullptr;
  ScaleSlider* m_slider = nullptr;
  QLabel* m_caption = nullptr;
};

}  // namespace oodscope
