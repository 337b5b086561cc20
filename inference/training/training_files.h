// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>

/// What a training writes into its folder.
namespace oodscope::training_files {

inline constexpr const char* kCheckpoint = "checkpoint.pth";
inline constexpr const char* kLog = "log.csv";
inline constexpr const char* kWeights = "weights.pth";
inline constexpr const char* kSidecar = "weights.json";
inline constexpr const char* kBestWeights = "best.pth";
inline constexpr const char* kBestSidecar = "best.json";

/// Removes what a killed program left of files that it was about to put in place: their names end in ".part-" and its
/// process and serial number, or the six characters of mkstemp of versions before.
void removeLeftovers(const std::filesystem::path& folder);

/// Throws Error where the folder holds files of a training's names and no checkpoint, which is written before all else:
/// they are not a training's of this program.
void requireOwnFolder(const std::filesystem::path& folder);

}  // namespace oodscope::training_files
