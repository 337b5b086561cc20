// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/label_census.h"
#include "analysis/datasets/picture_codec.h"

namespace oodscope {

/// A label file's values, with what is to be known of them.
struct RawLabel {
  Grid<std::uint16_t> values;
  LabelFacts facts;
};

/// Reads a picture or .npy as a label. Palettes are read by index, or by their colours where those are grey and spell
/// the encoding's values. Throws Error: unreadable, a kind that is not read (named), several pages, channels that
/// differ, values that are no whole numbers of -1 to 65535.
[[nodiscard]] RawLabel readRawLabel(const std::filesystem::path& file, const LabelEncoding& encoding);

/// What each value of 0 to 65535 means in this label. In a lossy file values that are not listed take the meaning of
/// the nearest that is, where those lie far enough apart (then facts.roundedPixels is set); 65535 is void where it is
/// not listed. Throws Error: a value that is not listed and may not be there.
[[nodiscard]] std::vector<std::uint8_t> meaningsFor(RawLabel& label, const LabelEncoding& encoding,
                                                    const std::filesystem::path& file);

/// Value that -1 becomes where it is stored without a sign.
inline constexpr int kMinusOne = 65535;

}  // namespace oodscope
