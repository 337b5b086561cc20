// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace oodscope {

/// A file's stem as it is, then without what methods put before or after a frame's name (anomaly_0, 0_score,
/// 0_max-logit_map), one affix less from text to text; case of the affix does not matter.
[[nodiscard]] std::vector<std::string> strippedNames(const std::string& stem);

/// The frame of a file and whether its name had to be read in another case or Unicode form.
struct FoundFrame {
  std::size_t frame = 0;
  bool isOtherForm = false;
};

/// Frames by each of their names. A name that two frames share ("1" of "t5/1" and "t6/1") stands for none.
class FrameNames {
public:
  explicit FrameNames(const DataSet& set);

  /// The frame of a file: by its path below the folder first, then by its name alone, then as a number (003 is 3).
  [[nodiscard]] std::optional<FoundFrame> find(const std::filesystem::path& below) const;

private:
  using Names = std::unordered_map<std::string, std::size_t>;
  void add(const std::string& name, std::size_t frame);
  Names m_byName, m_byFoldedName, m_byNumber;
};

/// Where files count from another number than frames (0 … 4 and 1 … 5), or simply count what the frames name by other
/// numbers (0 … 2 and 2, 5, 9): the first and last number of each. Nothing where the numbers are the same, where they
/// tell nothing of the kind, or where names of one list differ in more than one number.
struct NumberShift {
  std::string firstFile, lastFile, firstFrame, lastFrame;
};
[[nodiscard]] std::optional<NumberShift> numberShift(const std::vector<std::string>& fileNames,
                                                     const std::vector<std::string>& frameNames);

}  // namespace oodscope
