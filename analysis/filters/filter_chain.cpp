// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/filters/filter.h"

#include <algorithm>

namespace oodscope {
namespace {

/// The values of `inner` among those of `outer`.
template <class T>
std::vector<T> cut(std::span<const T> values, const Window& outer, const Window& inner) {
  std::vector<T> out;
  out.reserve(inner.size().area());
  const auto width = static_cast<std::size_t>(outer.width);
  for (int y = inner.y; y < inner.y + inner.height; ++y) {
    const auto row =
        values.subspan(static_cast<std::size_t>(y - outer.y) * width + static_cast<std::size_t>(inner.x - outer.x),
                       static_cast<std::size_t>(inner.width));
    out.insert(out.end(), row.begin(), row.end());
  }
  return out;
}

}  // namespace

Window grownWindow(const Window& window, int halo, Size whole) {
  const int left = std::max(window.x - halo, 0), top = std::max(window.y - halo, 0);
  const int right = std::min(window.x + window.width + halo, whole.width);
  const int bottom = std::min(window.y + window.height + halo, whole.height);
  return {left, top, right - left, bottom - top};
}

bool holdsWindow(const Window& outer, const Window& inner) {
  return outer.x <= inner.x && outer.y <= inner.y && inner.x + inner.width <= outer.x + outer.width &&
         inner.y + inner.height <= outer.y + outer.height;
}

int haloOf(std::span<const Filter> chain) {
  int sum = 0;
  for (const Filter filter : chain) sum += filter.kind().halo;
  return sum;
}

bool needsClasses(std::span<const Filter> chain) {
  return std::ranges::any_of(chain, [](Filter filter) { return filter.kind().needsClasses; });
}

std::vector<float> filteredPart(const MapPart& part, const Window& wanted, std::span<const Filter> chain) {
  require(part.scores.size() == part.window.size().area(), "filteredPart: the scores do not fill the window");
  require(holdsWindow(part.window, grownWindow(wanted, haloOf(chain), part.whole)),
          "filteredPart: the halo is not known");
  require(!needsClasses(chain) || part.classes.size() == part.scores.size(),
          "filteredPart: predicted classes are needed");
  Window known = part.window;
  std::vector<float> scores;
  std::span<const float> now = part.scores;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const FilterKind& kind = chain[i].kind();
    const Window next = grownWindow(wanted, haloOf(chain.subspan(i + 1)), part.whole);
    std::vector<std::uint8_t> cutClasses;
    std::span<const std::uint8_t> classes;
    if (kind.needsClasses) {
      classes = part.classes;
      if (known != part.window) classes = cutClasses = cut(part.classes, part.window, known);
    }
    std::vector<float> out(next.size().area());
    kind.apply({part.whole, known, now, classes}, next, out);
    scores = std::move(out);
    now = scores;
    known = next;
  }
  return known == wanted && !chain.empty() ? std::move(scores) : cut(now, known, wanted);
}

ScoreMap filtered(const ScoreMap& scores, const ClassMap* classes, std::span<const Filter> chain) {
  require(!classes || classes->size() == scores.size(), "filtered: scores and classes differ in size");
  if (scores.empty()) return scores;
  const Window whole = wholeWindow(scores.size());
  MapPart part{scores.size(), whole, scores.values()};
  if (classes) part.classes = classes->values();
  return {scores.size(), filteredPart(part, whole, chain)};
}

}  // namespace oodscope
