// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/ensembles/perceptual_difference.h"
#include "app/sources/open_source.h"
#include "app/sources/progress.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace oodscope {

/// SynBoost's chain: which parts run, and what is imported in their place.
struct SynBoostWork {
  std::shared_ptr<const DataSet> set;
  SourceItem segmentation = {};  ///< a network, or a folder of its logits
  ChannelChoice channels = {};
  /// TorchScript, 1 x K x h x w one-hot classes to 1 x 3 x h x w of -1 to 1; or a folder of pictures, one a frame.
  std::filesystem::path generator = {}, resynthesis = {};
  /// TorchScript, 1 x 3 x h x w of ImageNet's normalisation to its layers (five for the released form); or a folder of
  /// finished maps. Neither: the chain ends before it.
  std::filesystem::path vgg = {}, perceptual = {};
  /// TorchScript of image, resynthesis (both of ImageNet's normalisation), one-hot classes, entropy, perceptual
  /// difference and distance (1 x 1 x h x w each) to 1 x 2 x h x w logits, of which the second is the anomaly's. Empty:
  /// the chain ends before it.
  std::filesystem::path dissimilarity = {};
  PerceptualForm form = PerceptualForm::Released;
  Size size{512, 256};
  std::filesystem::path output = {};
  Device device = Device::Cpu;
};

struct SynBoostReport {
  std::size_t frames = 0;
  std::vector<std::string> maps = {};                        ///< folders in the output, each opens as scores
  std::vector<std::pair<std::string, double>> seconds = {};  ///< a stage's mean over the frames, in their order
  std::vector<FailedFrame> failures = {};
  bool cancelled = false;
};

/// Runs the chain on every frame and writes what each stage made at `size`: OUTPUT/entropy, distance, perceptual,
/// dissimilarity and synboost (float32 .npy, high is anomalous) and resynthesis (PNG). Entropy and distance are of the
/// logits' softmax at their own resolution, then resized bilinearly; in the released form scaled by frame as there, so
/// that synboost = 0.75 dissimilarity + 0.25 entropy. A frame that fails is listed. Throws Error: the output is there
/// and no empty folder, a part that cannot be loaded, a set without frames. Source: Di Biase et al., CVPR 2021;
/// giandbt/synboost.
[[nodiscard]] SynBoostReport runSynBoost(const SynBoostWork& work, const std::shared_ptr<LogitsStore>& store,
                                         const ProgressSink& progress, const std::stop_token& stop);

}  // namespace oodscope
