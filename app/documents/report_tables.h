// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/result_table.h"
#include "app/documents/field_tables.h"
#include "app/documents/session_results.h"

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// The tables of a session's report.
struct ReportTables {
  ResultTable main;      ///< every source and method at the view's temperature, with components at best F1
  ResultTable ablation;  ///< methods x temperatures
  ResultTable sweep;     ///< the view's method against temperature; no rows where temperature has no effect
  Table thresholds;      ///< what each rule chooses on each set, and what that does
  FieldTables field;     ///< open-set recognition and distances of the view's score, on sets that have what they need
};

/// One of them: its file's name, its title for people, the table itself.
struct ReportTableKind {
  std::string_view name;
  std::string_view title;
  Table (*of)(const ReportTables& tables);
};
[[nodiscard]] std::span<const ReportTableKind> reportTableKinds();

/// Versions, threads, protocol, fingerprints of models and data: what it takes to make the numbers again. Cost: reads
/// every image and label of the sets.
[[nodiscard]] Value::Object provenanceOf(SessionResults& results, int threads);

/// Makes what planReport() plans. Throws Error where stopped. Cost: an exact pass a set, method and temperature.
[[nodiscard]] ReportTables makeReportTables(SessionResults& results, const Value::Object& provenance,
                                            const ProgressSink& progress);

/// Writes each table in every format of reportTableWriters(): results.tex, ablation.md, …; tables without rows are left
/// out. Returns the files. Throws Error.
std::vector<std::filesystem::path> writeReportTables(const ReportTables& tables, const std::filesystem::path& folder);

}  // namespace oodscope
