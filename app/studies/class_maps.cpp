// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/class_maps.h"

#include "analysis/core/half.h"
#include "analysis/datasets/layout_kinds.h"
#include "analysis/imaging/resize.h"
#include "analysis/regions/map_sampling.h"

#include <algorithm>
#include <limits>
#include <numeric>

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

}  // namespace

std::optional<ClassMap> predictedAt(const ScoreSource& source, std::size_t frame, const Configuration& configuration,
                                    Size size) {
  if (const ClassGiver giver = source.classGiver(configuration); giver.source != &source)
    return predictedAt(*giver.source, frame, giver.configuration, size);
  if (!configuration.method) {
    std::optional<ClassMap> own = source.predictedClasses(frame);
    if (own && own->size() != size) own = sampledNearest(*own, size);
    return own;
  }
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

int knownClassesAt(const LiveSet& live, const Configuration& configuration, std::size_t frame) {
  const ClassGiver giver = live.source().classGiver(configuration);
  if (!giver.configuration.method)
    return giver.source->predictedClasses(frame)
               ? static_cast<int>(live.dataSet().layout.kind().classes->classes.size())
               : 0;
  int known = 0;
  readOutputs(*giver.source, frame, [&](const FrameOutputs& outputs) {
    if (!outputs.view.hasClasses()) return;
    const ScoreParameters parameters = giver.source->scoreParameters(giver.configuration, outputs.view);
    known = parameters.channels.empty() ? classesIn(outputs.view) : static_cast<int>(parameters.channels.size());
  });
  return known;
}

std::optional<ClassMap> trueClassesAt(const DataSet& set, std::size_t frame, int known) {
  if (!set.frames[frame].classLabel) return std::nullopt;
  ClassMap classes = readClassLabel(set, set.frames[frame]);
  const ClassScheme& scheme = *set.layout.kind().classes;
  for (std::uint8_t& index : classes.values()) index = scheme.numberedFor(known, index);
  return classes;
}

std::vector<std::string> knownClassNames(const ClassScheme& scheme, int known) {
  std::vector<std::string> out(static_cast<std::size_t>(known));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = "class " + std::to_string(i);
  for (std::size_t i = 0; i < scheme.classes.size(); ++i)
    if (const std::uint8_t place = scheme.numberedFor(known, static_cast<std::uint8_t>(i)); place < known)
      out[place] = scheme.classes[i].name;
  return out;
}

}  // namespace oodscope
