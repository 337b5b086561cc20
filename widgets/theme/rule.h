// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/tokens.h"

#include <QPainter>
#include <QWidget>

namespace oodscope {

/// One pixel of `line` between two groups.
class Rule : public QWidget {
public:
  explicit Rule(QWidget* parent = nullptr, Qt::Orientation orientation = Qt::Horizontal) : QWidget(parent) {
    if (orientation == Qt::Horizontal)
      setFixedHeight(1);
    else
      setFixedWidth(1);
  }

protected:
  void paintEvent(QPaintEvent*) override { QPainter(this).fillRect(rect(), tokensFor(this).line); }
};

}  // namespace oodscope
