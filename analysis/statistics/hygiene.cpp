// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/hygiene.h"

#include "analysis/metrics/score_key.h"

#include <algorithm>
#include <cmath>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

constexpr double kTieShare = 0.1;         // of a frame's finite pixels
constexpr double kUnlikeWidths = 3.0;     // interquartile ranges: twice what box plots call an outlier
constexpr std::size_t kFewestFrames = 4;  // fewer have no quartiles worth the name

FrameHygiene inspected(std::span<const float> scores, std::span<const std::uint8_t> labels) {
  FrameHygiene out;
  std::vector<std::int32_t> keys;
  keys.reserve(scores.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!labels.empty() && labels[i] > kAnomaly) continue;
    const float s = scores[i];
    ++out.pixels;
    if (std::isnan(s))
      ++out.nan;
    else if (std::isinf(s))
      ++(s > 0.0F ? out.plusInfinity : out.minusInfinity);
    else
      keys.push_back(keyOfScore(s));
  }
  if (keys.empty()) return out;
  std::sort(keys.begin(), keys.end());
  out.lowest = scoreOfKey(keys.front());
  out.highest = scoreOfKey(keys.back());
  out.median = scoreOfKey(keys[(keys.size() - 1) / 2]);
  std::optional<float> lastHalf;
  for (std::size_t first = 0; first < keys.size();) {
    const std::size_t end = static_cast<std::size_t>(
        std::upper_bound(keys.begin() + static_cast<std::ptrdiff_t>(first), keys.end(), keys[first]) - keys.begin());
    const std::uint64_t count = end - first;
    const float score = scoreOfKey(keys[first]);
    const float half = roundedToFloat16(score);
    ++out.distinct;
    if (count > 1) out.tied += count;
    if (count > out.largestTie) {
      out.largestTie = count;
      out.largestTieScore = score;
    }
    if (std::isinf(half)) out.float16Overflow += count;
    if (half == 0.0F && score != 0.0F) out.float16Underflow += count;
    if (!lastHalf || *lastHalf != half) ++out.float16Distinct;
    lastHalf = half;
    first = end;
  }
  return out;
}

double quartile(const std::vector<double>& ascending, double p) {
  const double at = p * static_cast<double>(ascending.size() - 1);
  const std::size_t i = static_cast<std::size_t>(at);
  return std::lerp(ascending[i], ascending[std::min(i + 1, ascending.size() - 1)], at - static_cast<double>(i));
}

std::vector<HygieneIssue> issuesOf(const FrameHygiene& frame) {
  std::vector<HygieneIssue> out;
  const double finite = static_cast<double>(frame.finite());
  if (frame.pixels != frame.finite()) out.push_back(HygieneIssue::NotFinite);
  if (frame.isConstant()) out.push_back(HygieneIssue::Constant);
  if (frame.pixels > 0 && frame.finite() == 0) out.push_back(HygieneIssue::NoFiniteScore);
  if (!frame.isConstant() && static_cast<double>(frame.largestTie) > kTieShare * finite)
    out.push_back(HygieneIssue::ManyTies);
  if (frame.float16Overflow > 0 || frame.float16Underflow > 0) out.push_back(HygieneIssue::Float16Loss);
  if (frame.saturatedLogits > 0) out.push_back(HygieneIssue::SaturatedLogits);
  return out;
}

}  // namespace

FrameHygiene inspectScores(const ScoredImage& frame) {
  require(frame.scores.size() == frame.labels.size(), "inspectScores: scores and labels differ in size");
  return inspected(frame.scores, frame.labels);
}

FrameHygiene inspectScores(std::span<const float> scores) { return inspected(scores, {}); }

std::vector<FrameHygiene> inspectScores(std::span<const ScoredImage> frames) {
  std::vector<FrameHygiene> out(frames.size());
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t f) { out[f] = inspectScores(frames[f]); });
  return out;
}

std::string hygieneIssueText(HygieneIssue issue) {
  switch (issue) {
    case HygieneIssue::NotFinite:
      return "some scores are NaN or infinite";
    case HygieneIssue::Constant:
      return "every score is the same";
    case HygieneIssue::NoFiniteScore:
      return "no score is finite";
    case HygieneIssue::ManyTies:
      return "more than a tenth of the pixels share one score";
    case HygieneIssue::Float16Loss:
      return "as float16 some scores would become infinite or zero";
    case HygieneIssue::SaturatedLogits:
      return "some logits are beyond float16's range and were stored as its largest value: keep them as float32";
    case HygieneIssue::RangeUnlikeSet:
      return "scores lie far from those of the other frames";
  }
  throw ContractViolation("hygieneIssueText: not an issue");
}

SetHygiene summarise(std::span<const FrameHygiene> frames) {
  SetHygiene out;
  std::vector<double> medians;
  for (const FrameHygiene& frame : frames) {
    out.pixels += frame.pixels;
    out.nan += frame.nan;
    out.plusInfinity += frame.plusInfinity;
    out.minusInfinity += frame.minusInfinity;
    out.float16Overflow += frame.float16Overflow;
    out.float16Underflow += frame.float16Underflow;
    out.saturatedLogits += frame.saturatedLogits;
    out.constantFrames += frame.isConstant() ? 1 : 0;
    if (!frame.median) continue;
    out.lowest = std::min(out.lowest.value_or(*frame.lowest), *frame.lowest);
    out.highest = std::max(out.highest.value_or(*frame.highest), *frame.highest);
    medians.push_back(static_cast<double>(*frame.median));
  }
  std::sort(medians.begin(), medians.end());
  if (!medians.empty()) out.medianOfMedians = quartile(medians, 0.5);
  for (std::size_t f = 0; f < frames.size(); ++f) {
    for (const HygieneIssue issue : issuesOf(frames[f])) out.findings.push_back({f, issue});
    if (!frames[f].median || medians.size() < kFewestFrames) continue;
    const double low = quartile(medians, 0.25);
    const double high = quartile(medians, 0.75);
    const double reach = kUnlikeWidths * (high - low);
    const double median = static_cast<double>(*frames[f].median);
    if (high > low && (median < low - reach || median > high + reach))
      out.findings.push_back({f, HygieneIssue::RangeUnlikeSet});
  }
  return out;
}

}  // namespace oodscope
