// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/figures/picture_sheet.h"
#include "app/studies/class_maps.h"
#include "widgets/views/picture.h"

#include <memory>
#include <optional>
#include <vector>

namespace oodscope {

/// What a frame's pixels are taken for and what they are, with the colours and names of its set's classes.
struct ClassPicture {
  int known = 0;                                     ///< K; 0: the source gives no classes
  std::shared_ptr<const ClassMap> predicted, truth;  ///< null where not known
  std::shared_ptr<const ClassColours> colours;
  std::vector<SheetClass> classes;  ///< by class index
  QString noPrediction, noTruth;    ///< why there is none
};
/// Never throws: what cannot be read is not known. `size`: of the predicted map; the true one has its own. Cost: as
/// predictedAt().
[[nodiscard]] ClassPicture classPicture(const LiveSet& live, const Configuration& configuration, std::size_t frame,
                                        Size size);
/// Names and colours of K known classes as a scheme has them; those beyond get colours of their own.
[[nodiscard]] std::vector<SheetClass> colouredClasses(const ClassScheme& scheme, int known);
/// The classes that occur in any of the maps, most pixels first.
[[nodiscard]] std::vector<SheetClass> occurringClasses(const ClassPicture& picture,
                                                       const std::vector<std::shared_ptr<const ClassMap>>& maps);

}  // namespace oodscope
