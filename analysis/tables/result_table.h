// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/tables/table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace oodscope {

/// Component metrics of a row, fractions.
struct ComponentColumns {
  double threshold = 0.0;  ///< decision: score > threshold; where it is best F1's, the largest float below that one
  std::optional<double> siou, ppv, f1Star;
  std::string track = {};   ///< whose sizes count: "anomaly", "obstacle"
  std::int64_t frames = 0;  ///< that they are of: those that the pixel protocol skips count, too
  friend bool operator==(const ComponentColumns&, const ComponentColumns&) = default;
};

/// OoDIS' average precision of a row, fractions: instances are the components above the threshold.
struct InstanceColumns {
  std::optional<double> threshold = {};  ///< decision: score > threshold; as ComponentColumns'
  std::optional<double> ap = {}, ap50 = {};
  std::int64_t truths = 0, predicted = 0;  ///< true instances that count; all predicted ones
  friend bool operator==(const InstanceColumns&, const InstanceColumns&) = default;
};

/// Metrics of a row's pixels at one distance, fractions.
struct DistanceColumns {
  double from = 0.0, to = 0.0;  ///< metres
  std::optional<double> ap = {}, fpr95 = {};
  std::int64_t positives = 0, negatives = 0;  ///< pixels
  std::int64_t frames = 0;                    ///< with such pixels that the protocol uses
  friend bool operator==(const DistanceColumns&, const DistanceColumns&) = default;
};

/// Metrics of a row's anomalies of one size against all its normal pixels, fractions.
struct SizeColumns {
  std::int64_t least = 0;                  ///< pixels of an anomaly
  std::optional<std::int64_t> below = {};  ///< none: any larger one
  std::optional<double> ap = {}, fpr95 = {};
  std::int64_t objects = 0;                   ///< anomalies of the size
  std::int64_t positives = 0, negatives = 0;  ///< pixels
  std::int64_t frames = 0;                    ///< that the protocol uses
  friend bool operator==(const SizeColumns&, const SizeColumns&) = default;
};

/// What somebody printed of a row's set, network, method, temperature and protocol, fractions.
struct PublishedColumns {
  std::optional<double> ap = {}, fpr95 = {};
  std::string source = {};  ///< title, table and row
  std::string note = {};    ///< what is doubtful about it; mostly nothing
  friend bool operator==(const PublishedColumns&, const PublishedColumns&) = default;
};

/// Open-set recognition of one group of frames.
struct OpenSetFoldColumns {
  std::string name = {}, calibratedOn = {};
  std::optional<double> threshold = {};  ///< decision: score > threshold
  std::optional<double> openMiou = {}, closedMiou = {};
  std::int64_t frames = 0;
  friend bool operator==(const OpenSetFoldColumns&, const OpenSetFoldColumns&) = default;
};
/// ISSU's oIoU at a threshold of all frames: the sum of the known classes' open-IoU by their number, a fraction.
struct OpenIouColumns {
  std::string at = {};  ///< which threshold: "tpr95", "fpr05", "best_f1"
  std::optional<double> threshold = {}, oiou = {};
  friend bool operator==(const OpenIouColumns&, const OpenIouColumns&) = default;
};
/// Open-set recognition of a row, fractions: means over the groups, weighted by their frames.
struct OpenSetColumns {
  std::optional<double> openMiou = {}, closedMiou = {}, gap = {};  ///< of the classes that occur
  std::optional<double> openMiouDefined = {};                      ///< an absent class that is predicted counts 0
  std::optional<double> openMiouAll = {};                          ///< an absent class counts 0
  std::string convention = {};                                     ///< of openMiou, closedMiou and gap
  std::vector<OpenSetFoldColumns> folds = {};
  std::vector<OpenIouColumns> oious = {};  ///< ISSU's variants, in its order
  std::string oiouConvention = {};
  std::optional<double> tprAtFpr05 = {};  ///< ISSU's; needs no classes
  friend bool operator==(const OpenSetColumns&, const OpenSetColumns&) = default;
};

