// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <cstddef>

namespace oodscope {

/// What became of the frames of a set when a number was made of them. The frames that the number is of are all others,
/// before the protocol leaves out those without an anomaly.
struct FrameAccount {
  std::size_t total = 0;       ///< frames of the set
  std::size_t unlabelled = 0;  ///< their ground truth is withheld: they can take no part
  std::size_t failed = 0;      ///< could not be read, inferred or scored
  std::size_t unread = 0;      ///< not looked at yet, or not any more because the run was stopped

  /// Whether a number is of all frames that it can be of: only then it is the set's.
  [[nodiscard]] bool isComplete() const { return failed == 0 && unread == 0; }
  [[nodiscard]] std::size_t taking() const { return total - unlabelled - failed - unread; }
  /// The same where `frames` take part and the rest of those that could was not read.
  [[nodiscard]] FrameAccount with(std::size_t frames) const {
    FrameAccount out = *this;
    out.unread = total - std::min(total, unlabelled + failed + frames);
    return out;
  }
  friend bool operator==(const FrameAccount&, const FrameAccount&) = default;
};

}  // namespace oodscope
