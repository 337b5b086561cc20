// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <filesystem>
#include <string>

namespace oodscope {

/// "FOLDER::PART": a folder and which part of its set is meant. One word for the command line, sessions and the window.
struct SetPath {
  std::filesystem::path folder;
  std::string part;  ///< empty: all of it
};

/// Parts the name at its last "::"; a path that exists as it is has no part. Cost: one stat.
[[nodiscard]] SetPath splitSetPath(const std::filesystem::path& path);

/// Keeps the frames that `part` names and says so in the set's name and remarks. NoKnown: Lost and Found's test split
/// without the scenes whose obstacles are known classes (children, bicycles), 1,043 frames of the whole set, named
/// LostAndFound-testNoKnown as tables print it. A split (train, val, test, …): frames of that split. Else a file with a
/// list of frame names, one a line or a JSON list, sought from the set's folder and from the working folder; names may
/// be those of frames or of image files. Requires: the set's frames are named "split/name" where it has splits. Throws
/// Error: no such part or file, a list that names frames that are not there (they are named), nothing left.
void keepPart(DataSet& set, const std::string& part);

}  // namespace oodscope
