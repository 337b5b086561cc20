// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/figure.h"

#include <QImage>

namespace oodscope {

/// The figure as pixels, with the resolution noted: what a PNG holds, what the preview shows.
[[nodiscard]] QImage figureImage(Figure& figure, const FigureStyle& style);
[[nodiscard]] QByteArray figurePng(Figure& figure, const FigureStyle& style);
/// One page of the figure's size; fonts embedded, pictures and heatmaps as raster, all else as vectors.
[[nodiscard]] QByteArray figurePdf(Figure& figure, const FigureStyle& style);
[[nodiscard]] QByteArray figureSvg(Figure& figure, const FigureStyle& style);

/// Writes it by the file's ending (.pdf, .svg, .png) and its data as .csv beside it, each all or nothing. Returns the
/// files. Throws Error: another ending, an unwritable folder.
std::vector<QString> writeFigure(Figure& figure, const FigureStyle& style, const QString& file);

/// Writes a picture by the file's ending (Qt's formats), all or nothing; quality as QImage::save has it. Throws Error:
/// an ending of no format, an unwritable folder.
void writePicture(const QImage& picture, const QString& file, int quality = -1);

}  // namespace oodscope
