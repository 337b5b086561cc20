// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_table.h"
#include "analysis/tables/table.h"
#include "app/figures/report_document.h"

#include <string>
#include <vector>

namespace oodscope {

/// Sets as columns with AP and FPR95, methods as rows; best and second of each column marked over the values as
/// printed.
[[nodiscard]] ReportGrid metricGrid(const ResultTable& table, const QString& caption);
/// Best F1, its threshold, and component metrics where rows have them.
[[nodiscard]] ReportGrid componentGrid(const ResultTable& table, const QString& caption);
/// The table's columns for people without those whose titles are given.
[[nodiscard]] ReportGrid plainGrid(const Table& table, const std::vector<std::string>& without = {});

}  // namespace oodscope
