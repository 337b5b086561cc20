// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QColor>
#include <QSlider>
#include <QString>

#include <vector>

namespace oodscope {

/// A slider over 0 … 1 with ticks and numbers in units below, marks above that it snaps to, and a strip of bars.
/// Gestures: click jumps, drag, Shift drags ten times finer, arrows 1 % (Shift 0.1 %), Page 5 %, Home, End, wheel
/// (while it has focus: guardWheel()).
class ScaleSlider : public QSlider {
  Q_OBJECT

public:
  struct Tick {
    double position = 0.0;
    QString label;  ///< empty: the tick alone
  };
  enum class MarkShape { Pennant /* filled, the reference */, Diamond /* hollow, the best trade-off */ };
  struct Mark {
    double position = 0.0;
    MarkShape shape = MarkShape::Pennant;
    QString name;  ///< in the tool tip
  };
  enum class Fill { FromNeutral, ToEnd };

  explicit ScaleSlider(QWidget* parent = nullptr);

  void setPosition(double position);
  [[nodiscard]] double position() const { return m_position; }
  void setTicks(std::vector<Tick> ticks);
  void setMarks(std::vector<Mark> marks);
  void setFill(Fill fill, double neutral = 0.0);
  /// Heights 0 … 1 of equally wide bars above the groove; their colour says on which side of the handle they are.
  void setBars(std::vector<float> bars);
  void setPinned(bool pinned);
  /// The value in its unit, for assistive technology.
  void setValueText(const QString& text);

  /// Where position 0 and 1 are, in widget pixels.
  [[nodiscard]] double pixelOf(double position) const;
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
  void dragBegan();
  void positionEdited(double position);
  void dragEnded();

protected:
  void paintEvent(QPaintEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void changeEvent(QEvent* event) override;
  bool event(QEvent* event) override;

private:
  [[nodiscard]] double grooveY() const;
  [[nodiscard]] double handleRadius() const;
  [[nodiscard]] double snapped(double position) const;
  void edit(double position);
  void step(double delta);
  void paintBars(QPainter& painter) const;
  void paintGroove(QPainter& painter) const;
  void paintTicks(QPainter& painter) const;
  void paintMarks(QPainter& painter) const;
  void paintHandle(QPainter& painter) const;

  double m_position = 0.0;
  std::vector<Tick> m_ticks;
  std::vector<Mark> m_marks;
  std::vector<float> m_bars;
  Fill m_fill = Fill::FromNeutral;
  double m_neutral = 0.0;
  bool m_pinned = false;
  bool m_dragging = false;
  bool m_setting = false;
  double m_dragStartX = 0.0;
  double m_dragStartPosition = 0.0;
};

}  // namespace oodscope
