// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/open_set_study.h"

#include "analysis/core/failure_text.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/imaging/resize.h"
#include "analysis/regions/map_sampling.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

/// Scores by half, bilinear, and labels by half: what DenseHybrid's threshold is calibrated on.
SortedScores halved(const ScoreMap& scores, const LabelMap& labels) {
  const Size half{scores.width() / 2, scores.height() / 2};
  if (half.area() == 0) return {scores.values(), labels.values()};
  LabelMap few(half);
  for (int y = 0; y < half.height; ++y)
    for (int x = 0; x < half.width; ++x) few.at(x, y) = labels.at(2 * x, 2 * y);
  return {resizeBilinear(scores, half).values(), few.values()};
}

/// Of one frame, one a threshold.
std::vector<OpenSetConfusion> confusionsOf(LiveSet& live, const Configuration& configuration,
                                           const OpenSetClasses& classes, std::size_t frame,
                                           std::span<const float> thresholds) {
  const auto scores = live.scores(frame, configuration);
  const auto labels = live.label(frame);
  const auto predicted = classes.predicted(frame, scores->size());
  const auto truth = classes.truth(frame);
  if (!predicted || !truth) throw Error("the frame has no classes, true or predicted", {});
  const ClassMap wanted = openSetTruth(sampledNearest(*truth, scores->size()), *labels, classes.known);
  std::vector<OpenSetConfusion> out;
  for (const float threshold : thresholds) out.emplace_back(classes.known).add(wanted, *predicted, *scores, threshold);
  return out;
}

std::vector<std::size_t> framesWithClasses(const LiveSet& live) {
  std::vector<std::size_t> out;
  for (const std::size_t frame : live.labelledFrames())
    if (live.dataSet().frames[frame].classLabel) out.push_back(frame);
  return out;
}

/// Uses each frame on all cores; those that fail are added to `failures`.
template <class Use>
void forEachOpenSetFrame(const std::vector<std::size_t>& frames, const std::stop_token& stop,
                         std::vector<FrameFailure>& failures, const Use& use) {
  std::mutex mutex;
  tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
    if (stop.stop_requested()) return;
    try {
      use(frames[i]);
    } catch (const std::exception& failure) {
      const std::scoped_lock lock(mutex);
      failures.push_back({frames[i], failureText(failure)});
    }
  });
}

class Recognition {
public:
  Recognition(LiveSet& live, const Configuration& configuration, const OpenSetClasses& classes,
              const std::stop_token& stop)
      : m_live(live), m_configuration(configuration), m_classes(classes), m_stop(stop) {}

  OpenSetReport report;

  /// What thresholds are calibrated on, of each frame of the set that takes part.
  void calibrateOn(const std::vector<std::size_t>& frames) {
    m_sorted.resize(m_live.dataSet().frames.size());
    m_usable.assign(m_sorted.size(), 0);
    forEach(frames, [&](std::size_t frame) {
      m_sorted[frame] = halved(*m_live.scores(frame, m_configuration), *m_live.label(frame));
      m_usable[frame] = 1;
    });
  }

  void addFold(const std::vector<FrameGroup>& groups, std::size_t index) {
    OpenSetFold fold{groups[index].name, {}, {}, OpenSetConfusion(m_classes.known)};
    std::vector<const SortedScores*> others;
    for (std::size_t g = 0; g < groups.size(); ++g) {
      if (g == index) continue;
      fold.calibratedOn.append(fold.calibratedOn.empty() ? "" : ", ").append(groups[g].name);
      for (const std::size_t frame : groups[g].frames)
        if (m_usable[frame] != 0) others.push_back(&m_sorted[frame]);
    }
    fold.threshold = calibratedThreshold(others);
    if (fold.threshold) {
      std::vector<std::size_t> frames;
      std::ranges::copy_if(groups[index].frames, std::back_inserter(frames),
                           [&](std::size_t frame) { return m_usable[frame] != 0; });
      std::mutex mutex;
      forEach(frames, [&](std::size_t frame) {
        OpenSetConfusion one = confusionOf(frame, *fold.threshold);
        const std::scoped_lock lock(mutex);
        fold.confusion += one;
      });
    }
    report.folds.push_back(std::move(fold));
  }

private:
  template <class Use>
  void forEach(const std::vector<std::size_t>& frames, const Use& use) {
    forEachOpenSetFrame(frames, m_stop, report.failures, use);
  }

