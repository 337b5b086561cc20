// SPDX-License-Identifier: GPL-3.0-or-later
// Two steps from the same weights on the same pictures as record_training.py.
#include "tests/reference/training/recorded_pictures.inl.h"
#include "tests/support/temporary_folder.h"

namespace oodscope {
namespace {

void expectTwoStepsAsInPython(const std::string& network, const std::vector<int>& widths, Optimiser optimiser) {
  const testing::TemporaryFolder folder;
  TrainingOptions options = testing::recordedTraining(network, widths, optimiser);
  options.start = folder.path() / "start.pth";
  const auto initial = makeNetwork(network, {.classes = testing::kRecordedClasses + 1, .widths = widths});
  testing::fillAsRecorded(stateDictOf(*initial), network == "ERFNet" ? 15 : 14);
  writeStateDict(options.start, stateDictOf(*initial));

  const testing::RecordedPictures pictures;
  std::vector<double> losses;
  const auto result = train(options, pictures, nullptr, folder.path() / "run", [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Step) losses.push_back(progress.loss);
  });
  ASSERT_TRUE(result.complete);

  const std::string name = network + (optimiser == Optimiser::Adam ? ".adam" : ".sgd");
  const at::Tensor expectedLosses = testing::recordedTensor("training_steps.pth", name + ".losses");
  ASSERT_EQ(losses.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(losses[i], expectedLosses[static_cast<std::int64_t>(i)].item<double>(), 1e-4);
  }
  testing::expectWeightsAsRecorded("training_steps.pth", name + ".weights", *initial, result.weights);
}

TEST(TwoSteps, OfErfnetWithAdamAreThoseOfPython) { expectTwoStepsAsInPython("ERFNet", {4, 6, 8}, Optimiser::Adam); }
TEST(TwoSteps, OfErfnetWithSgdAreThoseOfPython) { expectTwoStepsAsInPython("ERFNet", {4, 6, 8}, Optimiser::Sgd); }
TEST(TwoSteps, OfEnetWithAdamAreThoseOfPython) { expectTwoStepsAsInPython("ENet", {4, 8, 16}, Optimiser::Adam); }
TEST(TwoSteps, OfEnetWithSgdAreThoseOfPython) { expectTwoStepsAsInPython("ENet", {4, 8, 16}, Optimiser::Sgd); }

}  // namespace
}  // namespace oodscope
