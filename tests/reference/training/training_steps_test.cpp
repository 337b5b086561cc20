// SPDX-License-Identifier: GPL-3.0-or-later
// Two steps from the same weights on the same pictures as record_training.py.
#include "inference/training/training.h"

#include "analysis/core/random.h"
#include "inference/checkpoints/checkpoint.inl.h"
#include "inference/networks/network_registry.inl.h"
#include "inference/networks/weights.inl.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>

namespace oodscope {
namespace {

constexpr int kClasses = 4, kPictures = 3, kHeight = 32, kWidth = 64;
const std::string kFolder = std::string(OODSCOPE_SOURCE_DIR) + "/tests/reference/training/";

class RecordedPictures final : public SampleSource {
public:
  RecordedPictures() {
    SplitMix random(7);
    for (int n = 0; n < kPictures; ++n) {
      Sample sample{RgbImage({kWidth, kHeight}), ClassMap({kWidth, kHeight}), {}};
      for (int y = 0; y < kHeight; ++y) {
        for (int x = 0; x < kWidth; ++x) {
          const int c = (y / 8 + x / 8 + n) % (kClasses + 1);
          sample.classes.at(x, y) = c == kClasses ? kVoid : static_cast<std::uint8_t>(c);
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
  int classes() const override { return kClasses; }
  std::string identity() const override { return "recorded pictures"; }

private:
  std::vector<Sample> m_samples;
};

/// The network's tensors by ascending key, without counters, as the script orders them.
std::vector<std::pair<std::string, at::Tensor>> sorted(StateDict tensors) {
  std::erase_if(tensors, [](const auto& entry) { return entry.first.ends_with("num_batches_tracked"); });
  std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return tensors;
}

/// The script's fill().
void fill(const StateDict& tensors, std::uint64_t seed) {
  SplitMix random(seed);
  for (const auto& [key, tensor] : sorted(tensors)) {
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

at::Tensor recorded(const std::string& name) {
  for (const auto& [key, tensor] : readCheckpoint(kFolder + "training_steps.pth").tensors()) {
    if (key == name) return tensor;
  }
  throw std::runtime_error("not recorded: " + name);
}

void expectTwoStepsAsInPython(const std::string& network, const std::vector<int>& widths, Optimiser optimiser) {
  const testing::TemporaryFolder folder;
  const auto start = folder.path() / "start.pth";
  const auto initial = makeNetwork(network, {.classes = kClasses + 1, .widths = widths});
  fill(stateDictOf(*initial), network == "ERFNet" ? 15 : 14);
  writeStateDict(start, stateDictOf(*initial));

  const RecordedPictures pictures;
  TrainingOptions options{
      .network = network, .widths = widths, .optimiser = optimiser, .augmentation = {.flip = false}};
  options.learningRate = 1e-3;
  options.momentum = 0.9;
  options.weightDecay = 1e-2;
  options.schedule = Schedule::Polynomial;
  options.dropout = 0.0;
  options.epochs = 2;  // of one step each
  options.batch = kPictures;
  options.input = {kWidth, kHeight};
  options.start = start;
  options.threads = 1;
  std::vector<double> losses;
  const auto result = train(options, pictures, nullptr, folder.path() / "run", [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Step) losses.push_back(progress.loss);
  });
  ASSERT_TRUE(result.complete);

  const std::string name = network + (optimiser == Optimiser::Adam ? ".adam" : ".sgd");
  const at::Tensor expectedLosses = recorded(name + ".losses");
  ASSERT_EQ(losses.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(losses[i], expectedLosses[static_cast<std::int64_t>(i)].item<double>(), 1e-4);
  }
  const at::Tensor expected = recorded(name + ".weights");
  std::int64_t at = 0;
  double moved = 0.0;
  const auto before = sorted(stateDictOf(*initial));
  const auto after = sorted(readCheckpoint(result.weights).tensors());
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

TEST(TwoSteps, OfErfnetWithAdamAreThoseOfPython) { expectTwoStepsAsInPython("ERFNet", {4, 6, 8}, Optimiser::Adam); }
TEST(TwoSteps, OfErfnetWithSgdAreThoseOfPython) { expectTwoStepsAsInPython("ERFNet", {4, 6, 8}, Optimiser::Sgd); }
TEST(TwoSteps, OfEnetWithAdamAreThoseOfPython) { expectTwoStepsAsInPython("ENet", {4, 8, 16}, Optimiser::Adam); }
TEST(TwoSteps, OfEnetWithSgdAreThoseOfPython) { expectTwoStepsAsInPython("ENet", {4, 8, 16}, Optimiser::Sgd); }

}  // namespace
}  // namespace oodscope
