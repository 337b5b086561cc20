// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/tables/number_text.h"
#include "analysis/tables/result_table.h"

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

std::string number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? roundTripText(*value) : std::string();
}

}  // namespace

std::string tableAsCsv(const ResultTable& table) {
  const bool anyNll = std::any_of(table.rows.begin(), table.rows.end(), [](const ResultRow& r) { return r.nll; });
  std::string out =
      "set,model,method,temperature,protocol,frames,skipped,positives,negatives,ap,fpr95,auroc,best_f1,"
      "best_f1_threshold,exact,component_threshold,siou,ppv,f1_star,frames_total,without_anomaly,failed,unread,"
      "unlabelled,complete,precision";
  out += anyNll ? ",nll\n" : "\n";
  for (const ResultRow& row : table.rows) {
    out += csvField(row.set) + ',' + csvField(row.model) + ',' + csvField(row.method) + ',' + number(row.temperature) +
           ',' + csvField(row.protocol) + ',';
    for (const std::int64_t count : {row.frames, row.skipped, row.positives, row.negatives})
      out += std::to_string(count) + ',';
    for (const auto& value : {row.ap, row.fpr95, row.auroc, row.bestF1, row.bestF1Threshold})
      out += number(value) + ',';
    out += row.exact ? "true" : "false";
    const auto& c = row.components;
    for (const auto& value : {c ? std::optional(c->threshold) : std::nullopt, c ? c->siou : std::nullopt,
                              c ? c->ppv : std::nullopt, c ? c->f1Star : std::nullopt})
      out += ',' + number(value);
    for (const std::int64_t count : {row.framesTotal, row.withoutAnomaly, row.failed, row.unread, row.unlabelled})
      out += ',' + std::to_string(count);
    out += std::string(row.complete ? ",true," : ",false,") + csvField(row.precision);
    if (anyNll) out += ',' + number(row.nll);
    out += '\n';
  }
  return out;
}

}  // namespace oodscope
