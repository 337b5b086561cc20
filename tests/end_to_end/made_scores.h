// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/formats/npy.h"

#include <QImage>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace oodscope {

struct MadeSet {
  std::filesystem::path set, scores;
};

/// A course bundle of four small frames, each with one square anomaly and a border of void, and a folder of score maps
/// that see the anomaly less and less well from frame to frame. No file from elsewhere is needed.
inline MadeSet makeScoredSet(const std::filesystem::path& folder) {
  constexpr int kWidth = 96, kHeight = 48, kFrames = 4;
  MadeSet made{folder / "MadeSet", folder / "made_scores"};
  std::filesystem::create_directories(made.set / "images");
  std::filesystem::create_directories(made.set / "labels_masks");
  std::filesystem::create_directories(made.scores);
  std::uint32_t noise = 12345;
  for (int frame = 0; frame < kFrames; ++frame) {
    QImage image(kWidth, kHeight, QImage::Format_RGB888), label(kWidth, kHeight, QImage::Format_Grayscale8);
    std::vector<float> scores;
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x) {
        const bool isAnomaly = x >= 20 + 8 * frame && x < 40 + 8 * frame && y >= 12 && y < 30;
        const bool isVoid = y >= kHeight - 6;
        image.setPixelColor(x, y, isAnomaly ? QColor(170, 120, 60) : QColor(90 + x, 110, 130 + y));
        label.scanLine(y)[x] = static_cast<uchar>(isVoid ? 255 : isAnomaly ? 1 : 0);
        noise = noise * 1664525U + 1013904223U;
        const float random = static_cast<float>(noise >> 8) / 16777216.0F;
        scores.push_back(random + (isAnomaly ? 0.6F - 0.15F * static_cast<float>(frame) : 0.0F));
      }
    const std::string name = std::to_string(frame);
    image.save(QString::fromStdString((made.set / "images" / (name + ".png")).string()));
    label.save(QString::fromStdString((made.set / "labels_masks" / (name + ".png")).string()));
    const std::array<std::size_t, 2> shape{kHeight, kWidth};
    writeNpyAtomically(made.scores / (name + ".npy"), NpyType::Float32, shape, std::as_bytes(std::span(scores)));
  }
  return made;
}

/// Logits of half the label's size that see the anomaly: what methods, temperatures and resolutions apply to.
inline void writeMadeLogits(const std::filesystem::path& folder, int frames) {
  constexpr std::size_t kChannels = 19, kHeight = 24, kWidth = 48;
  std::filesystem::create_directories(folder);
  std::uint32_t noise = 99;
  for (int frame = 0; frame < frames; ++frame) {
    std::vector<float> logits(kChannels * kHeight * kWidth);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      noise = noise * 1664525U + 1013904223U;
      const std::size_t pixel = i % (kHeight * kWidth), channel = i / (kHeight * kWidth);
      const std::size_t x = pixel % kWidth, y = pixel / kWidth;
      const auto left = static_cast<std::size_t>(10 + 4 * frame);
      const bool anomaly = x >= left && x < left + 10 && y >= 6 && y < 15;
      logits[i] = 4.0F * static_cast<float>(noise >> 8) / 16777216.0F + (channel == 0 && !anomaly ? 3.0F : 0.0F);
    }
    const std::array<std::size_t, 3> shape{kChannels, kHeight, kWidth};
    writeNpyAtomically(folder / (std::to_string(frame) + ".npy"), NpyType::Float32, shape,
                       std::as_bytes(std::span(logits)));
  }
}

}  // namespace oodscope
