// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/metrics/protocol_rules.h"

#include <algorithm>
#include <array>
#include <ostream>

namespace oodscope {

namespace declared {

constinit const ProtocolRule kCourse{
    .name = "course",
    .title = "Course",
    .description =
        "All pixels of the frames that hold an anomaly pooled, exact AP, FPR interpolated linearly at TPR 0.95.",
    .reference = "the course's evaluation script (ood_metrics)",
    .skipsFramesWithoutAnomaly = true,
    .crossing = CrossingRule::Interpolated,
    .isAtNetworkResolution = true,
};

constinit const ProtocolRule kFishyscapes{
    .name = "fishyscapes",
    .title = "Fishyscapes",
    .description = "All pixels of all frames pooled, exact AP, FPR at the first TPR of at least 0.95.",
    .reference = "Blum et al., IJCV 2021",
};

constinit const ProtocolRule kSmiyc2023{
    .name = "smiyc2023",
    .title = "SMIYC 2023",
    .description =
        "All frames, each binned at its own score quantiles, AP as step sum, FPR at the first TPR of at least 0.95.",
    .reference = "SegmentMeIfYouCan since August 2023",
    .pooling = Pooling::FrameBins,
    .area = PrecisionArea::StepSum,
};

constinit const ProtocolRule kSmiyc2021{
    .name = "smiyc2021",
    .title = "SMIYC 2021",
    .description =
        "SegmentMeIfYouCan before August 2023: quantile bins with edges 0 and 1 forced, AP by the trapezoid rule.",
    .reference = "Chan et al., NeurIPS 2021",
    .pooling = Pooling::FrameBins,
    .area = PrecisionArea::Trapezoid,
    .edges = BinEdges::ZeroAndOne,
};

constinit const ProtocolRule kDenseHybrid{
    .name = "densehybrid",
    .title = "DenseHybrid",
    .description = "All pixels of all frames pooled, exact AP, FPR at the first TPR strictly above 0.95.",
    .reference = "Grcić et al., ECCV 2022",
    .crossing = CrossingRule::FirstExceeding,
};

constinit const ProtocolRule kStreetHazards{
    .name = "streethazards",
    .title = "StreetHazards",
    .description =
        "AP, FPR and AUROC of each frame that holds both kinds, then their mean; FPR where recall is nearest to 0.95.",
    .reference = "Hendrycks et al., ICML 2022",
    .pooling = Pooling::FrameMean,
    .skipsFramesWithoutAnomaly = true,
    .crossing = CrossingRule::NearestRecall,
};

constinit const ProtocolRule kStreetHazardsPooled{
    .name = "streethazards-pooled",
    .title = "StreetHazards pooled",
    .description = "All pixels of all test frames pooled, exact AP (AUPR), FPR at the first TPR of at least 0.95.",
    .reference = "papers that report one AUPR over StreetHazards' test pixels",
};

}  // namespace declared

namespace {

/// Menu order; the first is what stands where nothing was chosen. One line a protocol.
constexpr std::array kProtocols = {
    protocols::kCourse,               //
    protocols::kFishyscapes,          //
    protocols::kSmiyc2023,            //
    protocols::kSmiyc2021,            //
    protocols::kDenseHybrid,          //
    protocols::kStreetHazards,        //
    protocols::kStreetHazardsPooled,  //
};

}  // namespace

Protocol::Protocol() noexcept : Protocol(kProtocols.front()) {}

std::optional<Protocol> Protocol::named(std::string_view name) {
  const auto* found = std::ranges::find(kProtocols, name, &Protocol::name);
  return found == kProtocols.end() ? std::nullopt : std::optional(*found);
}

std::string_view Protocol::name() const { return m_rule->name; }

std::string_view Protocol::title() const { return m_rule->title; }

std::string_view Protocol::description() const { return m_rule->description; }

bool Protocol::skipsFramesWithoutAnomaly() const { return m_rule->skipsFramesWithoutAnomaly; }

bool Protocol::poolsPixels() const { return m_rule->pooling != Pooling::FrameMean; }

std::strong_ordering operator<=>(Protocol a, Protocol b) { return a.name() <=> b.name(); }

std::ostream& operator<<(std::ostream& out, Protocol protocol) { return out << protocol.name(); }

std::span<const Protocol> allProtocols() { return kProtocols; }

std::string protocolNames() {
  std::string out;
  for (const Protocol protocol : kProtocols) out.append(out.empty() ? "" : ", ").append(protocol.name());
  return out;
}

}  // namespace oodscope
