// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desk/frame_cache.h"

#include <algorithm>

namespace oodscope {
namespace {

double shareOfAnomalies(const LabelMap& label) {
  std::size_t anomalous = 0, labelled = 0;
  for (const std::uint8_t value : label.values()) {
    anomalous += value == kAnomaly ? 1 : 0;
    labelled += value == kVoid ? 0 : 1;
  }
  return labelled == 0 ? 0.0 : static_cast<double>(anomalous) / static_cast<double>(labelled);
}

}  // namespace

DecodedFrame FrameCache::at(const DataSet& set, std::size_t frame) {
  const Frame& record = set.frames[frame];
  const std::string key = set.root.string() + '\n' + record.name;
  {
    const std::scoped_lock lock(m_mutex);
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& entry) { return entry.key == key; });
    if (found != m_entries.end()) {
      m_entries.splice(m_entries.begin(), m_entries, found);
      return m_entries.front().frame;
    }
  }
  DecodedFrame decoded;
  decoded.image = std::make_shared<const RgbImage>(readImage(record));
  if (record.label) {
    decoded.label = std::make_shared<const LabelMap>(readLabel(set, record));
    decoded.anomalyShare = shareOfAnomalies(*decoded.label);
  }
  const std::scoped_lock lock(m_mutex);
  m_entries.push_front({key, decoded});
  if (m_entries.size() > m_limit) m_entries.pop_back();
  return decoded;
}

void FrameCache::clear() {
  const std::scoped_lock lock(m_mutex);
  m_entries.clear();
}

}  // namespace oodscope
