// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/set_labels.h"

#include "analysis/imaging/resize.h"

namespace oodscope {

SetLabels::SetLabels(const DataSet& set) : m_set(set), m_own(set.frames.size()), m_resized(set.frames.size()) {}

std::shared_ptr<const LabelMap> SetLabels::atLabelSize(std::size_t frame) {
  {
    const std::scoped_lock lock(m_mutex);
    if (m_own[frame]) return m_own[frame];
  }
  auto label = std::make_shared<const LabelMap>(readLabel(m_set, m_set.frames[frame], &m_census));
  const std::scoped_lock lock(m_mutex);
  return m_own[frame] = std::move(label);
}

std::shared_ptr<const LabelMap> SetLabels::atSize(std::size_t frame, Size size) {
  std::shared_ptr<const LabelMap> own;
  {
    const std::scoped_lock lock(m_mutex);
    if (m_resized[frame] && m_resized[frame]->size() == size) return m_resized[frame];
    own = m_own[frame];
  }
  if (own && own->size() == size) return own;
  auto resized = std::make_shared<const LabelMap>(
      own ? resizePilNearest(*own, size) : resizePilNearest(readLabel(m_set, m_set.frames[frame], &m_census), size));
  const std::scoped_lock lock(m_mutex);
  return m_resized[frame] = std::move(resized);
}

std::vector<std::string> SetLabels::findings() const {
  return m_own.size() > kLabelsLookedAt ? labelFindings(m_set, m_census) : std::vector<std::string>();
}

void SetLabels::dropLabelSize() {
  const std::scoped_lock lock(m_mutex);
  for (auto& label : m_own) label.reset();
}

void SetLabels::dropOtherSizes() {
  const std::scoped_lock lock(m_mutex);
  for (auto& label : m_resized) label.reset();
}

}  // namespace oodscope
