// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/picture_sheet.h"

#include "app/figures/document_text.h"
#include "widgets/theme/tokens.h"
#include "widgets/views/image_view.h"

#include <QFontMetricsF>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kGap = 2.5;           // points between pictures
constexpr double kCaption = 1.45;      // height of a caption, in font sizes
constexpr double kFoot = 2.1;          // height of the line with legend and colour bar, in font sizes
constexpr double kRowCaption = 1.5;    // width of the rotated captions, in font sizes
constexpr double kChip = 0.8;          // side of a legend's square, in font sizes
constexpr double kLongestBar = 130.0;  // points at 8 point type
constexpr double kInsetShare = 0.48;   // of a picture's sides that an inset takes at most
constexpr double kUsualRatio = 0.5;    // height over width where a picture has no size
constexpr double kSmallestText = 0.7;  // of the size asked for

double widthOf(const QFont& face, const QString& text) {
  return QFontMetricsF(face).horizontalAdvance(text) / kTextScale;
}

void drawText(QPainter& painter, const QRectF& area, Qt::Alignment alignment, const QFont& face, const QColor& colour,
              const QString& text) {
  painter.save();
  painter.translate(area.topLeft());
  // A caption that is a little too long is set smaller before anything of it is left out.
  const double fit = std::clamp(area.width() / std::max(1e-9, widthOf(face, text)), kSmallestText, 1.0);
  painter.scale(fit / kTextScale, fit / kTextScale);
  painter.setFont(face);
  painter.setPen(colour);
  const QRectF box(0, 0, area.width() * kTextScale / fit, area.height() * kTextScale / fit);
  painter.drawText(box, static_cast<int>(alignment) | Qt::TextSingleLine,
                   QFontMetricsF(face).elidedText(text, Qt::ElideMiddle, box.width()));
  painter.restore();
}

class PictureSheet : public Figure {
public:
  explicit PictureSheet(SheetData data) : m_data(std::move(data)), m_cache(std::make_shared<PictureCache>()) {}

  [[nodiscard]] QString title() const override { return m_data.title; }
  [[nodiscard]] QString caption() const override { return m_data.caption; }
  [[nodiscard]] bool isPhotographic() const override { return true; }
  [[nodiscard]] QByteArray csv() const override { return m_data.csv; }

  [[nodiscard]] double heightFor(double width, double fontPoints) const override {
    const Places places = placesFor(width, fontPoints);
    double height = places.top + places.foot;
    for (int row = 0; row < rows(); ++row)
      height += places.rowHeights[static_cast<std::size_t>(row)] + (row > 0 ? kGap : 0.0);
    return height;
  }

  void draw(QPainter& painter, const QRectF& area, const RenderOptions& options) override {
    const Tokens& t = tokens(options.dark);
    painter.save();
    painter.translate(area.topLeft());
    painter.fillRect(QRectF(QPointF(0, 0), area.size()), t.plot);
    Places places = placesFor(area.width(), options.fontPoints);
    // A given height that does not suit the width: smaller pictures, centred in their cells.
    const double wanted = heightFor(area.width(), options.fontPoints);
    const double fixed = places.top + places.foot + kGap * (rows() - 1) + rows() * places.cellCaption;
    if (area.height() < wanted && wanted > fixed) {
      const double shrink = std::max(0.05, (area.height() - fixed) / (wanted - fixed));
      for (double& height : places.rowHeights) height = places.cellCaption + (height - places.cellCaption) * shrink;
    }
    drawColumnCaptions(painter, places, options, t);
    double y = places.top;
    for (int row = 0; row < rows(); ++row) {
      drawRow(painter, row, y, places, options, t);
      y += places.rowHeights[static_cast<std::size_t>(row)] + kGap;
    }
    if (places.foot > 0.0)
      drawFoot(painter, QRectF(places.left, y - kGap, area.width() - places.left, places.foot), options, t);
    painter.restore();
  }

private:
  struct Places {
    double left = 0.0, top = 0.0, foot = 0.0, cellWidth = 0.0, cellCaption = 0.0;
    std::vector<double> rowHeights;
  };

  [[nodiscard]] int rows() const {
    return (static_cast<int>(m_data.cells.size()) + m_data.columns - 1) / m_data.columns;
  }

  [[nodiscard]] std::size_t cellAt(int row, int column) const {
    return static_cast<std::size_t>(row) * static_cast<std::size_t>(m_data.columns) + static_cast<std::size_t>(column);
  }

