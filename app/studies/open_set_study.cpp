// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/open_set_study.h"

#include "analysis/core/failure_text.h"
#include "analysis/core/half.h"
#include "analysis/imaging/resize.h"
#include "analysis/regions/map_sampling.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <numeric>

#include <tbb/parallel_for.h>

namespace oodscope {
namespace {

ScoreMap planeOf(const LogitsView& logits, int channel) {
  ScoreMap out(logits.size());
  const std::size_t area = logits.size().area(), first = area * static_cast<std::size_t>(channel);
  for (std::size_t i = 0; i < area; ++i)
    out.values()[i] = logits.single ? logits.single[first + i] : floatFromHalf(logits.half[first + i]);
  return out;
}

/// The planes of which the largest names the class; none for a mask network's queries.
std::optional<LogitsView> classPlanesOf(const OutputsView& outputs) {
  for (const Output output : {Output::Logits, Output::Membership})
    if (outputs.has(output)) return outputs[output];
  return std::nullopt;
}

int classesIn(const OutputsView& outputs) {
  if (const auto planes = classPlanesOf(outputs)) return planes->channels;
  return outputs.knownClasses > 0 ? outputs.knownClasses : outputs[Output::ClassLogits].width - 1;
}

/// Index among `channels` of the largest upsampled logit, ties to the first.
ClassMap bestOf(const LogitsView& logits, std::vector<int> channels, Size size) {
  if (channels.empty()) {
    channels.resize(static_cast<std::size_t>(logits.channels));
    std::iota(channels.begin(), channels.end(), 0);
  }
  ClassMap out(size, kVoid);
  std::vector<float> best(size.area(), -std::numeric_limits<float>::infinity());
  for (std::size_t c = 0; c < channels.size(); ++c) {
    ScoreMap plane = planeOf(logits, channels[c]);
    if (plane.size() != size) plane = resizeBilinear(plane, size);
    for (std::size_t i = 0; i < best.size(); ++i)
      if (plane.values()[i] > best[i]) {
        best[i] = plane.values()[i];
        out.values()[i] = static_cast<std::uint8_t>(c);
      }
  }
  return out;
}

/// Scores by half, bilinear, and labels by half: what DenseHybrid's threshold is calibrated on.
SortedScores halved(const ScoreMap& scores, const LabelMap& labels) {
  const Size half{scores.width() / 2, scores.height() / 2};
  if (half.area() == 0) return {scores.values(), labels.values()};
  LabelMap few(half);
  for (int y = 0; y < half.height; ++y)
    for (int x = 0; x < half.width; ++x) few.at(x, y) = labels.at(2 * x, 2 * y);
  return {resizeBilinear(scores, half).values(), few.values()};
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
    std::mutex mutex;
    tbb::parallel_for(std::size_t{0}, frames.size(), [&](std::size_t i) {
      if (m_stop.stop_requested()) return;
      try {
        use(frames[i]);
      } catch (const std::exception& failure) {
        const std::scoped_lock lock(mutex);
        report.failures.push_back({frames[i], failureText(failure)});
      }
    });
  }

  [[nodiscard]] OpenSetConfusion confusionOf(std::size_t frame, float threshold) const {
    const auto scores = m_live.scores(frame, m_configuration);
    const auto labels = m_live.label(frame);
    const auto predicted = m_classes.predicted(frame, scores->size());
    const auto truth = m_classes.truth(frame);
    if (!predicted || !truth) throw Error("the frame has no classes, true or predicted", {});
    OpenSetConfusion out(m_classes.known);
    out.add(openSetTruth(sampledNearest(*truth, scores->size()), *labels, m_classes.known), *predicted, *scores,
            threshold);
    return out;
  }

  LiveSet& m_live;
  Configuration m_configuration;
  const OpenSetClasses& m_classes;
  std::stop_token m_stop;
  std::vector<SortedScores> m_sorted;  ///< by frame
  std::vector<char> m_usable;
};

}  // namespace

std::optional<ClassMap> predictedAt(const ScoreSource& source, std::size_t frame, const Configuration& configuration,
                                    Size size) {
  if (!configuration.method) return std::nullopt;
  std::optional<ClassMap> out;
  readOutputs(source, frame, [&](const FrameOutputs& outputs) {
    if (!outputs.view.hasClasses()) return;
    const ScoreParameters parameters = source.scoreParameters(configuration, outputs.view);
    if (const auto planes = classPlanesOf(outputs.view)) {
      out = bestOf(*planes, {parameters.channels.begin(), parameters.channels.end()}, size);
      return;
    }
    ClassMap own(outputs.view.size());  // of a mask network's queries
    predictedClasses(outputs.view, parameters.channels, own.values());
    out = own.size() == size ? std::move(own) : sampledNearest(own, size);
  });
  return out;
}

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
  if (configuration.method)
    readOutputs(live.source(), *first, [&](const FrameOutputs& outputs) {
      if (!outputs.view.hasClasses()) return;
      const ScoreParameters parameters = live.source().scoreParameters(configuration, outputs.view);
      out.known = parameters.channels.empty() ? classesIn(outputs.view) : static_cast<int>(parameters.channels.size());
    });
  if (out.known == 0)
    throw Error({.what = "open-set recognition needs predicted classes",
                 .expected = "a network, or a folder of logits",
                 .found = "finished score maps of " + live.source().name()});
  out.truth = [&set](std::size_t frame) {
    return set.frames[frame].classLabel ? std::optional(readClassLabel(set, set.frames[frame])) : std::nullopt;
  };
  out.predicted = [&live, configuration](std::size_t frame, Size size) {
    return predictedAt(live.source(), frame, configuration, size);
  };
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

std::optional<OpenSetReport> openSetRecognition(LiveSet& live, const Configuration& configuration,
                                                const OpenSetClasses& classes, const std::stop_token& stop) {
  std::vector<std::size_t> frames;
  for (const std::size_t frame : live.labelledFrames())
    if (live.dataSet().frames[frame].classLabel) frames.push_back(frame);
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
