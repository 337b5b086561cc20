// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// An arrangement of a network whose results were wrong.
struct RejectedArrangement {
  std::string name;
  double difference = 0.0;  ///< largest, from the reference; infinite where one of both is NaN
  friend bool operator==(const RejectedArrangement&, const RejectedArrangement&) = default;
};

/// Which arrangement of a network agrees with its reference, found out once.
struct ArrangementVerdict {
  std::string arrangement;
  std::vector<RejectedArrangement> rejected;  ///< those tried before, in their order
  bool asOneThread = false;                   ///< the same logits as on one thread, to the last bit
  friend bool operator==(const ArrangementVerdict&, const ArrangementVerdict&) = default;
};

/// Verdicts by the text of all that they depend on: in memory for this process, and in a folder, a small JSON file
/// each, where one is given. A file counts only where this user owns it and nobody else may write to it, where it holds
/// the very key, and where its checksum is right: a damaged or foreign one is as good as none and is written again.
/// A folder that cannot be read or written costs time and nothing else. Thread-safe.
class Verdicts {
public:
  explicit Verdicts(std::filesystem::path folder) : m_folder(std::move(folder)) {}
  [[nodiscard]] std::optional<ArrangementVerdict> find(const std::string& key) const;
  void keep(const std::string& key, const ArrangementVerdict& verdict) const;
  /// Empty where no folder was given.
  [[nodiscard]] std::filesystem::path file(const std::string& key) const;
  /// Forgets what this process knows, so that the files decide. For tests of what another process sees.
  static void forget();

private:
  std::filesystem::path m_folder;
};

/// Where verdicts are remembered: beside the default store of logits, inside a store whose folder was named, and
/// nowhere (empty) where nothing is to be kept.
[[nodiscard]] std::filesystem::path arrangementMemory(const std::filesystem::path& storeFolder, bool temporary);

}  // namespace oodscope
