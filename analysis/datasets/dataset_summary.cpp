// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/datasets/dataset_summary.h"

#include "analysis/core/error.h"
#include "analysis/datasets/label_census.h"
#include "analysis/datasets/layouts.h"

#include <tbb/parallel_for.h>
#include <algorithm>

namespace oodscope {
namespace {

/// What one frame adds to the summary.
struct FrameFacts {
  std::optional<Size> size;
  std::uint64_t normal = 0;
  std::uint64_t anomaly = 0;
  std::uint64_t ignored = 0;
  bool isCounted = false;
  std::vector<Skipped> failed;
};

FrameFacts factsOf(const DataSet& set, const Frame& frame, CountLabels countLabels, LabelCensus& census) {
  FrameFacts facts;
  try {
    facts.size = readPictureSize(frame.image);
  } catch (const Error& error) {
    facts.failed.push_back({frame.image, error.what()});
  }
  if (countLabels == CountLabels::No || !frame.label) return facts;
  try {
    const auto label = readLabel(set, frame, &census);
    for (const auto value : label.values()) {
      facts.normal += value == kNormal ? 1U : 0U;
      facts.anomaly += value == kAnomaly ? 1U : 0U;
      facts.ignored += value == kVoid ? 1U : 0U;
    }
    facts.isCounted = true;
  } catch (const Error& error) {
    facts.failed.push_back({*frame.label, error.what()});
  }
  return facts;
}

void addSize(DataSetSummary& summary, Size size) {
  summary.pixels += size.area();
  const auto found = std::find_if(summary.sizes.begin(), summary.sizes.end(),
                                  [&](const DataSetSummary::SizeCount& count) { return count.size == size; });
  if (found == summary.sizes.end()) {
    summary.sizes.push_back({size, 1});
  } else {
    ++found->frames;
  }
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 12;
  std::string out;
  for (std::size_t i = 0; i < std::min(kMost, names.size()); ++i) {
    if (i > 0) out += ", ";
    out += names[i];
  }
  if (names.size() > kMost) out += " and " + std::to_string(names.size() - kMost) + " more";
  return out;
}

std::string ofFrames(std::size_t count, std::size_t frames) {
  return count == frames ? std::string("all") : std::to_string(count) + " of " + std::to_string(frames);
}

}  // namespace

DataSetSummary summarise(const DataSet& set, CountLabels countLabels) {
  std::vector<FrameFacts> facts(set.frames.size());
  LabelCensus census;
  tbb::parallel_for(std::size_t{0}, facts.size(),
                    [&](std::size_t i) { facts[i] = factsOf(set, set.frames[i], countLabels, census); });
  DataSetSummary summary;
  summary.frames = set.frames.size();
  LabelHistogram labels;
  for (std::size_t i = 0; i < facts.size(); ++i) {
    const auto& frame = set.frames[i];
    summary.withLabel += frame.label ? 1U : 0U;
    summary.withRegionOfInterest += frame.regionOfInterest ? 1U : 0U;
    summary.withDistance += frame.disparity && frame.camera ? 1U : 0U;
    summary.withClassLabel += frame.classLabel ? 1U : 0U;
    if (facts[i].size) addSize(summary, *facts[i].size);
    summary.failed.insert(summary.failed.end(), facts[i].failed.begin(), facts[i].failed.end());
    labels.normal += facts[i].normal;
    labels.anomaly += facts[i].anomaly;
    labels.ignored += facts[i].ignored;
    if (!facts[i].isCounted || facts[i].anomaly > 0) continue;
    (facts[i].normal > 0 ? labels.framesWithoutAnomaly : labels.framesAllVoid).push_back(frame.name);
  }
  std::sort(summary.sizes.begin(), summary.sizes.end(), [](const auto& a, const auto& b) {
    if (a.frames != b.frames) return a.frames > b.frames;
    return a.size.width != b.size.width ? a.size.width > b.size.width : a.size.height > b.size.height;
  });
  labels.findings = labelFindings(set, census);
  if (countLabels == CountLabels::Yes) summary.labels = std::move(labels);
  return summary;
}

std::string summaryText(const DataSet& set, const DataSetSummary& summary, std::size_t mostSkipped) {
  std::string out = set.name + ": " + std::string(set.layout.name());
  if (!set.version.empty()) out += " " + set.version;
  out += ", " + counted(summary.frames, "frame") + "\n";
  const auto line = [&](const std::string& text) { out += "  " + text + "\n"; };
  line("labels: " + ofFrames(summary.withLabel, summary.frames) + " (" + set.encoding.description + ")");
  line("region of interest: " + ofFrames(summary.withRegionOfInterest, summary.frames));
  line("distance: " + ofFrames(summary.withDistance, summary.frames));
  line("class labels: " + ofFrames(summary.withClassLabel, summary.frames));
  for (const auto& [size, frames] : summary.sizes) {
    line(std::to_string(size.width) + "x" + std::to_string(size.height) + ": " + counted(frames, "frame"));
  }
  if (summary.labels) {
    line("pixels: " + std::to_string(summary.labels->normal) + " normal, " + std::to_string(summary.labels->anomaly) +
         " anomaly, " + std::to_string(summary.labels->ignored) + " void");
    if (!summary.labels->framesWithoutAnomaly.empty()) {
      line("without an anomaly: " + listed(summary.labels->framesWithoutAnomaly));
    }
    if (!summary.labels->framesAllVoid.empty()) line("void everywhere: " + listed(summary.labels->framesAllVoid));
  }
  for (const auto& remark : set.remarks) line("note: " + remark);
  for (const auto& failure : summary.failed) line("cannot be read: " + failure.reason);
  for (std::size_t i = 0; i < std::min(mostSkipped, set.skipped.size()); ++i) {
    line("skipped: " + set.skipped[i].file.lexically_proximate(set.root).string() + ": " + set.skipped[i].reason);
  }
  if (set.skipped.size() > mostSkipped) {
    line("and " + std::to_string(set.skipped.size() - mostSkipped) + " more skipped");
  }
  return out;
}

}  // namespace oodscope
