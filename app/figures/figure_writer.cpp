// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/figure_writer.h"

#include "analysis/core/error.h"
#include "analysis/formats/atomic_file.h"
#include "app/figures/document_text.h"

#include <QBuffer>
#include <QFileInfo>
#include <QPageSize>
#include <QPainter>
#include <QPdfWriter>
#include <QStringList>
#include <QSvgGenerator>

#include <algorithm>
#include <cmath>
#include <new>
#include <string>

namespace oodscope {
namespace {

constexpr double kInchesPerMetre = 1.0 / 0.0254;
constexpr int kMostDrawings = 4;

RenderOptions optionsOf(const FigureStyle& style) {
  RenderOptions options;
  options.fontPoints = style.fontPoints;
  options.lineScale = style.lineScale;
  options.rasterDpi = style.dpi;
  return options;
}

void paint(Figure& figure, const FigureStyle& style, QPaintDevice& device, double unitsPerPoint) {
  QPainter painter(&device);
  painter.setRenderHints(QPainter::Antialiasing | QPainter::TextAntialiasing | QPainter::SmoothPixmapTransform);
  painter.scale(unitsPerPoint, unitsPerPoint);
  figure.draw(painter, QRectF(QPointF(0, 0), figureSize(figure, style)), optionsOf(style));
}

/// Whole pixels. Throws Error for more than an image can have: at most 32,767 a side, for Qt, and 0.4 GB.
QSize imageSize(QSizeF wanted) {
  constexpr double kMostSide = 32'767.0, kMostPixels = 1e8;
  if (wanted.width() > kMostSide || wanted.height() > kMostSide || wanted.width() * wanted.height() > kMostPixels)
    throw Error(ErrorParts{
        .what = "the figure would be too large: lower --dpi, or its width and height",
        .expected = "at most 32767 pixels a side and 100 million in all",
        .found = std::to_string(std::llround(wanted.width())) + "x" + std::to_string(std::llround(wanted.height()))});
  return {static_cast<int>(std::lround(wanted.width())), static_cast<int>(std::lround(wanted.height()))};
}

/// "a, b or c".
QString alternatives(QStringList names) {
  const QString last = names.takeLast();
  return names.isEmpty() ? last : names.join(QStringLiteral(", ")) + QStringLiteral(" or ") + last;
}

void write(const QString& file, const QByteArray& bytes) {
  writeFileAtomically(file.toStdString(), std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

}  // namespace

QImage figureImage(Figure& figure, const FigureStyle& style) {
  const QSizeF points = figureSize(figure, style);
  const double scale = style.dpi / kPointsPerInch;
  const int perMetre = static_cast<int>(std::lround(style.dpi * kInchesPerMetre));
  const QSize pixels = imageSize(points * scale);
  const auto drawn = [&] {
    QImage image(pixels, QImage::Format_RGB32);
    if (image.isNull()) throw std::bad_alloc();
    image.fill(Qt::white);
    paint(figure, style, image, scale);
    return image;
  };
  QImage image = drawn();
  // The first text of a font at a new size may stand a fraction of a pixel beside where it stands ever after, as the
  // toolkit's measures of the glyphs depend on what it drew before: the drawing that counts is one that came twice.
  for (int drawing = 1; drawing < kMostDrawings && !figure.isPhotographic(); ++drawing) {
    QImage again = drawn();
    std::swap(image, again);
    if (image == again) break;
  }
  image.setDotsPerMeterX(perMetre);  // after painting: it would change the size of fonts given in points
  image.setDotsPerMeterY(perMetre);
  return image;
}

QByteArray figurePng(Figure& figure, const FigureStyle& style) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  figureImage(figure, style).save(&buffer, "PNG");
  return bytes;
}

QByteArray figurePdf(Figure& figure, const FigureStyle& style) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  {
    QPdfWriter writer(&buffer);
    writer.setResolution(kPdfDpi);
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setPageSize(QPageSize(figureSize(figure, style), QPageSize::Point, QString(), QPageSize::ExactMatch));
    writer.setPageMargins(QMarginsF(0, 0, 0, 0));
    writer.setTitle(figure.title());
    writer.setCreator(QStringLiteral("Oodscope"));
    paint(figure, style, writer, kPdfDpi / kPointsPerInch);
  }
  return bytes;
}

QByteArray figureSvg(Figure& figure, const FigureStyle& style) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  const QSizeF points = figureSize(figure, style);
  {
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(static_cast<int>(kPointsPerInch));
    generator.setSize(points.toSize());
    generator.setViewBox(QRectF(QPointF(0, 0), points));
    generator.setTitle(figure.title());
    generator.setDescription(figure.caption());
    paint(figure, style, generator, 1.0);
  }
  return bytes;
}

const std::vector<FigureFormat>& figureFormats() {
  static const std::vector<FigureFormat> formats{{QStringLiteral("pdf"), QStringLiteral("PDF"), figurePdf},
                                                 {QStringLiteral("svg"), QStringLiteral("SVG"), figureSvg},
                                                 {QStringLiteral("png"), QStringLiteral("PNG"), figurePng}};
  return formats;
}

QString figureFormatNames() {
  QStringList names;
  for (const FigureFormat& format : figureFormats()) names << format.title;
  return alternatives(names);
}

QString figureFileNames(const QString& stem) {
  QStringList names;
  for (const FigureFormat& format : figureFormats()) names << stem + QLatin1Char('.') + format.ending;
  return alternatives(names);
}

QString figureFilter(const FigureFormat& format) {
  return format.title + QStringLiteral(" (*.") + format.ending + QLatin1Char(')');
}

std::vector<QString> writeFigure(Figure& figure, const FigureStyle& style, const QString& file) {
  const QFileInfo info(file);
  const QString ending = info.suffix().toLower();
  const auto& formats = figureFormats();
  const auto format =
      std::find_if(formats.begin(), formats.end(), [&](const FigureFormat& known) { return known.ending == ending; });
  if (format == formats.end())
    throw Error(ErrorParts{.what = "cannot tell the figure's format",
                           .expected = "a name ending in " + figureFileNames(QString()).toStdString(),
                           .found = ending.toStdString(),
                           .file = file.toStdString()});
  write(file, format->write(figure, style));
  const QString data = info.path() + QLatin1Char('/') + info.completeBaseName() + QStringLiteral(".csv");
  write(data, figure.csv());
  return {file, data};
}

void writePicture(const QImage& picture, const QString& file, int quality) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  const QByteArray ending = QFileInfo(file).suffix().toLatin1();
  if (!picture.save(&buffer, ending.constData(), quality))
    throw Error(ErrorParts{.what = "the picture cannot be written",
                           .expected = "a name that ends in .png or .jpg",
                           .file = file.toStdString()});
  write(file, bytes);
}

}  // namespace oodscope
