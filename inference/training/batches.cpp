// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/batches.inl.h"

#include "analysis/core/error.h"
#include "inference/training/loss.inl.h"
#include "inference/training/pasting.h"

#include <ATen/ops/empty.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <numeric>

namespace oodscope {
namespace {

constexpr std::uint64_t kOrderStream = 1, kVariationStream = 2, kPastingStream = 4;

void fillImage(const RgbImage& image, const NormalisationTable& table, float* out) {
  // Channels-last memory is the picture's own order.
  static_assert(sizeof(Rgb) == 3);
  for (const Rgb c : image.values()) {
    *out++ = table[0][c.r];
    *out++ = table[1][c.g];
    *out++ = table[2][c.b];
  }
}

at::Tensor emptyImages(std::size_t count, Size size) {
  return at::empty({static_cast<std::int64_t>(count), 3, size.height, size.width},
                   at::TensorOptions(at::kFloat).memory_format(at::MemoryFormat::ChannelsLast));
}

}  // namespace

at::Tensor imageTensor(const RgbImage& image, const InputNormalisation& normalisation) {
  at::Tensor out = emptyImages(1, image.size());
  fillImage(image, tableOf(normalisation), out.data_ptr<float>());
  return out;
}

Batch stack(std::span<const Sample> samples, int voidClass, const InputNormalisation& normalisation) {
  require(!samples.empty(), "stack: no sample");
  const Size size = samples.front().image.size();
  const NormalisationTable table = tableOf(normalisation);
  Batch batch{emptyImages(samples.size(), size),
              at::empty({static_cast<std::int64_t>(samples.size()), size.height, size.width}, at::kLong)};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    require(samples[i].image.size() == size && samples[i].classes.size() == size, "stack: samples of several sizes");
    fillImage(samples[i].image, table, batch.images.data_ptr<float>() + i * size.area() * 3);
    std::int64_t* target = batch.targets.data_ptr<std::int64_t>() + i * size.area();
    for (const std::uint8_t value : samples[i].classes.values()) {
      if (value == kUnlearned || (value == kVoid && voidClass < 0)) {
        *target++ = kIgnoredTarget;
      } else {
        *target++ = value == kVoid ? voidClass : value;
      }
    }
  }
  return batch;
}

std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  SplitMix random(seed);
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

Batches::Batches(const TrainingOptions& options, const SampleSource& source, int voidClass, int epoch,
                 const InputNormalisation& normalisation)
    : m_options(options),
      m_source(source),
      m_normalisation(normalisation),
      m_voidClass(voidClass),
      m_epoch(epoch),
      m_batch(std::min(options.batch, static_cast<int>(source.size()))),
      m_steps(stepsOf(options, source)),
      m_order(shuffled(source.size(), mixSeeds(options.seed, static_cast<std::uint64_t>(epoch), kOrderStream))) {
  if (!options.negatives.empty()) m_negatives.emplace(options.negatives);
}

int Batches::stepsOf(const TrainingOptions& options, const SampleSource& source) {
  const int pictures = static_cast<int>(source.size());
  return pictures / std::min(options.batch, pictures);
}

Batches::~Batches() {
  if (m_next.valid()) m_next.wait();
}

void Batches::paste(Sample& sample, std::uint64_t seed) const {
  if (m_options.ignoresOwnVoid)
    for (std::uint8_t& value : sample.classes.values())
      if (value == kVoid) value = kUnlearned;
  if (m_options.augmentation.pasted <= 0.0) return;
  SplitMix random(seed);
  if (random.uniform() >= m_options.augmentation.pasted) return;
  if (m_negatives) {
    constexpr int trials = 5;  // windows without a segment are rare
    const CutOutRule rule{.rectangles = m_options.negativeRectangles};
    for (int i = 0; i < trials; ++i)
      if (pasteCutOuts(sample, m_negatives->read(random.below(m_negatives->size())), rule, random)) return;
    return;
  }
  const Sample donor = m_source.read(random.below(m_source.size()));
  pasteObjects(sample, donor.image, random);
}

Batch Batches::make(int step) const {
  std::vector<Sample> samples(static_cast<std::size_t>(m_batch));
  const std::uint64_t epochSeed = mixSeeds(m_options.seed, static_cast<std::uint64_t>(m_epoch), kVariationStream);
  tbb::parallel_for(std::size_t{0}, samples.size(), [&](std::size_t i) {
    const std::size_t index = m_order[static_cast<std::size_t>(step) * samples.size() + i];
    SplitMix random(mixSeeds(epochSeed, index));
    Sample sample = resized(m_source.read(index), m_options.input);
    paste(sample, mixSeeds(epochSeed, index, kPastingStream));
    samples[i] = augmented(sample, m_options.augmentation, random);
  });
  return stack(samples, m_voidClass, m_normalisation);
}

Batch Batches::take(int step) {
  require(step >= 0 && step < m_steps, "Batches: no such step");
  Batch batch = m_nextStep == step && m_next.valid() ? m_next.get() : make(step);
  m_nextStep = step + 1;
  if (m_nextStep < m_steps) m_next = std::async(std::launch::async, [this, next = m_nextStep] { return make(next); });
  return batch;
}

}  // namespace oodscope
