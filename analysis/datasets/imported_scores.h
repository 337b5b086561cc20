// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// One frame's file of somebody's method.
struct ImportedFile {
  enum class Content { Scores /* HxW */, Logits /* CxHxW */ };
  std::filesystem::path file;
  Content content = Content::Scores;
};

/// Ready-made outputs of a method, matched to the frames of a set.
struct ImportedScores {
  std::string method;  ///< the folder's name
  std::filesystem::path root;
  std::vector<std::optional<ImportedFile>> files;  ///< one per frame of the set, in its order
  std::vector<std::string> missing;                ///< names of frames without a file
  std::vector<Skipped> skipped;                    ///< files that fit no frame, and why
  std::vector<std::string> remarks;
};

/// Matches the files below `folder` (three deep) to the frames of `set` by name: SegmentMeIfYouCan's <set>/<id>.hdf5,
/// Fishyscapes' DDDD_anomaly.npy, otherwise the frame's or image's name, endings as _scores or _logits stripped.
/// Nothing is read but the headers of .npy files and the first .npz. Throws Error where no file fits any frame, or
/// where several fit one (a folder of several methods). Damaged files are matched; they fail when they are read.
[[nodiscard]] ImportedScores openImportedScores(const std::filesystem::path& folder, const DataSet& set);

}  // namespace oodscope
