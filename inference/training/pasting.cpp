// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/pasting.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace oodscope {
namespace {

constexpr double kHorizon = 0.46, kCameraHeight = 1.45;  // of the picture's height; metres: where a size comes from

using Shade = std::array<double, 3>;

/// An oval, box or bar of the unit square about its middle.
struct PastedShape {
  bool isOval = false;
  double x = 0.0, y = 0.0, halfWidth = 0.4, halfHeight = 0.4, cosine = 1.0, sine = 0.0;
  [[nodiscard]] bool holds(double u, double v) const {
    const double right = (u - x) * cosine + (v - y) * sine, down = (v - y) * cosine - (u - x) * sine;
    const double a = right / halfWidth, b = down / halfHeight;
    return isOval ? a * a + b * b < 1.0 : std::max(std::fabs(a), std::fabs(b)) < 1.0;
  }
};

std::vector<PastedShape> pastedShapes(SplitMix& random) {
  std::vector<PastedShape> shapes(1 + random.below(4));
  for (PastedShape& shape : shapes) {
    const bool isBar = random.uniform() < 0.25;
    shape.isOval = !isBar && random.uniform() < 0.5;
    shape.x = random.uniform(0.3, 0.7);
    shape.y = random.uniform(0.3, 0.7);
    shape.halfWidth = isBar ? random.uniform(0.3, 0.7) : random.uniform(0.15, 0.5);
    shape.halfHeight = isBar ? random.uniform(0.03, 0.15) : random.uniform(0.15, 0.5);
    const double turn = random.uniform(0.0, std::numbers::pi);
    shape.cosine = std::cos(turn);
    shape.sine = std::sin(turn);
  }
  return shapes;
}

/// Share of a pixel of the box that the shapes cover, at four points of it.
double coverage(const std::vector<PastedShape>& shapes, int x, int y, Size box) {
  int covered = 0;
  for (const double right : {0.25, 0.75}) {
    for (const double down : {0.25, 0.75}) {
      const double u = (x + right) / box.width, v = (y + down) / box.height;
      if (std::any_of(shapes.begin(), shapes.end(), [&](const PastedShape& s) { return s.holds(u, v); })) ++covered;
    }
  }
  return 0.25 * covered;
}

/// Dark as often as bright, grey as often as not.
Shade plainShade(SplitMix& random) {
  const double level = 255.0 * std::pow(random.uniform(), 1.5);
  constexpr std::array spreads{4.0, 20.0, 60.0};
  const double spread = spreads[random.below(spreads.size())];
  Shade out{};
  for (double& value : out) value = std::clamp(level + random.uniform(-1.7, 1.7) * spread, 0.0, 255.0);
  return out;
}

/// What the pasted object looks like at a pixel of its box.
class PastedLook {
public:
  PastedLook(const RgbImage& donor, Size box, SplitMix& random)
      : m_donor(donor),
        m_kind(static_cast<int>(random.below(4))),
        m_first(plainShade(random)),
        m_second(plainShade(random)),
        m_scale(std::exp2(random.uniform(-1.5, 1.5))),
        m_left(static_cast<int>(random.below(static_cast<std::uint64_t>(donor.width())))),
        m_top(static_cast<int>(random.below(static_cast<std::uint64_t>(donor.height())))),
        m_period(random.uniform(2.0, std::max(3.0, box.width / 1.5))),
        m_threshold(random.uniform(-0.6, 0.6)),
        m_grain(random.uniform(3.0, 30.0)),
        m_noise(random.next()) {
    const double turn = random.uniform(0.0, std::numbers::pi);
    m_across = std::cos(turn) * 2.0 * std::numbers::pi / m_period;
    m_down = std::sin(turn) * 2.0 * std::numbers::pi / m_period;
    m_order = static_cast<int>(random.below(3));
  }
  [[nodiscard]] Shade at(int x, int y) const {
    if (m_kind == 0) return fromDonor(x, y);
    if (m_kind == 1) return m_first;
    if (m_kind == 2) return std::sin(x * m_across + y * m_down) > m_threshold ? m_first : m_second;
    SplitMix random(mixSeeds(m_noise, static_cast<std::uint64_t>(x), static_cast<std::uint64_t>(y)));
    const double grain = random.uniform(-1.7, 1.7) * m_grain;
    return {m_first[0] + grain, m_first[1] + grain, m_first[2] + grain};
  }

private:
  [[nodiscard]] Shade fromDonor(int x, int y) const {
    const int column = (m_left + static_cast<int>(x * m_scale)) % m_donor.width();
    const int row = (m_top + static_cast<int>(y * m_scale)) % m_donor.height();
    const Rgb c = m_donor.at(column, row);
    const std::array<double, 3> values{static_cast<double>(c.r), static_cast<double>(c.g), static_cast<double>(c.b)};
    const auto turned = [&](int k) { return values[static_cast<std::size_t>((k + m_order) % 3)]; };
    return {turned(0), turned(1), turned(2)};
  }
  const RgbImage& m_donor;
  int m_kind;
  Shade m_first, m_second;
  double m_scale;
  int m_left, m_top;
  double m_period, m_threshold, m_grain;
  std::uint64_t m_noise;
  double m_across = 0.0, m_down = 0.0;
  int m_order = 0;
};

struct PastedBox {
  int left = 0, top = 0;
  Size size{1, 1};
};

PastedBox pastedBox(const Sample& sample, SplitMix& random) {
  const Size picture = sample.image.size();
  const double high = picture.height;
  const bool isOnRoad = random.uniform() < 0.8;
  const int foot = static_cast<int>(random.uniform(isOnRoad ? 0.54 : 0.25, 0.98) * high);
  const double perMetre = std::max(6.0 * high / 256.0, foot - kHorizon * high) / kCameraHeight;
  const double height = perMetre * 0.15 * std::pow(9.0, random.uniform());
  const double width = height * std::exp2(random.uniform(-1.0, 1.6));
  PastedBox box{.size = {std::clamp(static_cast<int>(width), 3, picture.width / 2),
                         std::clamp(static_cast<int>(height), 3, picture.height / 2)}};
  int middle = 0;
  for (int trial = 0; trial < 5; ++trial) {
    middle = static_cast<int>(random.below(static_cast<std::uint64_t>(picture.width)));
    if (!isOnRoad || sample.classes.at(middle, foot) == 0) break;
  }
  box.left = middle - box.size.width / 2;
  box.top = foot - box.size.height;
  return box;
}

double meanLevel(const RgbImage& image, int left, int top, int right, int bottom) {
  double sum = 0.0;
  for (int y = top; y < bottom; ++y)
    for (int x = left; x < right; ++x) sum += image.at(x, y).r + image.at(x, y).g + image.at(x, y).b;
  return sum / (3.0 * (right - left) * (bottom - top));
}

void pasteObject(Sample& sample, const RgbImage& donor, SplitMix& random) {
  const PastedBox box = pastedBox(sample, random);
  const std::vector<PastedShape> shapes = pastedShapes(random);
  const PastedLook look(donor, box.size, random);
  const double topLight = random.uniform(0.8, 1.3), bottomLight = random.uniform(0.5, 1.0),
               haze = random.uniform(0.0, 0.5);
  const int left = std::max(0, box.left), top = std::max(0, box.top);
  const int right = std::min(sample.image.width(), box.left + box.size.width);
  const int bottom = std::min(sample.image.height(), box.top + box.size.height);
  if (right - left < 2 || bottom - top < 2) return;
  // As bright as what it stands before, and partly of its mean: dusk and fog lie over the object, too.
  const double level = meanLevel(sample.image, left, top, right, bottom);
  const double light = std::clamp(level / 110.0, 0.25, 1.3);
  for (int y = top; y < bottom; ++y) {
    const double down = static_cast<double>(y - box.top) / box.size.height;
    const double shade = light * (topLight + (bottomLight - topLight) * down);
    for (int x = left; x < right; ++x) {
      const double share = coverage(shapes, x - box.left, y - box.top, box.size);
      if (share == 0.0) continue;
      const Shade own = look.at(x - box.left, y - box.top);
      Rgb& pixel = sample.image.at(x, y);
      const auto mixed = [&](std::uint8_t behind, double value) {
        const double lit = (1.0 - haze) * value * shade + haze * level;
        return static_cast<std::uint8_t>(std::lround(std::clamp(behind + (lit - behind) * share, 0.0, 255.0)));
      };
      pixel = {mixed(pixel.r, own[0]), mixed(pixel.g, own[1]), mixed(pixel.b, own[2])};
      if (share <= 0.5 || sample.classes.at(x, y) == kUnlearned) continue;
      sample.classes.at(x, y) = kVoid;
      if (!sample.label.empty()) sample.label.at(x, y) = kVoid;
    }
  }
}

}  // namespace

void pasteObjects(Sample& sample, const RgbImage& donor, SplitMix& random) {
  require(std::min({sample.image.width(), sample.image.height(), donor.width(), donor.height()}) >= 16,
          "pasteObjects: a picture below 16x16");
  const std::uint64_t count = 1 + random.below(4);
  for (std::uint64_t i = 0; i < count; ++i) pasteObject(sample, donor, random);
}

}  // namespace oodscope
