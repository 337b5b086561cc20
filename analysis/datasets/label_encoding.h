// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/datasets/label_census.h"

#include <optional>
#include <set>

namespace oodscope {

/// An encoding read off the values that masks hold, and what was assumed for it.
struct InferredEncoding {
  LabelEncoding encoding;
  std::string assumption = {};  ///< empty where the values leave no doubt
};

/// The encoding that fits the values, all of one set or of a sample: 0, 1 and 255 as everybody writes them; 0 and 255
/// (or 65535) alone, whose 255 is the anomaly; train ids with 254 for the unknown object and 255 for void. Nothing
/// where the values do not tell. The encoding is strict, so that a value that comes later is refused and not guessed
/// at.
[[nodiscard]] std::optional<InferredEncoding> inferredEncoding(const std::set<int>& values);

/// Values of some masks of the set: `most` spread evenly over those there are. Cost: decoding them, in parallel.
void sampleLabels(const DataSet& set, std::size_t most, LabelCensus& census);
[[nodiscard]] std::set<int> valuesIn(const LabelCensus& census);
/// "0, 3, 7, 100", the first twelve.
[[nodiscard]] std::string valueList(const std::set<int>& values);

/// Holds the masks' values against the set's encoding when the set is opened: looks at some, at more of them where 0
/// and 255 alone leave open which 255 is, takes over another encoding where the layout's own cannot be meant
/// (`mayInfer`), and adds what is to be known to set.warnings.
void resolveLabelEncoding(DataSet& set, bool mayInfer);

}  // namespace oodscope
