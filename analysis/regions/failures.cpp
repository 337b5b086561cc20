// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/failures.h"

#include "analysis/regions/decision.h"
#include "analysis/regions/failure_masks.h"

#include <algorithm>
#include <array>
#include <limits>

#include <opencv2/imgproc.hpp>

namespace oodscope {
namespace {

/// Measures regions of one frame; buffers are kept between regions.
class Measurer {
public:
  Measurer(const ScoredImage& frame, const FailureOptions& options, const FailureContext& context)
      : m_frame(frame), m_options(options), m_context(context), m_limit(floatAtLeast(options.threshold)) {}

  [[nodiscard]] FailureRegion measure(FailureKind kind, const Components& components,
                                      std::span<const std::uint32_t> runIndices) {
    FailureRegion region;
    region.kind = kind;
    region.runs.reserve(runIndices.size());
    for (const std::uint32_t i : runIndices) region.runs.push_back(components.runs[i]);
    measureShapeAndScores(region);
    if (m_context.predictedClasses != nullptr) measureClass(region);
    if (m_context.distance != nullptr) region.distance = medianDistance(region.runs, *m_context.distance, m_scratch);
    if (m_options.outlines) trace(region);
    return region;
  }

private:
  void measureShapeAndScores(FailureRegion& region) {
    int left = std::numeric_limits<int>::max(), right = 0;
    double sumX = 0.0, sumY = 0.0, sum = 0.0;
    float peak = -std::numeric_limits<float>::infinity();
    std::uint64_t found = 0;
    for (const Run& run : region.runs) {
      const std::size_t start = static_cast<std::size_t>(run.y) * static_cast<std::size_t>(m_frame.size.width);
      left = std::min(left, run.begin);
      right = std::max(right, run.end);
      const double length = static_cast<double>(run.length());
      region.area += static_cast<std::uint64_t>(run.length());
      sumX += length * 0.5 * static_cast<double>(run.begin + run.end - 1);
      sumY += length * static_cast<double>(run.y);
      for (int x = run.begin; x < run.end; ++x) {
        const float s = m_frame.scores[start + static_cast<std::size_t>(x)];
        sum += static_cast<double>(s);
        found += s >= m_limit ? 1 : 0;
        if (s > peak) {
          peak = s;
          region.peakAt = {x, run.y};
        }
      }
    }
    const double area = static_cast<double>(region.area);
    const int top = region.runs.front().y;
    region.box = {left, top, right - left, region.runs.back().y - top + 1};
    region.centreX = sumX / area;
    region.centreY = sumY / area;
    region.peakScore = static_cast<double>(peak);
    region.meanScore = sum / area;
    region.margin = region.peakScore - m_options.threshold;
    region.recall = region.kind == FailureKind::Missed ? static_cast<double>(found) / area : 0.0;
  }

  void measureClass(FailureRegion& region) {
    std::array<std::uint32_t, 256> pixels{};
    for (const Run& run : region.runs)
      for (const std::uint8_t c : m_context.predictedClasses->row(run.y).subspan(
               static_cast<std::size_t>(run.begin), static_cast<std::size_t>(run.length())))
        ++pixels[c];
    const auto most = std::max_element(pixels.begin(), pixels.end());
    region.majorityClass = static_cast<std::uint8_t>(most - pixels.begin());
    region.classShare = static_cast<double>(*most) / static_cast<double>(region.area);
  }

  void trace(FailureRegion& region) {
    cv::Mat mask = cv::Mat::zeros(region.box.height, region.box.width, CV_8UC1);
    for (const Run& run : region.runs) {
      std::uint8_t* row = mask.ptr<std::uint8_t>(run.y - region.box.y);
      std::fill(row + run.begin - region.box.x, row + run.end - region.box.x, std::uint8_t{1});
    }
    std::vector<std::vector<cv::Point>> contours;
    cv::findContours(mask, contours, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_SIMPLE, cv::Point(region.box.x, region.box.y));
    for (const cv::Point& point : contours.front()) region.outline.push_back({point.x, point.y});
  }

