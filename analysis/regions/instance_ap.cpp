// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/regions/instance_ap.h"

#include "analysis/regions/components.h"

#include <algorithm>
#include <limits>
#include <map>

namespace oodscope {
namespace {

/// A prediction, or a true instance that was found, as precision and recall count it.
struct Judged {
  double confidence = 0;
  bool isTrue = false;
};

/// What the frames give at one overlap.
struct Matches {
  std::vector<Judged> judged;
  std::uint64_t missed = 0;  ///< true instances that nothing matches
};

double iouOf(const FrameInstances& frame, const FrameInstances::Overlap& overlap) {
  const double shared = overlap.pixels;
  return shared /
         (frame.truths[overlap.truth] + static_cast<double>(frame.predicted[overlap.predicted].pixels) - shared);
}

/// The true instances one after the other: the first prediction that overlaps enough finds one, a further one is false,
/// with the lower confidence of both.
void matchTruths(const FrameInstances& frame, double least, Matches& matches) {
  std::size_t at = 0;
  for (std::size_t t = 0; t < frame.truths.size(); ++t) {
    std::optional<double> found;
    for (; at < frame.overlaps.size() && frame.overlaps[at].truth == t; ++at) {
      const FrameInstances::Overlap& overlap = frame.overlaps[at];
      if (frame.truths[t] < kLeastInstance || !(iouOf(frame, overlap) > least)) continue;
      const double confidence = frame.predicted[overlap.predicted].confidence;
      if (found) {
        matches.judged.push_back({std::min(*found, confidence), false});
        found = std::max(*found, confidence);
      } else {
        found = confidence;
      }
    }
    if (frame.truths[t] < kLeastInstance) continue;
    if (found)
      matches.judged.push_back({*found, true});
    else
      ++matches.missed;
  }
}

/// Predictions that overlap no true instance enough, small ones included, are false, unless they lie mostly where
/// nothing counts.
void judgeUnmatched(const FrameInstances& frame, double least, Matches& matches) {
  std::vector<char> overlapsEnough(frame.predicted.size(), 0);
  std::vector<std::uint64_t> ignored(frame.predicted.size());
  for (std::size_t p = 0; p < frame.predicted.size(); ++p) ignored[p] = frame.predicted[p].onVoid;
  for (const FrameInstances::Overlap& overlap : frame.overlaps) {
    if (frame.truths[overlap.truth] < kLeastInstance) ignored[overlap.predicted] += overlap.pixels;
    if (iouOf(frame, overlap) > least) overlapsEnough[overlap.predicted] = 1;
  }
  for (std::size_t p = 0; p < frame.predicted.size(); ++p) {
    if (overlapsEnough[p] != 0) continue;
    const double share = static_cast<double>(ignored[p]) / frame.predicted[p].pixels;
    if (share <= least) matches.judged.push_back({frame.predicted[p].confidence, false});
  }
}

/// Precision integrated over recall: a point weighs half the distance between its neighbours' recalls, the loosest
/// point stands beside itself, and behind the strictest one recall is 0 at the same precision.
double integrated(Matches matches) {
  std::ranges::sort(matches.judged, {}, &Judged::confidence);
  const auto found = static_cast<std::uint64_t>(std::ranges::count_if(matches.judged, &Judged::isTrue));
  std::vector<double> precision, recall;
  std::uint64_t below = 0;  // found ones of a lower confidence
  for (std::size_t i = 0; i < matches.judged.size(); ++i) {
    if (i == 0 || matches.judged[i].confidence != matches.judged[i - 1].confidence) {
      const double right = static_cast<double>(found - below);
      precision.push_back(right / static_cast<double>(matches.judged.size() - i));
      recall.push_back(right / static_cast<double>(found + matches.missed));
    }
    below += matches.judged[i].isTrue ? 1 : 0;
  }
  precision.push_back(precision.back());
  recall.push_back(0.0);
  double sum = 0;
  for (std::size_t i = 0; i < precision.size(); ++i) {
    const double looser = recall[i == 0 ? 0 : i - 1];
    const double stricter = i + 1 < recall.size() ? recall[i + 1] : 0.0;
    sum += precision[i] * 0.5 * (looser - stricter);
  }
  return sum;
}

std::optional<double> apAt(const std::vector<FrameInstances>& frames, double least, bool anyTruth, bool anyPredicted) {
  if (!anyTruth) return std::nullopt;
  if (!anyPredicted) return 0.0;
  Matches matches;
  for (const FrameInstances& frame : frames) {
    matchTruths(frame, least, matches);
    judgeUnmatched(frame, least, matches);
  }
  if (matches.judged.empty()) return 0.0;  // every prediction is ignored
  return integrated(std::move(matches));
}

InstanceMap numbered(std::span<const std::uint8_t> mask, Size size) { return labelImage(labelComponents(mask, size)); }

}  // namespace

FrameInstances instancesOf(const InstanceMap& truth, const InstanceMap& predicted,
                           const std::vector<double>& confidences, const LabelMap& labels) {
  require(truth.size() == predicted.size() && truth.size() == labels.size(), "instancesOf: maps differ in size");
  std::map<std::uint32_t, std::uint32_t> truthPixels;
  std::vector<FrameInstances::Predicted> all(confidences.size());
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> shared;
  for (std::size_t i = 0; i < truth.values().size(); ++i) {
    const std::uint32_t t = truth.values()[i], p = predicted.values()[i];
    require(p <= confidences.size(), "instancesOf: an instance without a confidence");
    if (t != 0) ++truthPixels[t];
    if (p == 0) continue;
    ++all[p - 1].pixels;
    if (t != 0)
      ++shared[{t, p}];
    else if (labels.values()[i] == kVoid)
      ++all[p - 1].onVoid;
  }
  FrameInstances out;
  std::map<std::uint32_t, std::size_t> truthIndex, predictedIndex;
  for (const auto& [number, pixels] : truthPixels) {
    truthIndex[number] = out.truths.size();
    out.truths.push_back(pixels);
  }
  for (std::size_t p = 0; p < all.size(); ++p) {
    if (all[p].pixels == 0) continue;
    all[p].confidence = confidences[p];
    predictedIndex[static_cast<std::uint32_t>(p + 1)] = out.predicted.size();
    out.predicted.push_back(all[p]);
  }
  for (const auto& [pair, pixels] : shared)
    out.overlaps.push_back({truthIndex.at(pair.first), predictedIndex.at(pair.second), pixels});
  return out;
}

FrameInstances instancesAt(const ScoreMap& scores, const LabelMap& labels, float threshold) {
  require(scores.size() == labels.size(), "instancesAt: scores and labels differ in size");
  std::vector<std::uint8_t> above, anomalous;
  for (std::size_t i = 0; i < scores.values().size(); ++i) {
    above.push_back(scores.values()[i] > threshold ? 1 : 0);
    anomalous.push_back(labels.values()[i] == kAnomaly ? 1 : 0);
  }
  const InstanceMap predicted = numbered(above, scores.size());
  std::vector<double> sums;
  std::vector<std::uint32_t> pixels;
  for (std::size_t i = 0; i < above.size(); ++i) {
    const std::uint32_t number = predicted.values()[i];
    if (number == 0) continue;
    if (sums.size() < number) {
      sums.resize(number);
      pixels.resize(number);
    }
    sums[number - 1] += static_cast<double>(scores.values()[i]);
    ++pixels[number - 1];
  }
  for (std::size_t p = 0; p < sums.size(); ++p) sums[p] /= pixels[p];
  return instancesOf(numbered(anomalous, scores.size()), predicted, sums, labels);
}

InstanceAp instanceAp(const std::vector<FrameInstances>& frames) {
  InstanceAp out;
  for (const FrameInstances& frame : frames) {
    out.predicted += frame.predicted.size();
    out.truths += static_cast<std::size_t>(
        std::ranges::count_if(frame.truths, [](std::uint32_t pixels) { return pixels >= kLeastInstance; }));
  }
  double sum = 0;
  for (std::size_t i = 0; i < kInstanceOverlaps; ++i) {
    out.byOverlap[i] = apAt(frames, instanceOverlap(i), out.truths > 0, out.predicted > 0);
    sum += out.byOverlap[i].value_or(0.0);
  }
  if (out.truths > 0) out.ap = sum / static_cast<double>(kInstanceOverlaps);
  out.ap50 = out.byOverlap[0];
  return out;
}

}  // namespace oodscope
