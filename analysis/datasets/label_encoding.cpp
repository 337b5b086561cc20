// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/label_encoding.h"

#include "analysis/core/error.h"
#include "analysis/datasets/layouts.h"
#include "analysis/datasets/raw_label.h"

#include <algorithm>

namespace oodscope {
namespace {

bool isWithin(const std::set<int>& values, const std::set<int>& allowed) {
  return std::includes(allowed.begin(), allowed.end(), values.begin(), values.end());
}

/// Only black and white: nothing tells whether white is the anomaly or void.
bool isBlackAndWhite(const std::set<int>& values) {
  return values.size() == 2 && values.contains(0) && (values.contains(255) || values.contains(kMinusOne));
}

std::vector<std::size_t> labelledFrames(const DataSet& set) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < set.frames.size(); ++i) {
    if (set.frames[i].label) out.push_back(i);
  }
  return out;
}

/// Reads masks on until a third value comes, all are read, or so many pixels that it would be felt.
void readOnWhileBlackAndWhite(const DataSet& set, LabelCensus& census) {
  constexpr std::uint64_t kMostCounted = std::uint64_t{1} << 28;
  constexpr std::size_t kAtOnce = 16;
  std::vector<std::size_t> left;
  const auto known = census.facts();
  for (const auto frame : labelledFrames(set)) {
    if (!known.contains(*set.frames[frame].label)) left.push_back(frame);
  }
  std::uint64_t pixels = 0;
  for (std::size_t at = 0; at < left.size() && isBlackAndWhite(valuesIn(census)) && pixels < kMostCounted;) {
    const auto count = std::min(kAtOnce, left.size() - at);
    countLabels(set, std::span(left).subspan(at, count), census);
    at += count;
    pixels = 0;
    for (const auto& [file, facts] : census.facts()) {
      for (const auto& [value, number] : facts.pixels) pixels += number;
    }
  }
}

/// Whether every value that was seen means something under the encoding.
bool covers(const LabelEncoding& encoding, const std::set<int>& values) {
  return std::all_of(values.begin(), values.end(),
                     [&](int value) { return encoding.meaning.contains(value) || value == kMinusOne; });
}

/// -1 is void by everybody's habit and left out; only where 65535 was written without a sign may it be white.
std::set<int> unsignedValues(const LabelCensus& census) {
  auto out = valuesIn(census);
  const auto facts = census.facts();
  if (std::any_of(facts.begin(), facts.end(), [](const auto& entry) { return entry.second.hasMinusOne; })) {
    out.erase(kMinusOne);
  }
  return out;
}

}  // namespace

std::optional<InferredEncoding> inferredEncoding(const std::set<int>& values) {
  std::set<int> trainIds = {254, 255, kMinusOne};
  for (int id = 0; id < 19; ++id) trainIds.insert(id);
  if (values.empty()) return std::nullopt;
  if (isBlackAndWhite(values)) {
    const int white = *values.rbegin();
    const auto name = std::to_string(white);
    return InferredEncoding{
        .encoding = {.meaning = {{0, kNormal}, {white, kAnomaly}},
                     .otherwise = kVoid,
                     .description = "0 normal, " + name + " anomaly",
                     .strict = true},
        .assumption = "the masks hold 0 and " + name + " alone: " + name + " is taken as the anomaly, nothing is void"};
  }
  if (isWithin(values, {0, 1, 255, kMinusOne})) return InferredEncoding{.encoding = binaryEncoding()};
  if (values.contains(254) && isWithin(values, trainIds)) {
    LabelEncoding encoding{.meaning = {{254, kAnomaly}, {255, kVoid}},
                           .otherwise = kVoid,
                           .description = "0 to 18 normal, 254 anomaly, 255 void",
                           .strict = true};
    for (int id = 0; id < 19; ++id) encoding.meaning[id] = kNormal;
    return InferredEncoding{
        .encoding = encoding,
        .assumption = "the masks hold train ids and 254: 254 is taken as the anomaly, 0 to 18 as normal, 255 as void"};
  }
  return std::nullopt;
}

void sampleLabels(const DataSet& set, std::size_t most, LabelCensus& census) {
  const auto labelled = labelledFrames(set);
  std::vector<std::size_t> chosen;
  const auto count = std::min(most, labelled.size());
  for (std::size_t i = 0; i < count; ++i) {
    chosen.push_back(labelled[count == 1 ? 0 : i * (labelled.size() - 1) / (count - 1)]);
  }
  countLabels(set, chosen, census);
}

std::set<int> valuesIn(const LabelCensus& census) {
  std::set<int> out;
  for (const auto& [file, facts] : census.facts()) {
    for (const auto& [value, pixels] : facts.pixels) out.insert(value);
  }
  return out;
}

std::string valueList(const std::set<int>& values) {
  constexpr std::size_t kNamed = 12;
  std::string out;
  std::size_t named = 0;
  for (const int value : values) {
    if (named == kNamed) break;
    out += (named++ == 0 ? "" : ", ") + std::to_string(value);
  }
  if (values.size() > kNamed) out += " and " + std::to_string(values.size() - kNamed) + " more";
  return out;
}

void resolveLabelEncoding(DataSet& set, bool mayInfer) {
  LabelCensus census;
  sampleLabels(set, kLabelsLookedAt, census);
  auto values = unsignedValues(census);
  if (values.empty()) return;
  if (mayInfer && isBlackAndWhite(values)) {
    readOnWhileBlackAndWhite(set, census);
    values = unsignedValues(census);
  }
  const bool isForeign = isBlackAndWhite(values) || !covers(set.encoding, values);
  const auto inferred = mayInfer && isForeign ? inferredEncoding(values) : std::nullopt;
  if (inferred && !inferred->assumption.empty()) {
    set.encoding = inferred->encoding;
    set.warnings.push_back("assumed: " + inferred->assumption +
                           "; --images, --masks and --values say what values mean");
  } else if (isBlackAndWhite(values) && set.encoding.meaning.contains(*values.rbegin()) &&
             set.encoding.meaning.at(*values.rbegin()) == kVoid) {
    set.warnings.push_back(
        "the masks looked at hold 0 and 255 alone: 255 is void in this layout; where it is the "
        "anomaly, say so with --images, --masks and --values 0=normal,255=anomaly");
  }
  const auto findings = labelFindings(set, census);
  set.warnings.insert(set.warnings.end(), findings.begin(), findings.end());
}

}  // namespace oodscope
