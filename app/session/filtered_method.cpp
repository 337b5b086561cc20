// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/filtered_method.h"

#include "analysis/core/error.h"
#include "analysis/scores/method_kinds.h"

namespace oodscope {

FilteredMethod FilteredMethod::named(std::string_view text) {
  FilteredName name = parseFilteredName(text);
  const auto method = Method::named(name.base);
  if (!method)
    throw Error({.what = "'" + std::string(text) + "' names a method that there is not",
                 .expected = "one of " + methodNames(),
                 .found = "'" + name.base + "'"});
  return {*method, std::move(name.filters)};
}

std::string FilteredMethod::name() const { return nameWithFilters(method.name(), filters); }

std::string nameWithFilters(std::string_view base, const FilterChain& filters) {
  return textOf(FilteredName{std::string(base), filters});
}

std::string titleWithFilters(std::string_view base, std::span<const Filter> filters) {
  std::string out(base);
  for (const Filter filter : filters) out.append(" + ").append(filter.kind().title);
  return out;
}

}  // namespace oodscope
