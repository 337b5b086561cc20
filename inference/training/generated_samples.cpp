// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/core/error.h"
#include "analysis/core/sha256.h"
#include "analysis/formats/npy.h"
#include "inference/training/samples.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPlanes = 5;  // red, green, blue, class, label

/// Heaps alone are what the void class is; the own car's bonnet and the border are not learned from beside them.
void keepClutterAlone(DemoFrame& frame) {
  const auto clutter = frame.voidObjects.values();
  for (std::size_t i = 0; i < clutter.size(); ++i) {
    std::uint8_t& value = frame.classes.values()[i];
    if (value == kVoid && clutter[i] == 0) value = kUnlearned;
  }
}

Sample toSample(DemoFrame&& frame, const DemoOptions& options) {
  if (options.withVoidObjects && options.clutter == ClutterKind::Heaps) keepClutterAlone(frame);
  return {std::move(frame.image), std::move(frame.classes), std::move(frame.label)};
}

const char* clutterName(const DemoOptions& options) {
  if (!options.withVoidObjects) return "";
  return options.clutter == ClutterKind::Heaps ? "_heaps" : "_clutter";
}

/// What the renderer makes today, so that scenes that an older one left in a cache are not taken for its own.
std::string rendererDigest(const GeneratedScenes& scenes) {
  DemoOptions tiny = scenes.options;
  tiny.size = {128, 64};
  tiny.quality = 1;
  Sha256 digest;
  for (int i = 0; i < 8; ++i) {
    const DemoFrame frame = renderDemoFrame(scenes.seed, scenes.first + i, tiny);
    digest.add(std::as_bytes(frame.image.values())).add(std::as_bytes(frame.classes.values()));
  }
  return digest.hex().substr(0, 12);
}

class GeneratedSource final : public SampleSource {
public:
  explicit GeneratedSource(GeneratedScenes scenes) : m_scenes(std::move(scenes)), m_digest(rendererDigest(m_scenes)) {
    if (m_scenes.cache.empty()) return;
    const DemoOptions& options = m_scenes.options;
    m_folder = m_scenes.cache / ("seed" + std::to_string(m_scenes.seed) + "_" + std::to_string(options.size.width) +
                                 "x" + std::to_string(options.size.height) + "_q" + std::to_string(options.quality) +
                                 (options.withAnomalies ? "_anomalies" : "") + clutterName(options) + "_" + m_digest);
    std::error_code failure;
    fs::create_directories(m_folder, failure);
    if (failure) throw Error({.what = "cannot make folder", .found = failure.message(), .file = m_folder});
  }

  std::size_t size() const override { return static_cast<std::size_t>(m_scenes.count); }
  int classes() const override { return 19; }
  std::string identity() const override {
    return "generated scenes, seed " + std::to_string(m_scenes.seed) + ", " + std::to_string(m_scenes.first) + " to " +
           std::to_string(m_scenes.first + m_scenes.count - 1) + ", renderer " + m_digest;
  }

  Sample read(std::size_t index) const override {
    require(index < size(), "generated scenes: no such scene");
    const int scene = m_scenes.first + static_cast<int>(index);
    if (m_folder.empty()) return toSample(renderDemoFrame(m_scenes.seed, scene, m_scenes.options), m_scenes.options);
    std::array<char, 32> name{};
    std::snprintf(name.data(), name.size(), "scene_%06d.npy", scene);
    const fs::path file = m_folder / name.data();
    std::error_code failure;
    if (fs::exists(file, failure)) return stored(file);
    Sample sample = toSample(renderDemoFrame(m_scenes.seed, scene, m_scenes.options), m_scenes.options);
    store(sample, file);
    return sample;
  }

private:
  void store(const Sample& sample, const fs::path& file) const {
    const Size size = m_scenes.options.size;
    std::vector<std::byte> bytes(size.area() * kPlanes);
    const auto image = std::as_bytes(sample.image.values());
    const auto classes = std::as_bytes(sample.classes.values());
    const auto label = std::as_bytes(sample.label.values());
    for (std::size_t i = 0; i < size.area(); ++i) {
      std::copy_n(&image[i * 3], 3, &bytes[i * kPlanes]);
      bytes[i * kPlanes + 3] = classes[i];
      bytes[i * kPlanes + 4] = label[i];
    }
    const std::array<std::size_t, 3> shape{static_cast<std::size_t>(size.height), static_cast<std::size_t>(size.width),
                                           kPlanes};
    writeNpyAtomically(file, NpyType::UInt8, shape, bytes);
  }

  Sample stored(const fs::path& file) const {
    const Size size = m_scenes.options.size;
    const NpyArray array = readNpy(file);
    if (array.header.type != NpyType::UInt8 || array.data.size() != size.area() * kPlanes) {
      throw Error({.what = "cached scene is of another kind",
                   .expected = "uint8 " + std::to_string(size.height) + "x" + std::to_string(size.width) + "x5",
                   .found = npyText(array.header),
                   .file = file});
    }
    Sample sample{RgbImage(size), ClassMap(size), LabelMap(size)};
    for (std::size_t i = 0; i < size.area(); ++i) {
      const std::uint8_t* values = &array.data[i * kPlanes];
      sample.image.values()[i] = {values[0], values[1], values[2]};
      sample.classes.values()[i] = values[3];
      sample.label.values()[i] = values[4];
    }
    return sample;
  }

  GeneratedScenes m_scenes;
  std::string m_digest;
  fs::path m_folder;
};

}  // namespace

std::unique_ptr<SampleSource> openGenerated(const GeneratedScenes& scenes) {
  require(scenes.count >= 1 && scenes.first >= 0, "openGenerated: no scene asked for");
  return std::make_unique<GeneratedSource>(scenes);
}

}  // namespace oodscope
