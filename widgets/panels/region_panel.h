// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/class_bars.h"
#include "widgets/theme/number_text.h"

#include <QStringList>
#include <QWidget>

#include <optional>
#include <vector>

class QLabel;
class QLineEdit;
class QStackedLayout;
class QToolButton;

namespace oodscope {

class ValueGrid;

/// What is known of one false-positive region or missed object; without `isRegion` only of the frame, which can be
/// tagged too.
struct RegionView {
  bool isRegion = false;
  bool isMissed = false;
  qint64 area = 0;                   ///< pixels
  double peak = 0.0, mean = 0.0;     ///< scores
  double margin = 0.0;               ///< peak - threshold
  std::optional<double> shareOfSet;  ///< percent of the set's pixels that are wrong in the same way
  std::optional<bool> touchesTruth;  ///< regions
  std::optional<double> recall;      ///< missed objects, percent
  double goneAt = 0.0;               ///< the lowest threshold that hides all of it
  std::optional<double> rateThere;   ///< true positive rate of the set at that threshold, percent
  std::optional<double> distance;    ///< metres
  QString distanceReason;            ///< why it is not known
  std::vector<ClassShare> classes;   ///< most pixels first
  QStringList tags;
  QString note;
};

/// The Region dock: one failure's facts, what the network takes it for, its tags and note, steps to its neighbours.
class RegionPanel : public QWidget {
  Q_OBJECT

public:
  explicit RegionPanel(QWidget* parent = nullptr);
  /// A field that is being typed in keeps its text.
  void setView(const RegionView& view);
  void clear();
  /// Puts the cursor into the tag field.
  void editTags();

Q_SIGNALS:
  void tagsEdited(const QStringList& tags);
  void noteEdited(const QString& text);
  void stepRequested(int steps);

protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

private:
  void commit();

  RegionView m_view;
  QStackedLayout* m_stack = nullptr;
  ValueGrid* m_facts = nullptr;
  ClassBars* m_classes = nullptr;
  QLabel* m_others = nullptr;
  QLineEdit *m_tags = nullptr, *m_note = nullptr;
  QToolButton *m_previous = nullptr, *m_next = nullptr;
};

}  // namespace oodscope
