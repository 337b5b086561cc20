// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/image_view.h"

namespace oodscope {

/// Two pictures of one frame, A and B, in one place: a wipe with a divider to drag, or one of them alone (held keys,
/// blink). The layers and look of ImageView are A's.
class WipeView : public ImageView {
  Q_OBJECT

public:
  enum class Show { Wipe, OnlyA, OnlyB };

  explicit WipeView(const std::shared_ptr<PictureCache>& cache, QWidget* parent = nullptr);
  ~WipeView() override;

  void setOther(const PictureLayers& layers, const PictureLook& look);
  void setNames(const QString& a, const QString& b);
  void setShow(Show show);
  [[nodiscard]] Show shown() const { return m_show; }
  /// 0 left edge of the view … 1 right edge.
  void setDivider(double share);
  [[nodiscard]] double divider() const { return m_divider; }
  /// Blinks between A and B at `periodMs` each while on.
  void setBlinking(bool on, int periodMs = 600);
  [[nodiscard]] bool isBlinking() const;

  void render(QPainter& painter, const QRectF& area, const RenderOptions& options) const override;
  using QWidget::render;

Q_SIGNALS:
  void dividerEdited(double share);

protected:
  void paintPicture(QPainter& painter) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void timerEvent(QTimerEvent* event) override;
  void changeEvent(QEvent* event) override;

private:
  [[nodiscard]] bool onDivider(QPointF at) const;

  std::unique_ptr<PictureRenderer> m_otherRenderer;
  PictureLayers m_otherLayers;
  PictureLook m_otherLook;
  QImage m_otherShown;
  ViewTransform m_otherTransform;
  bool m_otherDirty = true;
  QString m_nameA, m_nameB;
  Show m_show = Show::Wipe;
  double m_divider = 0.5;
  bool m_dragging = false;
  int m_blinkTimer = 0;
};

}  // namespace oodscope
