// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/panels/class_bars.h"

#include <QWidget>

#include <optional>
#include <vector>

class QLabel;
class QStackedLayout;

namespace oodscope {

class ValueGrid;

enum class PixelLabel { Unknown /* withheld */, Normal, Anomaly, Void };
enum class PixelDecision { None, TruePositive, FalsePositive, FalseNegative, TrueNegative, Ignored };

/// What is known of one pixel.
struct CursorView {
  std::optional<double> score;
  QString scoreReason;             ///< why there is none: "NaN", "not yet inferred"
  std::optional<double> margin;    ///< score - threshold
  std::optional<double> rank;      ///< share of the set's pixels with a lower score, 0 … 1
  std::optional<double> distance;  ///< metres
  PixelLabel label = PixelLabel::Unknown;
  PixelDecision decision = PixelDecision::None;
  QString predictedClass;
  QColor predictedColour;
  QString probabilityName;          ///< "Class probability at T 1.60"
  std::vector<ClassShare> classes;  ///< most probable first
  int otherClasses = 0;
  double otherShare = 0.0;
};

/// The same pixel under two runs.
struct CursorComparison {
  QString nameA, nameB;
  CursorView a, b;
  QString note;  ///< "scores of two methods have different units; ranks can be compared."
};

/// The Cursor dock.
class CursorPanel : public QWidget {
  Q_OBJECT

public:
  explicit CursorPanel(QWidget* parent = nullptr);
  void setView(const CursorView& view);
  void setComparison(const CursorComparison& comparison);
  void clear();
  [[nodiscard]] QString asText() const;

private:
  QStackedLayout* m_stack = nullptr;
  ValueGrid* m_facts = nullptr;
  QWidget* m_classArea = nullptr;
  QLabel* m_classTitle = nullptr;
  ClassBars* m_classes = nullptr;
  QLabel* m_note = nullptr;
};

}  // namespace oodscope
