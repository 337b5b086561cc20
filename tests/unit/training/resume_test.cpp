// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "inference/models/model.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

namespace oodscope {
namespace {

using ::testing::HasSubstr;
using testing::TemporaryFolder;
using testing::TinyPictures;
using testing::tinyTraining;
namespace fs = std::filesystem;

const auto kSilent = [](const TrainingProgress&) {};

std::string textOf(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file, std::ios::binary).rdbuf();
  return out.str();
}

/// Trains with a stop after every `steps` steps until it is complete.
TrainingResult trainInPieces(const TrainingOptions& options, const fs::path& folder, int steps, int& pieces) {
  const TinyPictures pictures;
  for (pieces = 1;; ++pieces) {
    std::stop_source stop;
    int done = 0;
    const auto result = train(
        options, pictures, &pictures, folder,
        [&](const TrainingProgress& progress) {
          if (progress.kind == TrainingProgress::Kind::Step && ++done == steps) stop.request_stop();
        },
        stop.get_token());
    if (result.complete) return result;
    if (pieces > 100) throw std::runtime_error("no progress");
  }
}

void expectSameWeightsHoweverStopped(const TrainingOptions& options) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  const auto whole = train(options, pictures, &pictures, folder.path() / "whole", kSilent);
  ASSERT_TRUE(whole.complete);
  EXPECT_EQ(whole.epochs,
            (options.stageEpochs.empty() ? 0 : options.stageEpochs[0]) + options.headEpochs + options.epochs);
  for (const int steps : {1, 2}) {
    int pieces = 0;
    const auto parts = trainInPieces(options, folder.path() / std::to_string(steps), steps, pieces);
    EXPECT_GT(pieces, 3);
    EXPECT_EQ(sha256OfFile(parts.weights), sha256OfFile(whole.weights)) << "stopped every " << steps << " steps";
  }
}

TEST(Training, StoppedAndContinuedGivesTheSameBytesWithAdam) { expectSameWeightsHoweverStopped(tinyTraining()); }

TEST(Training, StoppedAndContinuedGivesTheSameBytesWithSgdAndFocalLoss) {
  TrainingOptions options = tinyTraining();
  options.optimiser = Optimiser::Sgd;
  options.loss = "focal";
  options.schedule = Schedule::Cosine;
  expectSameWeightsHoweverStopped(options);
}

TEST(Training, StoppedAndContinuedGivesTheSameBytesForEnet) {
  TrainingOptions options = tinyTraining();
  options.network = "ENet";
  options.widths = {4, 8, 16};
  options.stageEpochs = {};
  expectSameWeightsHoweverStopped(options);
}

/// All that the demo's network is trained with.
TrainingOptions demoTraining() {
  TrainingOptions options = tinyTraining();
  options.optimiser = Optimiser::AdamW;
  options.schedule = Schedule::Cosine;
  options.classWeights = ClassWeights::Equal;
  options.voidWeight = 1.5;
  options.outlierExposure = 0.05;
  options.gradientClip = 5.0;
  options.warmUpSteps = 3;
  options.weightAverage = 0.9;
  options.normMomentum = 0.03;
  options.augmentation.channels = 0.05;
  options.augmentation.pasted = 0.5;
  options.best = "void";
  return options;
}

TEST(Training, StoppedAndContinuedGivesTheSameBytesWithAverageExposureAndPasting) {
  expectSameWeightsHoweverStopped(demoTraining());
}

TEST(Training, StoppedAndContinuedGivesTheSameBytesWithAHeadFirstTwoRatesAndAPlateau) {
  TrainingOptions options = tinyTraining();
  options.optimiser = Optimiser::Sgd;
  options.headEpochs = 1;
  options.backboneRate = 0.5;
  options.schedule = Schedule::Plateau;
  options.plateauPatience = 0;
  options.plateauFactor = 0.5;
  options.learningRate = 0.05;  // swings, so that the rate falls
  options.epochs = 3;
  options.best = "loss";
  options.augmentation.scales = {0.75, 1.0, 1.25};
  options.augmentation.shift = 2;
  options.normalisation = kImageNet;
  expectSameWeightsHoweverStopped(options);
}