  [[nodiscard]] Places placesFor(double width, double font) const {
    Places places;
    if (!m_data.rowCaptions.isEmpty()) places.left = kRowCaption * font;
    if (!m_data.columnCaptions.isEmpty()) places.top = kCaption * font;
    if (m_data.bar || m_data.showsTruth || m_data.showsDecision) places.foot = kFoot * font;
    places.cellWidth = (width - places.left - kGap * (m_data.columns - 1)) / m_data.columns;
    const bool captions = std::any_of(m_data.cells.begin(), m_data.cells.end(),
                                      [](const SheetCell& cell) { return !cell.caption.isEmpty(); });
    places.cellCaption = captions ? kCaption * font : 0.0;
    for (int row = 0; row < rows(); ++row) {
      double ratio = 0.0;
      for (int c = 0; c < m_data.columns; ++c) {
        const std::size_t i = cellAt(row, c);
        if (i >= m_data.cells.size()) break;
        const Size size = m_data.cells[i].layers.size();
        if (size.width > 0) ratio = std::max(ratio, static_cast<double>(size.height) / size.width);
      }
      places.rowHeights.push_back(places.cellCaption + places.cellWidth * (ratio > 0.0 ? ratio : kUsualRatio));
    }
    return places;
  }

  void drawColumnCaptions(QPainter& painter, const Places& places, const RenderOptions& options,
                          const Tokens& t) const {
    const QFont face = documentFace(options.fontPoints, true);
    for (int c = 0; c < m_data.columnCaptions.size() && c < m_data.columns; ++c)
      drawText(painter, QRectF(places.left + c * (places.cellWidth + kGap), 0, places.cellWidth, places.top),
               Qt::AlignCenter, face, t.text, m_data.columnCaptions[c]);
  }

  void drawRow(QPainter& painter, int row, double y, const Places& places, const RenderOptions& options,
               const Tokens& t) {
    const double height = places.rowHeights[static_cast<std::size_t>(row)];
    if (row < m_data.rowCaptions.size()) {
      painter.save();
      painter.translate(0, y + height);
      painter.rotate(-90);
      drawText(painter, QRectF(0, 0, height, places.left), Qt::AlignCenter, documentFace(options.fontPoints), t.text,
               m_data.rowCaptions[row]);
      painter.restore();
    }
    for (int c = 0; c < m_data.columns; ++c) {
      const std::size_t i = cellAt(row, c);
      if (i >= m_data.cells.size()) break;
      const SheetCell& cell = m_data.cells[i];
      const double x = places.left + c * (places.cellWidth + kGap);
      if (!cell.caption.isEmpty())
        drawText(painter, QRectF(x, y, places.cellWidth, places.cellCaption), Qt::AlignVCenter | Qt::AlignLeft,
                 documentFace(options.fontPoints), t.text, cell.caption);
      ImageView view(m_cache);
      view.setLayers(cell.layers);
      view.setLook(cell.look);
      const QRectF area(x, y + places.cellCaption, places.cellWidth, height - places.cellCaption);
      view.render(painter, area, options);
      if (cell.inset) drawInset(painter, view, cell, area, options, t);
    }
  }

  /// In the corner farthest from what it shows, which is framed alike.
  static void drawInset(QPainter& painter, const ImageView& view, const SheetCell& cell, const QRectF& area,
                        const RenderOptions& options, const Tokens& t) {
    const Size size = cell.layers.size();
    const QRectF whole(0, 0, size.width, size.height);
    const QRectF part = cell.inset->intersected(whole);
    if (part.isEmpty()) return;
    const double fit = std::min(area.width() / whole.width(), area.height() / whole.height());
    const QRectF picture(area.center() - QPointF(whole.width(), whole.height()) * fit / 2, whole.size() * fit);
    const QRectF source(picture.topLeft() + part.topLeft() * fit, part.size() * fit);
    const double enlarged =
        std::min(kInsetShare * picture.width() / part.width(), kInsetShare * picture.height() / part.height());
    if (enlarged <= fit) return;  // it would be smaller than what it enlarges
    QRectF target(picture.topLeft(), part.size() * enlarged);
    if (source.center().x() < picture.center().x()) target.moveRight(picture.right());
    if (source.center().y() < picture.center().y()) target.moveBottom(picture.bottom());
    view.renderPart(painter, target, part, options);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    for (const auto& [colour, width] : {std::pair{QColor(0, 0, 0, 210), 1.8}, {t.focus.lighter(130), 0.9}}) {
      QPen pen(colour, width * options.lineScale);
      pen.setJoinStyle(Qt::MiterJoin);
      painter.setPen(pen);
      painter.drawRect(source);
      painter.drawRect(target);
    }
    painter.restore();
  }

