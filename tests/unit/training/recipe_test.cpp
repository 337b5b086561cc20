// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "inference/training/training_state.inl.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/training/tiny_pictures.h"

#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace oodscope {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::TinyPictures;

std::string recipe(const TrainingOptions& options) { return recipeText(options, TinyPictures()); }

TEST(Recipe, NamesTheScheduleByItsName) {
  TrainingOptions options;
  EXPECT_THAT(recipe(options), HasSubstr("\nschedule: polynomial\n"));
  options.schedule = Schedule::Constant;
  EXPECT_THAT(recipe(options), HasSubstr("\nschedule: constant\n"));
  options.schedule = Schedule::Cosine;
  EXPECT_THAT(recipe(options), HasSubstr("\nschedule: cosine\n"));
}

TEST(Recipe, HoldsTheParametersOfItsOwnLossAlone) {
  TrainingOptions options;
  options.lossParameters = {{"focal-gamma", 2.5}};
  EXPECT_THAT(recipe(options), HasSubstr("\nloss: cross-entropy\n"));
  options.loss = "focal";
  EXPECT_THAT(recipe(options), HasSubstr("\nloss: focal 2.5\n"));
}

TEST(Recipe, NamesWhatEarlierVersionsHadNotWhereItIsUsed) {
  TrainingOptions options;
  const std::string before = recipe(options);
  for (const char* name : {"void weight", "outlier exposure", "gradient clip", "warm-up", "weight average",
                           "norm momentum", "channels", "pasted", "precision", "best by", "plateau", "by epoch",
                           "final", "backbone", "frozen", "head", "shift", "scales", "normalisation"})
    EXPECT_THAT(before, Not(HasSubstr(name)));
  options.voidWeight = 1.5;
  options.outlierExposure = 0.05;
  options.gradientClip = 5.0;
  options.warmUpSteps = 100;
  options.weightAverage = 0.998;
  options.normMomentum = 0.03125;
  options.augmentation.channels = 0.05;
  options.augmentation.pasted = 0.25;
  options.reducedPrecision = true;
  options.best = "void";
  options.optimiser = Optimiser::AdamW;
  options.schedule = Schedule::Plateau;
  options.plateauFactor = 0.5;
  options.plateauPatience = 5;
  options.isRateByEpoch = true;
  options.finalLearningRate = 0.25;
  options.backboneRate = 0.125;
  options.freeze = Freeze::Probe;
  options.headEpochs = 3;
  options.augmentation.shift = 2;
  options.augmentation.scales = {0.75, 1.0, 2.0};
  options.normalisation = InputNormalisation{.mean = {0.5, 0.25, 0.125}, .deviation = {1.0, 2.0, 4.0}};
  const std::string after = recipe(options);
  for (const char* line : {"\nvoid weight: 1.5\n",
                           "\noutlier exposure: 0.05",
                           "\ngradient clip: 5\n",
                           "\nwarm-up: 100\n",
                           "\nweight average: 0.998",
                           "\nnorm momentum: 0.03125\n",
                           "\nchannels: 0.05",
                           "\npasted: 0.25\n",
                           "\nplateau: 0.5 5\n",
                           "\nlearning rate: by epoch\n",
                           "\nfinal learning rate: 0.25\n",
                           "\nbackbone rate: 0.125\n",
                           "\nfrozen: backbone and statistics\n",
                           "\nhead epochs: 3\n",
                           "\nshift: 2\n",
                           "\nscales: 0.75 1 2\n",
                           " 0.5 0.25 0.125 1 2 4\n",
                           "\nprecision: bfloat16\n",
                           "\nbest by: void\n",
                           "\noptimiser: adamw "})
    EXPECT_THAT(after, HasSubstr(line));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

/// Whether a state whose recipe was written as `old` is taken up by a training of these options.
bool goesOn(const TrainingOptions& options, const std::string& old) {
  const testing::TemporaryFolder folder;
  TrainingState state;
  state.recipe = old;
  state.log = logHeading();
  state.epoch = 1;
  state.network = {{"w", at::ones({1})}};
  writeTrainingState(state, folder.path() / "checkpoint.pth");
  try {
    return readTrainingState(folder.path() / "checkpoint.pth", recipe(options))->epoch == 1;
  } catch (const Error&) {
    return false;
  }
}

TEST(Recipe, OfEarlierVersionsWithNumbersIsTheSame) {
  TrainingOptions options;
  const std::string old = replaced(replaced(recipe(options), "schedule: polynomial", "schedule: 1"),
                                   "loss: cross-entropy", "loss: cross-entropy 2");
  EXPECT_TRUE(goesOn(options, old));
  options.schedule = Schedule::Cosine;
  EXPECT_FALSE(goesOn(options, old)) << "another schedule is another training";
  EXPECT_TRUE(goesOn(options, replaced(old, "schedule: 1", "schedule: 2")));
  options.loss = "focal";
  EXPECT_FALSE(goesOn(options, old));
}

}  // namespace
}  // namespace oodscope
