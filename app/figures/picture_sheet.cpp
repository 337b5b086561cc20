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
constexpr double kNextLine = 1.15;     // of each further line, the same
constexpr double kFoot = 2.1;          // height of the line with legend and colour bar, the same
constexpr double kNextFoot = 1.5;      // of each further one, the same
constexpr double kChip = 0.8;          // side of a legend's square, the same
constexpr double kChipGap = 0.35;      // from it to its text, the same
constexpr double kChipEnd = 0.75;      // from there to the next one, the same
constexpr double kShortestBar = 6.0;   // the same
constexpr double kLongestBar = 130.0;  // points at 8 point type
constexpr double kInsetShare = 0.48;   // of a picture's sides that an inset takes at most
constexpr double kUsualRatio = 0.5;    // height over width where a picture has no size
constexpr double kSmallestText = 0.7;  // of the size asked for

double widthOf(const QFont& face, const QString& text) {
  return QFontMetricsF(face).horizontalAdvance(text) / kTextScale;
}

/// The size for all of `lines`, as a share of the size asked for: none of several is smaller than the others.
double commonSize(const QFont& face, const QStringList& lines, double width) {
  double size = 1.0;
  for (const QString& line : lines) size = std::min(size, width / std::max(1e-9, widthOf(face, line)));
  return std::max(size, kSmallestText);
}