  void drawFoot(QPainter& painter, const QRectF& area, const RenderOptions& options, const Tokens& t) const {
    const double font = options.fontPoints;
    const QFont face = documentFace(font);
    const double side = kChip * font;
    const double middle = area.top() + area.height() * 0.56;
    double x = area.left();
    const auto chip = [&](const QColor& colour, const QString& text) {
      painter.fillRect(QRectF(x, middle - side / 2, side, side), colour);
      const double width = widthOf(face, text);
      drawText(painter, QRectF(x + side + 0.35 * font, area.top(), width + 1, area.height() * 1.12),
               Qt::AlignVCenter | Qt::AlignLeft, face, t.text2, text);
      x += side + width + 1.1 * font;
    };
    const auto isLabelled = [](const SheetCell& cell) { return cell.layers.label != nullptr; };
    const bool labelled = std::any_of(m_data.cells.begin(), m_data.cells.end(), isLabelled);
    if (m_data.showsTruth && labelled) chip(t.anomaly.over, QObject::tr("anomaly"));
    if (m_data.showsDecision && !std::all_of(m_data.cells.begin(), m_data.cells.end(), isLabelled))
      chip(t.anomaly.over, QObject::tr("predicted anomaly, without ground truth"));
    if (m_data.showsDecision && labelled) {
      chip(t.tp.over, QObject::tr("TP"));
      chip(t.fp.over, QObject::tr("FP"));
      chip(t.fn.over, QObject::tr("FN"));
    }
    if (labelled && (m_data.showsTruth || m_data.showsDecision)) {
      const QRectF hatched(x, middle - side / 2, side, side);
      chip(t.voidArea.over, QObject::tr("void"));
      painter.save();
      painter.setClipRect(hatched);
      painter.setRenderHint(QPainter::Antialiasing);
      painter.setPen(QPen(QColor(0, 0, 0, 150), 0.1 * side));
      for (int line = 1; line < 6; ++line)  // rising, as over the pictures
        painter.drawLine(hatched.bottomLeft() + QPointF((line - 3) * 0.5 * side, 0),
                         hatched.bottomLeft() + QPointF((line - 3) * 0.5 * side + side, -side));
      painter.restore();
    }
    if (m_data.bar) drawBar(painter, QRectF(x, area.top(), area.right() - x, area.height()), middle, options, t);
  }

  void drawBar(QPainter& painter, const QRectF& area, double middle, const RenderOptions& options,
               const Tokens& t) const {
    const SheetBar& bar = *m_data.bar;
    const double font = options.fontPoints;
    const QFont face = documentFace(font);
    const double low = widthOf(face, bar.lowText), high = widthOf(face, bar.highText);
    const double gap = 0.5 * font;
    double label = widthOf(face, bar.label) + 2 * gap;
    double width = std::min(area.width() - low - high - 2 * gap - label, kLongestBar * font / 8.0);
    if (width < 4 * font) {  // no room for the label
      label = 0.0;
      width = std::min(area.width() - low - high - 2 * gap, kLongestBar * font / 8.0);
    }
    if (width < 2 * font) return;
    const double right = area.right();
    const QRectF texts(area.left(), area.top(), area.width(), area.height() * 1.12);
    const auto text = [&](double x, double w, const QString& what) {
      drawText(painter, QRectF(x, texts.top(), w + 1, texts.height()), Qt::AlignVCenter | Qt::AlignLeft, face, t.text2,
               what);
    };
    text(right - high - 1, high, bar.highText);
    const QRectF place(right - high - gap - width, middle - 0.4 * font, width, 0.8 * font);
    QImage colours(kColourCount, 1, QImage::Format_RGB32);
    for (int i = 0; i < kColourCount; ++i) colours.setPixel(i, 0, (*bar.table)[static_cast<std::size_t>(i)]);
    painter.drawImage(place, colours);
    painter.setPen(QPen(t.edge, 0.4));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(place);
    if (bar.mark && *bar.mark >= 0.0 && *bar.mark <= 1.0) {
      const double at = place.left() + *bar.mark * place.width();
      painter.setPen(QPen(t.text, 0.8));
      painter.drawLine(QPointF(at, place.top() - 0.3 * font), QPointF(at, place.bottom() + 0.3 * font));
    }
    text(place.left() - gap - low, low, bar.lowText);
    if (label > 0.0) text(place.left() - gap - low - label + gap, label - 2 * gap, bar.label);
  }

  SheetData m_data;
  std::shared_ptr<PictureCache> m_cache;
};

}  // namespace

std::unique_ptr<Figure> pictureSheet(SheetData data) { return std::make_unique<PictureSheet>(std::move(data)); }

}  // namespace oodscope
