// SPDX-License-Identifier: GPL-3.0-or-later
#include "analysis/live/machine_floors.h"

#include "analysis/live/floor_kernels.h"

#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <vector>

namespace oodscope {
namespace {

template <class Work>
double bestSeconds(int rounds, const Work& work) {
  double best = 1e9;
  for (int round = 0; round < rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
  }
  return best;
}

}  // namespace

MachineFloors measureFloors() {
  using Range = oneapi::tbb::blocked_range<std::size_t>;
  constexpr std::size_t kValues = std::size_t{64} << 20;  // 512 MB
  constexpr std::size_t kPart = std::size_t{1} << 16;
  constexpr std::size_t kVectors = std::size_t{1} << 22;
  constexpr int kRounds = 5;
  MachineFloors floors;
  std::atomic<std::uint64_t> sink = 0;
  {
    const std::vector<std::uint64_t> values(kValues, 1);
    const double seconds = bestSeconds(kRounds, [&] {
      oneapi::tbb::parallel_for(Range(0, kValues, kPart), [&](const Range& part) {
        sink ^= kernels::floorRead(values.data() + part.begin(), part.size());
      });
    });
    floors.bytesPerSecond = static_cast<double>(kValues * sizeof(std::uint64_t)) / seconds;
  }
  std::atomic<std::size_t> done = 0;
  const double seconds = bestSeconds(kRounds, [&] {
    done = 0;
    oneapi::tbb::parallel_for(Range(0, kVectors, kPart), [&](const Range& part) {
      float result = 0;
      done += kernels::floorExponentials(part.size(), &result);
      sink ^= static_cast<std::uint64_t>(result > 0.5F);
    });
  });
  floors.exponentialsPerSecond = static_cast<double>(done.load()) / seconds;
  return floors;
}

std::string processorName() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);)
    if (line.starts_with("model name") && line.find(": ") != std::string::npos) return line.substr(line.find(": ") + 2);
  return "unknown";
}

}  // namespace oodscope
