// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/training.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace oodscope {

/// What the command line of `train` says, before it is checked as a whole.
struct TrainOptions {
  TrainingOptions training;
  std::vector<std::string> sets;
  std::string validation, images, masks, validationImages, validationMasks, colours, output;
  int voidIndex = 255;
  std::vector<std::uint64_t> generated, validationGenerated;  ///< seed and count
  std::string cache, widths;
  std::map<std::string, int> stageEpochs;  ///< by the stage's name
  std::vector<int> input{1024, 512}, crop;
  std::vector<int> sceneSize;
  int sceneSamples = 2;
  std::vector<double> scales{1.0, 1.0}, colour{0.0, 0.0, 0.0};
  std::string clutter = "shapes", autocast = "none";
  std::string optimiser = "adam", schedule = "polynomial", classWeights = "logarithmic", device = "cpu";
  std::string classMap = "usual", freeze = "none", rateBy = "step", recipe;
  std::optional<double> backboneRate;
  std::vector<double> mean, deviation;
  bool inTurn = false;
  bool noFlip = false, noVoid = false, keep = false, quiet = false;
};

/// Adds the options of `train` but for its presets.
void addTrainOptions(CLI::App& app, TrainOptions& options);

/// "ERFNet and ENet": the networks that have a stage.
[[nodiscard]] std::string networksWith(const std::string& stage);

}  // namespace oodscope
