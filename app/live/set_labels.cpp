// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/set_labels.h"

#include "analysis/imaging/resize.h"

namespace oodscope {
namespace {

std::shared_ptr<const FrameTruth> truthOf(LabelMap map) {
  auto truth = std::make_shared<FrameTruth>();
  truth->map = std::move(map);
  truth->index = LabelIndex(truth->map.values());
  return truth;
}

}  // namespace

SetLabels::SetLabels(std::shared_ptr<const DataSet> set, Keeps keeps)
    : m_set(std::move(set)),
      m_keeps(keeps),
      m_own(m_set->frames.size()),
      m_resized(m_set->frames.size()),
      m_kept(m_set->frames.size()) {}

std::shared_ptr<const FrameTruth> SetLabels::atLabelSize(std::size_t frame) {
  {
    const std::scoped_lock lock(m_mutex);
    if (Truth known = m_own[frame].lock()) return known;
  }
  Truth truth = truthOf(readLabel(*m_set, m_set->frames[frame], &m_census));
  const std::scoped_lock lock(m_mutex);
  m_own[frame] = truth;
  if (m_keeps == Keeps::OwnSize) m_kept[frame] = truth;
  return truth;
}

std::shared_ptr<const FrameTruth> SetLabels::atSize(std::size_t frame, Size size) {
  Truth own;
  {
    const std::scoped_lock lock(m_mutex);
    if (Truth known = m_resized[frame].lock(); known && known->map.size() == size) return known;
    own = m_own[frame].lock();
  }
  if (own && own->map.size() == size) return own;
  LabelMap map = own ? resizePilNearest(own->map, size) : readLabel(*m_set, m_set->frames[frame], &m_census);
  Truth truth = truthOf(map.size() == size ? std::move(map) : resizePilNearest(map, size));
  const std::scoped_lock lock(m_mutex);
  m_resized[frame] = truth;
  return truth;
}

std::vector<std::string> SetLabels::findings() const {
  return m_own.size() > kLabelsLookedAt ? labelFindings(*m_set, m_census) : std::vector<std::string>();
}

}  // namespace oodscope
