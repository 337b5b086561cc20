// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/session_results.h"

#include <QStringList>
#include <QWidget>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QComboBox;
class QPushButton;
class QTableWidget;

namespace oodscope {

/// The qualitative grid's recipe as two tables: its rows (frame, caption, inset) and its columns (what is shown,
/// caption).
class GridEditor : public QWidget {
  Q_OBJECT

public:
  explicit GridEditor(std::shared_ptr<SessionResults> results, QWidget* parent = nullptr);

  /// `complete`: as completeGrid() gives it. Nothing is emitted.
  void setRecipe(const GridRecipe& complete);
  [[nodiscard]] GridRecipe recipe() const;
  /// What part of a frame the window shows, for an inset; empty where it is the whole frame or another one.
  using PartInView = std::function<std::optional<FrameRectangle>(const GridRecipe::Row& row)>;
  void setPartInView(PartInView part);

Q_SIGNALS:
  void recipeEdited();

private:
  struct Column {
    QString shows;
    std::optional<ScoreChoice> score;
    bool fixed = false;  ///< image and ground truth
    bool shown = true;
    QString caption = {};               ///< the user's; empty: `shows`
    bool GridRecipe::*asked = nullptr;  ///< what the recipe calls it: class maps and the decision
  };

  void showRows(int selected);
  void showInset(int row);
  void showColumns();
  void editRow(int row, int column);
  void editColumn(int row, int column);
  void chooseInset(int row, int choice);
  void addFrame();
  void removeFrame();
  void moveFrame(int by);
  [[nodiscard]] int current() const;

  std::shared_ptr<SessionResults> m_results;
  std::vector<GridRecipe::Row> m_rows;
  std::vector<Column> m_choices;
  PartInView m_partInView;
  QTableWidget* m_rowTable = nullptr;
  QTableWidget* m_columnTable = nullptr;
  QComboBox* m_frames = nullptr;
  QPushButton *m_remove = nullptr, *m_up = nullptr, *m_down = nullptr;
};

}  // namespace oodscope