TEST(Training, StoppedAndContinuedGivesTheSameBytesInReducedPrecision) {
  TrainingOptions options = demoTraining();
  options.reducedPrecision = true;
  expectSameWeightsHoweverStopped(options);
}

TEST(Training, ReducedPrecisionIsNearTheFullOneAndKeepsTheWeightsWhole) {
  const TemporaryFolder folder;
  const TinyPictures pictures(8);
  TrainingOptions options = tinyTraining();
  options.widths = {8, 16, 24};
  options.epochs = 20;
  options.dropout = 0.0;
  options.learningRate = 5e-3;
  options.reducedPrecision = true;
  const auto result = train(options, pictures, &pictures, folder.path(), kSilent);
  EXPECT_GT(result.last->miou.value(), 0.8);
  const auto model = Model::load(result.weights, {.threads = 1, .preprocessing = {}, .outputs = {}});
  EXPECT_TRUE(model.info().assumptions.empty()) << "float32 weights: nothing to convert";
}

TEST(Training, TheAverageIsWhatIsWrittenAndValidated) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  TrainingOptions options = tinyTraining();
  const auto plain = train(options, pictures, &pictures, folder.path() / "plain", kSilent);
  options.weightAverage = 0.99;
  const auto averaged = train(options, pictures, &pictures, folder.path() / "averaged", kSilent);
  EXPECT_NE(sha256OfFile(plain.weights), sha256OfFile(averaged.weights));
}

TEST(Training, KeepsTheBestBesideTheLast) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  TrainingOptions options = demoTraining();
  options.epochs = 6;
  options.schedule = Schedule::Constant;
  options.learningRate = 0.02;  // swings
  options.weightAverage = 0.0;
  std::vector<double> values;
  std::vector<bool> isBest;
  std::string digest;
  const auto result = train(options, pictures, &pictures, folder.path(), [&](const TrainingProgress& progress) {
    if (progress.kind != TrainingProgress::Kind::Epoch || !progress.validation) return;
    values.push_back(valueOf(*progress.validation, "void").value());
    isBest.push_back(progress.isBest);
    if (progress.isBest) digest = sha256OfFile(folder.path() / "weights.pth");
  });
  ASSERT_EQ(values.size(), 6U);
  double best = -1.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    EXPECT_EQ(isBest[i], values[i] > best) << i;
    best = std::max(best, values[i]);
  }
  EXPECT_EQ(sha256OfFile(folder.path() / "best.pth"), digest);
  EXPECT_EQ(textOf(folder.path() / "best.json"), textOf(folder.path() / "weights.json"));
}

TEST(Training, KeepsTheLeastLossBesideTheLast) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  TrainingOptions options = tinyTraining();
  options.epochs = 5;
  options.schedule = Schedule::Constant;
  options.learningRate = 0.02;
  options.best = "loss";
  std::optional<double> least;
  std::string digest;
  static_cast<void>(train(options, pictures, &pictures, folder.path(), [&](const TrainingProgress& progress) {
    if (progress.kind != TrainingProgress::Kind::Epoch || !progress.validation) return;
    const double loss = progress.validation->loss.value();
    EXPECT_EQ(progress.isBest, !least || loss < *least);
    if (!progress.isBest) return;
    least = loss;
    digest = sha256OfFile(folder.path() / "weights.pth");
  }));
  ASSERT_TRUE(least);
  EXPECT_EQ(sha256OfFile(folder.path() / "best.pth"), digest);
  EXPECT_THAT(textOf(folder.path() / "log.csv"), HasSubstr(",validation_loss\n"));
}

TEST(Training, WithoutVoidClassThereIsNothingToExpose) {
  const TinyPictures pictures;
  const TemporaryFolder folder;
  TrainingOptions options = tinyTraining();
  options.trainVoid = false;
  options.outlierExposure = 0.1;
  EXPECT_THROW(static_cast<void>(train(options, pictures, nullptr, folder.path(), kSilent)), ContractViolation);
  options.outlierExposure = 0.0;
  options.best = "miou";
  EXPECT_THROW(static_cast<void>(train(options, pictures, nullptr, folder.path(), kSilent)), ContractViolation);
}

