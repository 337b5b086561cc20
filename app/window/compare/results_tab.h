// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/results_board.h"
#include "app/window/compare/results_model.h"
#include "app/window/tabs/analysis_tab.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QMenu;
class QProgressBar;
class QPushButton;
class QTableView;
class QToolButton;

namespace oodscope {

struct Desk;

/// The "Results" tab: every open set by every model, folder of scores, method and temperature, evaluated exactly in the
/// background when asked for. A click loads the run.
class ResultsTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit ResultsTab(Desk& desk, QWidget* parent = nullptr);
  ~ResultsTab() override;

  void follow(const ViewState& view, bool dragging) override;
  /// The finished cells in a format of tables. Throws Error where the file cannot be written.
  void exportTo(const QString& file, const std::string& format);

  // For tests and actions.
  [[nodiscard]] const ResultsModel& model() const { return *m_model; }
  [[nodiscard]] QTableView* table() const { return m_view; }
  [[nodiscard]] QPushButton* evaluateButton() const { return m_evaluate; }
  [[nodiscard]] QPushButton* keepButton() const { return m_keep; }
  [[nodiscard]] QPushButton* copyButton() const { return m_copy; }
  [[nodiscard]] QComboBox* metricChoice() const { return m_metric; }
  [[nodiscard]] QComboBox* bestChoice() const { return m_bestOf; }
  [[nodiscard]] QLineEdit* temperatures() const { return m_temperatures; }
  [[nodiscard]] QString note() const;

protected:
  void showEvent(QShowEvent* event) override;

private:
  [[nodiscard]] QWidget* makeChoices();
  [[nodiscard]] QWidget* makeButtons();
  void makeTable();
  void makeMethodMenu();
  /// Unless it is there.
  void addMethod(QMenu& menu, const FilteredMethod& method);
  void makeExportMenu();
  void show();
  void showNote();
  [[nodiscard]] QString outlookText() const;
  [[nodiscard]] QString progressText() const;
  [[nodiscard]] QString bestText() const;
  void toggle();
  void load(const QModelIndex& index);
  void keepSelected();
  void editTemperatures();
  void editMethods();
  void saveAs(const std::string& format, const QString& ending);
  [[nodiscard]] std::vector<std::size_t> metrics() const;
  /// The choices as the session has them, and back.
  void showLook();
  void editLook();

  Desk& m_desk;
  ResultsBoard& m_board;
  ResultsModel* m_model = nullptr;
  QTableView* m_view = nullptr;
  QComboBox *m_metric = nullptr, *m_bestOf = nullptr;
  QLineEdit* m_temperatures = nullptr;
  QToolButton *m_methods = nullptr, *m_export = nullptr;
  QPushButton *m_evaluate = nullptr, *m_keep = nullptr, *m_copy = nullptr;
  QProgressBar* m_progress = nullptr;
  QLabel* m_note = nullptr;
  ResultsOutlook m_outlook;
  QString m_saved;    ///< where a table was written last
  QString m_refused;  ///< why what was typed as temperatures is none
};

}  // namespace oodscope
