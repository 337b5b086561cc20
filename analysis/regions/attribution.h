// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/regions/failures.h"

#include <array>
#include <map>
#include <vector>

namespace oodscope {

/// One region of a set's list.
struct ListedFailure {
  std::size_t frame = 0;  ///< index into the frames that were given
  FailureRegion region;
};

/// What a set's failures are made of. Additive and independent of the order of addition, but for `frames`, which is
/// concatenated.
struct Attribution {
  static constexpr std::size_t kSizeBins =
      24;  ///< by powers of two: bin b holds 2^b <= pixels < 2^(b+1), the last all above
  static constexpr std::size_t kDistanceBins = 12;  ///< below 5 m, 5–10, …, 45–50, 50 m and beyond, unknown
  /// Least pixels of ISSU's groups (49–256, 256–2304, 2304–12544 and more; a group holds its least and not the next
  /// one's), below which objects do not count. Source: vojirt/benchmark_issu, CVPR 2025.
  static constexpr std::array<std::uint64_t, 4> kIssuGroups{49, 256, 2304, 12544};

  struct Objects {
    std::uint64_t count = 0;   ///< truth components, or false-positive regions
    std::uint64_t missed = 0;  ///< of them (truth components only)
    std::uint64_t pixels = 0;
    std::uint64_t missedPixels = 0;  ///< false negatives (truth components only)
    Objects& operator+=(const Objects& other);
    friend bool operator==(const Objects&, const Objects&) = default;
  };

  std::map<std::uint8_t, ConfusionCounts> byPredictedClass;  ///< empty without class maps
  std::map<std::uint8_t, ConfusionCounts> byTrueClass;       ///< empty without true classes
  std::array<Objects, kSizeBins> objectsBySize{};
  std::array<Objects, kSizeBins> falsePositivesBySize{};             ///< all regions, those under the minimum too
  std::array<Objects, kIssuGroups.size() + 1> objectsByIssuGroup{};  ///< the first: below all groups
  std::array<Objects, kIssuGroups.size() + 1> falsePositivesByIssuGroup{};
  std::array<ConfusionCounts, kDistanceBins> byDistance{};  ///< all in the last bin without distances
  std::array<Objects, kDistanceBins> objectsByDistance{};   ///< by median distance
  std::vector<ConfusionCounts> frames;
  Attribution& operator+=(const Attribution& other);

  [[nodiscard]] static std::size_t sizeBin(std::uint64_t pixels);
  /// 0 below all groups, else 1 + the group's place in kIssuGroups.
  [[nodiscard]] static std::size_t issuGroup(std::uint64_t pixels);
  /// Bins as in Grcić et al., ECCV 2022, table 3. 0 or less, or NaN: unknown.
  [[nodiscard]] static std::size_t distanceBin(float metres);
};

/// Attribution of one frame. Pixels are counted as findFailures counts them. Cost: one pass, about 2 ms on 1024x512.
[[nodiscard]] Attribution attribute(const ScoredImage& frame, const FailureOptions& options,
                                    const FailureContext& context = {});

/// Both of one frame, from one look at its components: equal to findFailures() and attribute().
struct FrameStudy {
  FrameFailures failures;
  Attribution attribution;
};
[[nodiscard]] FrameStudy studyFrame(const ScoredImage& frame, const FailureOptions& options,
                                    const FailureContext& context = {});

/// The lists of a set: false positives by falling area, missed objects by rising recall and falling area; equals by
/// frame.
struct SetFailures {
  std::vector<ListedFailure> falsePositives;
  std::vector<ListedFailure> missed;
  ConfusionCounts counts;
  std::uint64_t smallPixels = 0, openedPixels = 0, objects = 0, smallObjects = 0;
};
[[nodiscard]] SetFailures listFailures(std::span<const FrameFailures> frames);

/// One frame's input to a set's lists.
struct FailureInput {
  ScoredImage frame;
  FailureContext context;
};

/// Frames of a set evaluated in parallel, in the order given; the same for any number of threads.
[[nodiscard]] std::vector<FrameFailures> findFailures(std::span<const FailureInput> frames,
                                                      const FailureOptions& options);
[[nodiscard]] Attribution attribute(std::span<const FailureInput> frames, const FailureOptions& options);

}  // namespace oodscope
