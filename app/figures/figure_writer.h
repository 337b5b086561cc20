// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/figure.h"

#include <QImage>

#include <vector>

namespace oodscope {

/// The figure as pixels, with the resolution noted: what a PNG holds, what the preview shows.
[[nodiscard]] QImage figureImage(Figure& figure, const FigureStyle& style);
[[nodiscard]] QByteArray figurePng(Figure& figure, const FigureStyle& style);
/// One page of the figure's size; fonts embedded, pictures and heatmaps as raster, all else as vectors.
[[nodiscard]] QByteArray figurePdf(Figure& figure, const FigureStyle& style);
[[nodiscard]] QByteArray figureSvg(Figure& figure, const FigureStyle& style);

/// A format that figures are written in: a further one is its function and a line in the list. The command's help, the
/// dialog's filter and the messages follow.
struct FigureFormat {
  QString ending;  ///< of files, without the point: "pdf"
  QString title;   ///< "PDF"
  QByteArray (*write)(Figure& figure, const FigureStyle& style);
};
[[nodiscard]] const std::vector<FigureFormat>& figureFormats();
/// "PDF, SVG or PNG".
[[nodiscard]] QString figureFormatNames();
/// "FILE.pdf, FILE.svg or FILE.png" for the stem "FILE".
[[nodiscard]] QString figureFileNames(const QString& stem);
/// "PDF (*.pdf)", as a file dialog takes it.
[[nodiscard]] QString figureFilter(const FigureFormat& format);

/// Writes it by the file's ending (figureFormats()) and its data as .csv beside it, each all or nothing. Returns the
/// files. Throws Error: another ending, an unwritable folder.
std::vector<QString> writeFigure(Figure& figure, const FigureStyle& style, const QString& file);

/// Writes a picture by the file's ending (Qt's formats), all or nothing; quality as QImage::save has it. Throws Error:
/// an ending of no format, an unwritable folder.
void writePicture(const QImage& picture, const QString& file, int quality = -1);

}  // namespace oodscope
