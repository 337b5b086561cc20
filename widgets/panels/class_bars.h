// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QColor>
#include <QString>
#include <QWidget>

#include <vector>

namespace oodscope {

struct ClassShare {
  QString name;
  QColor colour;       ///< of the class, as a chip only
  double share = 0.0;  ///< 0 … 1
};

/// Chip, name, bar, value; as many rows as fit, three at least.
class ClassBars : public QWidget {
  Q_OBJECT

public:
  enum class Text { Probability /* 0.928 */, Percent /* 57.8 % */ };
  enum class Colour { A, FalsePositive };
  explicit ClassBars(QWidget* parent = nullptr);
  void setShares(std::vector<ClassShare> shares);
  void setStyleOf(Text text, Colour colour);
  /// Rows become clickable: a click says which class.
  void setClickable(bool clickable);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
  void classClicked(const QString& name);

protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;

private:
  [[nodiscard]] int rowHeight() const;
  /// `part` of the groove is filled, 0 … 1.
  void paintBar(QPainter& painter, const QRect& groove, double part) const;
  [[nodiscard]] QString valueOf(const ClassShare& share) const;

  std::vector<ClassShare> m_shares;
  Text m_text = Text::Probability;
  Colour m_colour = Colour::A;
  bool m_clickable = false;
};

}  // namespace oodscope
