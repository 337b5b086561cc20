// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/figure.h"

#include <QWidget>

class QCheckBox;
class QComboBox;

namespace oodscope {

/// Switches for what a figure shows besides its data: title, lines of equal F1, operating point, place of the legend.
class FigureLookBox : public QWidget {
  Q_OBJECT

public:
  explicit FigureLookBox(const FigureLook& look, QWidget* parent = nullptr);

  [[nodiscard]] FigureLook look() const;
  /// What makes no difference to the figure is disabled and says so.
  void setParts(const FigureParts& parts);

Q_SIGNALS:
  void lookEdited(const oodscope::FigureLook& look);

private:
  QCheckBox* addSwitch(const QString& text, bool on);

  QCheckBox *m_title = nullptr, *m_isoF1 = nullptr, *m_operatingPoint = nullptr;
  QComboBox* m_legend = nullptr;
};

}  // namespace oodscope