/// Lines of text centred in `area`, elided where they are too wide.
void drawLines(QPainter& painter, const QRectF& area, Qt::Alignment alignment, const QFont& face, const QColor& colour,
               const QStringList& lines, double size = 1.0) {
  painter.save();
  painter.translate(area.topLeft());
  painter.scale(size / kTextScale, size / kTextScale);
  painter.setFont(face);
  painter.setPen(colour);
  const QFontMetricsF metrics(face);
  const double width = area.width() * kTextScale / size, height = area.height() * kTextScale / size;
  const double line = kNextLine * face.pixelSize();
  double y = (height - line * static_cast<double>(lines.size())) / 2;
  for (const QString& text : lines) {
    painter.drawText(QRectF(0, y, width, line), static_cast<int>(alignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                     metrics.elidedText(text, Qt::ElideMiddle, width + 1));
    y += line;
  }
  painter.restore();
}

/// In two lines, broken at the dot that separates parts, else between the words that halve it best.
QStringList inTwo(const QString& text) {
  const QString dot = QStringLiteral(" · ");
  if (const auto at = text.indexOf(dot); at > 0) return {text.left(at), text.mid(at + dot.size())};
  qsizetype best = -1;
  for (auto at = text.indexOf(QLatin1Char(' ')); at > 0; at = text.indexOf(QLatin1Char(' '), at + 1))
    if (best < 0 || std::abs(2 * at - text.size()) < std::abs(2 * best - text.size())) best = at;
  return best > 0 ? QStringList{text.left(best), text.mid(best + 1)} : QStringList{text};
}

/// Captions side by side as they are set: each in its lines, all in one size.
struct SetCaptions {
  std::vector<QStringList> lines;
  qsizetype most = 0;  ///< lines of one
  double size = 1.0;
};

SetCaptions setCaptions(const QFont& face, const std::vector<QStringList>& captions, double width, bool breaks) {
  SetCaptions out;
  out.lines = captions;
  QStringList all;
  for (QStringList& lines : out.lines) {
    if (breaks && lines.size() == 1 && widthOf(face, lines.first()) > width) lines = inTwo(lines.first());
    out.most = std::max(out.most, lines.size());
    all += lines;
  }
  out.size = commonSize(face, all, width);
  return out;
}

/// A square of the legend with its text.
struct Chip {
  QColor colour;
  QString text;
  bool hatched = false;
};

class PictureSheet : public Figure {
public:
  explicit PictureSheet(SheetData data) : m_data(std::move(data)), m_cache(std::make_shared<PictureCache>()) {}

  [[nodiscard]] QString title() const override { return m_data.title; }
  [[nodiscard]] QString caption() const override { return m_data.caption; }
  [[nodiscard]] bool isPhotographic() const override { return true; }
  [[nodiscard]] QByteArray csv() const override { return m_data.csv; }
  [[nodiscard]] FigureParts parts() const override {
    FigureParts out;
    out.operatingPoint = m_data.bar && m_data.bar->mark;
    out.legend = m_data.showsTruth || m_data.showsDecision || !m_data.classes.empty();
    return out;
  }

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
    drawRowCaptions(painter, places, options, t);
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
    SetCaptions heads;
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
    const auto tall = [&](qsizetype lines) { return font * (kCaption + kNextLine * static_cast<double>(lines - 1)); };
    qsizetype rowLines = 0;
    for (const QString& caption : m_data.rowCaptions)
      rowLines = std::max(rowLines, caption.count(QLatin1Char('\n')) + 1);
    if (rowLines > 0) places.left = tall(rowLines);
    places.cellWidth = (width - places.left - kGap * (m_data.columns - 1)) / m_data.columns;
    std::vector<QStringList> heads;
    for (const QString& caption : m_data.columnCaptions) heads.push_back({caption});
    places.heads = setCaptions(documentFace(font, true), heads, places.cellWidth - kGap, true);
    if (places.heads.most > 0) places.top = tall(places.heads.most);
    if (const int lines = footLines(width - places.left, font); lines > 0)
      places.foot = font * (kFoot + kNextFoot * (lines - 1));
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
      drawLines(painter, QRectF(places.left + c * (places.cellWidth + kGap), 0, places.cellWidth, places.top),
                Qt::AlignHCenter, face, t.text, places.heads.lines[static_cast<std::size_t>(c)], places.heads.size);
  }

  /// At the left of the rows, read from below.
  void drawRowCaptions(QPainter& painter, const Places& places, const RenderOptions& options, const Tokens& t) const {
    if (m_data.rowCaptions.isEmpty()) return;
    const QFont face = documentFace(options.fontPoints);
    std::vector<QStringList> captions;
    for (const QString& caption : m_data.rowCaptions) captions.push_back(caption.split(QLatin1Char('\n')));
    const double shortest = *std::min_element(places.rowHeights.begin(), places.rowHeights.end());
    const SetCaptions set = setCaptions(face, captions, shortest, false);
    double y = places.top;
    for (int row = 0; row < rows() && row < m_data.rowCaptions.size(); ++row) {
      const double height = places.rowHeights[static_cast<std::size_t>(row)];
      painter.save();
      painter.translate(0, y + height);
      painter.rotate(-90);
      drawLines(painter, QRectF(0, 0, height, places.left), Qt::AlignHCenter, face, t.text,
                set.lines[static_cast<std::size_t>(row)], set.size);
      painter.restore();
      y += height + kGap;
    }
  }

  void drawRow(QPainter& painter, int row, double y, const Places& places, const RenderOptions& options,
               const Tokens& t) {
    const double height = places.rowHeights[static_cast<std::size_t>(row)];
    double captionSize = 1.0;
    const QFont face = documentFace(options.fontPoints);
    for (const SheetCell& cell : m_data.cells)
      captionSize = std::min(captionSize, commonSize(face, {cell.caption}, places.cellWidth));
    for (int c = 0; c < m_data.columns; ++c) {
      const std::size_t i = cellAt(row, c);
      if (i >= m_data.cells.size()) break;
      const SheetCell& cell = m_data.cells[i];
      const double x = places.left + c * (places.cellWidth + kGap);
      if (!cell.caption.isEmpty())
        drawLines(painter, QRectF(x, y, places.cellWidth, places.cellCaption), Qt::AlignLeft, face, t.text,
                  {cell.caption}, captionSize);
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

  [[nodiscard]] std::vector<Chip> chips(const Tokens& t) const {
    std::vector<Chip> out;
    if (look().legend == FigureLegend::None) return out;
    const auto isLabelled = [](const SheetCell& cell) { return cell.layers.label != nullptr; };
    const bool labelled = std::any_of(m_data.cells.begin(), m_data.cells.end(), isLabelled);
    if (m_data.showsTruth && labelled) out.push_back({t.anomaly.over, QObject::tr("anomaly")});
    if (m_data.showsDecision && !std::all_of(m_data.cells.begin(), m_data.cells.end(), isLabelled))
      out.push_back({t.anomaly.over, QObject::tr("predicted anomaly, without ground truth")});
    if (m_data.showsDecision && labelled) {
      out.push_back({t.tp.over, QObject::tr("TP")});
      out.push_back({t.fp.over, QObject::tr("FP")});
      out.push_back({t.fn.over, QObject::tr("FN")});
    }
    if (labelled && (m_data.showsTruth || m_data.showsDecision))
      out.push_back({t.voidArea.over, QObject::tr("void"), true});
    for (const SheetClass& each : m_data.classes) out.push_back({each.colour, each.name});
    return out;
  }

  static double chipWidth(const Chip& chip, double font) {
    return widthOf(documentFace(font), chip.text) + (kChip + kChipGap + kChipEnd) * font;
  }

  [[nodiscard]] QString barLabel() const {
    const SheetBar& bar = *m_data.bar;
    return showsMark() && !bar.markText.isEmpty() ? bar.label + QStringLiteral(", ") + bar.markText : bar.label;
  }
  [[nodiscard]] bool showsMark() const {
    const auto& mark = m_data.bar->mark;
    return look().operatingPoint && mark && *mark >= 0.0 && *mark <= 1.0;
  }

  /// What the colour bar needs at least, with its label and its numbers.
  [[nodiscard]] double barWidth(double font) const {
    const QFont face = documentFace(font);
    return widthOf(face, barLabel()) + widthOf(face, m_data.bar->lowText) + widthOf(face, m_data.bar->highText) +
           (kShortestBar + 2.0) * font;
  }

  /// Lines that legend and colour bar take: nothing is left out.
  [[nodiscard]] int footLines(double width, double font) const {
    const std::vector<Chip> all = chips(tokens(false));
    int lines = all.empty() ? 0 : 1;
    double x = 0.0;
    for (const Chip& chip : all) {
      const double wide = chipWidth(chip, font);
      if (x > 0.0 && x + wide - kChipEnd * font > width) {
        ++lines;
        x = 0.0;
      }
      x += wide;
    }
    if (m_data.bar && (lines == 0 || x + barWidth(font) > width)) ++lines;
    return lines;
  }

  void drawFoot(QPainter& painter, const QRectF& area, const RenderOptions& options, const Tokens& t) const {
    const double font = options.fontPoints;
    double x = area.left(), middle = area.top() + kFoot * font * 0.56;
    for (const Chip& chip : chips(t)) {
      const double wide = chipWidth(chip, font);
      if (x > area.left() && x + wide - kChipEnd * font > area.right()) {
        x = area.left();
        middle += kNextFoot * font;
      }
      drawChip(painter, QPointF(x, middle), chip, font, t);
      x += wide;
    }
    if (!m_data.bar) return;
    if (x > area.left() && x + barWidth(font) > area.right()) {
      x = area.left();
      middle += kNextFoot * font;
    }
    drawBar(painter, x, area.right(), middle, font, t);
  }

  static void drawChip(QPainter& painter, QPointF at, const Chip& chip, double font, const Tokens& t) {
    const double side = kChip * font;
    const QRectF square(at.x(), at.y() - side / 2, side, side);
    painter.fillRect(square, chip.colour);
    if (chip.hatched) {
      painter.save();
      painter.setClipRect(square);
      painter.setRenderHint(QPainter::Antialiasing);
      painter.setPen(QPen(QColor(0, 0, 0, 150), 0.1 * side));
      for (int line = 1; line < 6; ++line)  // rising, as over the pictures
        painter.drawLine(square.bottomLeft() + QPointF((line - 3) * 0.5 * side, 0),
                         square.bottomLeft() + QPointF((line - 3) * 0.5 * side + side, -side));
      painter.restore();
    }
    drawLine(painter, at.x() + side + kChipGap * font, at.y(), chip.text, font, t);
  }

  /// Text from x on, around a middle.
  static void drawLine(QPainter& painter, double x, double middle, const QString& text, double font, const Tokens& t) {
    const QFont face = documentFace(font);
    drawLines(painter, QRectF(x, middle - font, widthOf(face, text) + 1, 2 * font), Qt::AlignLeft, face, t.text2,
              {text});
  }

  /// Label, lower number, colours, higher number: from the right.
  void drawBar(QPainter& painter, double left, double right, double middle, double font, const Tokens& t) const {
    const SheetBar& bar = *m_data.bar;
    const QFont face = documentFace(font);
    const QString label = barLabel();
    const double low = widthOf(face, bar.lowText), high = widthOf(face, bar.highText), named = widthOf(face, label);
    const double gap = 0.5 * font;
    const double room = right - left - low - high - named - 4 * gap;
    const double width = std::clamp(room, 2 * font, kLongestBar * font / 8.0);
    drawLine(painter, right - high, middle, bar.highText, font, t);
    const QRectF place(right - high - gap - width, middle - 0.4 * font, width, 0.8 * font);
    QImage colours(kColourCount, 1, QImage::Format_RGB32);
    for (int i = 0; i < kColourCount; ++i) colours.setPixel(i, 0, (*bar.table)[static_cast<std::size_t>(i)]);
    painter.drawImage(place, colours);
    painter.setPen(QPen(t.edge, 0.4));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(place);
    if (showsMark()) {
      const double at = place.left() + *bar.mark * place.width();
      painter.setPen(QPen(t.text, 0.8));
      painter.drawLine(QPointF(at, place.top() - 0.3 * font), QPointF(at, place.bottom() + 0.3 * font));
    }
    drawLine(painter, place.left() - gap - low, middle, bar.lowText, font, t);
    drawLine(painter, place.left() - 2 * gap - low - named, middle, label, font, t);
  }

  SheetData m_data;
  std::shared_ptr<PictureCache> m_cache;
};

}  // namespace

std::unique_ptr<Figure> pictureSheet(SheetData data) { return std::make_unique<PictureSheet>(std::move(data)); }

}  // namespace oodscope
