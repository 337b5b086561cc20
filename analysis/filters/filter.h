// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <version>  // Qt 6.4's moc reads <compare> only after the library's configuration

#include "analysis/core/grid.h"
#include "analysis/core/pinned.h"

#include <compare>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A rectangle of a map, in pixels.
struct Window {
  int x = 0, y = 0, width = 0, height = 0;
  [[nodiscard]] Size size() const { return {width, height}; }
  friend bool operator==(const Window&, const Window&) = default;
};
/// The window that is all of a map.
[[nodiscard]] constexpr Window wholeWindow(Size size) { return {0, 0, size.width, size.height}; }
/// The window with `halo` more pixels on each side, as far as the map goes.
[[nodiscard]] Window grownWindow(const Window& window, int halo, Size whole);
[[nodiscard]] bool holdsWindow(const Window& outer, const Window& inner);

/// What is known of a map: the values of one window of it, row-major, and the predicted classes there where a filter
/// asks for them.
struct MapPart {
  Size whole;     ///< of the map
  Window window;  ///< what is known of it
  std::span<const float> scores;
  std::span<const std::uint8_t> classes = {};
};

/// Filtered values of the pixels of `wanted`, row-major. Requires: `in` holds `wanted` and the kind's halo around it.
/// A pixel's value does not depend on which part of the map is known, to the last bit.
using FilterFunction = void (*)(const MapPart& in, const Window& wanted, std::span<float> out);

/// A stage that changes a score map after it was brought to the size at which it is evaluated. A filter is a function
/// and its line in filter_kinds.cpp; the command line's help and the guide's page are made from it.
struct FilterKind {
  std::string_view name;       ///< command line, sessions, tables: may never change
  std::string_view title;      ///< menus and figures
  std::string_view reference;  ///< who published it, and with which detector
  std::string_view summary;    ///< one sentence for a tooltip
  int halo = 0;                ///< pixels around one on which its value depends
  bool needsClasses = false;   ///< reads the predicted class of each pixel
  FilterFunction apply = nullptr;
  Pinned pinned = {};
};

/// One of the declared filters, as a value.
class Filter {
public:
  explicit constexpr Filter(const FilterKind& kind) : m_kind(&kind) {}
  /// The filter of a name as the command line writes it (gaussian, boundary, dilated). Case matters.
  [[nodiscard]] static std::optional<Filter> named(std::string_view name);
  [[nodiscard]] constexpr const FilterKind& kind() const { return *m_kind; }
  [[nodiscard]] std::string_view name() const { return m_kind->name; }

  friend constexpr bool operator==(Filter, Filter) = default;
  /// By name.
  friend std::strong_ordering operator<=>(Filter a, Filter b) { return a.name() <=> b.name(); }
  friend std::ostream& operator<<(std::ostream& out, Filter filter);

private:
  const FilterKind* m_kind;
};

/// All filters in menu order.
[[nodiscard]] std::span<const Filter> allFilters();
/// Their names in that order, "gaussian, boundary, dilated".
[[nodiscard]] std::string filterNames();

/// Filters one after the other, first to last.
using FilterChain = std::vector<Filter>;
/// Pixels around one on which its value after the whole chain depends.
[[nodiscard]] int haloOf(std::span<const Filter> chain);
/// Whether one of them reads predicted classes.
[[nodiscard]] bool needsClasses(std::span<const Filter> chain);

/// The map after the chain. `classes`: predicted, of the map's size, or nothing where no filter asks for them. NaN
/// spreads to the pixels that are computed from it. Requires: classes where they are needed, equal sizes. Uses all
/// threads; the same for any number of them. Cost: about 5 ms a filter on 2048x1024.
[[nodiscard]] ScoreMap filtered(const ScoreMap& scores, const ClassMap* classes, std::span<const Filter> chain);
/// The values of `wanted` alone, equal to the whole map's to the last bit. Requires: `part` holds
/// grownWindow(wanted, haloOf(chain), whole). Cost: O(that window).
[[nodiscard]] std::vector<float> filteredPart(const MapPart& part, const Window& wanted, std::span<const Filter> chain);

/// A score's name with what is applied to it: "sml+boundary+dilated".
struct FilteredName {
  std::string base;  ///< "sml"; nobody here knows methods
  FilterChain filters = {};
  friend bool operator==(const FilteredName&, const FilteredName&) = default;
};
/// Throws Error for a name without a base and for a filter that there is not.
[[nodiscard]] FilteredName parseFilteredName(std::string_view text);
/// What parseFilteredName() reads.
[[nodiscard]] std::string textOf(const FilteredName& name);

namespace filters {
/// 7x7 Gaussian, sigma 1, border reflected without its edge (torchvision's GaussianBlur). Source: PEBAL, RPL.
void smoothReflected(const MapPart& in, const Window& wanted, std::span<float> out);
/// The same kernel with 6 pixels between its taps, border repeated. Source: Jung et al., ICCV 2021.
void smoothDilated(const MapPart& in, const Window& wanted, std::span<float> out);
/// Boundary suppression of standardised max-logits: pixels near a boundary of the predicted classes become the mean of
/// their neighbours outside, in four steps from 3 pixels (L1) around it to the boundary itself. Source: the same.
void suppressBoundaries(const MapPart& in, const Window& wanted, std::span<float> out);
inline constexpr int kSmoothingHalo = 3, kDilatedHalo = 18, kBoundaryHalo = 8;
}  // namespace filters

}  // namespace oodscope
