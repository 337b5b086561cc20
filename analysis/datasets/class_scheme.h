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
  int leftOut = -1;  ///< the class that networks of one class fewer lack: its pixels are of no class then; -1: none

  /// Names of the classes in order.
  [[nodiscard]] std::vector<std::string> names() const;
  /// The true class as a network of `known` classes numbers it: of one class fewer than the scheme's the classes behind
  /// `leftOut` move down and that one is 255. Requires: a class index, or 255.
  [[nodiscard]] std::uint8_t numberedFor(int known, std::uint8_t index) const;
  /// "Cityscapes train ids 0 to 18, 255 void", for messages.
  [[nodiscard]] std::string valueText() const;
};

namespace schemes {
/// Train ids; 254 is an unknown object, as in ISSU. Files named …labelIds hold label ids instead.
extern const ClassScheme kCityscapes;
/// StreetHazards' thirteen, "unlabeled" included: a file stores one more than the class, 14 for the anomaly. Open-set
/// networks of twelve lack "other". Source: Hendrycks et al., anomaly-seg; Grcić et al., DenseHybrid's evaluate_osr.py.
extern const ClassScheme kStreetHazards;
}  // namespace schemes

}  // namespace oodscope
