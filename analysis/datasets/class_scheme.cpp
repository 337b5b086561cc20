// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/class_scheme.h"

#include "analysis/core/grid.h"

#include <array>

namespace oodscope {
namespace {

constexpr std::array<CityscapesClass, 13> kStreetHazardsClasses{{{"unlabeled", {0, 0, 0}},
                                                                 {"building", {70, 70, 70}},
                                                                 {"fence", {190, 153, 153}},
                                                                 {"other", {250, 170, 160}},
                                                                 {"pedestrian", {220, 20, 60}},
                                                                 {"pole", {153, 153, 153}},
                                                                 {"road line", {157, 234, 50}},
                                                                 {"road", {128, 64, 128}},
                                                                 {"sidewalk", {244, 35, 232}},
                                                                 {"vegetation", {107, 142, 35}},
                                                                 {"car", {0, 0, 142}},
                                                                 {"wall", {102, 102, 156}},
                                                                 {"sign", {220, 220, 0}}}};
constexpr std::array kUnknownObject{254};
constexpr std::array kStreetHazardsVoid{0, 14};  // nothing, and the anomaly

}  // namespace

namespace schemes {
constinit const ClassScheme kCityscapes{
    .name = "Cityscapes train ids", .classes = kCityscapesClasses, .voidValues = kUnknownObject};
constinit const ClassScheme kStreetHazards{.name = "StreetHazards values",
                                           .classes = kStreetHazardsClasses,
                                           .firstValue = 1,
                                           .voidValues = kStreetHazardsVoid,
                                           .isWhole = true,
                                           .leftOut = 3};
}  // namespace schemes

std::vector<std::string> ClassScheme::names() const {
  std::vector<std::string> out;
  out.reserve(classes.size());
  for (const CityscapesClass& each : classes) out.emplace_back(each.name);
  return out;
}

std::uint8_t ClassScheme::numberedFor(int known, std::uint8_t index) const {
  const bool isShort = leftOut >= 0 && known + 1 == static_cast<int>(classes.size());
  if (!isShort || index < leftOut || index == kVoid) return index;
  return index == leftOut ? kVoid : static_cast<std::uint8_t>(index - 1);
}

std::string ClassScheme::valueText() const {
  return std::string(name) + " " + std::to_string(firstValue) + " to " +
         std::to_string(firstValue + static_cast<int>(classes.size()) - 1) + ", 255 void";
}

}  // namespace oodscope
