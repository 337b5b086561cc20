// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/map_facts.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace oodscope {

/// What looks like a mistake in somebody's files.
enum class ScoreFinding {
  OtherAspect,    ///< a map of another shape than its frame
  MatlabAxes,     ///< written by MATLAB, axes turned round
  NoValue,        ///< NaN and infinities alone
  Constant,       ///< one value
  TwoValues,      ///< a decision
  ClassIds,       ///< an argmax
  FewLevels,      ///< the same in a file of floats: an argmax, or levels and votes
  RoundedScores,  ///< float64 in a file that did not look so when the folder was opened
  HugeIntegers,   ///< whole numbers beyond what double holds
  RoundedLogits,  ///< float64 logits
  ChannelsLast,   ///< H x W x C
  Probabilities,  ///< softmax taken already
};

/// "score maps of one value alone, …", of several frames.
[[nodiscard]] std::string findingText(ScoreFinding finding);
/// What a map's values are a finding of, if anything.
[[nodiscard]] std::optional<ScoreFinding> findingOf(ValueKind kind);

/// Findings and types over the frames of a set, as sentences. Thread-safe.
class ScoreFindings {
public:
  /// detail: of the first frame that has it, "77x100 for 1280x720". Once a frame and finding.
  void add(ScoreFinding finding, const std::string& frame, const std::string& detail = {});
  void addPrecision(const std::string& name);
  /// One sentence a finding, with the number of frames and an example.
  [[nodiscard]] std::vector<std::string> sentences() const;
  /// The same where the maps are one of several scores that are added up: decisions, levels and votes are fine there.
  [[nodiscard]] std::vector<std::string> sentencesOfTerm() const;
  /// "float64", or several: "float32, float64"; empty before the first.
  [[nodiscard]] std::string precision() const;

private:
  [[nodiscard]] std::vector<std::string> sentencesWithout(const std::set<ScoreFinding>& others) const;
  struct Tally {
    std::size_t frames = 0;
    std::string firstFrame, detail;
  };
  mutable std::mutex m_mutex;
  std::map<ScoreFinding, Tally> m_tallies;
  std::set<std::string> m_precisions;
};

}  // namespace oodscope
