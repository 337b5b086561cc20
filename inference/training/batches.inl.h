// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/networks/normalisation.h"
#include "inference/training/cut_outs.h"
#include "inference/training/training.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <future>
#include <optional>
#include <span>
#include <vector>

namespace oodscope {

struct Batch {
  at::Tensor images;   ///< N x 3 x H x W, float32, channels-last, normalised
  at::Tensor targets;  ///< N x H x W, int64: a class, the void class, or kIgnoredTarget
};

/// One picture as the network takes it, 1 x 3 x H x W.
[[nodiscard]] at::Tensor imageTensor(const RgbImage& image, const InputNormalisation& normalisation = {});

/// Images and targets of samples of one size. voidClass -1: void is not learned from.
[[nodiscard]] Batch stack(std::span<const Sample> samples, int voidClass, const InputNormalisation& normalisation = {});

/// A permutation of 0 to count - 1, a function of the seed.
[[nodiscard]] std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed);

/// The batches of one epoch, each a function of (options, epoch, step) alone, the next one made in the background.
class Batches {
public:
  Batches(const TrainingOptions& options, const SampleSource& source, int voidClass, int epoch,
          const InputNormalisation& normalisation = {});
  ~Batches();
  [[nodiscard]] int steps() const { return m_steps; }
  /// What an epoch over these pictures has. Requires: source.size() > 0.
  [[nodiscard]] static int stepsOf(const TrainingOptions& options, const SampleSource& source);
  /// Batch `step`. Throws what reading a sample throws.
  [[nodiscard]] Batch take(int step);

private:
  [[nodiscard]] Batch make(int step) const;
  void paste(Sample& sample, std::uint64_t seed) const;

  const TrainingOptions& m_options;
  const SampleSource& m_source;
  InputNormalisation m_normalisation;
  int m_voidClass, m_epoch, m_batch, m_steps;
  std::vector<std::size_t> m_order;
  std::optional<CutOuts> m_negatives;
  int m_nextStep = -1;
  std::future<Batch> m_next;
};

}  // namespace oodscope
