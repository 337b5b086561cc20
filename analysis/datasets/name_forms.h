// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// The name in Unicode's composed form (NFC), so that "ü" of one code point (Linux, Windows) and "u" with a combining
/// diaeresis (macOS) are one name. Text that is not UTF-8 comes back as it is. Cost: O(length). Source: Unicode
/// Standard Annex 15; marks above U+30FF keep their order.
[[nodiscard]] std::string composedName(std::string_view name);

/// A file's stem in composed form.
[[nodiscard]] std::string composedStem(const std::filesystem::path& file);

/// The name of an image without what cameras and tools put before or after it ("img_0", "0_leftImg8bit", "rgb-7"), and
/// of a mask likewise ("gt_0", "0_L", "0_mask", "0_labels_semantic", "0_gtFine_labelIds"). Case of the affix does not
/// matter; a name that would be left empty stays.
[[nodiscard]] std::string withoutImageAffix(std::string_view name);
[[nodiscard]] std::string withoutMaskAffix(std::string_view name);

/// What all names begin and end with, digits not counted in: ("scene_", "_colour") of scene_1_colour, scene_12_colour.
struct CommonAffixes {
  std::string prefix, suffix;
};
/// Requires: nothing; fewer than two names have none in common.
[[nodiscard]] CommonAffixes commonAffixes(const std::vector<std::string>& names);

}  // namespace oodscope
