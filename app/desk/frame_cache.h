// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace oodscope {

/// A frame's picture and label at their own sizes, decoded.
struct DecodedFrame {
  std::shared_ptr<const RgbImage> image;
  std::shared_ptr<const LabelMap> label;  ///< nullptr: withheld
  std::optional<double> anomalyShare;     ///< of the labelled pixels; empty: withheld
};

/// The last few decoded frames, so that going back and forth and every tick of a slider decode nothing. Thread-safe.
class FrameCache {
public:
  explicit FrameCache(std::size_t frames = 12) : m_limit(frames) {}
  /// Throws Error.
  [[nodiscard]] DecodedFrame at(const DataSet& set, std::size_t frame);
  void clear();

private:
  struct Entry {
    std::string key;
    DecodedFrame frame;
  };
  std::mutex m_mutex;
  std::list<Entry> m_entries;  ///< newest first
  std::size_t m_limit;
};

}  // namespace oodscope
