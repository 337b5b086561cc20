// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QScrollArea>

namespace oodscope {

/// Gives its content all the room there is and scrolls it where that is less than the content's minimum: what a small
/// window has no room for stays reachable, and never holds the window larger. Content shrinks before it scrolls.
class ScrollPane : public QScrollArea {
  Q_OBJECT

public:
  enum class Ways { Both, Down };  ///< Down: the content is as wide as the pane, whatever it wants

  explicit ScrollPane(QWidget* content, Ways ways = Ways::Both, QWidget* parent = nullptr);

  /// The pane's own least size, in pixels of the design.
  void setLeast(int width, int height);
  [[nodiscard]] QSize sizeHint() const override;
  [[nodiscard]] QSize minimumSizeHint() const override { return m_least; }

protected:
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  bool viewportEvent(QEvent* event) override;

private:
  void fit();
  /// What the content needs at a width.
  [[nodiscard]] int heightAt(int width) const;

  Ways m_ways;
  QSize m_least;
};

}  // namespace oodscope
