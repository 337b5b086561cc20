// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/imported_scores.h"
#include "analysis/formats/array_file.h"

#include <optional>
#include <vector>

namespace oodscope {

/// The arrays of a file that are called as a network's outputs are (see Output), in that order; none where there are
/// but logits, without a `score` beside them.
[[nodiscard]] std::vector<ImportedArray> namedOutputs(const std::vector<ArrayFacts>& arrays,
                                                      const std::filesystem::path& file,
                                                      const std::string& chosen = {});

/// A folder with a folder an output, `logits/FRAME.npy` beside `outlier/FRAME.npy`, as openImportedScores() gives it;
/// nothing where there are none but of logits. Throws Error as openImportedScores() does for each of them.
[[nodiscard]] std::optional<ImportedScores> openOutputFolders(const std::filesystem::path& folder, const DataSet& set);

}  // namespace oodscope
