// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_chart.h"
#include "app/figures/figure.h"
#include "app/window/tabs/analysis_tab.h"

#include <functional>
#include <memory>
#include <optional>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace oodscope {

/// A figure drawn as large as the widget, in the widget's theme.
class FigureCanvas : public QWidget {
  Q_OBJECT

public:
  using QWidget::QWidget;
  /// Null: `empty` is said.
  void setFigure(std::unique_ptr<Figure> figure, const QString& empty);
  [[nodiscard]] Figure* figure() const { return m_figure.get(); }
  [[nodiscard]] QString emptyText() const { return m_empty; }
  [[nodiscard]] QSize sizeHint() const override { return {460, 260}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {220, 160}; }

protected:
  void paintEvent(QPaintEvent* event) override;

private:
  std::unique_ptr<Figure> m_figure;
  QString m_empty;
};

/// The "Files of results" tab: somebody's table of results (any CSV of tuning.csv's form), a metric against a column as
/// lines or bars with mean and deviation over runs, exported as a figure or table.
class ResultFileTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit ResultFileTab(QWidget* parent = nullptr);
  ~ResultFileTab() override;

  /// Opens the file; what cannot be read is said in the tab.
  void open(const QString& file);
  /// Writes the figure by the ending, its numbers beside it. What cannot be written is said.
  void exportTo(const QString& file);
  [[nodiscard]] const std::vector<ResultSeries>& series() const { return m_series; }
  [[nodiscard]] FigureCanvas* canvas() const { return m_canvas; }
  [[nodiscard]] QString note() const;
  /// Asks which file to open or to write; empty: none. Replaced in tests.
  using AskFile = std::function<QString(bool save)>;
  void setAskFile(AskFile ask) { m_ask = std::move(ask); }

private:
  void fillChoices();
  void show();
  void showTable(const ResultQuery& query);
  [[nodiscard]] ResultQuery query() const;
  [[nodiscard]] QString askFile(bool save);

  std::optional<ResultFile> m_file;
  std::vector<ResultSeries> m_series;
  QComboBox *m_metric = nullptr, *m_against = nullptr, *m_group = nullptr, *m_scale = nullptr;
  QLineEdit* m_filter = nullptr;
  QPushButton *m_open = nullptr, *m_export = nullptr;
  QLabel* m_note = nullptr;
  QTableWidget* m_table = nullptr;
  FigureCanvas* m_canvas = nullptr;
  AskFile m_ask;
};

}  // namespace oodscope
