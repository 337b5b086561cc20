// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/ensembles/normalisation.h"
#include "app/session/session.h"

#include <compare>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace oodscope {

/// Where scores come from, by what they are and not by what they are called: two files of one name are two sources.
struct SourceId {
  std::string content;       ///< SHA-256 of a network's weights, or a folder's canonical path
  std::string reading = {};  ///< how it is read: what else the logits depend on, or the array that is meant
  auto operator<=>(const SourceId&) const = default;
};

/// Which channels of logits take part.
struct ChannelChoice {
  std::vector<int> list = {};  ///< ascending; empty: the known classes, or all of them:
  bool all = false;            ///< every output, whatever it means
  auto operator<=>(const ChannelChoice&) const = default;
};

/// One source's part in a score. Today's scores are one term of weight 1.
struct ScoreTerm {
  SourceId source = {};
  std::optional<Method> method = {};      ///< none: score maps as they are
  std::optional<float> temperature = {};  ///< none where the ranking does not depend on it
  ChannelChoice channels = {};            ///< the usual one where the source has no channels
  std::string pass = {};                  ///< the further pass that the method reads, see passText(); empty: none
  double weight = 1.0;
  bool isFactor = false;  ///< multiplies the term before it, whose weight is the product's
  /// How its scores are brought to one scale with the others'.
  Normalisation normalisation = {.kind = Normalisation::Kind::None};
  FilterChain filters = {};     ///< what the term's maps go through before they are weighted
  FilterChain sumFilters = {};  ///< what the sum goes through; each term of it says so
  friend std::partial_ordering operator<=>(const ScoreTerm&, const ScoreTerm&) = default;
  friend bool operator==(const ScoreTerm&, const ScoreTerm&) = default;
};

/// Everything that numbers of a set depend on besides the files' contents: the one name of a run. What is cached, kept,
/// printed or compared is so by this. Labels for people are no part of it.
struct RunSpec {
  std::string set = {};               ///< setIdOf()
  std::vector<ScoreTerm> score = {};  ///< their weighted sum, factors multiplied first
  Protocol protocol = {};
  Resolution resolution = Resolution::Network;  ///< never ByProtocol
  bool asSubmitted = false;                     ///< score maps rounded to float16 first
  friend std::partial_ordering operator<=>(const RunSpec&, const RunSpec&) = default;
  friend bool operator==(const RunSpec&, const RunSpec&) = default;
};

/// The set that is meant, whatever it is called: its canonical folder, which of its frames are listed, and what their
/// labels mean (two tracks of one set are two).
[[nodiscard]] std::string setIdOf(const DataSet& set);
/// A folder's part of a SourceId: its canonical path, or the absolute one where it is not there.
[[nodiscard]] std::string folderIdOf(const std::filesystem::path& folder);

/// The resolution of a protocol as its owners evaluate it: network for Course, label for all others.
[[nodiscard]] Resolution defaultResolution(Protocol protocol);
/// The resolution that a choice means under a protocol: never ByProtocol.
[[nodiscard]] Resolution measuredAt(Resolution resolution, Protocol protocol);

}  // namespace oodscope

template <>
struct std::hash<oodscope::RunSpec> {
  std::size_t operator()(const oodscope::RunSpec& run) const;
};
