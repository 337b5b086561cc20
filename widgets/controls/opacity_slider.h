// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

class QSlider;

namespace oodscope {

class NumberField;

/// Opacity of the overlay in percent.
class OpacitySlider : public QWidget {
  Q_OBJECT

public:
  explicit OpacitySlider(QWidget* parent = nullptr);
  void setOpacity(double share);  ///< 0 … 1
  [[nodiscard]] double opacity() const;

Q_SIGNALS:
  void editBegan();
  void opacityEdited(double share);
  void editEnded();

private:
  QSlider* m_slider = nullptr;
  NumberField* m_field = nullptr;
};

}  // namespace oodscope