  const ScoredImage& m_frame;
  const FailureOptions& m_options;
  const FailureContext& m_context;
  float m_limit;
  std::vector<float> m_scratch;
};

std::span<const std::uint32_t> runsOf(const RunsByComponent& runs, std::size_t component) {
  return std::span(runs.order).subspan(runs.first[component], runs.first[component + 1] - runs.first[component]);
}

/// Pixels over the limit in each component.
std::vector<std::uint32_t> foundPixels(const ScoredImage& frame, const Components& truth, float limit) {
  std::vector<std::uint32_t> found(truth.count(), 0);
  for (std::size_t i = 0; i < truth.runs.size(); ++i) {
    const Run& run = truth.runs[i];
    const std::size_t start = static_cast<std::size_t>(run.y) * static_cast<std::size_t>(frame.size.width);
    for (int x = run.begin; x < run.end; ++x)
      found[truth.component[i]] += frame.scores[start + static_cast<std::size_t>(x)] >= limit ? 1 : 0;
  }
  return found;
}

}  // namespace

FrameFailures findFailures(const ScoredImage& frame, const FailureOptions& options, const FailureContext& context) {
  requireFits(frame, context);
  return failuresIn(frame, failureMasks(frame, options), options, context);
}

FrameFailures failuresIn(const ScoredImage& frame, const FailureMasks& masks, const FailureOptions& options,
                         const FailureContext& context) {
  FrameFailures out;
  out.size = frame.size;
  out.threshold = options.threshold;
  out.counts = masks.counts;
  out.openedPixels = masks.openedPixels;

  Measurer measurer(frame, options, context);
  const RunsByComponent wrongRuns = runsByComponent(masks.falsePositives);
  const std::uint64_t minArea = static_cast<std::uint64_t>(std::max(0, options.minArea));
  for (std::size_t c = 0; c < masks.falsePositives.count(); ++c) {
    if (masks.falsePositives.areas[c] < minArea)
      out.smallPixels += masks.falsePositives.areas[c];
    else
      out.falsePositives.push_back(
          measurer.measure(FailureKind::FalsePositive, masks.falsePositives, runsOf(wrongRuns, c)));
  }
  const RunsByComponent truthRuns = runsByComponent(masks.truth);
  const std::vector<std::uint32_t> found = foundPixels(frame, masks.truth, floatAtLeast(options.threshold));
  const auto minTruth = static_cast<std::uint64_t>(std::max(0, options.minTruth));
  for (std::size_t c = 0; c < masks.truth.count(); ++c) {
    if (masks.truth.areas[c] < minTruth) {
      ++out.smallObjects;
      continue;
    }
    ++out.objects;
    if (static_cast<double>(found[c]) / static_cast<double>(masks.truth.areas[c]) < options.missedBelow)
      out.missed.push_back(measurer.measure(FailureKind::Missed, masks.truth, runsOf(truthRuns, c)));
  }

  std::stable_sort(out.falsePositives.begin(), out.falsePositives.end(),
                   [](const FailureRegion& a, const FailureRegion& b) { return a.area > b.area; });
  std::stable_sort(out.missed.begin(), out.missed.end(), [](const FailureRegion& a, const FailureRegion& b) {
    return a.recall != b.recall ? a.recall < b.recall : a.area > b.area;
  });
  return out;
}

Grid<std::uint8_t> regionMask(const FailureRegion& region, Size size) {
  Grid<std::uint8_t> mask(size);
  for (const Run& run : region.runs) {
    const auto row = mask.row(run.y);
    std::fill(row.begin() + run.begin, row.begin() + run.end, std::uint8_t{1});
  }
  return mask;
}

Grid<std::uint32_t> regionImage(std::span<const FailureRegion> regions, Size size) {
  Grid<std::uint32_t> image(size);
  for (std::size_t i = 0; i < regions.size(); ++i)
    for (const Run& run : regions[i].runs) {
      const auto row = image.row(run.y);
      std::fill(row.begin() + run.begin, row.begin() + run.end, static_cast<std::uint32_t>(i + 1));
    }
  return image;
}

ScoreMap withClassOffsets(const ScoreMap& scores, const ClassMap& predictedClasses, std::span<const float> offsets) {
  require(scores.size() == predictedClasses.size(), "withClassOffsets: scores and classes differ in size");
  std::array<float, 256> table{};
  std::copy_n(offsets.begin(), std::min(offsets.size(), table.size()), table.begin());
  ScoreMap out(scores.size());
  const auto from = scores.values();
  const auto classes = predictedClasses.values();
  const auto to = out.values();
  for (std::size_t i = 0; i < to.size(); ++i) to[i] = from[i] - table[classes[i]];
  return out;
}

}  // namespace oodscope
