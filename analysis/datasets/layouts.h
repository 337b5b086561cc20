// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/folder_listing.h"
#include "analysis/datasets/layout_kinds.h"

namespace oodscope {

/// An image file and what its frame is to be called.
struct NamedImage {
  std::string name;
  std::filesystem::path file;
};

/// Reads a folder by globs and an encoding that the user gave or that were guessed.
[[nodiscard]] DataSet readGeneric(const std::filesystem::path& root, const GenericLayout& generic);

// What the readers share.

/// 0 normal, 1 anomaly, 255 void, anything else an error.
[[nodiscard]] LabelEncoding binaryEncoding();
/// What a folder of no known layout looks like, for options and messages.
struct PlainGuess {
  std::string images, masks;  ///< globs as --images and --masks take them
};
/// The folders (or name endings in one folder) that look like images and masks, if any; nothing is decoded.
[[nodiscard]] std::optional<PlainGuess> guessedPlain(const std::filesystem::path& root);

/// Adds what an index did not use to set.skipped, and a remark where names matched but for case, form or affixes.
void addLeftovers(DataSet& set, const CompanionIndex& index, const std::string& unusedReason,
                  const std::string& foreignReason);
/// The same for labels, and a warning with counts and names where images and masks did not all find each other.
void addLabelLeftovers(DataSet& set, const CompanionIndex& index, const std::string& foreignReason);
/// Gives each frame its label: the file that the index has for frame `i`'s name in `names`.
void attach(DataSet& set, CompanionIndex& index, std::optional<std::filesystem::path> Frame::*member,
            const std::vector<std::string>& names, NameMatch loosest);
/// Adds a frame a picture file, in composed form of its name; a second picture of one name is skipped and said.
/// Returns the names as they are on disk, one a frame of set.frames that was added.
[[nodiscard]] std::vector<std::string> addFrames(DataSet& set, const std::vector<NamedImage>& images);
/// "a, b, c and 4 more", for messages.
[[nodiscard]] std::string namedFew(const std::vector<std::string>& names);
/// "1 frame", "3 frames".
[[nodiscard]] std::string counted(std::size_t count, const std::string& noun);

}  // namespace oodscope
