// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/filters/filter.h"
#include "analysis/scores/method.h"

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace oodscope {

/// A method with the filters that its maps go through. A method alone is one without filters.
struct FilteredMethod {
  // NOLINTNEXTLINE(google-explicit-constructor): whoever has a method has one of these
  FilteredMethod(Method of = {}, FilterChain chain = {}) : method(of), filters(std::move(chain)) {}
  Method method;
  FilterChain filters;  ///< first to last
  /// Reads "sml+boundary+dilated". Throws Error for a method or a filter that there is not, saying which there are.
  [[nodiscard]] static FilteredMethod named(std::string_view text);
  /// As the command line and tables write it.
  [[nodiscard]] std::string name() const;
  friend bool operator==(const FilteredMethod&, const FilteredMethod&) = default;
};

/// "energy+gaussian": what a score is called, with its filters.
[[nodiscard]] std::string nameWithFilters(std::string_view base, const FilterChain& filters);
/// "Energy + Gaussian blur": the same as menus and figures say it.
[[nodiscard]] std::string titleWithFilters(std::string_view base, std::span<const Filter> filters);

}  // namespace oodscope
