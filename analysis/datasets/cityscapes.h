// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A class that takes part in Cityscapes' evaluation.
struct CityscapesClass {
  std::string_view name;
  std::array<std::uint8_t, 3> colour;  ///< RGB
};
/// By train id. Source: cityscapesScripts, helpers/labels.py.
inline constexpr std::array<CityscapesClass, 19> kCityscapesClasses{{{"road", {128, 64, 128}},
                                                                     {"sidewalk", {244, 35, 232}},
                                                                     {"building", {70, 70, 70}},
                                                                     {"wall", {102, 102, 156}},
                                                                     {"fence", {190, 153, 153}},
                                                                     {"pole", {153, 153, 153}},
                                                                     {"traffic light", {250, 170, 30}},
                                                                     {"traffic sign", {220, 220, 0}},
                                                                     {"vegetation", {107, 142, 35}},
                                                                     {"terrain", {152, 251, 152}},
                                                                     {"sky", {70, 130, 180}},
                                                                     {"person", {220, 20, 60}},
                                                                     {"rider", {255, 0, 0}},
                                                                     {"car", {0, 0, 142}},
                                                                     {"truck", {0, 0, 70}},
                                                                     {"bus", {0, 60, 100}},
                                                                     {"train", {0, 80, 100}},
                                                                     {"motorcycle", {0, 0, 230}},
                                                                     {"bicycle", {119, 11, 32}}}};
inline constexpr int kCityscapesTrainClasses = static_cast<int>(kCityscapesClasses.size());

/// Train id of each label id 0 to 33; 255 where the id takes no part. Source: as above.
inline constexpr std::array<std::uint8_t, 34> kCityscapesTrainIds{
    255, 255, 255, 255, 255, 255, 255, 0,  1,  255, 255, 2,  3,   4,   255, 255, 255,
    5,   255, 6,   7,   8,   9,   10,  11, 12, 13,  14,  15, 255, 255, 16,  17,  18};

/// The names of the classes by train id.
[[nodiscard]] inline std::vector<std::string> cityscapesNames() {
  std::vector<std::string> names;
  names.reserve(kCityscapesClasses.size());
  for (const CityscapesClass& each : kCityscapesClasses) names.emplace_back(each.name);
  return names;
}

}  // namespace oodscope
