// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/cli/live_bench.h"

namespace oodscope {

/// Whether the figures below are asked for: they run the network again and again, so that `--only` has to name them.
[[nodiscard]] bool asksForOverhead(const BenchOptions& options);

/// What a detector costs beside its network, in milliseconds: the network alone, and for each method that the source
/// can serve, further passes included, the network with it and the difference of both, frame by frame. Each time begins
/// with the image's file and ends with the outputs, or with the scores at their size. The figure says why where nothing
/// runs a network. Throws Error. Cost: a network pass a method and run; two, and the further ones, where it needs any.
[[nodiscard]] std::vector<BenchFigure> overheadFigures(const LiveSet& set, const BenchOptions& options,
                                                       const ProgressSink& progress, const std::stop_token& stop);

}  // namespace oodscope
