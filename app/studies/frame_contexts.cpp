// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/studies/frame_contexts.h"

#include "analysis/datasets/layout_kinds.h"
#include "analysis/regions/map_sampling.h"

#include <algorithm>

namespace oodscope {
namespace {

/// Classes are sampled by nearest pixels: they must not be mixed.
std::shared_ptr<const ClassMap> sampledTo(Size size, ClassMap own) {
  return std::make_shared<const ClassMap>(own.size() == size ? std::move(own) : sampledNearest(own, size));
}

/// What somebody's method took the pixels for; null where it did not say.
std::shared_ptr<const ClassMap> importedOf(const ScoreSource& source, std::size_t frame, Size size) {
  try {
    std::optional<ClassMap> own = source.predictedClasses(frame);
    return own ? sampledTo(size, std::move(*own)) : nullptr;
  } catch (const Error&) {
    return nullptr;  // a class map that cannot be read is not known; the scores stand without it
  }
}

std::shared_ptr<const ClassMap> predictedOf(const ScoreSource& source, std::size_t frame,
                                            const Configuration& configuration, Size size) {
  if (!configuration.method) return importedOf(source, frame, size);
  ClassMap own;
  readOutputs(source, frame, [&](const FrameOutputs& outputs) {
    if (!outputs.view.hasClasses()) return;
    const ScoreParameters parameters = source.scoreParameters(configuration, outputs.view);
    own = ClassMap(outputs.view.size());
    predictedClasses(outputs.view, parameters.channels, own.values());
  });
  if (own.values().empty()) return nullptr;
  return sampledTo(size, std::move(own));
}

}  // namespace

FrameContexts::FrameContexts(std::shared_ptr<LiveSet> set, std::uint64_t budget)
    : m_set(std::move(set)), m_budget(budget), m_kept(m_set->dataSet().frames.size()) {}

FrameMaps FrameContexts::at(std::size_t frame, const Configuration& configuration) const {
  {
    const std::scoped_lock lock(m_mutex);
    if (m_kept[frame]) return *m_kept[frame];
  }
  const DataSet& data = m_set->dataSet();
  const Frame& record = data.frames[frame];
  const Size size = m_set->evaluationSize(frame);
  FrameMaps maps;
  const ClassGiver giver = m_set->source().classGiver(configuration);
  maps.predicted = predictedOf(*giver.source, frame, giver.configuration, size);
  maps.picture = size;
  try {
    maps.picture = readPictureSize(record.image);
  } catch (const Error&) {
    // The picture's own reader tells the user; regions are placed on the map then.
  }
  try {
    if (record.classLabel)
      maps.truth = std::make_shared<const ClassMap>(sampledNearest(readClassLabel(data, record), size));
  } catch (const Error&) {
    // What cannot be read is not known; the set's summary lists such files.
  }
  try {
    if (record.disparity && record.camera)
      maps.distance =
          std::make_shared<const Grid<float>>(sampledNearest(readDistance(record, data.layout.kind().disparity), size));
  } catch (const Error&) {
  }
  std::uint64_t bytes = 0;
  if (maps.predicted) bytes += maps.predicted->values().size_bytes();
  if (maps.truth) bytes += maps.truth->values().size_bytes();
  if (maps.distance) bytes += maps.distance->values().size_bytes();
  const std::scoped_lock lock(m_mutex);
  if (!m_kept[frame] && m_bytes + bytes <= m_budget) {
    m_kept[frame] = maps;
    m_bytes += bytes;
  }
  return maps;
}

bool FrameContexts::hasTrueClasses() const {
  const auto& frames = m_set->dataSet().frames;
  return std::any_of(frames.begin(), frames.end(), [](const Frame& frame) { return frame.classLabel.has_value(); });
}

bool FrameContexts::hasDistances() const {
  const auto& frames = m_set->dataSet().frames;
  return std::any_of(frames.begin(), frames.end(),
                     [](const Frame& frame) { return frame.disparity.has_value() && frame.camera.has_value(); });
}

}  // namespace oodscope
