// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/training/training.h"

#include <string>

namespace oodscope::testing {

/// Small noisy pictures of blocks in the colour of their class; two known classes and void.
class TinyPictures final : public SampleSource {
public:
  explicit TinyPictures(std::size_t count = 6, Size size = {64, 32}) : m_count(count), m_size(size) {}
  std::size_t size() const override { return m_count; }
  int classes() const override { return 2; }
  std::string identity() const override { return "tiny pictures, " + std::to_string(m_count); }
  Sample read(std::size_t index) const override {
    SplitMix random(100 + index);
    Sample sample{RgbImage(m_size), ClassMap(m_size), LabelMap(m_size)};
    for (int y = 0; y < m_size.height; ++y) {
      for (int x = 0; x < m_size.width; ++x) {
        const auto kind = (static_cast<std::size_t>(x / 16 + y / 8) + index) % 5;
        const auto noise = [&] { return static_cast<std::uint8_t>(random.below(40)); };
        Rgb& pixel = sample.image.at(x, y);
        pixel = {noise(), noise(), noise()};
        if (kind == 4) {  // void, which is the anomaly, too
          pixel.b = static_cast<std::uint8_t>(pixel.b + 200);
          sample.classes.at(x, y) = kVoid;
          sample.label.at(x, y) = kAnomaly;
        } else {
          (kind < 2 ? pixel.r : pixel.g) = 220;
          sample.classes.at(x, y) = kind < 2 ? 0 : 1;
          sample.label.at(x, y) = kNormal;
        }
      }
    }
    return sample;
  }

private:
  std::size_t m_count;
  Size m_size;
};

/// A training of a second or less on TinyPictures.
inline TrainingOptions tinyTraining() {
  TrainingOptions options;
  options.network = "ERFNet";
  options.widths = {4, 6, 8};
  options.augmentation.brightness = options.augmentation.contrast = options.augmentation.saturation = 0.2;
  options.augmentation.smallest = 0.8;
  options.augmentation.largest = 1.2;
  options.augmentation.crop = {64, 32};
  options.input = {64, 32};
  options.batch = 2;
  options.stageEpochs = {1};
  options.epochs = 2;
  options.learningRate = 2e-3;
  options.seed = 5;
  options.threads = 1;
  return options;
}

}  // namespace oodscope::testing