TEST(Training, SeedDecidesTheWeights) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  TrainingOptions options = tinyTraining();
  const auto first = train(options, pictures, nullptr, folder.path() / "a", kSilent);
  const auto again = train(options, pictures, nullptr, folder.path() / "b", kSilent);
  options.seed = 6;
  const auto other = train(options, pictures, nullptr, folder.path() / "c", kSilent);
  EXPECT_EQ(sha256OfFile(first.weights), sha256OfFile(again.weights));
  EXPECT_NE(sha256OfFile(first.weights), sha256OfFile(other.weights));
}

TEST(Training, LearnsBlocksOfColourAndTheVoidClass) {
  const TemporaryFolder folder;
  const TinyPictures pictures(8);
  TrainingOptions options = tinyTraining();
  options.widths = {8, 16, 24};
  options.epochs = 60;  // of eight seeds the least AP is 0.97 then; after 20 it lies between 0.4 and 0.97
  options.dropout = 0.0;
  options.learningRate = 5e-3;
  const auto result = train(options, pictures, &pictures, folder.path(), kSilent);
  ASSERT_TRUE(result.last.has_value());
  EXPECT_GT(result.last->miou.value(), 0.8);
  ASSERT_EQ(result.last->anomalies.back().method, "void");
  EXPECT_GT(result.last->anomalies.back().ap.value(), 0.9);
}

TEST(Training, WeightsLoadAsAModelThatKnowsItsVoidChannel) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  const auto result = train(tinyTraining(), pictures, nullptr, folder.path(), kSilent);
  const Model model = Model::load(result.weights, {.threads = 1, .preprocessing = {}, .outputs = {}});
  EXPECT_EQ(model.info().architecture, "ERFNet");
  EXPECT_EQ(model.info().channels, 3);
  EXPECT_EQ(model.info().outputs.knownClasses, 2);
  EXPECT_EQ(model.info().outputs.voidChannel, 2);
  EXPECT_EQ(model.info().preprocessing.input, (Size{64, 32}));
  EXPECT_TRUE(model.info().assumptions.empty());
}

TEST(Training, RefusesAFolderOfATrainingWithOtherOptionsAndSaysWhich) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  TrainingOptions options = tinyTraining();
  static_cast<void>(train(options, pictures, nullptr, folder.path(), kSilent));
  options.learningRate = 0.125;
  try {
    static_cast<void>(train(options, pictures, nullptr, folder.path(), kSilent));
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("optimiser: adam 0.125"));
    EXPECT_THAT(error.what(), HasSubstr("optimiser: adam 0.002"));
  }
}

TEST(Training, RefusesADamagedCheckpoint) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  static_cast<void>(train(tinyTraining(), pictures, nullptr, folder.path(), kSilent));
  const auto file = folder.path() / "checkpoint.pth";
  std::string bytes = textOf(file);
  bytes.resize(bytes.size() / 2);
  std::ofstream(file, std::ios::binary) << bytes;
  EXPECT_THROW(static_cast<void>(train(tinyTraining(), pictures, nullptr, folder.path(), kSilent)), Error);
}

