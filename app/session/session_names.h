// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/error.h"
#include "app/session/session.h"

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace oodscope {

/// What the enumerators are called in a session's file. The names are the format: they never change.
template <class T, std::size_t N>
using SessionNames = std::array<std::pair<T, std::string_view>, N>;

inline constexpr SessionNames<PinRule, 6> kPinRules{{{PinRule::None, "none"},
                                                     {PinRule::TruePositiveRate, "tpr"},
                                                     {PinRule::BestF1, "best-f1"},
                                                     {PinRule::FalsePositiveRate, "fpr"},
                                                     {PinRule::CostRatio, "cost-ratio"},
                                                     {PinRule::FlaggedShare, "flagged-share"}}};
inline constexpr SessionNames<Resolution, 3> kResolutions{
    {{Resolution::ByProtocol, "by-protocol"}, {Resolution::Network, "network"}, {Resolution::Label, "label"}}};
inline constexpr SessionNames<ScaleMode, 5> kScaleModes{{{ScaleMode::Image, "image"},
                                                         {ScaleMode::Set, "set"},
                                                         {ScaleMode::SetTrimmed, "set-trimmed"},
                                                         {ScaleMode::Percentile, "percentile"},
                                                         {ScaleMode::Manual, "manual"}}};
inline constexpr SessionNames<ViewLayout, 5> kLayouts{{{ViewLayout::One, "1"},
                                                       {ViewLayout::OneByTwo, "1x2"},
                                                       {ViewLayout::TwoByTwo, "2x2"},
                                                       {ViewLayout::PerMethod, "per-method"},
                                                       {ViewLayout::Classes, "classes"}}};
inline constexpr SessionNames<CompareStyle, 3> kCompareStyles{
    {{CompareStyle::Wipe, "wipe"}, {CompareStyle::Blink, "blink"}, {CompareStyle::SideBySide, "side-by-side"}}};
inline constexpr SessionNames<FigureLegend, 7> kFigureLegends{{{FigureLegend::Auto, "auto"},
                                                               {FigureLegend::TopLeft, "top-left"},
                                                               {FigureLegend::TopRight, "top-right"},
                                                               {FigureLegend::BottomLeft, "bottom-left"},
                                                               {FigureLegend::BottomRight, "bottom-right"},
                                                               {FigureLegend::Below, "below"},
                                                               {FigureLegend::None, "none"}}};
inline constexpr SessionNames<Polarity, 2> kPolarities{
    {{Polarity::AnomalyHigh, "anomaly-high"}, {Polarity::NormalHigh, "normal-high"}}};
inline constexpr SessionNames<BestOf, 3> kBestOf{
    {{BestOf::Set, "set"}, {BestOf::Source, "source"}, {BestOf::Method, "method"}}};
/// The colour maps that the window has, by name.
inline constexpr std::array<std::string_view, 7> kColourMaps{"inferno", "magma",     "viridis", "cividis",
                                                             "grey",    "diverging", "turbo"};

template <class T, std::size_t N>
std::string_view nameOf(const SessionNames<T, N>& names, T value) {
  for (const auto& [candidate, name] : names)
    if (candidate == value) return name;
  throw ContractViolation("session: an enumerator without a name");
}

template <class T, std::size_t N>
std::optional<T> valueOf(const SessionNames<T, N>& names, std::string_view name) {
  for (const auto& [value, candidate] : names)
    if (candidate == name) return value;
  return std::nullopt;
}

inline constexpr int kSessionFormat = 1;

}  // namespace oodscope
