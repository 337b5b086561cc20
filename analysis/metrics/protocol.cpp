// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/protocol.h"

#include "analysis/core/error.h"

#include <algorithm>
#include <array>

namespace oodscope {
namespace {

struct Entry {
  Protocol protocol;
  std::string_view name;
  std::string_view description;
};

constexpr std::array kEntries{
    Entry{Protocol::Course, "course",
          "All pixels of the frames that hold an anomaly pooled, exact AP, FPR interpolated linearly at TPR 0.95."},
    Entry{Protocol::Fishyscapes, "fishyscapes",
          "All pixels of all frames pooled, exact AP, FPR at the first TPR of at least 0.95."},
    Entry{Protocol::Smiyc2023, "smiyc2023",
          "All frames, each binned at its own score quantiles, AP as step sum, FPR at the first TPR of at least 0.95."},
    Entry{Protocol::Smiyc2021, "smiyc2021",
          "SegmentMeIfYouCan before August 2023: quantile bins with edges 0 and 1 forced, AP by the trapezoid rule."},
    Entry{Protocol::DenseHybrid, "densehybrid",
          "All pixels of all frames pooled, exact AP, FPR at the first TPR strictly above 0.95."},
    Entry{
        Protocol::StreetHazards, "streethazards",
        "AP, FPR and AUROC of each frame that holds both kinds, then their mean; FPR where recall is nearest to 0.95."},
};
constexpr std::array kOrder{Protocol::Course,    Protocol::Fishyscapes, Protocol::Smiyc2023,
                            Protocol::Smiyc2021, Protocol::DenseHybrid, Protocol::StreetHazards};

const Entry& entryOf(Protocol protocol) {
  const auto* found = std::ranges::find(kEntries, protocol, &Entry::protocol);
  require(found != kEntries.end(), "Protocol: not one of the enumerators");
  return *found;
}

}  // namespace

std::string_view protocolName(Protocol protocol) { return entryOf(protocol).name; }

std::string_view protocolDescription(Protocol protocol) { return entryOf(protocol).description; }

std::optional<Protocol> protocolFromName(std::string_view name) {
  const auto* found = std::ranges::find(kEntries, name, &Entry::name);
  if (found == kEntries.end()) return std::nullopt;
  return found->protocol;
}

std::span<const Protocol> allProtocols() { return kOrder; }

bool skipsFramesWithoutAnomaly(Protocol protocol) {
  return protocol == Protocol::Course || protocol == Protocol::StreetHazards;
}

}  // namespace oodscope
