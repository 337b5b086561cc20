// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/theme/colour_map.h"

#include "widgets/theme/tokens.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kSampleCount = 18;
constexpr int kSampleStep = 15;  // 17 steps of 15 levels: 0 … 255
using Samples = std::array<QRgb, kSampleCount>;

// Every fifteenth colour of the published 256-colour tables.
constexpr Samples kInferno{0x000004, 0x0A0722, 0x1E0C45, 0x380962, 0x510E6C, 0x69166E, 0x801F6C, 0x982766, 0xB0315B,
                           0xC63D4D, 0xD94D3D, 0xE9612B, 0xF47918, 0xFA9407, 0xFCB014, 0xF8CD37, 0xF2EA69, 0xFCFFA4};
constexpr Samples kMagma{0x000004, 0x090720, 0x1A1042, 0x311165, 0x4A1079, 0x621980, 0x792282, 0x912B81, 0xAA337D,
                         0xC23B75, 0xD9466B, 0xEC5860, 0xF7725C, 0xFC8E64, 0xFEAA74, 0xFEC68A, 0xFDE2A3, 0xFCFDBF};
constexpr Samples kViridis{0x440154, 0x481769, 0x472A7A, 0x433D84, 0x3D4E8A, 0x355E8D, 0x2E6D8E, 0x297B8E, 0x23898E,
                           0x1F978B, 0x21A585, 0x2EB37C, 0x46C06F, 0x65CB5E, 0x89D548, 0xB0DD2F, 0xD8E219, 0xFDE725};
constexpr Samples kCividis{0x00224E, 0x002D68, 0x163770, 0x2E416D, 0x3F4C6C, 0x4E566C, 0x5C616E, 0x696B71, 0x767676,
                           0x838179, 0x928C78, 0xA09875, 0xAFA471, 0xBFB06B, 0xCFBD62, 0xDFCA57, 0xF0D846, 0xFEE838};
constexpr Samples kTurbo{0x30123B, 0x3F3E9C, 0x4666DD, 0x458CFD, 0x2FB2F4, 0x1AD4D0, 0x22EBAA, 0x52FA7A, 0x8BFF4B,
                         0xB7F735, 0xDBE236, 0xF5C53A, 0xFEA130, 0xF9751D, 0xE84B0C, 0xCE2D04, 0xA91601, 0x7A0403};

int channel(QRgb colour, int shift) { return static_cast<int>((colour >> shift) & 0xFFU); }

/// Catmull-Rom through the samples, linear beyond the ends.
int interpolated(const Samples& samples, int index, int shift) {
  const int left = std::min(index / kSampleStep, kSampleCount - 2);
  const double t = static_cast<double>(index - left * kSampleStep) / kSampleStep;
  const auto at = [&](int i) { return static_cast<double>(channel(samples[static_cast<std::size_t>(i)], shift)); };
  const double p1 = at(left);
  const double p2 = at(left + 1);
  const double p0 = left > 0 ? at(left - 1) : 2.0 * p1 - p2;
  const double p3 = left + 2 < kSampleCount ? at(left + 2) : 2.0 * p2 - p1;
  const double value =
      p1 + 0.5 * t * (p2 - p0 + t * (2.0 * p0 - 5.0 * p1 + 4.0 * p2 - p3 + t * (3.0 * (p1 - p2) + p3 - p0)));
  return static_cast<int>(std::lround(std::clamp(value, 0.0, 255.0)));
}

ColourTable interpolatedTable(const Samples& samples) {
  ColourTable table{};
  for (int i = 0; i < kColourCount; ++i)
    table[static_cast<std::size_t>(i)] =
        qRgb(interpolated(samples, i, 16), interpolated(samples, i, 8), interpolated(samples, i, 0));
  return table;
}

ColourTable greyTable() {
  ColourTable table{};
  for (int i = 0; i < kColourCount; ++i) table[static_cast<std::size_t>(i)] = qRgb(i, i, i);
  return table;
}

struct Entry {
  ColourMap map;
  const char* name;
  const char* title;
};
constexpr std::array kEntries{
    Entry{ColourMap::Inferno, "inferno", "Inferno"}, Entry{ColourMap::Magma, "magma", "Magma"},
    Entry{ColourMap::Viridis, "viridis", "Viridis"}, Entry{ColourMap::Cividis, "cividis", "Cividis"},
    Entry{ColourMap::Grey, "grey", "Grey"},          Entry{ColourMap::Diverging, "diverging", "Diverging"},
    Entry{ColourMap::Turbo, "turbo", "Turbo"}};
constexpr std::array kMaps{ColourMap::Inferno, ColourMap::Magma,     ColourMap::Viridis, ColourMap::Cividis,
                           ColourMap::Grey,    ColourMap::Diverging, ColourMap::Turbo};

const Entry& entryOf(ColourMap map) {
  return *std::find_if(kEntries.begin(), kEntries.end(), [map](const Entry& entry) { return entry.map == map; });
}

ColourTable tableOf(ColourMap map) {
  switch (map) {
    case ColourMap::Inferno:
      return interpolatedTable(kInferno);
    case ColourMap::Magma:
      return interpolatedTable(kMagma);
    case ColourMap::Viridis:
      return interpolatedTable(kViridis);
    case ColourMap::Cividis:
      return interpolatedTable(kCividis);
    case ColourMap::Turbo:
      return interpolatedTable(kTurbo);
    case ColourMap::Grey:
      return greyTable();
    case ColourMap::Diverging:
      break;
  }
  const Tokens& t = tokens(true);
  return divergingTable(t.a.over, t.panel, t.b.over);
}

}  // namespace

std::span<const ColourMap> allColourMaps() { return kMaps; }

QString colourMapName(ColourMap map) { return QString::fromLatin1(entryOf(map).name); }

QString colourMapTitle(ColourMap map) { return QCoreApplication::translate("ColourMap", entryOf(map).title); }

ColourMap colourMapFromName(const QString& name, bool* ok) {
  const auto found = std::find_if(kEntries.begin(), kEntries.end(),
                                  [&](const Entry& entry) { return name == QLatin1String(entry.name); });
  if (ok) *ok = found != kEntries.end();
  return found != kEntries.end() ? found->map : ColourMap::Inferno;
}

ColourTable colourTable(ColourMap map, bool reversed) {
  ColourTable table = tableOf(map);
  if (reversed) std::reverse(table.begin(), table.end());
  return table;
}

ColourTable divergingTable(const QColor& low, const QColor& middle, const QColor& high) {
  ColourTable table{};
  const auto mix = [](int from, int to, double t) { return static_cast<int>(std::lround(from + (to - from) * t)); };
  for (int i = 0; i < kColourCount; ++i) {
    const double position = 2.0 * i / (kColourCount - 1) - 1.0;  // -1 … 1
    const QColor& end = position < 0.0 ? low : high;
    const double t = std::abs(position);
    table[static_cast<std::size_t>(i)] =
        qRgb(mix(middle.red(), end.red(), t), mix(middle.green(), end.green(), t), mix(middle.blue(), end.blue(), t));
  }
  return table;
}

}  // namespace oodscope
