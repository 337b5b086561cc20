// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/window/failures/region_notes.h"

#include "analysis/regions/region_facts.h"

#include <algorithm>

namespace oodscope {
namespace {

std::size_t indexOf(const std::vector<Note>& notes, const NotePlace& place) {
  std::size_t best = notes.size();
  double bestOverlap = kSamePlace;
  for (std::size_t i = 0; i < notes.size(); ++i) {
    const Note& note = notes[i];
    if (note.set != place.set || note.frame != place.frame || note.region.has_value() != place.region.has_value())
      continue;
    if (!place.region) return i;
    const double overlap =
        boxOverlap({note.region->x, note.region->y, note.region->width, note.region->height}, *place.region);
    if (overlap < bestOverlap || (best < notes.size() && overlap == bestOverlap)) continue;
    best = i;
    bestOverlap = overlap;
  }
  return best;
}

template <class Change>
std::vector<Note> changed(std::vector<Note> notes, const NotePlace& place, Change change) {
  const std::size_t at = indexOf(notes, place);
  if (at == notes.size()) {
    Note fresh{.set = place.set, .frame = place.frame, .tags = {}, .text = {}};
    if (place.region)
      fresh.region = FrameRectangle{place.region->x, place.region->y, place.region->width, place.region->height};
    notes.push_back(std::move(fresh));
  }
  change(notes[at]);
  if (notes[at].tags.empty() && notes[at].text.empty()) notes.erase(notes.begin() + static_cast<std::ptrdiff_t>(at));
  return notes;
}

}  // namespace

const Note* findNote(const std::vector<Note>& notes, const NotePlace& place) {
  const std::size_t at = indexOf(notes, place);
  return at == notes.size() ? nullptr : &notes[at];
}

std::vector<Note> withTags(std::vector<Note> notes, const NotePlace& place, const std::vector<std::string>& tags) {
  return changed(std::move(notes), place, [&](Note& note) { note.tags = tags; });
}

std::vector<Note> withText(std::vector<Note> notes, const NotePlace& place, const std::string& text) {
  return changed(std::move(notes), place, [&](Note& note) { note.text = text; });
}

}  // namespace oodscope
