// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QColor>
#include <QRgb>
#include <QString>

#include <array>
#include <span>

namespace oodscope {

/// Colours of a score from low to high. Inferno first: its lightness rises from 0 to 98, the widest range.
/// Turbo last: its lightness falls at the end, so that two scores look alike.
enum class ColourMap { Inferno, Magma, Viridis, Cividis, Grey, Turbo, Diverging };

inline constexpr int kColourCount = 256;
using ColourTable = std::array<QRgb, kColourCount>;

/// In menu order.
[[nodiscard]] std::span<const ColourMap> allColourMaps();
/// Stable, for sessions and the command line: "inferno".
[[nodiscard]] QString colourMapName(ColourMap map);
/// As shown: "Inferno".
[[nodiscard]] QString colourMapTitle(ColourMap map);
/// The map named so, or Inferno with `ok` false.
[[nodiscard]] ColourMap colourMapFromName(const QString& name, bool* ok = nullptr);

/// 256 opaque colours, lowest score first. Diverging runs from A over `middle` to B, linear in mixing.
/// The other tables interpolate 18 samples of the published ones (matplotlib; cividis: Nunez 2018; turbo: Mikhailov
/// 2019): off by 0.4 levels of 255 in the mean, 9 at most.
[[nodiscard]] ColourTable colourTable(ColourMap map, bool reversed = false);
[[nodiscard]] ColourTable divergingTable(const QColor& low, const QColor& middle, const QColor& high);

}  // namespace oodscope
