// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "widgets/theme/tokens.h"
#include "widgets/views/layer_drawing.h"
#include "widgets/views/picture.h"
#include "widgets/views/picture_cache.h"
#include "widgets/views/view_transform.h"

#include <QImage>

class QPainter;

namespace oodscope {

/// Turns layers into device pixels. Keeps what a change of threshold or colour table leaves as it was: the scaled
/// picture below and the outlines above. Nearest neighbour at one device pixel per map pixel and above, area means
/// below.
class PictureRenderer {
public:
  explicit PictureRenderer(std::shared_ptr<PictureCache> cache);

  /// The viewport of `device` pixels (RGB32). `transform` must be resolved. `pixelRatio`: device pixels per logical
  /// pixel, for line widths and hatches. Valid until the next call.
  const QImage& render(const PictureLayers& layers, const PictureLook& look, const Tokens& tokens,
                       const ViewTransform& transform, QSize device, double pixelRatio = 1.0);

  /// Contour and region outline as vectors in picture coordinates mapped by origin and scale; pen widths are multiplied
  /// by `penScale`. `detail`: how much finer than the screen's the outlines follow the pixels.
  void paintLines(QPainter& painter, const PictureLayers& layers, const PictureLook& look, const Tokens& tokens,
                  QPointF origin, double scale, double penScale, double detail = 1.0) const;
  /// The anomalies' contour of a document: white with a black casing, `width` device units together, beside the
  /// anomalies and never over them.
  void paintContour(QPainter& painter, const PictureLayers& layers, QPointF origin, double scale, double width) const;

private:
  struct Stage;  // one call's arguments
  struct BaseKey {
    std::shared_ptr<const RgbImage> image;
    int kind = -1;  // 0 colour, 1 grey, 2 nothing
    ViewTransform transform;
    QSize device;
    QRgb canvas = 0;
    Size size;
    friend bool operator==(const BaseKey&, const BaseKey&) = default;
  };
  struct LinesKey {
    std::shared_ptr<const LabelMap> label;
    std::shared_ptr<const RegionShape> region;
    bool contour = false;
    ViewTransform transform;
    QSize device;
    Size size;
    QRgb focus = 0;
    friend bool operator==(const LinesKey&, const LinesKey&) = default;
  };
  void drawBase(const Stage& stage);
  void drawOverlay(const Stage& stage);
  void drawScores(const Stage& stage);
  void drawTruth(const Stage& stage);
  void drawDecision(const Stage& stage);
  void drawDecisionComparison(const Stage& stage);
  void drawClasses(const Stage& stage);
  /// Lays a map of `mapSize` over the picture.
  void draw(const Stage& stage, Size mapSize, bool opaque, double opacity, const RowColourer& colourer);
  void drawHatch(const Stage& stage);
  void dim(const Stage& stage);
  void drawLines(const Stage& stage);

  std::shared_ptr<PictureCache> m_cache;
  BaseKey m_baseKey;
  LinesKey m_linesKey;
  QImage m_base, m_lines, m_composite;
  bool m_linesEmpty = true;
};

}  // namespace oodscope
