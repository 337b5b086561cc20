// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/data_set.h"
#include "analysis/datasets/label_census.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace oodscope {

/// The label maps of one set, decoded once and kept: at the label's own size, or resized nearest by PIL's rule.
/// Thread-safe.
class SetLabels {
public:
  explicit SetLabels(const DataSet& set);

  /// Throws Error for an unreadable label. Requires: the frame has one. Cost: decoding at the first call, then none.
  [[nodiscard]] std::shared_ptr<const LabelMap> atLabelSize(std::size_t frame);
  /// The label at another size; kept for the last size asked for. The label at its own size is not kept for this.
  [[nodiscard]] std::shared_ptr<const LabelMap> atSize(std::size_t frame, Size size);
  /// Drops the kept maps of the label's own size (or of other sizes).
  void dropLabelSize();
  void dropOtherSizes();

  /// What the labels that were read held against the set's encoding, where opening the set did not look at all of them;
  /// see labelFindings.
  [[nodiscard]] std::vector<std::string> findings() const;

private:
  const DataSet& m_set;
  LabelCensus m_census;
  std::mutex m_mutex;
  std::vector<std::shared_ptr<const LabelMap>> m_own;
  std::vector<std::shared_ptr<const LabelMap>> m_resized;
};

}  // namespace oodscope
