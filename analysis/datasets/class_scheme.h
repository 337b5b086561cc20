// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/pinned.h"
#include "analysis/datasets/cityscapes.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// The classes that a set's labels name, and how its files number them.
struct ClassScheme {
  std::string_view name;                     ///< "Cityscapes"
  std::span<const CityscapesClass> classes;  ///< by class index: names and colours
  int firstValue = 0;                        ///< what a file stores for class 0; the others follow it
  std::span<const int> voidValues = {};      ///< what a file stores for pixels of no class, beside 255 and -1
  bool isWhole = false;                      ///< a network that is held against it has exactly these classes

  /// Names of the classes in order.
  [[nodiscard]] std::vector<std::string> names() const;
  /// "Cityscapes train ids 0 to 18, 255 void", for messages.
  [[nodiscard]] std::string valueText() const;
};

namespace schemes {
/// Train ids; 254 is an unknown object, as in ISSU. Files named …labelIds hold label ids instead.
extern const ClassScheme kCityscapes;
/// StreetHazards' thirteen, "unlabeled" included: a file stores one more than the class, 14 for the anomaly.
/// Source: Hendrycks et al., anomaly-seg.
extern const ClassScheme kStreetHazards;
}  // namespace schemes

}  // namespace oodscope
