// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/views/image_view.h"

#include "widgets/theme/tokens.h"
#include "widgets/views/picture_renderer.h"

#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kClickSlack = 4;  // logical pixels a click may wander
constexpr double kCrossGap = 5;    // half the hole in the middle of the crosshair
constexpr double kCrossArm = 17;
constexpr int kWheelNotch = 120;         // eighths of a degree (QWheelEvent)
constexpr double kDocumentDetail = 2.5;  // documents are zoomed into
constexpr double kPointsPerInch = 72;
// Of a document's contour, white and casing together: a share of the picture's width, in points.
constexpr double kContourShare = 0.006, kThinnestContour = 0.36, kThickestContour = 1.0;

}  // namespace

ImageView::ImageView(std::shared_ptr<PictureCache> cache, QWidget* parent)
    : QWidget(parent), m_cache(std::move(cache)), m_renderer(std::make_unique<PictureRenderer>(m_cache)) {
  setMouseTracking(true);
  setAttribute(Qt::WA_OpaquePaintEvent);
  setFocusPolicy(Qt::ClickFocus);
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

ImageView::~ImageView() = default;

void ImageView::invalidate() {
  m_dirty = true;
  update();
}

void ImageView::setLayers(const PictureLayers& layers) {
  m_layers = layers;
  invalidate();
}
void ImageView::setLook(const PictureLook& look) {
  m_look = look;
  invalidate();
}
void ImageView::setImage(std::shared_ptr<const RgbImage> image) {
  if (image == m_layers.image) return;
  m_layers.image = std::move(image);
  invalidate();
}
void ImageView::setLabel(std::shared_ptr<const LabelMap> label) {
  if (label == m_layers.label) return;
  m_layers.label = std::move(label);
  invalidate();
}
void ImageView::setScores(std::shared_ptr<const ScoreMap> scores) {
  if (scores == m_layers.scores) return;
  m_layers.scores = std::move(scores);
  invalidate();
}
void ImageView::setOtherScores(std::shared_ptr<const ScoreMap> scores) {
  if (scores == m_layers.otherScores) return;
  m_layers.otherScores = std::move(scores);
  invalidate();
}
void ImageView::setClasses(std::shared_ptr<const ClassMap> predicted, std::shared_ptr<const ClassMap> truth) {
  if (predicted == m_layers.classes && truth == m_layers.trueClasses) return;
  m_layers.classes = std::move(predicted);
  m_layers.trueClasses = std::move(truth);
  invalidate();
}
void ImageView::setClassColours(std::shared_ptr<const ClassColours> colours) {
  if (colours == m_look.classColours) return;
  m_look.classColours = std::move(colours);
  invalidate();
}
void ImageView::setThreshold(float threshold) {
  if (!(threshold < m_layers.threshold) && !(threshold > m_layers.threshold)) return;
  m_layers.threshold = threshold;
  const bool follows = m_look.kind == ViewKind::Decision || m_look.kind == ViewKind::DecisionComparison ||
                       m_look.kind == ViewKind::OpenSet;
  if (follows) invalidate();
}
void ImageView::setOtherThreshold(float threshold) {
  m_layers.otherThreshold = threshold;
  if (m_look.kind == ViewKind::DecisionComparison) invalidate();
}
void ImageView::setRegion(std::shared_ptr<const RegionShape> region) {
  if (region == m_layers.region) return;
  m_layers.region = std::move(region);
  invalidate();
}
void ImageView::setBrushed(std::shared_ptr<const Grid<std::uint8_t>> mask) {
  if (mask == m_layers.brushed) return;
  m_layers.brushed = std::move(mask);
  invalidate();
}
void ImageView::setKind(ViewKind kind) {
  m_look.kind = kind;
  invalidate();
}
void ImageView::setScale(float min, float max) {
  const auto same = [](float a, float b) { return !(a < b) && !(a > b); };
  if (same(min, m_look.scaleMin) && same(max, m_look.scaleMax)) return;
  m_look.scaleMin = min;
  m_look.scaleMax = max;
  if (m_look.kind == ViewKind::Heatmap || m_look.overlay) invalidate();
}
void ImageView::setColourMap(ColourMap map, bool reversed) {
  const ColourTable table = colourTable(map, reversed);
  if (m_look.table && *m_look.table == table) return;
  m_look.table = std::make_shared<const ColourTable>(table);
  invalidate();
}
void ImageView::setOpacity(double opacity) {
  if (!(opacity < m_look.opacity) && !(opacity > m_look.opacity)) return;
  m_look.opacity = opacity;
  invalidate();
}
void ImageView::setOverlay(bool on) {
  if (on == m_look.overlay) return;
  m_look.overlay = on;
  invalidate();
}
void ImageView::setContour(bool on) {
  if (on == m_look.contour) return;
  m_look.contour = on;
  invalidate();
}
void ImageView::setVoidHatch(bool on) {
  if (on == m_look.voidHatch) return;
  m_look.voidHatch = on;
  invalidate();
}
void ImageView::setTransform(const ViewTransform& transform) {
  if (transform == m_wanted) return;
  m_wanted = transform;
  invalidate();
}
void ImageView::setCrosshair(std::optional<QPointF> at) {
  if (at == m_crosshair) return;
  const auto around = [this](const std::optional<QPointF>& point) {
    if (!point) return QRect();
    const QPointF middle = widgetAt(*point);
    const int reach = static_cast<int>(kCrossArm) + 3;
    return QRect(middle.toPoint() - QPoint(reach, reach), QSize(2 * reach, 2 * reach));
  };
  update(around(m_crosshair));
  m_crosshair = at;
  update(around(m_crosshair));
}
void ImageView::setRegionNamed(bool named) {
  if (named == m_regionNamed) return;
  m_regionNamed = named;
  update();
}
void ImageView::setInset(const QString& text, const QColor& letterColour, const QString& letter) {
  if (text == m_inset && letterColour == m_insetColour && letter == m_insetLetter) return;
  m_inset = text;
  m_insetColour = letterColour;
  m_insetLetter = letter;
  update();
}
void ImageView::setEmptyText(const QString& text) {
  if (text == m_emptyText) return;
  m_emptyText = text;
  update();
}

QSize ImageView::deviceSize() const { return viewport().toSize(); }

QSizeF ImageView::viewport() const {
  const double ratio = devicePixelRatioF();
  return {std::round(width() * ratio), std::round(height() * ratio)};
}

ViewTransform ImageView::transform() const { return resolve(m_wanted, m_layers.size(), viewport()); }

QPointF ImageView::pictureAt(QPointF widgetPoint) const {
  return toPicture(transform(), viewport(), widgetPoint * devicePixelRatioF());
}

QPointF ImageView::widgetAt(QPointF picturePoint) const {
  return toViewport(transform(), viewport(), picturePoint) / devicePixelRatioF();
}

void ImageView::paintPicture(QPainter& painter) {
  const QSize device = deviceSize();
  if (m_dirty || m_shown.size() != device) {
    m_shown = {};  // the renderer draws into it again: a picture that two hold is copied first
    m_shown = m_renderer->render(m_layers, m_look, tokensFor(this), transform(), device, devicePixelRatioF());
    m_shown.setDevicePixelRatio(devicePixelRatioF());
    m_dirty = false;
  }
  painter.drawImage(QPointF(0, 0), m_shown);
}

void ImageView::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  if (m_layers.size().area() == 0) {
    paintEmpty(painter);
    return;
  }
  paintPicture(painter);
  paintRegionCaption(painter);
  if (!m_inset.isEmpty()) paintInset(painter, *this, {8, 8}, m_insetLetter, m_insetColour, m_inset);
  if (!m_emptyText.isEmpty()) paintNotice(painter);
  if (m_crosshair) paintCrosshair(painter);
  if (m_gesture == Gesture::Band) {
    const Tokens& t = tokensFor(this);
    QColor inside = t.focus;
    inside.setAlpha(40);
    painter.setBrush(inside);
    painter.setPen(QPen(Qt::black, 3));
    const QRectF band = QRectF(m_pressed, m_last).normalized();
    painter.drawRect(band);
    painter.setPen(QPen(t.focus, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(band);
  }
}

void ImageView::paintEmpty(QPainter& painter) const {
  const Tokens& t = tokensFor(this);
  painter.fillRect(rect(), t.view);
  painter.setPen(t.text3);
  painter.setFont(tableFont(font()));
  painter.drawText(QRectF(rect()).adjusted(12, 8, -12, -8), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
}

void ImageView::paintNotice(QPainter& painter) const {
  constexpr int kMargin = 12, kPadding = 8, kWidest = 380;
  const Tokens& t = tokensFor(this);
  painter.setFont(tableFont(font()));
  const QRect room = rect().adjusted(kMargin, kMargin, -kMargin, -kMargin);
  constexpr int kFlags = static_cast<int>(Qt::AlignCenter) | static_cast<int>(Qt::TextWordWrap);
  const QRect most(0, 0, std::min(kWidest, room.width()) - 2 * kPadding, room.height() - 2 * kPadding);
  QRect text = painter.fontMetrics().boundingRect(most, kFlags, m_emptyText);
  text.moveCenter(room.center());
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  QColor ground = t.panel;
  ground.setAlpha(235);
  painter.setBrush(ground);
  painter.setPen(t.edge);
  painter.drawRoundedRect(text.adjusted(-kPadding, -kPadding, kPadding, kPadding), 4, 4);
  painter.setPen(t.text);
  painter.drawText(text, kFlags, m_emptyText);
  painter.restore();
}

void ImageView::paintCrosshair(QPainter& painter) const {
  const QPointF middle = widgetAt(*m_crosshair);
  const double x = std::floor(middle.x()) + 0.5;
  const double y = std::floor(middle.y()) + 0.5;
  const std::array<QLineF, 4> arms = {
      QLineF(x - kCrossArm, y, x - kCrossGap, y), QLineF(x + kCrossGap, y, x + kCrossArm, y),
      QLineF(x, y - kCrossArm, x, y - kCrossGap), QLineF(x, y + kCrossGap, x, y + kCrossArm)};
  painter.setPen(QPen(QColor(0, 0, 0, 190), 3));
  painter.drawLines(arms.data(), static_cast<int>(arms.size()));
  painter.setPen(QPen(Qt::white, 1));
  painter.drawLines(arms.data(), static_cast<int>(arms.size()));
}

void ImageView::paintInset(QPainter& painter, const QWidget& widget, QPointF corner, const QString& letter,
                           const QColor& letterColour, const QString& text, bool rightAligned) {
  const QFont plain = tableFont(widget.font());
  const QFont strong = strongFont(plain);
  const QFontMetricsF metrics(plain);
  const double letterWidth = letter.isEmpty() ? 0 : QFontMetricsF(strong).horizontalAdvance(letter) + 6;
  const double width = 16 + letterWidth + metrics.horizontalAdvance(text);
  const double height = metrics.height() + 6;
  const QRectF chip(rightAligned ? corner.x() - width : corner.x(), corner.y(), width, height);
  painter.save();
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(QColor(20, 21, 23, 225));
  painter.drawRoundedRect(chip, 3, 3);
  painter.setFont(strong);
  painter.setPen(letterColour.isValid() ? letterColour : QColor(Qt::white));
  painter.drawText(chip.adjusted(8, 0, -8, 0), Qt::AlignVCenter | Qt::AlignLeft, letter);
  painter.setFont(plain);
  painter.setPen(QColor(0xE6, 0xE8, 0xEB));
  painter.drawText(chip.adjusted(8 + letterWidth, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                   text);
  painter.restore();
}

void ImageView::paintRegionCaption(QPainter& painter) const {
  if (!m_regionNamed || !m_layers.region || m_layers.region->caption.isEmpty()) return;
  const QRect box = m_layers.region->box;
  const QFontMetricsF metrics(tableFont(font()));
  const double chipWidth = metrics.horizontalAdvance(m_layers.region->caption) + 16;
  QPointF corner = widgetAt(QPointF(box.center().x(), box.top())) - QPointF(chipWidth / 2, metrics.height() + 12);
  corner.setX(std::clamp(corner.x(), 4.0, std::max(4.0, width() - chipWidth - 4)));
  corner.setY(std::clamp(corner.y(), 4.0, std::max(4.0, height() - metrics.height() - 10)));
  paintInset(painter, *this, corner, {}, {}, m_layers.region->caption);
}

void ImageView::edit(const ViewTransform& transform) {
  const ViewTransform held = resolve(transform, m_layers.size(), viewport());
  setTransform(held);
  Q_EMIT transformEdited(held);
}

void ImageView::wheelEvent(QWheelEvent* event) {
  if (m_layers.size().area() == 0) return;
  const int delta = event->angleDelta().y();
  if (delta != 0) {
    const double factor = std::pow(kZoomStep, static_cast<double>(delta) / kWheelNotch);
    edit(zoomedAt(transform(), viewport(), event->position() * devicePixelRatioF(), factor));
  }
  event->accept();
}

void ImageView::mousePressEvent(QMouseEvent* event) {
  Q_EMIT activated();
  const bool left = event->button() == Qt::LeftButton;
  if (!left && event->button() != Qt::MiddleButton) return;
  m_pressed = m_last = event->position();
  m_gesture = left && (event->modifiers() & Qt::ShiftModifier) ? Gesture::Band : Gesture::Press;
  event->accept();
}

void ImageView::mouseMoveEvent(QMouseEvent* event) {
  const QPointF at = event->position();
  if (m_gesture == Gesture::Press && (at - m_pressed).manhattanLength() > kClickSlack) {
    m_gesture = Gesture::Pan;
    setCursor(Qt::ClosedHandCursor);
  }
  if (m_gesture == Gesture::Pan) edit(panned(transform(), (at - m_last) * devicePixelRatioF()));
  if (m_gesture == Gesture::Band) update();
  m_last = at;
  const QPointF pixel = pictureAt(at);
  const Size size = m_layers.size();
  if (QRectF(0, 0, size.width, size.height).contains(pixel) && pixel.x() < size.width && pixel.y() < size.height) {
    Q_EMIT hovered(pixel);
  } else {
    Q_EMIT hoverLeft();
  }
}

void ImageView::mouseReleaseEvent(QMouseEvent* event) {
  const Gesture was = m_gesture;
  m_gesture = Gesture::None;
  if (was == Gesture::Pan) unsetCursor();
  const Size size = m_layers.size();
  const QRect whole(0, 0, size.width, size.height);
  if (was == Gesture::Press && event->button() == Qt::LeftButton) {
    const QPointF point = pictureAt(event->position());
    const QPoint pixel(static_cast<int>(std::floor(point.x())), static_cast<int>(std::floor(point.y())));
    if (whole.contains(pixel)) Q_EMIT clicked(pixel);
  }
  if (was == Gesture::Band) {
    update();
    const QRectF band = QRectF(pictureAt(m_pressed), pictureAt(event->position())).normalized();
    const QRect pixels = band.toAlignedRect() & whole;
    if ((event->position() - m_pressed).manhattanLength() > kClickSlack && !pixels.isEmpty())
      Q_EMIT regionSelected(pixels);
  }
}

void ImageView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  ViewTransform fitted = m_wanted;
  fitted.fit = true;
  edit(fitted);
}

void ImageView::contextMenuEvent(QContextMenuEvent* event) {
  Q_EMIT menuRequested(pictureAt(event->pos()), event->globalPos());
  event->accept();
}

void ImageView::leaveEvent(QEvent*) { Q_EMIT hoverLeft(); }

void ImageView::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  Q_EMIT viewportChanged();
}

void ImageView::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) invalidate();
  QWidget::changeEvent(event);
}

