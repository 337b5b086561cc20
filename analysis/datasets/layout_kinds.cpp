// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/layout_kinds.h"

#include <array>
#include <ostream>
#include <vector>

namespace oodscope {
namespace {

/// Most telling first: a folder of Fishyscapes labels may also hold the images' tree. One line a layout.
constexpr std::array kLayouts = {
    layouts::kRoadAnomaly2019,          //
    layouts::kFishyscapesStatic,        //
    layouts::kFishyscapesLostAndFound,  //
    layouts::kStreetHazards,            //
    layouts::kBravo,                    //
    layouts::kOodis,                    //
    layouts::kIssu,                     //
    layouts::kSmiycObstacle,            //
    layouts::kSmiycAnomaly,             //
    layouts::kCourseBundle,             //
    layouts::kCityscapes,               //
    layouts::kLostAndFound,             //
    layouts::kGeneric,                  //
};

}  // namespace

Layout::Layout() noexcept : Layout(layouts::kGeneric) {}

std::string_view Layout::name() const { return m_kind->name; }

std::ostream& operator<<(std::ostream& out, Layout layout) { return out << layout.name(); }

std::span<const Layout> allLayouts() { return kLayouts; }

std::string layoutHints() {
  struct Hint {
    std::string_view text;
    std::string briefs;
  };
  std::vector<Hint> hints;
  for (const Layout layout : kLayouts) {
    const LayoutKind& kind = layout.kind();
    if (hints.empty() || hints.back().text != kind.hint) hints.push_back({kind.hint, {}});
    std::string& briefs = hints.back().briefs;
    if (briefs.find(kind.brief) == std::string::npos) briefs.append(briefs.empty() ? "" : ", ").append(kind.brief);
  }
  std::string out;
  for (const Hint& hint : hints) {
    out.append(out.empty() ? "" : ", ").append(hint.text);
    if (!hint.briefs.empty()) out.append(" (").append(hint.briefs).append(")");
  }
  return out;
}

}  // namespace oodscope
