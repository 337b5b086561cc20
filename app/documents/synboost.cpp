// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/synboost.h"

#include "analysis/core/failure_text.h"
#include "analysis/core/size_text.h"
#include "analysis/formats/atomic_file.h"
#include "analysis/formats/mask_picture.h"
#include "analysis/formats/npy.h"
#include "analysis/formats/score_map_file.h"
#include "analysis/imaging/resize.h"
#include "inference/parts/script_part.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>

namespace oodscope {
namespace {

namespace fs = std::filesystem;

constexpr std::array<float, 3> kImageNetMean{0.485F, 0.456F, 0.406F}, kImageNetDeviation{0.229F, 0.224F, 0.225F};
constexpr float kDissimilarityWeight = 0.75F, kEntropyWeight = 0.25F;
constexpr std::size_t kReleasedLayers = 5;

/// A frame's file in a folder of somebody's, whatever its ending.
fs::path chainFile(const fs::path& folder, const Frame& frame, const std::vector<std::string>& endings) {
  std::string names;
  for (const std::string& ending : endings) {
    fs::path file = folder / (frame.name + ending);
    if (fs::exists(file)) return file;
    names.append(names.empty() ? "" : " or ").append(frame.name).append(ending);
  }
  throw Error(ErrorParts{
      .what = "an intermediate of the chain is missing", .expected = names, .found = "none", .file = folder});
}

PartTensor pictureTensor(const RgbImage& picture) {
  const std::size_t area = picture.size().area();
  PartTensor out{{1, 3, picture.height(), picture.width()}, std::vector<float>(3 * area)};
  for (std::size_t i = 0; i < area; ++i) {
    const Rgb pixel = picture.values()[i];
    const std::array<std::uint8_t, 3> channels{pixel.r, pixel.g, pixel.b};
    for (std::size_t c = 0; c < 3; ++c)
      out.values[c * area + i] = (static_cast<float>(channels[c]) / 255.0F - kImageNetMean[c]) / kImageNetDeviation[c];
  }
  return out;
}

PartTensor mapTensor(const ScoreMap& map) {
  return {{1, 1, map.height(), map.width()}, {map.values().begin(), map.values().end()}};
}

/// What segmentation says of a frame, at the chain's size.
struct Segmented {
  PartTensor classes;  ///< one-hot, in the order of the channels
  ScoreMap entropy, distance;
};

/// Entropy and distance of each pixel at the logits' own resolution.
std::pair<ScoreMap, ScoreMap> uncertaintyOf(const OutputsView& outputs, const ScoreParameters& how) {
  const Size size = outputs.size();
  ScoreMap entropy(size), distance(size);
  tbb::parallel_for(0, size.height, [&](int y) {
    for (int x = 0; x < size.width; ++x) {
      const std::vector<double> p = classProbabilities(outputs, how, x, y);
      entropy.at(x, y) = static_cast<float>(entropyInBits(p));
      distance.at(x, y) = static_cast<float>(softmaxDistance(p));
    }
  });
  return {std::move(entropy), std::move(distance)};
}

Segmented segmentedFrom(const OutputsView& outputs, const ScoreParameters& how, Size size, PerceptualForm form) {
  Segmented out;
  ClassMap classes(outputs.size());
  predictedClasses(outputs, how.channels, classes.values());
  std::vector<int> channels = how.channels;
  if (channels.empty()) {
    channels.resize(static_cast<std::size_t>(outputs[Output::Logits].channels));
    std::iota(channels.begin(), channels.end(), 0);
  }
  const ClassMap there = classes.size() == size ? std::move(classes) : resizePilNearest(classes, size);
  out.classes = {{1, static_cast<std::int64_t>(channels.size()), size.height, size.width},
                 std::vector<float>(channels.size() * size.area(), 0.0F)};
  for (std::size_t i = 0; i < size.area(); ++i) {
    const auto found = std::ranges::find(channels, static_cast<int>(there.values()[i]));
    if (found != channels.end())
      out.classes.values[static_cast<std::size_t>(found - channels.begin()) * size.area() + i] = 1.0F;
  }
  auto [entropy, distance] = uncertaintyOf(outputs, how);
  out.entropy = entropy.size() == size ? std::move(entropy) : resizeBilinear(entropy, size);
  out.distance = distance.size() == size ? std::move(distance) : resizeBilinear(distance, size);
  if (form != PerceptualForm::Released) return out;
  scaleEntropyAsReleased(out.entropy.values());
  for (float& value : out.distance.values()) value = 1.0F - value;  // the margin, which is what is scaled there
  scaleMarginAsReleased(out.distance.values());
  return out;
}

void requireShape(const PartTensor& tensor, const std::vector<std::int64_t>& expected, const char* what,
                  const fs::path& file) {
  if (tensor.shape == expected) return;
  throw Error(ErrorParts{.what = std::string(what) + " gives another shape",
                         .expected = PartTensor{expected, {}}.shapeText(),
                         .found = tensor.shapeText(),
                         .file = file});
}

/// -1 to 1 as a picture.
RgbImage pictureFrom(const PartTensor& tensor, Size size) {
  RgbImage out(size);
  const std::size_t area = size.area();
  const auto value = [&](std::size_t channel, std::size_t i) {
    const float scaled = (tensor.values[channel * area + i] + 1.0F) * 127.5F;
    return static_cast<std::uint8_t>(std::lround(std::isfinite(scaled) ? std::clamp(scaled, 0.0F, 255.0F) : 0.0F));
  };
  for (std::size_t i = 0; i < area; ++i) out.values()[i] = {value(0, i), value(1, i), value(2, i)};
  return out;
}

/// Mean seconds of named stages.
class StageTimes {
public:
  template <class Work>
  auto time(const char* stage, Work&& work) {
    const auto start = std::chrono::steady_clock::now();
    auto out = work();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    auto found = std::ranges::find(m_sums, stage, &Sum::stage);
    if (found == m_sums.end()) found = m_sums.insert(m_sums.end(), Sum{stage, 0.0, 0});
    found->seconds += seconds;
    ++found->count;
    return out;
  }
  [[nodiscard]] std::vector<std::pair<std::string, double>> means() const {
    std::vector<std::pair<std::string, double>> out;
    for (const Sum& sum : m_sums) out.emplace_back(sum.stage, sum.seconds / static_cast<double>(sum.count));
    return out;
  }

private:
  struct Sum {
    std::string stage;
    double seconds = 0.0;
    std::size_t count = 0;
  };
  std::vector<Sum> m_sums;
};

/// The loaded chain.
class Chain {
public:
  Chain(const SynBoostWork& work, std::shared_ptr<ScoreSource> source) : m_work(work), m_source(std::move(source)) {
    const auto load = [&](const fs::path& file, std::optional<ScriptPart>& part) {
      if (!file.empty()) part.emplace(ScriptPart::load(file, work.device));
    };
    load(work.generator, m_generator);
    load(work.vgg, m_vgg);
    load(work.dissimilarity, m_dissimilarity);
  }

