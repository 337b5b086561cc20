// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/label_census.h"
#include "analysis/metrics/label_index.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace oodscope {

/// A frame's label map at one size, and where its pixels of each kind are.
struct FrameTruth {
  LabelMap map;
  LabelIndex index;
};

/// The label maps of one set, at the label's own size or resized nearest by PIL's rule, decoded once for all live sets
/// that use them. Thread-safe.
class SetLabels {
public:
  /// Whether label maps of their own size stay when nobody uses them any more: for several sources one after the other.
  enum class Keeps { WhatIsUsed, OwnSize };
  explicit SetLabels(std::shared_ptr<const DataSet> set, Keeps keeps = Keeps::WhatIsUsed);

  /// Throws Error for an unreadable label. Requires: the frame has one. Cost: decoding, unless somebody uses it.
  [[nodiscard]] std::shared_ptr<const FrameTruth> atLabelSize(std::size_t frame);
  [[nodiscard]] std::shared_ptr<const FrameTruth> atSize(std::size_t frame, Size size);

  /// What the labels that were read held against the set's encoding, where opening the set did not look at all of them;
  /// see labelFindings.
  [[nodiscard]] std::vector<std::string> findings() const;

private:
  using Truth = std::shared_ptr<const FrameTruth>;
  std::shared_ptr<const DataSet> m_set;
  Keeps m_keeps;
  LabelCensus m_census;
  std::mutex m_mutex;
  std::vector<std::weak_ptr<const FrameTruth>> m_own, m_resized;
  std::vector<Truth> m_kept;
};

}  // namespace oodscope
