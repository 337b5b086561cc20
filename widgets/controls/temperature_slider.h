// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

#include <optional>

class QLabel;
class QToolButton;

namespace oodscope {

class NumberField;
class ScaleSlider;

/// Softmax temperature on a logarithmic scale 0.05 … 20, with numeric entry, reset, the reference and the best
/// trade-off.
class TemperatureSlider : public QWidget {
  Q_OBJECT

public:
  explicit TemperatureSlider(QWidget* parent = nullptr);

  void setTemperature(double temperature);
  [[nodiscard]] double temperature() const { return m_temperature; }
  /// The pennant; reset goes there, or to 1 without one.
  void setReference(std::optional<double> temperature);
  /// The hollow diamond. `what`: "best AP 30.9 at T 2.5", its tool tip.
  void setBest(std::optional<double> temperature, const QString& what = {});
  /// Non-empty: the control stays in place, disabled, and shows the reason ("no effect on max-logit ranking").
  void setNoEffect(const QString& reason);
  /// Where temperature has no effect the row with the reason is all there is.
  void setCompact(bool compact);

Q_SIGNALS:
  /// One drag, key press or entry is one editBegan … editEnded: one step of undo.
  void editBegan();
  void temperatureEdited(double temperature);
  void editEnded();

private:
  void showMarks();
  void showSlider();
  void editOnce(double temperature);

  double m_temperature = 1.0;
  bool m_compact = false;
  bool m_works = true;
  std::optional<double> m_reference;
  std::optional<double> m_best;
  QString m_bestName;
  QLabel* m_label = nullptr;
  QLabel* m_reason = nullptr;
  QToolButton* m_reset = nullptr;
  NumberField* m_field = nullptr;
  ScaleSlider* m_slider = nullptr;
};

}  // namespace oodscope
