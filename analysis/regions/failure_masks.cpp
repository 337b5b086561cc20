// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/failure_masks.h"

#include "analysis/regions/decision.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace oodscope {
namespace {

constexpr int kOpeningSide = 5;  // pixels

void openMask(std::vector<std::uint8_t>& mask, Size size) {
  cv::Mat image(size.height, size.width, CV_8UC1, mask.data());
  cv::morphologyEx(image, image, cv::MORPH_OPEN,
                   cv::getStructuringElement(cv::MORPH_RECT, cv::Size(kOpeningSide, kOpeningSide)));
}

}  // namespace

FailureMasks failureMasks(const ScoredImage& frame, const FailureOptions& options) {
  require(frame.scores.size() == frame.size.area() && frame.labels.size() == frame.size.area(),
          "findFailures: scores or labels do not fill the size");
  const float limit = floatAtLeast(options.threshold);
  const std::size_t width = static_cast<std::size_t>(frame.size.width);
  const std::size_t height = static_cast<std::size_t>(frame.size.height);
  FailureMasks out;
  ComponentBuilder truth(frame.size);
  ComponentBuilder falsePositives(frame.size);
  std::vector<std::uint8_t> truthRow(width);
  std::vector<std::uint8_t> wrong(options.opening ? width * height : width);
  for (std::size_t y = 0; y < height; ++y) {
    const float* scores = frame.scores.data() + y * width;
    const std::uint8_t* labels = frame.labels.data() + y * width;
    std::uint8_t* wrongRow = wrong.data() + (options.opening ? y * width : 0);
    std::uint32_t tp = 0, fp = 0, positives = 0, negatives = 0;
    for (std::size_t x = 0; x < width; ++x) {
      const unsigned usable = static_cast<unsigned>(isUsable(scores[x]));
      const unsigned predicted = static_cast<unsigned>(scores[x] >= limit);
      const unsigned anomaly = static_cast<unsigned>(labels[x] == kAnomaly) & usable;
      const unsigned normal = static_cast<unsigned>(labels[x] == kNormal) & usable;
      truthRow[x] = static_cast<std::uint8_t>(anomaly);
      wrongRow[x] = static_cast<std::uint8_t>(normal & predicted);
      positives += anomaly;
      negatives += normal;
      tp += anomaly & predicted;
      fp += normal & predicted;
    }
    out.counts.tp += tp;
    out.counts.fp += fp;
    out.counts.fn += positives - tp;
    out.counts.tn += negatives - fp;
    truth.addRow(truthRow.data());
    if (!options.opening) falsePositives.addRow(wrongRow);
  }
  if (options.opening) {
    openMask(wrong, frame.size);
    for (std::size_t y = 0; y < height; ++y) falsePositives.addRow(wrong.data() + y * width);
  }
  out.truth = truth.finish();
  out.falsePositives = falsePositives.finish();
  out.openedPixels = out.counts.fp;
  for (const std::uint32_t area : out.falsePositives.areas) out.openedPixels -= area;
  return out;
}

RunsByComponent runsByComponent(const Components& components) {
  RunsByComponent out;
  out.first.assign(components.count() + 1, 0);
  for (const std::uint32_t c : components.component) ++out.first[c + 1];
  for (std::size_t c = 0; c < components.count(); ++c) out.first[c + 1] += out.first[c];
  out.order.resize(components.runs.size());
  std::vector<std::uint32_t> next(out.first.begin(), out.first.end() - 1);
  for (std::uint32_t i = 0; i < components.runs.size(); ++i) out.order[next[components.component[i]]++] = i;
  return out;
}

std::optional<double> medianDistance(std::span<const Run> runs, const Grid<float>& distance,
                                     std::vector<float>& scratch) {
  scratch.clear();
  for (const Run& run : runs)
    for (const float d :
         distance.row(run.y).subspan(static_cast<std::size_t>(run.begin), static_cast<std::size_t>(run.length())))
      if (d > 0.0F && isUsable(d)) scratch.push_back(d);
  if (scratch.empty()) return std::nullopt;
  const auto middle = scratch.begin() + static_cast<std::ptrdiff_t>((scratch.size() - 1) / 2);
  std::nth_element(scratch.begin(), middle, scratch.end());
  return static_cast<double>(*middle);
}

void requireFits(const ScoredImage& frame, const FailureContext& context) {
  require(context.predictedClasses == nullptr || context.predictedClasses->size() == frame.size,
          "findFailures: the predicted classes differ from the scores in size");
  require(context.trueClasses == nullptr || context.trueClasses->size() == frame.size,
          "findFailures: the true classes differ from the scores in size");
  require(context.distance == nullptr || context.distance->size() == frame.size,
          "findFailures: the distances differ from the scores in size");
}

}  // namespace oodscope
