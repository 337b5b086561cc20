// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/failure_definition.h"

#include "analysis/tables/number_text.h"
#include "app/studies/component_track.h"

namespace oodscope {
namespace {

constexpr double kMissedBelow = 0.75;  // an object of which less than this is found is worth a look

}  // namespace

FailureOptions failureOptions(ObjectTrack objects, float threshold) {
  const ComponentTrack track = componentTrack(objects);
  FailureOptions options;
  options.threshold = static_cast<double>(threshold);
  options.minArea = track.minPredicted;
  options.minTruth = track.minTruth;
  options.missedBelow = kMissedBelow;
  options.opening = true;
  options.outlines = false;
  return options;
}

std::string failureDefinition(const FailureOptions& options) {
  std::string out = "False-positive regions are 8-connected normal pixels with score >= threshold";
  if (options.opening) out += ", after a 5 x 5 opening";
  out += ", of " + std::to_string(options.minArea) + " pixels or more; missed objects are true components";
  if (options.minTruth > 0) out += " of " + std::to_string(options.minTruth) + " pixels or more";
  return out + " of which less than " + shortText(100.0 * options.missedBelow) + " % is found";
}

}  // namespace oodscope
