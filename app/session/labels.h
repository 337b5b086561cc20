// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Something that people call by a name, and the folder that holds it.
struct NamedItem {
  std::string name;
  std::filesystem::path folder;
};

/// A model's or a folder's own name and where it lies.
[[nodiscard]] NamedItem namedItem(const std::filesystem::path& path);
[[nodiscard]] NamedItem namedItem(const DataSet& set);

/// One label an item: its name where no item in another folder has it, else with the fewest of its parents before it
/// that tell it from those: "weights.pth", or "runA/weights.pth" and "runB/weights.pth". Items of one name in one
/// folder are the same thing and get the same label.
[[nodiscard]] std::vector<std::string> distinctLabels(const std::vector<NamedItem>& items);

/// Which item a label means that was written while other things were open: the one that is called so now, else the
/// first whose name and parents end in it. Empty: none.
[[nodiscard]] std::optional<std::size_t> itemCalled(std::string_view label, const std::vector<NamedItem>& items,
                                                    const std::vector<std::string>& labels);

}  // namespace oodscope