  [[nodiscard]] OpenSetConfusion confusionOf(std::size_t frame, float threshold) const {
    return confusionsOf(m_live, m_configuration, m_classes, frame, {&threshold, 1}).front();
  }

  LiveSet& m_live;
  Configuration m_configuration;
  const OpenSetClasses& m_classes;
  std::stop_token m_stop;
  std::vector<SortedScores> m_sorted;  ///< by frame
  std::vector<char> m_usable;
};

}  // namespace

OpenSetClasses openSetClassesOf(const LiveSet& live, const Configuration& configuration) {
  const DataSet& set = live.dataSet();
  std::optional<std::size_t> first;
  for (const std::size_t frame : live.labelledFrames())
    if (set.frames[frame].classLabel && !first) first = frame;
  if (!first)
    throw Error({.what = "no frame has class labels, which open-set recognition needs",
                 .expected = "Cityscapes class labels, or class_labels of a demo set",
                 .found = std::to_string(set.frames.size()) + " frames without",
                 .file = set.root});
  OpenSetClasses out;
  out.known = knownClassesAt(live, configuration, *first);
  if (out.known == 0)
    throw Error({.what = "open-set recognition needs predicted classes",
                 .expected = "a network, a folder of logits, or score maps that come with class maps",
                 .found = "finished score maps of " + live.source().name()});
  const ClassScheme& scheme = *set.layout.kind().classes;
  const int named = static_cast<int>(scheme.classes.size());
  const bool isShort = scheme.leftOut >= 0 && out.known + 1 == named;
  if (scheme.isWhole && out.known != named && !isShort)
    throw Error({.what = "the predicted classes are not those of the set's labels",
                 .expected = std::to_string(named) + " known classes (" + std::string(set.layout.name()) + ")",
                 .found = std::to_string(out.known) + " of " + live.source().name()});
  out.truth = [&set, known = out.known](std::size_t frame) { return trueClassesAt(set, frame, known); };
  out.predicted = [&live, configuration](std::size_t frame, Size size) {
    return predictedAt(live.source(), frame, configuration, size);
  };
  return out;
}

OpenSetClasses keptClasses(const OpenSetClasses& classes, std::uint64_t budget) {
  struct Kept {
    std::mutex mutex;
    std::uint64_t bytes = 0;
    std::map<std::pair<std::size_t, bool>, std::shared_ptr<const ClassMap>> maps;  ///< by frame, true ones apart
  };
  const auto kept = std::make_shared<Kept>();
  const auto once = [kept, budget](std::size_t frame, bool isTruth,
                                   const std::function<std::optional<ClassMap>()>& make) -> std::optional<ClassMap> {
    {
      const std::scoped_lock lock(kept->mutex);
      if (const auto found = kept->maps.find({frame, isTruth}); found != kept->maps.end()) return *found->second;
    }
    std::optional<ClassMap> made = make();
    if (!made) return made;
    const std::scoped_lock lock(kept->mutex);
    if (kept->bytes + made->values().size() > budget) return made;
    kept->bytes += made->values().size();
    kept->maps[{frame, isTruth}] = std::make_shared<const ClassMap>(*made);
    return made;
  };
  OpenSetClasses out;
  out.known = classes.known;
  out.truth = [once, truth = classes.truth](std::size_t frame) {
    return once(frame, true, [&] { return truth(frame); });
  };
  out.predicted = [once, predicted = classes.predicted](std::size_t frame, Size size) {
    return once(frame, false, [&] { return predicted(frame, size); });
  };
  return out;
}

OpenSetConfusion pooledFolds(const OpenSetReport& report, int known) {
  OpenSetConfusion out(known);
  for (const OpenSetFold& fold : report.folds)
    if (fold.threshold) out += fold.confusion;
  return out;
}

