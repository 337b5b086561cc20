// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/report_tables.h"
#include "app/figures/report_document.h"

#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

/// Everything a report is made of, gathered and drawn from one session.
struct Report {
  ReportDocument document;
  ReportTables tables;
  std::vector<std::string> problems;  ///< sets, frames and figures that are missing, and why
};

/// Gathers tables, figures and failures. Parts that cannot be made are named in the document and in `problems`. Throws
/// Error where stopped. GUI thread (the figures are made here). Cost: as makeReportTables().
[[nodiscard]] Report makeReport(SessionResults& results, const std::string& name, int threads,
                                const ProgressSink& progress);

/// report.html, report.pdf and the tables in `folder`, which is made where it is missing. Returns the files. Throws
/// Error.
std::vector<std::filesystem::path> writeReport(const Report& report, const std::filesystem::path& folder);

}  // namespace oodscope