void ImageView::render(QPainter& painter, const QRectF& area, const RenderOptions& options) const {
  const Size size = m_layers.size();
  renderPart(painter, area, QRectF(0, 0, size.width, size.height), options);
}

void ImageView::renderPart(QPainter& painter, const QRectF& area, const QRectF& part,
                           const RenderOptions& options) const {
  if (m_layers.size().area() == 0 || part.isEmpty()) return;
  const double fit = std::min(area.width() / part.width(), area.height() / part.height());
  const QRectF target(area.center() - QPointF(part.width(), part.height()) * fit / 2, part.size() * fit);
  // As many pixels as the document asks for, but no more than the picture has: enlarging is the printer's business.
  const double scale = std::min(1.0, fit * options.rasterDpi / kPointsPerInch);
  const QSize device(std::max(1, static_cast<int>(std::lround(part.width() * scale))),
                     std::max(1, static_cast<int>(std::lround(part.height() * scale))));
  PictureLook look = m_look;
  PictureLayers layers = m_layers;
  look.contour = false;  // as vectors below
  const ViewTransform transform{scale, part.center(), false};
  PictureRenderer renderer(m_cache);
  const Tokens& t = tokens(options.dark);
  const QImage raster =
      renderer.render(layers, look, t, transform, device, std::max(1.0, device.width() / target.width() / 2));
  painter.save();
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(target, raster);
  painter.setClipRect(target);
  painter.setRenderHint(QPainter::Antialiasing);
  // Pens of the outlines are cosmetic: the outlines are laid out in device units, and their pens get points.
  const double device1 = std::max(1.0, painter.combinedTransform().m11());
  painter.translate(target.topLeft());
  painter.scale(1 / device1, 1 / device1);
  const QPointF origin = -part.topLeft() * fit * device1;
  renderer.paintLines(painter, layers, look, t, origin, fit * device1, 0.5 * options.lineScale * device1,
                      kDocumentDetail);
  // A small picture has a thin contour: it must not hide a small object's surroundings.
  const double contour = std::clamp(kContourShare * target.width(), kThinnestContour, kThickestContour);
  if (m_look.contour)
    renderer.paintContour(painter, layers, origin, fit * device1, contour * options.lineScale * device1);
  painter.restore();
}

}  // namespace oodscope