/// One evaluated set under one method, temperature and protocol. Metrics are fractions; not defined is empty.
struct ResultRow {
  std::string set;
  std::string model;  ///< empty for imported scores
  std::string method;
  std::string methodTitle = {};       ///< for people, in tables of documents; empty: the method's name
  std::optional<double> temperature;  ///< empty where the method does not depend on it
  std::string protocol;
  std::int64_t frames = 0, skipped = 0;  ///< that the numbers are of; all others of the set, the sum of what follows
  std::int64_t framesTotal = 0;          ///< of the set
  std::int64_t withoutAnomaly = 0;       ///< left out by the protocol's own rule
  std::int64_t failed = 0;               ///< could not be read, inferred or scored
  std::int64_t unread = 0;               ///< not looked at yet, because the run was stopped
  std::int64_t unlabelled = 0;           ///< their ground truth is withheld
  bool complete = true;                  ///< nothing failed and nothing is unread: the numbers are the set's
  std::string precision = {};            ///< of what was scored: "float16", "float32", "float64", "uint8"
  std::string polarity = {};       ///< of imported maps: "anomaly-high", "normal-high" (read as 1 - value); else empty
  std::string normalisation = {};  ///< of an ensemble's scores, "min-max:set"; else empty
  std::int64_t positives = 0, negatives = 0;  ///< pixels
  std::optional<double> ap, fpr95, auroc, bestF1, bestF1Threshold;
  std::optional<double> nll = {};  ///< of the true class, nats a pixel; where a sweep's rule asks for it
  bool exact = true;               ///< complete, and computed from every pixel instead of estimated
  std::optional<ComponentColumns> components;
  /// Where they were asked for; no bins, no value: the set has no distances, no class labels.
  std::optional<std::vector<DistanceColumns>> distanceBins = {};
  std::optional<std::vector<SizeColumns>> sizeGroups = {};
  std::optional<OpenSetColumns> openSet = {};
  std::optional<InstanceColumns> instances = {};
  std::optional<PublishedColumns> published = {};  ///< nothing printed in it: asked for, and nothing is known
  friend bool operator==(const ResultRow&, const ResultRow&) = default;
};

/// Rows with what is needed to make them again: command, fingerprints, versions, threads.
struct ResultTable {
  std::vector<ResultRow> rows;
  std::vector<std::string> warnings = {};    ///< likely mistakes in what was given, each a sentence for the user
  std::vector<std::string> unfinished = {};  ///< what was asked for and is not in the rows, and why
  Value::Object provenance = {};
  /// Whether all that was asked for is in the rows, and each of all its frames.
  [[nodiscard]] bool isComplete() const;
  friend bool operator==(const ResultTable&, const ResultTable&) = default;
};

/// What the row's method is called for people.
[[nodiscard]] const std::string& methodText(const ResultRow& row);
/// The frames that a row is of, for people: "30", "29 (1 without anomaly)", "5 of 10 (5 failed)".
[[nodiscard]] std::string framesText(const ResultRow& row);
/// The table for the writers. JSON: {"rows":[…],"complete":…,"unfinished":[…],"warnings":[…],"provenance":{…}},
/// components null where a row has none; distance_bins, size_groups, open_set with tpr_at_fpr05, instances and
/// published where a row has them. CSV: columns of later
/// versions follow those of earlier ones. LaTeX: sets side by side with AP and FPR95, a row each for method,
/// temperature, model and protocol.
[[nodiscard]] Table tableOf(const ResultTable& results);
/// tableOf() in the format of that name. Errors: as writeTable().
[[nodiscard]] std::string writeTable(const ResultTable& results, std::string_view format);

/// Reads what was written as JSON. Throws Error for text that is not JSON or lacks a field: which, and what was there.
[[nodiscard]] ResultTable tableFromJson(std::string_view json);

}  // namespace oodscope
