// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/documents/report_tables.h"
#include "app/figures/figure_plans.h"
#include "app/window/export/figure_look_box.h"
#include "app/window/export/grid_editor.h"

#include <QDialog>
#include <QImage>
#include <QTimer>

#include <memory>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLayout;
class QLineEdit;
class QListWidget;
class QPlainTextEdit;
class QPushButton;
class QSpinBox;
class QTabWidget;

namespace oodscope {

/// Figures, tables and the report of what is open. The preview of a figure is the picture that its PNG holds; that of a
/// table is the file's text. Not modal: work goes on in the background and the window stays usable.
class ExportDialog : public QDialog {
  Q_OBJECT

public:
  enum Page { FigurePage, TablePage, ReportPage };

  /// `stop` belongs to the results' token: closing the dialog ends their work.
  ExportDialog(std::shared_ptr<SessionResults> results, std::stop_source stop, int threads, QWidget* parent = nullptr);
  ~ExportDialog() override;

  void showPage(Page page);
  /// Selects a figure by its name on the command line.
  void chooseFigure(const QString& name);
  /// By the file's ending, the data beside it; says exported() or failed().
  void saveFigureTo(const QString& file);
  void saveTableTo(const QString& file);
  void setPartInView(GridEditor::PartInView part) { m_gridEditor->setPartInView(std::move(part)); }
  [[nodiscard]] QImage preview() const { return m_image; }
  [[nodiscard]] bool isBusy() const { return m_figureJob.isBusy() || m_tableJob.isBusy() || m_render.isActive(); }

Q_SIGNALS:
  /// The report is to be made in a folder, from the session as it is.
  void reportRequested(const QString& folder);
  /// The qualitative grid was edited; the session is to keep it.
  void gridEdited(const oodscope::GridRecipe& grid);
  /// What figures show besides their data; the session is to keep it.
  void lookEdited(const oodscope::FigureLook& look);
  /// A kept run is to be drawn beside the session's own, or not; the session is to keep it.
  void overlayEdited(const oodscope::RunChoice& run, bool on);
  /// `hasData`: what it shows lies beside it as CSV.
  void exported(const QString& file, bool hasData);
  void failed(const QString& text);

private:
  struct FigureRequest {
    std::string name;
    GridRecipe grid;
    std::vector<RunChoice> hidden;
  };
  struct PlannedFigure {
    FigurePlan plan;
    std::optional<GridRecipe> grid;  ///< complete, where the figure is the grid
  };
  QWidget* figurePage();
  void makeFigureList();
  /// The session's kept runs with a check box each; hidden where there are none.
  void makeRunList();
  void editRun(int row);
  [[nodiscard]] QLayout* makeFigureForm();
  [[nodiscard]] QLayout* makeFigureButtons();
  [[nodiscard]] QLayout* makePreview();
  QWidget* tablePage();
  QWidget* reportPage();
  /// The line that says what was exported, with a link to it.
  QWidget* makeConfirmation();
  [[nodiscard]] FigureStyle style() const;
  [[nodiscard]] std::string chosenFigure() const;
  void planChosen();
  void renderPreview();
  void showPreview();
  void saveFigure();
  void copyFigure();
  void showTable();
  /// The chosen table in the chosen format. Requires: the tables.
  [[nodiscard]] std::string chosenTable() const;
  void saveTable();
  void applyPreset(int index);
  void resizeEvent(QResizeEvent* event) override;

  std::shared_ptr<SessionResults> m_results;
  std::stop_source m_stop;
  int m_threads;
  QTabWidget* m_pages = nullptr;
  QLineEdit* m_filter = nullptr;
  QListWidget *m_list = nullptr, *m_runs = nullptr;
  QLabel* m_runsLabel = nullptr;
  std::vector<RunChoice> m_hidden;  ///< kept runs that figures do not draw
  QComboBox* m_preset = nullptr;
  QDoubleSpinBox *m_width = nullptr, *m_height = nullptr, *m_font = nullptr;
  QSpinBox* m_dpi = nullptr;
  QLabel *m_picture = nullptr, *m_facts = nullptr;
  QPushButton *m_save = nullptr, *m_copy = nullptr, *m_saveTable = nullptr, *m_copyTable = nullptr;
  QComboBox *m_table = nullptr, *m_format = nullptr;
  QPlainTextEdit* m_text = nullptr;
  FigureLookBox* m_look = nullptr;
  GridEditor* m_gridEditor = nullptr;
  GridRecipe m_grid;  ///< as the session or the user has it
  std::unique_ptr<Figure> m_figure;
  QImage m_image;
  double m_lineScale = 1.0;
  std::optional<ReportTables> m_tables;
  bool m_tablesAsked = false;
  QTimer m_render;
  CoalescingJob<FigureRequest, PlannedFigure> m_figureJob;
  CoalescingJob<int, ReportTables> m_tableJob;
};

}  // namespace oodscope
