// SPDX-License-Identifier: GPL-3.0-or-later
// evaluate_raw SCORES.f32 LABELS.u8 FRAMES fast|low THREADS [REPEATS]: exact metrics of raw files held in memory, as
// JSON with the best time and the memory needed beyond scores and labels. Used by against_scikit_learn.py.
#include "analysis/metrics/evaluate_set.h"
#include "analysis/metrics/protocol_rules.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

namespace {

template <class T>
std::vector<T> readAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) throw std::runtime_error("cannot open " + path);
  std::vector<T> values(static_cast<std::size_t>(file.tellg()) / sizeof(T));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
  return values;
}

double peakMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace oodscope;
  if (argc < 6) {
    std::cerr << "usage: evaluate_raw SCORES.f32 LABELS.u8 FRAMES fast|low THREADS [REPEATS]\n";
    return 2;
  }
  const auto scores = readAll<float>(argv[1]);
  const auto labels = readAll<std::uint8_t>(argv[2]);
  const auto frames = static_cast<std::size_t>(std::stoul(argv[3]));
  const std::size_t pixels = scores.size() / frames;
  const FrameProvider provider = [&](std::size_t frame) {
    return ScoredFrame{std::span(scores).subspan(frame * pixels, pixels),
                       std::span(labels).subspan(frame * pixels, pixels), nullptr};
  };
  EvaluateOptions options;
  options.memory = std::string(argv[4]) == "low" ? MemoryUse::Low : MemoryUse::Fast;
  options.threads = std::stoi(argv[5]);
  const int repeats = argc > 6 ? std::stoi(argv[6]) : 1;
  const std::array protocols{protocols::kFishyscapes};
  const double before = peakMegabytes();
  double best = std::numeric_limits<double>::infinity();
  SetResult result;
  for (int i = 0; i < repeats; ++i) {
    const auto start = std::chrono::steady_clock::now();
    result = evaluateSet(frames, provider, protocols, options);
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  const PixelMetrics& metrics = result.metrics.front();
  const nlohmann::json out{{"seconds", best},
                           {"extraMegabytes", peakMegabytes() - before},
                           {"ap", metrics.ap.value_or(-1)},
                           {"fpr95", metrics.fpr95.value_or(-1)},
                           {"auroc", metrics.auroc.value_or(-1)}};
  std::cout << out.dump() << '\n';
  return 0;
}
