// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/window/failures/failure_presenter.h"
#include "app/window/tabs/analysis_tab.h"

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QPushButton;
class QTreeWidget;

namespace oodscope {

class ValueGrid;

/// What the "Classes" tab shows of a set.
struct ClassesView {
  std::vector<ClassRow> predicted, truth;
  QString truthReason;  ///< why there are none by true class
  double offsetStep = 0.01;
  QString framesNote = {};  ///< which frames the errors and which the numbers are of
};

/// Metrics before and after per-class offsets, as fractions.
struct WhatIfView {
  std::optional<double> ap, fpr95, bestF1, precision, recall, fpr;
};

/// The "Classes" tab: errors by predicted class and by true class, and what a threshold of its own for each predicted
/// class would do to the set's numbers.
class ClassesTab : public AnalysisTab {
  Q_OBJECT

public:
  explicit ClassesTab(QWidget* parent = nullptr);
  [[nodiscard]] bool needsWholeSet() const override { return true; }
  void setView(ClassesView view);
  /// `after` is empty while it is computed and where no offset is set.
  void setNumbers(const WhatIfView& present, const std::optional<WhatIfView>& after);
  void clear(const QString& reason);
  /// One offset a class index, 0 where none is set; empty: none at all.
  [[nodiscard]] std::vector<float> offsets() const;
  void setOffset(int classIndex, double offset);

Q_SIGNALS:
  void offsetsEdited();

private:
  void fill();
  void showNumbers();

  ClassesView m_shown;
  WhatIfView m_present;
  std::optional<WhatIfView> m_after;
  std::map<int, double> m_offsets;
  QTreeWidget* m_table = nullptr;
  QComboBox* m_by = nullptr;
  QLabel* m_note = nullptr;
  ValueGrid* m_numbers = nullptr;
  QPushButton* m_reset = nullptr;
};

}  // namespace oodscope
