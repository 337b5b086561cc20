// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session/run_spec.h"

#include "analysis/core/sha256.h"
#include "analysis/metrics/protocol_rules.h"

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigitsOfFrames = 16;  // 64 bits: enough for the parts of one folder

/// `value` mixed into `seed`. Source of the rule: FNV-1, over hashes instead of bytes.
template <class T>
void mix(std::size_t& seed, const T& value) {
  constexpr std::size_t kPrime = 1'099'511'628'211U;
  seed = seed * kPrime ^ std::hash<T>()(value);
}

void mix(std::size_t& seed, const ScoreTerm& term) {
  mix(seed, term.source.content);
  mix(seed, term.source.reading);
  mix(seed, term.method);
  mix(seed, term.temperature);
  for (const int channel : term.channels.list) mix(seed, channel);
  mix(seed, term.channels.all);
  mix(seed, term.pass);
  mix(seed, term.weight);
  mix(seed, term.isFactor);
  mix(seed, term.normalisation.kind);
  mix(seed, term.normalisation.over);
  for (const Filter filter : term.filters) mix(seed, filter.name());
  for (const Filter filter : term.sumFilters) mix(seed, filter.name());
}

}  // namespace

std::string folderIdOf(const fs::path& folder) {
  std::error_code unknown;
  const fs::path canonical = fs::weakly_canonical(folder, unknown);
  return (unknown ? fs::absolute(folder, unknown).lexically_normal() : canonical).generic_string();
}

std::string setIdOf(const DataSet& set) {
  Sha256 frames;
  const auto add = [&frames](const std::optional<fs::path>& file) {
    frames.add((file ? file->string() : std::string()) + "\n");
  };
  for (const Frame& frame : set.frames) {
    frames.add(frame.name + "\n");
    for (const auto& file : {std::optional(frame.image), frame.overlay, frame.label, frame.regionOfInterest}) add(file);
  }
  // Two tracks of one label file are two sets.
  for (const auto& [value, meaning] : set.encoding.meaning)
    frames.add(std::to_string(value) + "=" + std::to_string(meaning) + ",");
  frames.add(std::to_string(set.encoding.otherwise));
  return folderIdOf(set.root) + "#" + frames.hex().substr(0, kDigitsOfFrames);
}

Resolution defaultResolution(Protocol protocol) {
  return protocol.rule().isAtNetworkResolution ? Resolution::Network : Resolution::Label;
}

Resolution measuredAt(Resolution resolution, Protocol protocol) {
  return resolution == Resolution::ByProtocol ? defaultResolution(protocol) : resolution;
}

}  // namespace oodscope

std::size_t std::hash<oodscope::RunSpec>::operator()(const oodscope::RunSpec& run) const {
  std::size_t seed = run.score.size();
  oodscope::mix(seed, run.set);
  for (const oodscope::ScoreTerm& term : run.score) oodscope::mix(seed, term);
  oodscope::mix(seed, run.protocol);
  oodscope::mix(seed, run.resolution);
  oodscope::mix(seed, run.asSubmitted);
  return seed;
}
