// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"
#include "app/live/live_set.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace oodscope {

/// What may be known of one frame beside its scores, at the evaluation size. Null where it is not known.
struct FrameMaps {
  Size picture;  ///< of the image file; the evaluation size where it cannot be read
  std::shared_ptr<const ClassMap>
      predicted;  ///< argmax of the logits over the channels that are scored, or what came with maps
  std::shared_ptr<const ClassMap> truth;        ///< Cityscapes train ids
  std::shared_ptr<const Grid<float>> distance;  ///< metres, 0 unknown
  [[nodiscard]] FailureContext context() const { return {predicted.get(), truth.get(), distance.get()}; }
};

/// Classes and distances of a set's frames, read or computed once and kept within a budget. They do not depend on
/// temperature or method. Thread-safe.
class FrameContexts {
public:
  explicit FrameContexts(std::shared_ptr<LiveSet> set, std::uint64_t budget = std::uint64_t{512} << 20);

  /// Requires: the frame is ready. A class label or disparity that cannot be read counts as not known. Throws Error
  /// where the stored logits have gone.
  [[nodiscard]] FrameMaps at(std::size_t frame, const Configuration& configuration) const;
  [[nodiscard]] LiveSet& set() const { return *m_set; }
  /// Whether any frame of the set comes with class labels, or with a disparity map and a camera.
  [[nodiscard]] bool hasTrueClasses() const;
  [[nodiscard]] bool hasDistances() const;

private:
  std::shared_ptr<LiveSet> m_set;
  std::uint64_t m_budget;
  mutable std::mutex m_mutex;
  mutable std::uint64_t m_bytes = 0;
  mutable std::vector<std::optional<FrameMaps>> m_kept;
};

}  // namespace oodscope
