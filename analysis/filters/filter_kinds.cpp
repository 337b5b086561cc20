// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/filters/filter.h"

#include <algorithm>
#include <array>
#include <ostream>

namespace oodscope {
namespace {

const FilterKind kGaussian{.name = "gaussian",
                           .title = "Gaussian blur",
                           .reference = "Tian et al., PEBAL, ECCV 2022; Liu et al., RPL, ICCV 2023",
                           .summary = "7x7 Gaussian of sigma 1; the border is reflected.",
                           .halo = filters::kSmoothingHalo,
                           .apply = filters::smoothReflected};
const FilterKind kBoundary{.name = "boundary",
                           .title = "Boundary suppression",
                           .reference = "Jung et al., Standardized Max Logits, ICCV 2021",
                           .summary = "Near boundaries of the predicted classes a score is taken from beside them.",
                           .halo = filters::kBoundaryHalo,
                           .needsClasses = true,
                           .apply = filters::suppressBoundaries};
const FilterKind kDilated{.name = "dilated",
                          .title = "Dilated smoothing",
                          .reference = "Jung et al., Standardized Max Logits, ICCV 2021",
                          .summary = "7x7 Gaussian of sigma 1 with dilation 6; the border is repeated.",
                          .halo = filters::kDilatedHalo,
                          .apply = filters::smoothDilated};

const std::array kFilters{Filter(kGaussian), Filter(kBoundary), Filter(kDilated)};

}  // namespace

std::optional<Filter> Filter::named(std::string_view name) {
  const auto* found = std::ranges::find(kFilters, name, &Filter::name);
  return found == kFilters.end() ? std::nullopt : std::optional(*found);
}

std::ostream& operator<<(std::ostream& out, Filter filter) { return out << filter.name(); }

std::span<const Filter> allFilters() { return kFilters; }

std::string filterNames() {
  std::string out;
  for (const Filter filter : kFilters) out.append(out.empty() ? "" : ", ").append(filter.name());
  return out;
}

FilteredName parseFilteredName(std::string_view text) {
  FilteredName out;
  const std::string_view base = text.substr(0, text.find('+'));
  if (base.empty())
    throw Error({.what = "a score is missing before its filters",
                 .expected = "METHOD or METHOD+FILTER",
                 .found = "'" + std::string(text) + "'"});
  out.base = base;
  for (std::size_t at = base.size(); at < text.size();) {
    const std::size_t end = std::min(text.find('+', at + 1), text.size());
    const std::string_view name = text.substr(at + 1, end - at - 1);
    const auto filter = Filter::named(name);
    if (!filter)
      throw Error({.what = "'" + std::string(text) + "' names a filter that there is not",
                   .expected = "one of " + filterNames(),
                   .found = "'" + std::string(name) + "'"});
    out.filters.push_back(*filter);
    at = end;
  }
  return out;
}

std::string textOf(const FilteredName& name) {
  std::string out = name.base;
  for (const Filter filter : name.filters) out.append("+").append(filter.name());
  return out;
}

}  // namespace oodscope
