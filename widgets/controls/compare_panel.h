// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/run_side.h"
#include "widgets/controls/threshold_slider.h"

#include <QStringList>
#include <QWidget>

#include <array>

class QCheckBox;
class QComboBox;
class QToolButton;

namespace oodscope {

class ParameterFields;
class TemperatureSlider;

/// The Compare dock: method, model, temperature, threshold and parameters of run A and of run B, and how the two are
/// shown.
class ComparePanel : public QWidget {
  Q_OBJECT

public:
  enum class Style { Wipe, Blink, SideBySide };

  explicit ComparePanel(QWidget* parent = nullptr);

  void setMethods(RunSide side, const QStringList& names, int current, const QString& noEffect = {});
  void setModels(RunSide side, const QStringList& names, int current);
  /// Reachable for what only they need (marks, quantiles, reasons); edits of all come out here.
  [[nodiscard]] TemperatureSlider* temperature(RunSide side) const { return run(side).temperature; }
  [[nodiscard]] ThresholdSlider* threshold(RunSide side) const { return run(side).threshold; }
  /// What the run's method takes besides; hidden while there is nothing.
  [[nodiscard]] ParameterFields* parameters(RunSide side) const { return run(side).parameters; }
  void setStyle(Style style);
  void setRanks(bool ranks);

Q_SIGNALS:
  /// What one drag, key press or entry begins and ends: one step of undo.
  void editBegan();
  void editEnded();
  void methodEdited(oodscope::RunSide side, int index);
  void modelEdited(oodscope::RunSide side, int index);
  void temperatureEdited(oodscope::RunSide side, double temperature);
  void thresholdEdited(oodscope::RunSide side, double threshold);
  void pinEdited(oodscope::RunSide side, const oodscope::Pin& pin);
  void parameterEdited(oodscope::RunSide side, const QString& name, double value);
  void styleEdited(oodscope::ComparePanel::Style style);
  void ranksEdited(bool ranks);
  void swapRequested();
  void keepRequested(oodscope::RunSide side);  ///< as a row of the kept runs

private:
  struct Run {
    QComboBox* method = nullptr;
    QComboBox* model = nullptr;
    TemperatureSlider* temperature = nullptr;
    ThresholdSlider* threshold = nullptr;
    ParameterFields* parameters = nullptr;
  };
  [[nodiscard]] const Run& run(RunSide side) const { return m_runs[side == RunSide::A ? 0 : 1]; }
  QWidget* makeRun(RunSide side);

  std::array<Run, 2> m_runs;
  std::array<QToolButton*, 3> m_styles{};
  QCheckBox* m_ranks = nullptr;
};

}  // namespace oodscope
