// SPDX-License-Identifier: GPL-3.0-or-later
// What record_training.py and record_heads.py learn from, and how what they recorded is compared.
#pragma once
#include "analysis/core/random.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "inference/training/training.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace oodscope::testing {

inline constexpr int kRecordedClasses = 4, kRecordedPictures = 3, kRecordedHeight = 32, kRecordedWidth = 64;
inline const std::string kRecordedFolder = std::string(OODSCOPE_SOURCE_DIR) + "/tests/reference/training/";

class RecordedPictures final : public SampleSource {
public:
  RecordedPictures() {
    SplitMix random(7);
    for (int n = 0; n < kRecordedPictures; ++n) {
      Sample sample{RgbImage({kRecordedWidth, kRecordedHeight}), ClassMap({kRecordedWidth, kRecordedHeight}), {}};
      for (int y = 0; y < kRecordedHeight; ++y) {
        for (int x = 0; x < kRecordedWidth; ++x) {
          const int c = (y / 8 + x / 8 + n) % (kRecordedClasses + 1);
          sample.classes.at(x, y) = c == kRecordedClasses ? kVoid : static_cast<std::uint8_t>(c);
          const auto value = [&](int channel) {
            return static_cast<std::uint8_t>((40 * c + 20 * channel) % 200 + static_cast<int>(random.below(50)));
          };
          Rgb& pixel = sample.image.at(x, y);
          pixel.r = value(0);
          pixel.g = value(1);
          pixel.b = value(2);
        }
      }
      m_samples.push_back(std::move(sample));
    }
  }
  std::size_t size() const override { return m_samples.size(); }
  Sample read(std::size_t index) const override { return m_samples.at(index); }
  int classes() const override { return kRecordedClasses; }
  std::string identity() const override { return "recorded pictures"; }

private:
  std::vector<Sample> m_samples;
};

/// The network's tensors by ascending key, without counters, as the script orders them.
inline std::vector<std::pair<std::string, at::Tensor>> sortedWeights(StateDict tensors) {
  std::erase_if(tensors, [](const auto& entry) { return entry.first.ends_with("num_batches_tracked"); });
  std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return tensors;
}

/// The script's fill().
inline void fillAsRecorded(const StateDict& tensors, std::uint64_t seed) {
  SplitMix random(seed);
  for (const auto& [key, tensor] : sortedWeights(tensors)) {
    at::Tensor values = torch::empty({tensor.numel()}, torch::kDouble);
    for (std::int64_t i = 0; i < tensor.numel(); ++i) {
      const double u = random.uniform();
      double& value = values.data_ptr<double>()[i];
      if (tensor.dim() == 4) {
        value = (2.0 * u - 1.0) * std::sqrt(3.0 / static_cast<double>(tensor[0].numel()));
      } else if (key.ends_with("running_var") || (key.ends_with("weight") && tensor.numel() > 1)) {
        value = 0.75 + 0.5 * u;
      } else if (tensor.numel() == 1) {
        value = 0.25;
      } else {
        value = 0.2 * (u - 0.5);
      }
    }
    at::Tensor(tensor.detach()).copy_(values.view(tensor.sizes()));
  }
}

inline at::Tensor recordedTensor(const std::string& file, const std::string& name) {
  for (const auto& [key, tensor] : readCheckpoint(kRecordedFolder + file).tensors()) {
    if (key == name) return tensor;
  }
  throw std::runtime_error("not recorded: " + name);
}

/// Norm of the differences of the steps that parameters took, over that of the recorded ones.
inline double shareApart(const std::string& file, const std::string& name, const Network& initial,
                         const std::filesystem::path& weights) {
  const at::Tensor expected = recordedTensor(file, name);
  const auto before = sortedWeights(stateDictOf(initial));
  std::int64_t at = 0;
  double apart = 0.0, whole = 0.0;
  std::size_t i = 0;
  for (const auto& [key, tensor] : sortedWeights(readCheckpoint(weights).tensors())) {
    const at::Tensor start = before.at(i++).second.detach().flatten();
    const at::Tensor own = tensor.contiguous().flatten(), python = expected.slice(0, at, at + own.numel());
    at += own.numel();
    if (key.find("running") != std::string::npos) continue;
    apart += (own - python).to(torch::kDouble).square().sum().item<double>();
    whole += (python - start).to(torch::kDouble).square().sum().item<double>();
  }
  return std::sqrt(apart / whole);
}

/// Two steps on RecordedPictures.
inline TrainingOptions recordedTraining(const std::string& network, const std::vector<int>& widths,
                                        Optimiser optimiser) {
  TrainingOptions options{
      .network = network, .widths = widths, .optimiser = optimiser, .augmentation = {.flip = false}};
  options.learningRate = 1e-3;
  options.momentum = 0.9;
  options.weightDecay = 1e-2;
  options.schedule = Schedule::Polynomial;
  options.dropout = 0.0;
  options.epochs = 2;  // of one step each
  options.batch = kRecordedPictures;
  options.input = {kRecordedWidth, kRecordedHeight};
  options.threads = 1;
  return options;
}

inline void expectWeightsAsRecorded(const std::string& file, const std::string& name, const Network& initial,
                                    const std::filesystem::path& weights) {
  const at::Tensor expected = recordedTensor(file, name);
  std::int64_t at = 0;
  double moved = 0.0;
  const auto before = sortedWeights(stateDictOf(initial));
  const auto after = sortedWeights(readCheckpoint(weights).tensors());
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    const auto& [key, tensor] = after[i];
    const at::Tensor own = tensor.contiguous().flatten();
    const at::Tensor python = expected.slice(0, at, at + own.numel());
    ASSERT_EQ(python.numel(), own.numel()) << key;
    EXPECT_LT((own - python).abs().max().item<double>(), 1e-4) << key;
    moved = std::max(moved, (own - before[i].second.detach().flatten()).abs().max().item<double>());
    at += own.numel();
  }
  EXPECT_EQ(at, expected.numel());
  EXPECT_GT(moved, 1e-3) << "nothing was learned";
}

}  // namespace oodscope::testing