  void run(std::size_t index) {
    const Frame& frame = m_work.set->frames[index];
    const RgbImage image = resizePilBilinear(readImage(frame), m_work.size);
    const Segmented segmented = segment(index);
    write("entropy", frame, segmented.entropy);
    write("distance", frame, segmented.distance);
    const auto resynthesis = resynthesised(frame, segmented);
    if (!resynthesis) return;
    const auto difference = perceptual(frame, image, *resynthesis);
    if (!difference) return;
    write("perceptual", frame, *difference);
    if (!m_dissimilarity) return;
    const ScoreMap dissimilar =
        m_times.time("dissimilarity", [&] { return dissimilarity(image, *resynthesis, segmented, *difference); });
    write("dissimilarity", frame, dissimilar);
    if (m_work.form != PerceptualForm::Released) return;
    ScoreMap sum(m_work.size);
    for (std::size_t i = 0; i < sum.values().size(); ++i)
      sum.values()[i] = kDissimilarityWeight * dissimilar.values()[i] + kEntropyWeight * segmented.entropy.values()[i];
    write("synboost", frame, sum);
  }
  [[nodiscard]] const std::vector<std::string>& maps() const { return m_maps; }
  [[nodiscard]] const StageTimes& times() const { return m_times; }

private:
  Segmented segment(std::size_t index) {
    const auto outputs = m_times.time("segmentation", [&] {
      m_source->prepare(index);
      return m_source->frameOutputs(index);
    });
    if (!outputs || !outputs->view.has(Output::Logits))
      throw Error(ErrorParts{.what = "segmentation gives no logits",
                             .expected = "a network, or files of logits",
                             .found = outputs ? "other arrays" : "finished maps",
                             .file = m_work.set->root});
    Segmented out = m_times.time("entropy and distance", [&] {
      const ScoreParameters how = m_source->scoreParameters({{}, Method(), 1.0F}, outputs->view);
      return segmentedFrom(outputs->view, how, m_work.size, m_work.form);
    });
    outputs->requireIntact();
    return out;
  }

  std::optional<RgbImage> resynthesised(const Frame& frame, const Segmented& segmented) {
    if (!m_work.resynthesis.empty()) {
      const RgbImage found = readPicture(chainFile(m_work.resynthesis, frame, {".png", ".jpg", ".jpeg"}));
      return found.size() == m_work.size ? found : resizePilBilinear(found, m_work.size);
    }
    if (!m_generator) return std::nullopt;
    RgbImage out = m_times.time("resynthesis", [&] {
      const PartTensor made = m_generator->run({segmented.classes}).front();
      requireShape(made, {1, 3, m_work.size.height, m_work.size.width}, "the generator", m_generator->file());
      return pictureFrom(made, m_work.size);
    });
    const fs::path file = placeOf("resynthesis", frame, ".png");
    writeFileAtomically(file, rgbPng(out));
    return out;
  }

