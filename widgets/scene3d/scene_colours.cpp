// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/scene3d/scene_colours.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace oodscope {
namespace {

constexpr double kFlare = 0.05;                  // of WCAG's contrast
constexpr double kOnDark = 1.6, kOnLight = 1.3;  // least contrast of a colour with the background
constexpr double kMostMoved = 0.25;              // beyond, lightness would not rise with the score any more
constexpr double kRed = 0.2126, kGreen = 0.7152, kBlue = 0.0722;

using Light = std::array<double, 3>;

double linear(int level) {
  const double s = level / 255.0;
  return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
}

int level(double light) {
  const double s = light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1.0 / 2.4) - 0.055;
  return static_cast<int>(std::lround(255.0 * std::clamp(s, 0.0, 1.0)));
}

Light lightOf(QRgb colour) { return {linear(qRed(colour)), linear(qGreen(colour)), linear(qBlue(colour))}; }

double sumOf(const Light& light) { return kRed * light[0] + kGreen * light[1] + kBlue * light[2]; }

}  // namespace

double luminance(QRgb colour) { return sumOf(lightOf(colour)); }

ColourTable visibleOn(const ColourTable& table, const QColor& background) {
  const double back = luminance(background.rgb());
  const bool dark = back < 0.18;
  const double moved = std::clamp(dark ? kOnDark * (back + kFlare) - kFlare : 1.0 + kFlare - (back + kFlare) / kOnLight,
                                  0.0, kMostMoved);
  ColourTable out{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    Light light = lightOf(table[i]);
    const double sum = sumOf(light);
    for (double& channel : light)
      channel = dark ? channel + moved * std::pow(1.0 - sum, 3) * (1.0 - channel)
                     : channel * (1.0 - moved * std::pow(sum, 3));
    out[i] = qRgb(level(light[0]), level(light[1]), level(light[2]));
  }
  return out;
}

}  // namespace oodscope
