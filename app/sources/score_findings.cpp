// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/sources/score_findings.h"

#include "analysis/datasets/layouts.h"

namespace oodscope {

std::string findingText(ScoreFinding finding) {
  switch (finding) {
    case ScoreFinding::OtherAspect:
      return "scores of another shape than the image, which are stretched";
    case ScoreFinding::MatlabAxes:
      return "files by MATLAB, whose axes lie in the opposite order and were turned round";
    case ScoreFinding::NoValue:
      return "score maps without a finite value";
    case ScoreFinding::Constant:
      return "score maps of one value alone, in which nothing can be ranked";
    case ScoreFinding::TwoValues:
      return "score maps of two values alone: decisions rather than scores, whose ranking has a single step";
    case ScoreFinding::ClassIds:
    case ScoreFinding::FewLevels:
      return "maps of few whole numbers: class ids (an argmax) rather than anomaly scores?";
    case ScoreFinding::RoundedScores:
      return "files of other numbers than the first: their scores were rounded to float32";
    case ScoreFinding::HugeIntegers:
      return "maps of whole numbers beyond 2^53, which were rounded to float64";
    case ScoreFinding::RoundedLogits:
      return "files of float64 logits, which are scored as float32";
    case ScoreFinding::ChannelsLast:
      return "logits of height x width x channels, read as such";
    case ScoreFinding::Probabilities:
      return "files of probabilities (0 to 1, with sum 1) where logits are expected: write the network's output before "
             "softmax, or its logarithm";
  }
  return {};
}

std::optional<ScoreFinding> findingOf(ValueKind kind) {
  switch (kind) {
    case ValueKind::None:
      return ScoreFinding::NoValue;
    case ValueKind::Constant:
      return ScoreFinding::Constant;
    case ValueKind::TwoValues:
      return ScoreFinding::TwoValues;
    case ValueKind::ClassIds:
      return ScoreFinding::ClassIds;
    case ValueKind::Scores:
      break;
  }
  return std::nullopt;
}

void ScoreFindings::add(ScoreFinding finding, const std::string& frame, const std::string& detail) {
  const std::scoped_lock lock(m_mutex);
  Tally& tally = m_tallies[finding];
  if (++tally.frames > 1) return;
  tally.firstFrame = frame;
  tally.detail = detail;
}

void ScoreFindings::addPrecision(const std::string& name) {
  const std::scoped_lock lock(m_mutex);
  m_precisions.insert(name);
}

std::vector<std::string> ScoreFindings::sentences() const { return sentencesWithout({}); }

std::vector<std::string> ScoreFindings::sentencesOfTerm() const {
  return sentencesWithout({ScoreFinding::TwoValues, ScoreFinding::FewLevels});
}

std::vector<std::string> ScoreFindings::sentencesWithout(const std::set<ScoreFinding>& others) const {
  const std::scoped_lock lock(m_mutex);
  std::vector<std::string> out;
  for (const auto& [finding, tally] : m_tallies)
    if (!others.contains(finding))
      out.push_back(counted(tally.frames, "frame") + (tally.frames == 1 ? " has " : " have ") + findingText(finding) +
                    " (frame " + tally.firstFrame + (tally.detail.empty() ? "" : ": " + tally.detail) + ")");
  return out;
}

std::string ScoreFindings::precision() const {
  const std::scoped_lock lock(m_mutex);
  std::string out;
  for (const auto& name : m_precisions) out += (out.empty() ? "" : ", ") + name;
  return out;
}

}  // namespace oodscope
