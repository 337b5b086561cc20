// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/statistics/transfer.h"

#include <cstddef>

#include <tbb/parallel_for.h>

namespace oodscope {

TransferMatrix transferMatrix(std::span<const SetScores> sets, const ThresholdRule& rule) {
  const std::size_t n = sets.size();
  std::vector<std::optional<float>> chosen(n);
  std::vector<std::optional<double>> bestF1(n), ownRecall(n);
  tbb::parallel_for(std::size_t{0}, n, [&](std::size_t s) {
    chosen[s] = chooseThreshold(sets[s], rule);
    if (chosen[s]) ownRecall[s] = countsAt(sets[s], *chosen[s]).recall();
    const auto best = chooseThreshold(sets[s], {.kind = ThresholdRule::Kind::BestF1});
    if (best) bestF1[s] = countsAt(sets[s], *best).f1();
  });
  TransferMatrix matrix{n, std::vector<TransferCell>(n * n)};
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = 0; b < n; ++b) {
      TransferCell& cell = matrix.cells[a * n + b];
      cell.threshold = chosen[a];
      if (!chosen[a]) continue;
      cell.counts = countsAt(sets[b], *chosen[a]);
      cell.precision = cell.counts.precision();
      cell.recall = cell.counts.recall();
      cell.fpr = cell.counts.fpr();
      cell.f1 = cell.counts.f1();
      if (bestF1[b] && cell.f1) cell.f1Gap = *bestF1[b] - *cell.f1;
      if (ownRecall[b] && cell.recall) cell.recallGap = *ownRecall[b] - *cell.recall;
    }
  return matrix;
}

}  // namespace oodscope