  std::optional<ScoreMap> perceptual(const Frame& frame, const RgbImage& image, const RgbImage& resynthesis) {
    if (!m_work.perceptual.empty()) {
      const ScoreMap found = readStoredMap(chainFile(m_work.perceptual, frame, {".npy", ".png", ".hdf5"})).asFloat();
      return found.size() == m_work.size ? found : resizeBilinear(found, m_work.size);
    }
    if (!m_vgg) return std::nullopt;
    return m_times.time("perceptual difference", [&] {
      const auto ofImage = m_vgg->run({pictureTensor(image)}), ofOther = m_vgg->run({pictureTensor(resynthesis)});
      std::vector<FeaturePair> layers;
      for (std::size_t i = 0; i < ofImage.size(); ++i) {
        const std::vector<std::int64_t>& shape = ofImage[i].shape;
        if (shape.size() != 4 || shape[0] != 1)
          throw Error(ErrorParts{.what = "a layer of features has another shape",
                                 .expected = "1 x C x h x w",
                                 .found = ofImage[i].shapeText(),
                                 .file = m_vgg->file()});
        layers.push_back({.image = ofImage[i].values,
                          .resynthesis = ofOther.at(i).values,
                          .channels = static_cast<int>(shape[1]),
                          .size = {static_cast<int>(shape[3]), static_cast<int>(shape[2])}});
      }
      if (m_work.form == PerceptualForm::Released && layers.size() != kReleasedLayers)
        throw Error(ErrorParts{.what = "the released form weighs layers of five depths",
                               .expected = "5 tensors",
                               .found = std::to_string(layers.size()),
                               .file = m_vgg->file()});
      return perceptualDifference(layers, m_work.form, m_work.size);
    });
  }

  ScoreMap dissimilarity(const RgbImage& image, const RgbImage& resynthesis, const Segmented& segmented,
                         const ScoreMap& difference) {
    const PartTensor made =
        m_dissimilarity
            ->run({pictureTensor(image), pictureTensor(resynthesis), segmented.classes, mapTensor(segmented.entropy),
                   mapTensor(difference), mapTensor(segmented.distance)})
            .front();
    requireShape(made, {1, 2, m_work.size.height, m_work.size.width}, "the dissimilarity network",
                 m_dissimilarity->file());
    ScoreMap out(m_work.size);
    const std::size_t area = m_work.size.area();
    for (std::size_t i = 0; i < area; ++i)
      out.values()[i] = 1.0F / (1.0F + std::exp(made.values[i] - made.values[area + i]));
    return out;
  }

  fs::path placeOf(const std::string& stage, const Frame& frame, const char* ending) {
    fs::path file = m_work.output / stage / (frame.name + ending);
    fs::create_directories(file.parent_path());
    return file;
  }
  void write(const std::string& stage, const Frame& frame, const ScoreMap& map) {
    const std::array<std::size_t, 2> shape{static_cast<std::size_t>(map.height()),
                                           static_cast<std::size_t>(map.width())};
    if (std::ranges::find(m_maps, stage) == m_maps.end()) m_maps.push_back(stage);
    writeNpyAtomically(placeOf(stage, frame, ".npy"), NpyType::Float32, shape, std::as_bytes(map.values()));
  }

  const SynBoostWork& m_work;
  std::shared_ptr<ScoreSource> m_source;
  std::optional<ScriptPart> m_generator, m_vgg, m_dissimilarity;
  StageTimes m_times;
  std::vector<std::string> m_maps;
};

void requireNew(const fs::path& output) {
  std::error_code failure;
  if (!fs::exists(fs::symlink_status(output, failure))) return;
  if (fs::is_directory(output, failure) && fs::is_empty(output, failure)) return;
  throw Error(ErrorParts{.what = "output is there already and is not written over",
                         .expected = "a name that is free, or an empty folder",
                         .found = "a file, or a folder with something in it",
                         .file = output});
}

}  // namespace

SynBoostReport runSynBoost(const SynBoostWork& work, const std::shared_ptr<LogitsStore>& store,
                           const ProgressSink& progress, const std::stop_token& stop) {
  requireNew(work.output);
  Chain chain(work, openSource(work.set, work.segmentation, work.channels, store));
  SynBoostReport report;
  const std::vector<Frame>& frames = work.set->frames;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    report.cancelled = stop.stop_requested();
    if (report.cancelled) break;
    progress({"synboost", work.set->name, i, frames.size()});
    try {
      chain.run(i);
      ++report.frames;
    } catch (const Error& failure) {
      report.failures.push_back({work.set->name, frames[i].name, failureText(failure)});
    }
  }
  report.maps = chain.maps();
  report.seconds = chain.times().means();
  return report;
}

}  // namespace oodscope
