// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/figures/report_frames.h"

#include "widgets/theme/tokens.h"

#include <QBuffer>
#include <QImage>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kPhotoShare = 0.4;  // of the budget
constexpr int kPaintAlpha = 160;     // of 255
constexpr int kHatch = 6;            // map pixels from stroke to stroke, two of them painted
constexpr int kSmallestMap = 64;     // pixels of width: so small that any map fits

struct PhotoTry {
  int width, quality;
};
constexpr PhotoTry kPhotoTries[] = {{960, 84}, {800, 80}, {640, 78}, {512, 74}, {384, 70}, {256, 60}, {160, 50}};
constexpr double kMapScales[] = {1.0, 0.75, 0.625, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1};

qsizetype inBase64(qsizetype bytes) { return (bytes + 2) / 3 * 4; }

QByteArray encoded(const QImage& image, const char* format, int quality) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  image.save(&buffer, format, quality);
  return bytes;
}

QByteArray smallPng(const QImage& image) { return encoded(image, "PNG", 0); }

QByteArray greyPng(const Grid<std::uint8_t>& map) {
  return smallPng(QImage(map.values().data(), map.width(), map.height(), map.width(), QImage::Format_Grayscale8));
}

QByteArray photoOf(const RgbImage& image, qsizetype budget) {
  const QImage whole(reinterpret_cast<const uchar*>(image.values().data()), image.width(), image.height(),
                     3 * image.width(), QImage::Format_RGB888);
  QByteArray bytes;
  for (const PhotoTry& attempt : kPhotoTries) {
    if (!bytes.isEmpty() && attempt.width >= image.width()) continue;
    const QImage scaled =
        whole.width() > attempt.width ? whole.scaledToWidth(attempt.width, Qt::SmoothTransformation) : whole;
    bytes = encoded(scaled, "JPEG", attempt.quality);
    if (inBase64(bytes.size()) <= budget) break;
  }
  return bytes;
}

bool isAnomalyEdge(const LabelMap& label, int x, int y) {
  if (label.at(x, y) != kAnomaly) return false;
  if (x == 0 || y == 0 || x + 1 == label.width() || y + 1 == label.height()) return true;
  return label.at(x - 1, y) != kAnomaly || label.at(x + 1, y) != kAnomaly || label.at(x, y - 1) != kAnomaly ||
         label.at(x, y + 1) != kAnomaly;
}

/// What a pixel of the painting shows; the script's paint() says the same.
int colourAt(const LabelMap& label, int x, int y, bool flagged) {
  enum Colour { Nothing, Tp, Fp, Fn, FnHatch, VoidHatch, Contour };
  if (isAnomalyEdge(label, x, y)) return Contour;
  if (label.at(x, y) == kVoid) return (x - y + 10 * kHatch * label.height()) % kHatch < 2 ? VoidHatch : Nothing;
  if (label.at(x, y) != kAnomaly) return flagged ? Fp : Nothing;
  if (flagged) return Tp;
  return (x + y) % kHatch < 2 ? FnHatch : Fn;
}

QByteArray decisionPng(const Grid<std::uint8_t>& levels, const LabelMap& label, std::size_t least) {
  const PaintPalette& palette = paintPalette();
  QImage image(label.width(), label.height(), QImage::Format_Indexed8);
  image.setColorTable({0, palette.tp.rgba(), palette.fp.rgba(), palette.fn.rgba(), palette.fnHatch.rgba(),
                       palette.voidHatch.rgba(), palette.contour.rgba()});
  for (int y = 0; y < label.height(); ++y)
    for (int x = 0; x < label.width(); ++x)
      image.scanLine(y)[x] = static_cast<uchar>(colourAt(label, x, y, levels.at(x, y) >= least));
  return smallPng(image);
}

Size scaledSize(Size size, double scale) {
  const int width = std::clamp(static_cast<int>(std::lround(size.width * scale)), 1, size.width);
  return {width, std::max(1, static_cast<int>(std::lround(static_cast<double>(size.height) * width / size.width)))};
}

/// Encodes the maps at a size. Returns their characters.
qsizetype encodeMaps(const FrameSources& sources, Size size, ReportFrame& frame) {
  const LabelMap label = sampledLabel(*sources.label, size);
  frame.painted = size;
  frame.truth = greyPng(label);
  frame.levels.clear();
  qsizetype characters = inBase64(frame.truth.size());
  for (std::size_t run = 0; run < sources.scores.size(); ++run) {
    frame.levels.emplace_back();
    if (!sources.scores[run]) continue;
    const ThresholdList& list = *sources.lists[run];
    const Grid<std::uint8_t> levels = levelsOf(list, *sources.scores[run], size);
    frame.levels.back() = greyPng(levels);
    characters += inBase64(frame.levels.back().size());
    if (run != sources.chosen) continue;
    frame.decision = decisionPng(levels, label, list.points.size() - list.saved.value_or(0));
    characters += inBase64(frame.decision.size());
  }
  return characters;
}

}  // namespace

const PaintPalette& paintPalette() {
  static const PaintPalette palette = [] {
    const Tokens& t = tokens(false);
    const auto laid = [](QColor colour, int alpha = kPaintAlpha) {
      colour.setAlpha(alpha);
      return colour;
    };
    return PaintPalette{laid(t.tp.over),      laid(t.fp.over),       laid(t.fn.over),
                        laid(Qt::white, 200), laid(t.voidArea.over), laid(Qt::white, 255)};
  }();
  return palette;
}

ReportFrame reportFrame(const FrameSources& sources, qsizetype budget) {
  require(!sources.scores.empty() && sources.scores.size() == sources.lists.size() &&
              sources.scores[sources.chosen] != nullptr,
          "reportFrame: a list a map, and a map of the chosen run");
  ReportFrame frame;
  frame.scored = sources.label->size();
  frame.photo = photoOf(*sources.image, static_cast<qsizetype>(kPhotoShare * static_cast<double>(budget)));
  const qsizetype left = budget - inBase64(frame.photo.size());
  for (const double scale : kMapScales) {
    const Size size = scaledSize(frame.scored, scale);
    if (encodeMaps(sources, size, frame) <= left || size.width <= kSmallestMap) break;
  }
  return frame;
}

}  // namespace oodscope
