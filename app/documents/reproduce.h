// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/published.h"
#include "analysis/tables/table.h"
#include "app/documents/reproduction_tables.h"
#include "app/documents/request.h"
#include "app/sources/progress.h"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace oodscope {

struct ReproductionRequest {
  std::vector<ReproductionTable> tables;
  std::vector<std::filesystem::path> sets = {}, weights = {};  ///< folders to look below
  std::filesystem::path cityscapes = {};                       ///< validation set, for mIoU; empty: none is measured
  EvaluationRequest how = {};  ///< threads, device, store: what is asked for is set here
};

/// A number made again beside the printed one, fractions.
struct ReproducedNumber {
  std::optional<double> measured = {}, published = {};
  bool isComparable = false;  ///< measured on the frames that were published
  [[nodiscard]] std::optional<double> difference() const;
};

/// A row on one set.
struct ReproducedCell {
  std::string set;
  std::string frames = {};  ///< that the numbers are of: see framesText()
  ReproducedNumber ap = {}, fpr95 = {};
  std::string lack = {};  ///< why nothing was measured, or why no difference is given; empty where all is there
};

struct ReproducedRow {
  std::string table;                       ///< its name
  std::string title;                       ///< as printed
  std::string model = {}, method = {};     ///< as asked for
  std::optional<double> temperature = {};  ///< of a best one: which it was
  std::string weights = {};                ///< the file that was taken; empty: there is none
  ReproducedNumber miou = {};
  std::string miouLack = {};
  std::vector<ReproducedCell> cells = {};  ///< of each set, in their order
};

struct Reproduction {
  std::vector<ReproducedRow> rows;
  std::vector<FailedFrame> failures;
  std::vector<std::string> warnings, notes;
  std::vector<std::string> unfinished;  ///< what should have been measured and was not
  Value::Object provenance;
  bool cancelled = false;
  /// Whether any number was measured.
  [[nodiscard]] bool hasNumbers() const;
};

/// Measures what can be measured of the tables with what lies below the folders, by protocol `course`: each network
/// once over each set, whatever the number of rows. What cannot be is there with why. Throws Error where a folder
/// cannot be read.
[[nodiscard]] Reproduction reproduce(const ReproductionRequest& request, const PublishedValues& published,
                                     const ProgressSink& progress, const std::stop_token& stop);

/// For people: three lines a row (measured, published, difference), AP and FPR95 of the sets side by side; what is
/// missing follows. Lines that have no number are left out.
[[nodiscard]] Table tableForPeople(const Reproduction& reproduction);
/// For programs: a row a cell.
[[nodiscard]] Table tableForPrograms(const Reproduction& reproduction);

/// What each recipe does, a line each.
[[nodiscard]] std::vector<std::string> recipeTexts();
/// Rows of the same title of several tables of the 2025 edition side by side, with the recipes in words.
[[nodiscard]] Table recipesSideBySide(const Reproduction& reproduction);

}  // namespace oodscope
