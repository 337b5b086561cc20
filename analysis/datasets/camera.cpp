// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/data_set.h"
#include "analysis/formats/json_text.h"

namespace oodscope {

StereoCamera readCamera(const std::filesystem::path& file) {
  constexpr Range<double> kMetres{1e-6, 1e3};  // between two cameras of one rig
  constexpr Range<double> kFocal{1e-3, 1e6}, kPixels{-1e6, 1e6};
  const JsonValue json = readJsonFile(file, "camera file", {.bytes = 1 << 20});
  const JsonValue extrinsic = json.at("extrinsic"), intrinsic = json.at("intrinsic");
  return {.baseline = extrinsic.at("baseline").number(kMetres),
          .focalX = intrinsic.at("fx").number(kFocal),
          .focalY = intrinsic.at("fy").number(kFocal),
          .centreX = intrinsic.at("u0").number(kPixels),
          .centreY = intrinsic.at("v0").number(kPixels)};
}

}  // namespace oodscope
