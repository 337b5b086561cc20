// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/failure_table.h"

#include "analysis/tables/number_text.h"

#include <cmath>

namespace oodscope {
namespace {

std::string number(double value) { return std::isfinite(value) ? roundTripText(value) : std::string(); }

}  // namespace

std::string failuresAsCsv(std::span<const FailureTableRow> rows) {
  std::string out =
      "kind,set,frame,map_width,map_height,area,x,y,width,height,centre_x,centre_y,peak,mean,margin,recall,"
      "predicted_class,class_share,distance,tags,note\n";
  for (const FailureTableRow& row : rows) {
    const FailureRegion& region = row.region;
    const bool missed = region.kind == FailureKind::Missed;
    std::string tags;
    for (const std::string& tag : row.tags) tags += (tags.empty() ? "" : ";") + tag;
    out += std::string(missed ? "missed" : "false_positive") + ',' + csvField(row.set) + ',' + csvField(row.frame);
    for (const std::int64_t value :
         {static_cast<std::int64_t>(row.size.width), static_cast<std::int64_t>(row.size.height),
          static_cast<std::int64_t>(region.area), static_cast<std::int64_t>(region.box.x),
          static_cast<std::int64_t>(region.box.y), static_cast<std::int64_t>(region.box.width),
          static_cast<std::int64_t>(region.box.height)})
      out += ',' + std::to_string(value);
    for (const double value : {region.centreX, region.centreY, region.peakScore, region.meanScore, region.margin})
      out += ',' + number(value);
    out += ',' + (missed ? number(region.recall) : std::string());
    out +=
        ',' + csvField(row.predictedClass) + ',' + (region.majorityClass ? number(region.classShare) : std::string());
    out += ',' + (region.distance ? number(*region.distance) : std::string());
    out += ',' + csvField(tags) + ',' + csvField(row.note) + '\n';
  }
  return out;
}

}  // namespace oodscope
