// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/method_kinds.h"
#include "app/session/session.h"
#include "tests/support/temporary_folder.h"

#include <QImage>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <vector>

namespace oodscope::testing {

/// A folder with a small set, logits of a made network and a session over both: nothing from outside is needed.
class MadeSession {
public:
  static constexpr int kFrames = 5, kWidth = 160, kHeight = 96, kChannels = 6;

  MadeSession() {
    namespace fs = std::filesystem;
    const fs::path root = m_folder.path() / "street";
    const fs::path logits = m_folder.path() / "logits";
    for (const fs::path& folder : {root / "images", root / "masks", logits}) fs::create_directories(folder);
    std::mt19937 random(11);
    std::normal_distribution<float> normal;
    for (int f = 0; f < kFrames; ++f) {
      const std::string name = std::to_string(f);
      writePicture(root, name, f);
      writeNpy(logits / (name + ".npy"), madeLogits(f, random, normal));
    }
    GenericLayout layout;
    layout.images = "images/*";
    layout.masks = "masks/*";
    layout.encoding.meaning = {{0, kNormal}, {1, kAnomaly}};
    layout.encoding.description = "0 normal, 1 anomaly, other void";
    session.sets = {{root, layout}};
    session.scores = {logits};
    session.methods = {"msp", "max-logit"};
    session.temperatures = {1.0, 2.0};
    session.view.set = "street";
    session.view.frame = "1";
    session.view.score = {methods::kMsp, "logits", 1.0F};
    save();
  }

  void save() const { writeSession(session, file()); }
  [[nodiscard]] std::filesystem::path file() const { return m_folder.path() / "session.json"; }
  [[nodiscard]] QString operator/(const char* name) const {
    return QString::fromStdString((m_folder.path() / name).string());
  }

  Session session;

private:
  static bool isAnomaly(int x, int y, int frame) {
    return x > 30 + 14 * frame && x < 62 + 14 * frame && y > 40 && y < 76;
  }

  /// A street under a sky with one anomaly, and its mask.
  static void writePicture(const std::filesystem::path& root, const std::string& name, int frame) {
    QImage image(kWidth, kHeight, QImage::Format_RGB888), mask(kWidth, kHeight, QImage::Format_Grayscale8);
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x) {
        const bool anomaly = isAnomaly(x, y, frame);
        const bool isVoid = y > 90;
        image.setPixelColor(x, y, QColor(y < 40 ? 150 : 90 + x / 4, y < 40 ? 180 : 90, anomaly ? 40 : 110 + y / 3));
        mask.scanLine(y)[x] = isVoid ? 255 : anomaly ? 1 : 0;
      }
    image.save(QString::fromStdString((root / "images" / (name + ".png")).string()));
    mask.save(QString::fromStdString((root / "masks" / (name + ".png")).string()));
  }

  /// Noise with a peak at the class of the place, a lower one on the anomaly.
  static std::vector<float> madeLogits(int frame, std::mt19937& random, std::normal_distribution<float>& normal) {
    std::vector<float> values(static_cast<std::size_t>(kChannels) * kWidth * kHeight);
    for (int y = 0; y < kHeight; ++y)
      for (int x = 0; x < kWidth; ++x)
        for (int c = 0; c < kChannels; ++c) {
          const float height = isAnomaly(x, y, frame) ? 1.0F : 3.5F;
          const float peak = c == (x / 40 + y / 30) % kChannels ? height : 0.0F;
          values[(static_cast<std::size_t>(c) * kHeight + static_cast<std::size_t>(y)) * kWidth +
                 static_cast<std::size_t>(x)] = 0.7F * normal(random) + peak;
        }
    return values;
  }

  static void writeNpy(const std::filesystem::path& file, const std::vector<float>& values) {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(kChannels) + ", " +
                         std::to_string(kHeight) + ", " + std::to_string(kWidth) + "), }";
    header.resize((header.size() + 10 + 64) / 64 * 64 - 10, ' ');
    header.back() = '\n';
    std::ofstream out(file, std::ios::binary);
    out.write("\x93NUMPY\x01\x00", 8);
    out.put(static_cast<char>(header.size() & 0xff)).put(static_cast<char>(header.size() >> 8));
    out << header;
    out.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * 4));
  }

  TemporaryFolder m_folder;
};

}  // namespace oodscope::testing
