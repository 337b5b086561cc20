// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <cstdint>
#include <string>
#include <vector>

namespace oodscope {

/// What the file system says of one file. Two stamps of one path that are equal mean: nobody wrote or replaced it, as
/// far as size, time of change and inode tell.
struct FileStamp {
  std::filesystem::path file;
  bool exists = false;
  std::uint64_t bytes = 0;
  std::int64_t modifiedNs = 0;  ///< since 1970, of the content
  std::int64_t changedNs = 0;   ///< since 1970, of the inode: moves too where the content's time was set back
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

/// The stamps of one frame's files: image, overlay, label, region of interest, disparity, camera, class label; those
/// that the frame has.
struct FrameStamp {
  std::vector<FileStamp> files;
  friend bool operator==(const FrameStamp&, const FrameStamp&) = default;
};

/// A file of a frame that is no longer what it was.
struct ChangedFile {
  std::size_t frame = 0;  ///< index into set.frames
  std::filesystem::path file;
  std::string change;  ///< "was replaced", "was written to", "is gone", "was not there before"
};

/// The stamp of one file; links are followed. Never throws: what cannot be asked does not exist.
[[nodiscard]] FileStamp stampOf(const std::filesystem::path& file);
/// One stamp a frame, in the order of set.frames. Cost: one stat a file; nothing is read.
[[nodiscard]] std::vector<FrameStamp> stampsOf(const DataSet& set);

/// The files that changed since `stamps` were taken, by frame and in the order of the frame's files; empty where all
/// are as they were. Requires: stamps from stampsOf(set) of the same frames. Cost: one stat a file. What it cannot see:
/// a change within the file system's resolution of time that keeps the size and the inode.
[[nodiscard]] std::vector<ChangedFile> changedSince(const DataSet& set, const std::vector<FrameStamp>& stamps);

/// For messages: "frames 3, 7: labels_masks/3.png was replaced, …"; names at most three files, then counts. Empty where
/// nothing changed.
[[nodiscard]] std::string changeText(const DataSet& set, const std::vector<ChangedFile>& changes);

}  // namespace oodscope
