// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <iosfwd>
#include <span>
#include <string_view>

namespace oodscope {

struct LayoutKind;

/// How a set lies on disk: one of the declarations of layout_kinds.h, as a value. Whoever needs to know something of a
/// layout asks its kind; nobody outside this folder asks which one it is.
class Layout {
public:
  /// Images and masks of no known layout.
  Layout() noexcept;
  explicit constexpr Layout(const LayoutKind& kind) : m_kind(&kind) {}

  [[nodiscard]] constexpr const LayoutKind& kind() const { return *m_kind; }
  /// "Fishyscapes Static".
  [[nodiscard]] std::string_view name() const;

  friend constexpr bool operator==(Layout, Layout) = default;
  friend std::ostream& operator<<(std::ostream& out, Layout layout);

private:
  const LayoutKind* m_kind;
};

/// All layouts, in the order in which a folder is held against them: the most telling first.
[[nodiscard]] std::span<const Layout> allLayouts();

}  // namespace oodscope

template <>
struct std::hash<oodscope::Layout> {
  std::size_t operator()(oodscope::Layout layout) const { return std::hash<const void*>()(&layout.kind()); }
};
