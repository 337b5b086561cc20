// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/size_groups.h"

#include "analysis/regions/attribution.h"
#include "analysis/regions/components.h"

#include <algorithm>

namespace oodscope {
namespace {

bool isOfGroup(std::uint64_t pixels, const SizeGroup& group) {
  return pixels >= group.least && (!group.below || pixels < *group.below);
}

}  // namespace

std::vector<SizeGroup> issuSizeGroups() {
  std::vector<SizeGroup> out;
  for (const std::uint64_t least : Attribution::kIssuGroups) {
    if (!out.empty()) out.back().below = least;
    out.push_back({.least = least});
  }
  return out;
}

GroupLabels labelsOfGroup(const LabelMap& labels, const SizeGroup& group) {
  std::vector<std::uint8_t> mask(labels.values().size());
  std::ranges::transform(labels.values(), mask.begin(),
                         [](std::uint8_t label) { return static_cast<std::uint8_t>(label == kAnomaly ? 1 : 0); });
  const Components found = labelComponents(mask, labels.size());
  GroupLabels out{.labels = labels};
  out.objects = static_cast<std::uint64_t>(
      std::ranges::count_if(found.areas, [&](std::uint32_t area) { return isOfGroup(area, group); }));
  for (std::size_t r = 0; r < found.runs.size(); ++r) {
    if (isOfGroup(found.areas[found.component[r]], group)) continue;
    const Run& run = found.runs[r];
    std::fill(out.labels.row(run.y).begin() + run.begin, out.labels.row(run.y).begin() + run.end, kVoid);
  }
  return out;
}

}  // namespace oodscope
