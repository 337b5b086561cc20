// SPDX-License-Identifier: GPL-3.0-or-later
// Filters against their definitions, pixel by pixel in double precision: two-dimensional sums over the map, and for the
// boundaries morphology over sets of pixels.
#include "analysis/filters/filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <limits>
#include <random>

namespace oodscope {
namespace {

Filter named(const char* name) { return Filter::named(name).value(); }

ScoreMap randomScores(Size size, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> value(1.0F, 9.0F);
  ScoreMap out(size);
  for (float& score : out.values()) score = value(random);
  return out;
}

/// Patches of classes with ragged outlines, and some pixels of none (255).
ClassMap randomClasses(Size size, unsigned seed) {
  std::mt19937 random(seed);
  ClassMap out(size);
  for (int y = 0; y < size.height; ++y)
    for (int x = 0; x < size.width; ++x) {
      out.at(x, y) = static_cast<std::uint8_t>((x / 13 + y / 11) % 5);
      if (random() % 97 == 0) out.at(x, y) = random() % 5 == 0 ? 255 : static_cast<std::uint8_t>(random() % 19);
    }
  return out;
}

/// The 7x7 kernel as a whole, normalised by its own sum.
double kernelAt(int dx, int dy) {
  double sum = 0;
  for (int y = -3; y <= 3; ++y)
    for (int x = -3; x <= 3; ++x) sum += std::exp(-(x * x + y * y) / 2.0);
  return std::exp(-(dx * dx + dy * dy) / 2.0) / sum;
}

double plainSmoothing(const ScoreMap& scores, int x, int y, int step, const std::function<int(int, int)>& border) {
  double sum = 0;
  for (int dy = -3; dy <= 3; ++dy)
    for (int dx = -3; dx <= 3; ++dx)
      sum += kernelAt(dx, dy) * static_cast<double>(scores.at(border(x + dx * step, scores.width()),
                                                              border(y + dy * step, scores.height())));
  return sum;
}

/// numpy's mode "reflect": … 2 1 | 0 1 2 … n-1 | n-2 …
int mirrored(int index, int length) {
  while (index < 0 || index >= length) index = index < 0 ? -index : 2 * (length - 1) - index;
  return index;
}

int repeated(int index, int length) { return std::min(std::max(index, 0), length - 1); }

void expectNear(const ScoreMap& found, const std::function<double(int, int)>& expected) {
  for (int y = 0; y < found.height(); ++y)
    for (int x = 0; x < found.width(); ++x) {
      const double right = expected(x, y);
      ASSERT_NEAR(static_cast<double>(found.at(x, y)), right, 1e-5 * std::abs(right)) << x << ", " << y;
    }
}

TEST(Smoothing, ReflectsItsBorder) {
  for (const Size size : {Size{41, 33}, Size{7, 40}, Size{4, 4}, Size{67, 5}}) {
    const ScoreMap scores = randomScores(size, 3);
    expectNear(filtered(scores, nullptr, FilterChain{named("gaussian")}),
               [&](int x, int y) { return plainSmoothing(scores, x, y, 1, mirrored); });
  }
}

TEST(Smoothing, WithDilationRepeatsItsBorder) {
  for (const Size size : {Size{61, 47}, Size{19, 70}, Size{5, 3}}) {
    const ScoreMap scores = randomScores(size, 5);
    expectNear(filtered(scores, nullptr, FilterChain{named("dilated")}),
               [&](int x, int y) { return plainSmoothing(scores, x, y, 6, repeated); });
  }
}

/// By hand: a single 1 in zeros becomes the kernel, whose middle is 0.159241; dilated, its taps stand 6 pixels apart.
TEST(Smoothing, OfASinglePixelIsTheKernel) {
  ScoreMap scores({61, 61});
  scores.at(30, 30) = 1.0F;
  const ScoreMap plain = filtered(scores, nullptr, FilterChain{named("gaussian")});
  EXPECT_NEAR(plain.at(30, 30), 0.159241F, 1e-6F);
  EXPECT_NEAR(plain.at(31, 30), 0.159241F * std::exp(-0.5F), 1e-6F);
  EXPECT_EQ(plain.at(34, 30), 0.0F);
  const ScoreMap dilated = filtered(scores, nullptr, FilterChain{named("dilated")});
  EXPECT_NEAR(dilated.at(36, 30), 0.159241F * std::exp(-0.5F), 1e-6F);
  EXPECT_EQ(dilated.at(33, 30), 0.0F);
}

TEST(Smoothing, KeepsAConstantAndSpreadsNan) {
  ScoreMap scores({30, 30}, 2.5F);
  for (const char* name : {"gaussian", "dilated"}) {
    const ScoreMap out = filtered(scores, nullptr, FilterChain{named(name)});
    for (const float value : out.values()) ASSERT_NEAR(value, 2.5F, 2e-6F);
  }
  scores.at(10, 10) = std::numeric_limits<float>::quiet_NaN();
  const ScoreMap out = filtered(scores, nullptr, FilterChain{named("gaussian")});
  EXPECT_TRUE(std::isnan(out.at(13, 13)));
  EXPECT_FALSE(std::isnan(out.at(14, 10)));
}

using Mask = std::vector<std::vector<bool>>;  // [y][x]

/// Boundaries by the definition: the maximum over a cross and the minimum over a square, both within the map.
Mask plainBoundaries(const ClassMap& classes) {
  Mask out(static_cast<std::size_t>(classes.height()), std::vector<bool>(static_cast<std::size_t>(classes.width())));
  for (int y = 0; y < classes.height(); ++y)
    for (int x = 0; x < classes.width(); ++x) {
      int largest = -1, smallest = 256;
      for (int v = std::max(y - 1, 0); v <= std::min(y + 1, classes.height() - 1); ++v)
        for (int u = std::max(x - 1, 0); u <= std::min(x + 1, classes.width() - 1); ++u) {
          smallest = std::min<int>(smallest, classes.at(u, v));
          if (std::abs(u - x) + std::abs(v - y) <= 1) largest = std::max<int>(largest, classes.at(u, v));
        }
      out[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = largest != smallest;
    }
  return out;
}

Mask plainDilation(const Mask& mask, int radius) {
  Mask out = mask;
  const int height = static_cast<int>(mask.size()), width = static_cast<int>(mask.front().size());
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (int v = std::max(y - radius, 0); v <= std::min(y + radius, height - 1); ++v)
        for (int u = std::max(x - radius, 0); u <= std::min(x + radius, width - 1); ++u)
          if (std::abs(u - x) + std::abs(v - y) <= radius &&
              mask[static_cast<std::size_t>(v)][static_cast<std::size_t>(u)])
            out[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] = true;
  return out;
}

Grid<double> plainSuppression(const ScoreMap& scores, const ClassMap& classes) {
  const Mask boundaries = plainBoundaries(classes);
  Grid<double> now(scores.size());
  std::copy(scores.values().begin(), scores.values().end(), now.values().begin());
  for (const int radius : {3, 2, 1, 0}) {
    const Mask wide = plainDilation(boundaries, radius);
    const auto isWide = [&](int x, int y) {
      return bool(wide[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)]);
    };
    Grid<double> next = now;
    for (int y = 0; y < scores.height(); ++y)
      for (int x = 0; x < scores.width(); ++x) {
        double sum = 0;
        int count = 0;
        for (int dy = -1; dy <= 1; ++dy)
          for (int dx = -1; dx <= 1; ++dx) {
            const int u = repeated(x + dx, scores.width()), v = repeated(y + dy, scores.height());
            if (isWide(u, v)) continue;
            sum += now.at(u, v);
            ++count;
          }
        if (isWide(x, y) && count > 0) next.at(x, y) = sum / count;
      }
    now = next;
  }
  return now;
}

TEST(BoundarySuppression, EqualsItsDefinition) {
  for (const Size size : {Size{83, 61}, Size{9, 64}, Size{40, 3}, Size{1, 1}}) {
    const ScoreMap scores = randomScores(size, 8);
    const ClassMap classes = randomClasses(size, 9);
    const Grid<double> right = plainSuppression(scores, classes);
    expectNear(filtered(scores, &classes, FilterChain{named("boundary")}),
               [&](int x, int y) { return right.at(x, y); });
  }
}

/// By hand: two classes side by side meet between columns 9 and 10, so that 9 and 10 are the boundary and 6 to 13 lie
/// within three pixels of it. Step by step the scores from beside, 1 and 5, reach the boundary.
TEST(BoundarySuppression, BringsTheScoresFromBeside) {
  ScoreMap scores({20, 8}, 1.0F);
  ClassMap classes({20, 8});
  for (int y = 0; y < 8; ++y)
    for (int x = 0; x < 20; ++x) {
      if (x >= 10) classes.at(x, y) = 1;
      if (x >= 10) scores.at(x, y) = 5.0F;
      if (x >= 6 && x <= 13) scores.at(x, y) = 100.0F;
    }
  const ScoreMap out = filtered(scores, &classes, FilterChain{named("boundary")});
  for (int x = 0; x < 20; ++x) EXPECT_EQ(out.at(x, 4), x < 10 ? 1.0F : 5.0F) << x;
}

TEST(BoundarySuppression, LeavesWhatHasNoNeighbourOutside) {
  const ScoreMap scores = randomScores({12, 12}, 4);
  ClassMap classes({12, 12});  // a chessboard: boundary everywhere
  for (int y = 0; y < 12; ++y)
    for (int x = 0; x < 12; ++x) classes.at(x, y) = static_cast<std::uint8_t>((x + y) % 2);
  EXPECT_EQ(filtered(scores, &classes, FilterChain{named("boundary")}), scores);
}

TEST(FilteredParts, EqualTheWholeMapToTheLastBit) {
  const Size size{150, 120};
  const ScoreMap scores = randomScores(size, 21);
  const ClassMap classes = randomClasses(size, 22);
  const std::vector<FilterChain> chains{{named("gaussian")},
                                        {named("boundary")},
                                        {named("dilated")},
                                        {named("boundary"), named("dilated")},
                                        {named("gaussian"), named("boundary"), named("dilated")},
                                        {}};
  for (const FilterChain& chain : chains) {
    const ScoreMap whole = filtered(scores, &classes, chain);
    for (const Window wanted : {Window{0, 0, 9, 7}, Window{141, 110, 9, 10}, Window{60, 50, 17, 5}, Window{70, 0, 1, 1},
                                Window{0, 60, 150, 1}, Window{33, 44, 0, 0}}) {
      const Window known = grownWindow(wanted, haloOf(chain), size);
      ScoreMap values(known.size());
      ClassMap kinds(known.size());
      for (int y = 0; y < known.height; ++y)
        for (int x = 0; x < known.width; ++x) {
          values.at(x, y) = scores.at(known.x + x, known.y + y);
          kinds.at(x, y) = classes.at(known.x + x, known.y + y);
        }
      const auto part = filteredPart({size, known, values.values(), kinds.values()}, wanted, chain);
      ASSERT_EQ(part.size(), wanted.size().area());
      for (int y = 0; y < wanted.height; ++y)
        for (int x = 0; x < wanted.width; ++x)
          ASSERT_EQ(part[static_cast<std::size_t>(y * wanted.width + x)], whole.at(wanted.x + x, wanted.y + y));
    }
  }
}

TEST(FilteredParts, AreRefusedWithoutTheirHaloOrClasses) {
  const ScoreMap scores = randomScores({40, 40}, 2);
  EXPECT_THROW(static_cast<void>(filtered(scores, nullptr, FilterChain{named("boundary")})), ContractViolation);
  const ClassMap other({20, 20});
  EXPECT_THROW(static_cast<void>(filtered(scores, &other, FilterChain{named("boundary")})), ContractViolation);
  const std::vector<float> values(16);
  EXPECT_THROW(static_cast<void>(
                   filteredPart({{40, 40}, {10, 10, 4, 4}, values}, {11, 11, 2, 2}, FilterChain{named("gaussian")})),
               ContractViolation);
}

}  // namespace
}  // namespace oodscope
