// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"
#include "app/session/session.h"

#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// Which frame, and which part of it in image pixels (none: the frame itself), a remark is about.
struct NotePlace {
  std::string set, frame;
  std::optional<Box> region = {};
};

/// Regions grow and shrink with the threshold: a note belongs to a region while their boxes share at least half of
/// their union.
inline constexpr double kSamePlace = 0.5;

/// The note of a place: the frame's own, or that of the best-fitting region. nullptr: none.
[[nodiscard]] const Note* findNote(const std::vector<Note>& notes, const NotePlace& place);
/// The notes after one of them got other tags; a note that says nothing is dropped.
[[nodiscard]] std::vector<Note> withTags(std::vector<Note> notes, const NotePlace& place,
                                         const std::vector<std::string>& tags);
[[nodiscard]] std::vector<Note> withText(std::vector<Note> notes, const NotePlace& place, const std::string& text);

}  // namespace oodscope