TEST(Training, LogHasALineForEachEpochHoweverOftenItWasStopped) {
  const TemporaryFolder folder;
  int pieces = 0;
  static_cast<void>(trainInPieces(tinyTraining(), folder.path(), 1, pieces));
  std::istringstream log(textOf(folder.path() / "log.csv"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(log, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 4U);  // heading, one of the encoder, two of the network
  EXPECT_THAT(lines[0], HasSubstr("epoch,stage,steps,learning_rate,loss"));
  EXPECT_THAT(lines[1], HasSubstr("1,encoder,3,"));
  EXPECT_THAT(lines[2], HasSubstr("2,network,3,"));
  EXPECT_THAT(lines[3], HasSubstr("3,network,3,"));
}

std::string refusal(const TrainingOptions& options, const fs::path& folder) {
  const TinyPictures pictures;
  try {
    static_cast<void>(train(options, pictures, nullptr, folder, kSilent));
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(Training, ASecondTrainerInTheFolderIsRefusedAndTheFirstGoesOn) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  TrainingOptions options = tinyTraining();
  options.epochs = 1;
  std::string second;
  const auto whole = train(options, pictures, nullptr, folder.path() / "whole", kSilent);
  const auto first = train(options, pictures, nullptr, folder.path() / "run", [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Step && second.empty())
      second = refusal(options, folder.path() / "run");
  });
  EXPECT_THAT(second, ::testing::AllOf(HasSubstr("another training is writing into this folder"), HasSubstr("process "),
                                       HasSubstr("training.lock")));
  EXPECT_EQ(sha256OfFile(first.weights), sha256OfFile(whole.weights));
}

TEST(Training, ALockFileThatIsLeftOverLocksNothingAndIsKept) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  folder.write("training.lock", "my own notes");
  EXPECT_TRUE(train(tinyTraining(), pictures, nullptr, folder.path(), kSilent).complete);
  EXPECT_EQ(textOf(folder.path() / "training.lock"), "my own notes");
}

TEST(Training, FilesOfTheUsersOwnAreNeitherReplacedNorRemoved) {
  for (const char* name : {"weights.pth", "weights.json", "log.csv", "best.pth", "best.json"}) {
    const TemporaryFolder folder;
    folder.write(name, "mine");
    EXPECT_THAT(refusal(tinyTraining(), folder.path()), HasSubstr(std::string(name) + " without a checkpoint"));
    EXPECT_EQ(textOf(folder.path() / name), "mine");
  }
  const TemporaryFolder folder;
  folder.write("weights.pth.part-of-mine", "mine");
  folder.write("weights.pth.part-aB3dE6", "left by a killed training");
  EXPECT_EQ(refusal(tinyTraining(), folder.path()), "no error");
  EXPECT_EQ(textOf(folder.path() / "weights.pth.part-of-mine"), "mine");
  EXPECT_FALSE(fs::exists(folder.path() / "weights.pth.part-aB3dE6"));
}

TEST(Training, WeightsThatAreNoLongerFiniteAreNoSuccess) {
  const TemporaryFolder folder;
  TrainingOptions options = tinyTraining();
  options.optimiser = Optimiser::Sgd;
  options.learningRate = 1e30;
  options.schedule = Schedule::Constant;
  EXPECT_THAT(refusal(options, folder.path()), HasSubstr("finite"));
  EXPECT_FALSE(fs::exists(folder.path() / "weights.pth"));
}

TEST(Training, ABatchThatIsMoreThanThePicturesIsSaid) {
  const TemporaryFolder folder;
  const TinyPictures pictures(3);
  TrainingOptions options = tinyTraining();
  options.batch = 8;
  std::vector<std::string> said;
  const auto result = train(options, pictures, nullptr, folder.path(), [&](const TrainingProgress& progress) {
    if (progress.kind == TrainingProgress::Kind::Warning) said.push_back(progress.message);
  });
  EXPECT_TRUE(result.complete);
  EXPECT_THAT(said, ::testing::ElementsAre(HasSubstr("batch of 8 is more than the 3 pictures")));
}

TEST(Training, StartWeightsOfAnotherNetworkAreRefused) {
  const TemporaryFolder folder;
  const TinyPictures pictures;
  TrainingOptions enet = tinyTraining();
  enet.network = "ENet";
  enet.widths = {4, 8, 16};
  enet.stageEpochs = {};
  enet.epochs = 1;
  const auto other = train(enet, pictures, nullptr, folder.path() / "enet", kSilent);
  TrainingOptions options = tinyTraining();
  options.start = other.weights;
  EXPECT_THAT(refusal(options, folder.path() / "erfnet"),
              ::testing::AllOf(HasSubstr("of another network"), HasSubstr("expected ERFNet"), HasSubstr("found ENet")));
}

}  // namespace
}  // namespace oodscope