std::vector<FrameGroup> openSetGroups(const DataSet& set, const std::vector<std::size_t>& frames) {
  std::vector<FrameGroup> out;
  for (const std::size_t frame : frames) {
    const std::string& name = set.frames[frame].name;
    const std::size_t slash = name.find('/');
    const std::string folder = slash == std::string::npos ? "" : name.substr(0, slash);
    auto found = std::ranges::find(out, folder, &FrameGroup::name);
    if (found == out.end()) found = out.insert(out.end(), {folder, {}});
    found->frames.push_back(frame);
  }
  if (out.size() > 1) return out;
  out = {{"even frames", {}}, {"odd frames", {}}};
  for (std::size_t i = 0; i < frames.size(); ++i) out[i % 2].frames.push_back(frames[i]);
  return out;
}

std::optional<OpenSetAt> openSetAt(LiveSet& live, const Configuration& configuration, const OpenSetClasses& classes,
                                   std::span<const float> thresholds, const std::stop_token& stop) {
  OpenSetAt out{.confusions = std::vector(thresholds.size(), OpenSetConfusion(classes.known)), .failures = {}};
  std::mutex mutex;
  forEachOpenSetFrame(framesWithClasses(live), stop, out.failures, [&](std::size_t frame) {
    const auto one = confusionsOf(live, configuration, classes, frame, thresholds);
    const std::scoped_lock lock(mutex);
    for (std::size_t t = 0; t < one.size(); ++t) out.confusions[t] += one[t];
  });
  return stop.stop_requested() ? std::nullopt : std::optional(std::move(out));
}

std::optional<IssuNumbers> issuNumbers(LiveSet& live, const Configuration& configuration, const OpenSetClasses* classes,
                                       const std::stop_token& stop) {
  const auto counts = live.counts(configuration, stop);
  if (!counts) return std::nullopt;
  std::vector<const SortedScores*> sorted;
  for (const SortedScores& frame : counts->sorted()) sorted.push_back(&frame);
  IssuNumbers out;
  out.thresholds = issuThresholds(sorted);
  if (const auto rate = tprAtFpr(sorted, kIssuFpr)) out.tprAtFpr05 = rate->tpr;
  std::vector<float> thresholds;
  std::vector<MeanIous*> places;
  const auto add = [&](const std::optional<float>& threshold, MeanIous& place) {
    if (!threshold) return;
    thresholds.push_back(*threshold);
    places.push_back(&place);
  };
  add(out.thresholds.tpr95, out.tpr95);
  add(out.thresholds.fpr05, out.fpr05);
  add(out.thresholds.bestF1, out.bestF1);
  if (classes == nullptr || thresholds.empty()) return out;
  auto at = openSetAt(live, configuration, *classes, thresholds, stop);
  if (!at) return std::nullopt;
  out.failures = std::move(at->failures);
  for (std::size_t t = 0; t < places.size(); ++t) *places[t] = at->confusions[t].openMiou();
  return out;
}

std::optional<OpenSetReport> openSetRecognition(LiveSet& live, const Configuration& configuration,
                                                const OpenSetClasses& classes, const std::stop_token& stop) {
  const std::vector<std::size_t> frames = framesWithClasses(live);
  const std::vector<FrameGroup> groups = openSetGroups(live.dataSet(), frames);
  Recognition recognition(live, configuration, classes, stop);
  recognition.calibrateOn(frames);
  for (std::size_t g = 0; g < groups.size() && !stop.stop_requested(); ++g) recognition.addFold(groups, g);
  if (stop.stop_requested()) return std::nullopt;
  std::vector<OpenSetConfusion> confusions;
  for (const OpenSetFold& fold : recognition.report.folds)
    if (fold.threshold && fold.confusion.frames() > 0) confusions.push_back(fold.confusion);
  recognition.report.means = weightedByFrames(confusions);
  return std::move(recognition.report);
}

}  // namespace oodscope
