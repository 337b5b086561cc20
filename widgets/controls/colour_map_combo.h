// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/colour_map.h"

#include <QWidget>

class QComboBox;
class QToolButton;

namespace oodscope {

/// Colour map by swatch and name, and its reversal.
class ColourMapCombo : public QWidget {
  Q_OBJECT

public:
  explicit ColourMapCombo(QWidget* parent = nullptr);
  void setColourMap(ColourMap map, bool reversed);
  [[nodiscard]] ColourMap colourMap() const;
  [[nodiscard]] bool isReversed() const;

Q_SIGNALS:
  void colourMapEdited(oodscope::ColourMap map, bool reversed);

private:
  void drawSwatches();

  QComboBox* m_maps = nullptr;
  QToolButton* m_reverse = nullptr;
};

}  // namespace oodscope
