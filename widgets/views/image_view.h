// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/views/picture.h"
#include "widgets/views/picture_cache.h"
#include "widgets/views/render_options.h"
#include "widgets/views/view_transform.h"

#include <QWidget>

#include <memory>
#include <optional>

namespace oodscope {

class PictureRenderer;

/// One picture of a frame: zoom by the wheel at the cursor, pan by dragging, fit by a double click, Shift+drag selects
/// a region. Values in by setX(); what the user does comes out as signals. Positions are picture pixels.
class ImageView : public QWidget {
  Q_OBJECT

public:
  explicit ImageView(std::shared_ptr<PictureCache> cache, QWidget* parent = nullptr);
  ~ImageView() override;

  /// All layers at once; cheap when little differs.
  void setLayers(const PictureLayers& layers);
  [[nodiscard]] const PictureLayers& layers() const { return m_layers; }
  void setLook(const PictureLook& look);
  [[nodiscard]] const PictureLook& look() const { return m_look; }

  void setImage(std::shared_ptr<const RgbImage> image);
  void setLabel(std::shared_ptr<const LabelMap> label);
  void setScores(std::shared_ptr<const ScoreMap> scores);
  void setOtherScores(std::shared_ptr<const ScoreMap> scores);
  void setClasses(std::shared_ptr<const ClassMap> predicted, std::shared_ptr<const ClassMap> truth);
  void setClassColours(std::shared_ptr<const ClassColours> colours);
  void setThreshold(float threshold);
  void setOtherThreshold(float threshold);
  void setRegion(std::shared_ptr<const RegionShape> region);
  void setBrushed(std::shared_ptr<const Grid<std::uint8_t>> mask);
  void setKind(ViewKind kind);
  void setScale(float min, float max);
  void setColourMap(ColourMap map, bool reversed = false);
  void setOpacity(double opacity);
  void setOverlay(bool on);
  void setContour(bool on);
  void setVoidHatch(bool on);

  /// What is wanted; transform() is what is shown (limited to the picture).
  void setTransform(const ViewTransform& transform);
  [[nodiscard]] ViewTransform transform() const;
  /// Of the canvas in device pixels.
  [[nodiscard]] QSizeF viewport() const;
  void setCrosshair(std::optional<QPointF> at);
  /// Whether the caption of the selected region stands beside it.
  void setRegionNamed(bool named);
  [[nodiscard]] bool isRegionNamed() const { return m_regionNamed; }
  /// A short text in the upper left corner; empty for none.
  void setInset(const QString& text, const QColor& letterColour = {}, const QString& letter = {});
  /// Where there is nothing to see yet, or no more than the picture: says what will appear, or why nothing does.
  void setEmptyText(const QString& text);
  [[nodiscard]] QString emptyText() const { return m_emptyText; }

  [[nodiscard]] QPointF pictureAt(QPointF widgetPoint) const;
  [[nodiscard]] QPointF widgetAt(QPointF picturePoint) const;

  /// The whole picture into `area` of `painter`: pixels as raster, outlines as vectors. Light tokens unless asked
  /// otherwise.
  virtual void render(QPainter& painter, const QRectF& area, const RenderOptions& options) const;
  /// The same of a part of the picture, given in its pixels. Enlarged pixels are smoothed by whoever shows the
  /// document.
  void renderPart(QPainter& painter, const QRectF& area, const QRectF& part, const RenderOptions& options) const;
  using QWidget::render;

  [[nodiscard]] QSize sizeHint() const override { return {480, 270}; }
  [[nodiscard]] QSize minimumSizeHint() const override { return {80, 45}; }

Q_SIGNALS:
  void hovered(QPointF picturePoint);
  void hoverLeft();
  void transformEdited(const oodscope::ViewTransform& transform);
  /// A click (press and release within 4 px) on a picture pixel.
  void clicked(QPoint pixel);
  /// Shift+drag: the pixels the rubber band covers, within the picture.
  void regionSelected(QRect pixels);
  void activated();
  /// The right button, or the menu key, at a point that may lie outside the picture.
  void menuRequested(QPointF picturePoint, QPoint globalPoint);
  /// The canvas has another size: a fitted picture has another scale.
  void viewportChanged();

protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

  /// Paints canvas and picture; the rest (crosshair, insets, rubber band) comes after.
  virtual void paintPicture(QPainter& painter);
  /// Marks the picture as changed.
  void invalidate();
  [[nodiscard]] const std::shared_ptr<PictureCache>& cache() const { return m_cache; }
  [[nodiscard]] QSize deviceSize() const;
  static void paintInset(QPainter& painter, const QWidget& widget, QPointF corner, const QString& letter,
                         const QColor& letterColour, const QString& text, bool rightAligned = false);

private:
  void paintCrosshair(QPainter& painter) const;
  void paintRegionCaption(QPainter& painter) const;
  void paintEmpty(QPainter& painter) const;
  void paintNotice(QPainter& painter) const;
  void edit(const ViewTransform& transform);

  std::shared_ptr<PictureCache> m_cache;
  std::unique_ptr<PictureRenderer> m_renderer;
  PictureLayers m_layers;
  PictureLook m_look;
  ViewTransform m_wanted;
  std::optional<QPointF> m_crosshair;
  QString m_inset, m_insetLetter, m_emptyText;
  QColor m_insetColour;
  QImage m_shown;
  bool m_dirty = true;
  bool m_regionNamed = true;
  enum class Gesture { None, Press, Pan, Band };
  Gesture m_gesture = Gesture::None;
  QPointF m_pressed, m_last;
};

}  // namespace oodscope
