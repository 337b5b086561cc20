// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/scores/method_kinds.h"
#include "app/live/live_set.h"
#include "tests/support/temporary_folder.h"

#include <atomic>
#include <mutex>
#include <opencv2/imgcodecs.hpp>
#include <random>

namespace oodscope::testing {

inline constexpr Size kMadeSize{96, 64};
inline constexpr int kMadeChannels = 6;

/// Logits made of noise that leans towards flatness where the frame's label says anomaly; counts what is asked of it.
class MadeSource : public ScoreSource {
public:
  MadeSource(std::vector<LabelMap> labels, bool givesLogits) : m_givesLogits(givesLogits) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    for (const LabelMap& label : labels) {
      std::vector<float>& logits = m_logits.emplace_back(kMadeChannels * kMadeSize.area());
      for (std::size_t i = 0; i < kMadeSize.area(); ++i)
        for (std::size_t c = 0; c < kMadeChannels; ++c) {
          const float peak = c == i / 7 % kMadeChannels ? (label.values()[i] == kAnomaly ? 1.0F : 3.0F) : 0.0F;
          logits[c * kMadeSize.area() + i] = normal(random) + peak;
        }
    }
  }

  [[nodiscard]] std::string name() const override { return "made"; }
  [[nodiscard]] SourceId id() const override { return {"made", {}}; }
  [[nodiscard]] std::vector<Configuration> configurations(const std::vector<Method>&,
                                                          const std::vector<float>&) const override {
    return {};
  }
  [[nodiscard]] ScoreInputs inputs() const override {
    return {.isNetwork = false, .channels = m_givesLogits ? kMadeChannels : 0};
  }
  void prepare(std::size_t) override {}
  [[nodiscard]] Size ownSize(std::size_t) const override { return kMadeSize; }
  [[nodiscard]] ScoreMap score(std::size_t frame, const Configuration& configuration, Size target) const override {
    ++calls;
    {
      const std::scoped_lock lock(m_mutex);
      scoredFrames.push_back(frame);
    }
    ScoreMap out(target);
    if (target == kMadeSize)
      oodscope::score(view(frame), scoreParameters(configuration, view(frame)), out.values());
    else
      scoreResized(view(frame), scoreParameters(configuration, view(frame)), target, out.values());
    if (onScore) onScore(calls);
    return configuration.filters.empty() ? out : filtered(out, nullptr, configuration.filters);
  }
  [[nodiscard]] std::optional<FrameOutputs> frameOutputs(std::size_t frame) const override {
    if (!m_givesLogits) return std::nullopt;
    return FrameOutputs{view(frame), nullptr};
  }
  [[nodiscard]] ScoreParameters scoreParameters(const Configuration& configuration, const OutputsView&) const override {
    return {.method = configuration.method.value(), .temperature = configuration.temperature.value_or(1.0F)};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> provenance() const override { return {}; }

  mutable std::atomic<int> calls = 0;
  mutable std::vector<std::size_t> scoredFrames;  ///< in the order of the calls
  std::function<void(int calls)> onScore;

private:
  [[nodiscard]] LogitsView view(std::size_t frame) const {
    return {.single = m_logits[frame].data(),
            .channels = kMadeChannels,
            .height = kMadeSize.height,
            .width = kMadeSize.width};
  }
  mutable std::mutex m_mutex;
  bool m_givesLogits;
  std::vector<std::vector<float>> m_logits;
};

/// Frames with a square anomaly each (none in frame 2), a border of void, labels at `labelScale` times the logits'
/// size.
class MadeSet {
public:
  explicit MadeSet(std::size_t frames, int labelScale = 1, bool givesLogits = true) {
    const Size size{kMadeSize.width * labelScale, kMadeSize.height * labelScale};
    std::vector<LabelMap> atLogits;
    auto made = std::make_shared<DataSet>();
    made->name = "made";
    made->encoding.meaning = {{0, kNormal}, {1, kAnomaly}};
    for (std::size_t f = 0; f < frames; ++f) {
      LabelMap& label = atLogits.emplace_back(kMadeSize, kNormal);
      for (int y = 0; y < kMadeSize.height; ++y)
        for (int x = 0; x < kMadeSize.width; ++x) {
          if (x < 4) label.at(x, y) = kVoid;
          const int from = 10 + static_cast<int>(f) * 5;
          if (f != 2 && x >= from && x < from + 22 && y >= 12 && y < 40) label.at(x, y) = kAnomaly;
        }
      LabelMap large(size);
      for (int y = 0; y < size.height; ++y)
        for (int x = 0; x < size.width; ++x) large.at(x, y) = label.at(x / labelScale, y / labelScale);
      const auto file = m_folder.path() / ("label" + std::to_string(f) + ".png");
      cv::imwrite(file.string(), cv::Mat(size.height, size.width, CV_8UC1, large.values().data()));
      Frame& frame = made->frames.emplace_back();
      frame.name = std::to_string(f);
      frame.label = file;
    }
    set = made;
    source = std::make_shared<MadeSource>(std::move(atLogits), givesLogits);
  }

  [[nodiscard]] std::shared_ptr<LiveSet> live(const LiveOptions& options = {},
                                              Resolution resolution = Resolution::Network) const {
    auto made = std::make_shared<LiveSet>(set, source, resolution, options);
    for (std::size_t f = 0; f < set->frames.size(); ++f) made->prepareFrame(f);
    return made;
  }

  std::shared_ptr<const DataSet> set;
  std::shared_ptr<MadeSource> source;

private:
  TemporaryFolder m_folder;
};

inline Configuration msp(float temperature) { return {"msp", methods::kMsp, temperature}; }
inline Configuration blurredMsp(float temperature) {
  return configurationOf({methods::kMsp, {Filter::named("gaussian").value()}}, temperature);
}
inline Configuration maxLogit() { return {"max-logit", methods::kMaxLogit, std::nullopt}; }

}  // namespace oodscope::testing
