// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/shrink_table.h"

#include "analysis/core/numbers.h"

#include <algorithm>

namespace oodscope {
namespace {

constexpr double kMillion = 1e6, kMilliseconds = 1e3, kBillion = 1e9;

Value tableNumber(const std::optional<double>& value) { return value ? Value(*value) : Value(); }

/// Whether all rows have one value there.
template <class T>
bool isOne(const std::vector<ShrunkRow>& rows, T ShrunkRow::*field) {
  return std::ranges::all_of(rows, [&](const ShrunkRow& row) { return row.*field == rows.front().*field; });
}

double costOf(const ShrunkRow& row, ShrunkCost cost) {
  return cost == ShrunkCost::Latency ? row.seconds * kMilliseconds : static_cast<double>(row.nonZero) / kMillion;
}

}  // namespace

Table tableOf(const std::vector<ShrunkRow>& rows) {
  const bool hasMiou = std::ranges::any_of(rows, [](const ShrunkRow& row) { return row.miou.has_value(); });
  Table table;
  table.caption = "What networks cost and what they find: mIoU, AP and FPR95 in percent.";
  table.columns = {{"Model", "model"}, {"Set", "set"}, {"Method", "method"}};
  if (hasMiou) table.columns.push_back({"mIoU", "miou", Table::Kind::Percent});
  using Kind = Table::Kind;
  for (const Table::Column& column : {Table::Column{"GMAC", "giga_multiply_adds", Kind::Score},
                                      {"Parameters", "parameters", Kind::Count},
                                      {"Non-zero", "nonzero_parameters", Kind::Count},
                                      {"Bytes", "bytes", Kind::Count},
                                      {"Latency [ms]", "latency_ms", Kind::Score},
                                      {"AP", "ap", Kind::Percent},
                                      {"FPR95", "fpr95", Kind::Percent}})
    table.columns.push_back(column);
  for (const ShrunkRow& row : rows) {
    Value::Array& cells = table.rows.emplace_back(Value::Array{row.model, row.set, row.method});
    if (hasMiou) cells.push_back(tableNumber(row.miou));
    cells.emplace_back(static_cast<double>(row.multiplyAdds) / kBillion);
    for (const std::int64_t count : {row.parameters, row.nonZero, row.bytes}) cells.emplace_back(count);
    cells.emplace_back(row.seconds * kMilliseconds);
    cells.push_back(tableNumber(row.ap));
    cells.push_back(tableNumber(row.fpr95));
  }
  return table;
}

std::string_view costTitle(ShrunkCost cost) {
  return cost == ShrunkCost::Latency ? "Latency [ms]" : "Non-zero parameters [M]";
}

std::vector<ResultSeries> scatterOf(const std::vector<ShrunkRow>& rows, ShrunkCost cost) {
  std::vector<ResultSeries> out;
  for (const ShrunkRow& row : rows) {
    ResultSeries& series = out.emplace_back();
    series.label = row.model;
    if (!isOne(rows, &ShrunkRow::set)) series.label += ", " + row.set;
    if (!isOne(rows, &ShrunkRow::method)) series.label += ", " + row.method;
    ResultPoint& point = series.points.emplace_back();
    point.number = costOf(row, cost);
    point.place = generalText(*point.number, 4);
    point.runs = row.ap ? 1 : 0;
    point.without = row.ap ? 0 : 1;
    if (row.ap) point.mean = point.least = point.most = 100.0 * *row.ap;
  }
  return out;
}

}  // namespace oodscope
