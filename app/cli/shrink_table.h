// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_file.h"
#include "analysis/tables/table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// A network as a row of the table that weighs what it costs against what it finds: one row a network, set and method.
struct ShrunkRow {
  std::string model, set, method;
  std::optional<double> miou;  ///< empty where no Cityscapes folder was given
  std::int64_t multiplyAdds = 0, parameters = 0, nonZero = 0, bytes = 0;
  double seconds = 0.0;  ///< median latency of a frame
  std::optional<double> ap, fpr95;
};

/// The rows as a table: mIoU, AP and FPR95 in percent, multiply-adds in units of 10^9, latency in milliseconds. The
/// column of mIoU is there where a row has it.
[[nodiscard]] Table tableOf(const std::vector<ShrunkRow>& rows);

/// What the scatter shows AP against.
enum class ShrunkCost { Parameters /* that are not 0, in millions */, Latency /* in milliseconds */ };
/// "Non-zero parameters [M]", "Latency [ms]".
[[nodiscard]] std::string_view costTitle(ShrunkCost cost);
/// A point a row, AP in percent against its cost, labelled by network, and set and method where those differ.
[[nodiscard]] std::vector<ResultSeries> scatterOf(const std::vector<ShrunkRow>& rows, ShrunkCost cost);

}  // namespace oodscope
