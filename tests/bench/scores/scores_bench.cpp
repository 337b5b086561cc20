// SPDX-License-Identifier: GPL-3.0-or-later
// bench_scores --table prints every method beside its floors, as in README.md; without it, Google Benchmark's usual
// options.
#include <benchmark/benchmark.h>
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "analysis/core/half.h"
#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"
#include "tests/bench/scores/bounds.h"

namespace {

using namespace oodscope;

struct Shape {
  int channels, height, width;
  [[nodiscard]] std::size_t area() const { return Size{width, height}.area(); }
  [[nodiscard]] std::size_t values() const { return area() * static_cast<std::size_t>(channels); }
};

/// Enough frames that the next one's logits have left the caches when their turn comes.
class Frames {
public:
  Frames(Shape shape, bool half) : m_shape(shape), m_half(half) {
    const std::size_t bytes = shape.values() * (half ? 2 : 4);
    const std::size_t count = std::max<std::size_t>(2, (std::size_t{320} << 20U) / bytes);
    std::mt19937 random(1);
    std::normal_distribution<float> noise(0.0F, 4.0F);
    std::vector<float> some(65536 + 77);
    for (float& value : some) value = noise(random);
    for (std::size_t i = 0; i < count; ++i) {
      if (half) {
        auto& values = m_halves.emplace_back(shape.values());
        for (std::size_t k = 0; k < values.size(); ++k) values[k] = halfFromFloat(some[k % some.size()]);
      } else {
        auto& values = m_singles.emplace_back(shape.values());
        for (std::size_t k = 0; k < values.size(); ++k) values[k] = some[k % some.size()];
      }
    }
  }
  LogitsView next() {
    LogitsView view{.channels = m_shape.channels, .height = m_shape.height, .width = m_shape.width};
    m_at = (m_at + 1) % std::max(m_halves.size(), m_singles.size());
    if (m_half) {
      view.half = m_halves[m_at].data();
    } else {
      view.single = m_singles[m_at].data();
    }
    return view;
  }
  [[nodiscard]] std::span<const std::byte> bytes(const LogitsView& view) const {
    return m_half ? std::as_bytes(std::span(view.half, m_shape.values()))
                  : std::as_bytes(std::span(view.single, m_shape.values()));
  }

private:
  Shape m_shape;
  bool m_half;
  std::size_t m_at = 0;
  std::vector<std::vector<std::uint16_t>> m_halves;
  std::vector<std::vector<float>> m_singles;
};

double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void readAll(std::span<const std::byte> bytes) {
  constexpr std::size_t kPart = 19UL << 15U;
  oneapi::tbb::parallel_for(oneapi::tbb::blocked_range<std::size_t>(0, bytes.size(), kPart),
                            [&](const oneapi::tbb::blocked_range<std::size_t>& part) {
                              benchmark::DoNotOptimize(bench::readOnce(bytes.subspan(part.begin(), part.size()), 1));
                            });
}

/// `count` exponentials over the threads.
void exponentiate(std::size_t count) {
  static const std::size_t lanes = bench::exponentials(4) / 4;
  constexpr std::size_t kPart = 1U << 16U;
  oneapi::tbb::parallel_for(
      oneapi::tbb::blocked_range<std::size_t>(0, count / lanes, kPart / lanes),
      [](const oneapi::tbb::blocked_range<std::size_t>& part) { bench::exponentials(part.size()); });
}

std::size_t exponentialsOf(Method method, const Shape& shape) {
  return method == methods::kMaxLogit ? 0 : shape.values();
}

/// What logits alone can be scored with.
std::vector<Method> logitMethods() {
  std::vector<Method> out;
  for (const Method method : allMethods())
    if (!method.whyNot({.channels = 20, .voidChannel = 0})) out.push_back(method);
  return out;
}

struct Row {
  std::string name;
  std::function<void(const LogitsView&)> work;
  std::size_t exponentials;
  double best = std::numeric_limits<double>::infinity();
};

void printTable(const Shape& shape, bool half, std::size_t threads, int rounds) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
  Frames frames(shape, half);
  std::vector<std::vector<float>> outs(4, std::vector<float>(shape.area()));
  std::vector<std::uint8_t> classes(shape.area());
  std::vector<Row> rows;
  for (const Method method : logitMethods())
    rows.push_back({std::string(method.name()),
                    [&, method](const LogitsView& logits) {
                      score(logits, {.method = method, .temperature = 1.6F, .voidChannel = 0}, outs[0]);
                    },
                    exponentialsOf(method, shape)});
  rows.push_back({"msp, max-entropy, max-logit, energy",
                  [&](const LogitsView& logits) {
                    const ScoreParameters parameters[] = {{.method = methods::kMsp},
                                                          {.method = methods::kMaxEntropy},
                                                          {.method = methods::kMaxLogit},
                                                          {.method = methods::kEnergy}};
                    const std::span<float> spans[] = {outs[0], outs[1], outs[2], outs[3]};
                    scoreSeveral(logits, parameters, spans);
                  },
                  3 * shape.values()});
  rows.push_back({"predicted classes", [&](const LogitsView& logits) { predictedClasses(logits, {}, classes); }, 0});
  double read = std::numeric_limits<double>::infinity(), exponentials = read;
  for (int round = 0; round < rounds; ++round) {
    const LogitsView view = frames.next();
    read = std::min(read, milliseconds([&] { readAll(frames.bytes(view)); }));
    exponentials = std::min(exponentials, milliseconds([&] { exponentiate(shape.values()); }));
    for (Row& row : rows) {
      const LogitsView logits = frames.next();
      row.best = std::min(row.best, milliseconds([&] { row.work(logits); }));
    }
  }
  std::printf("\n%dx%dx%d, %s, %zu thread%s. Floors: read %.2f ms, exponentials %.2f ms\n\n", shape.channels,
              shape.height, shape.width, half ? "float16" : "float32", threads, threads == 1 ? "" : "s", read,
              exponentials);
  std::printf("| method | ms | floor | %% of the floor reached |\n|---|---|---|---|\n");
  for (const Row& row : rows) {
    const double exps = exponentials * static_cast<double>(row.exponentials) / static_cast<double>(shape.values());
    const double floor = std::max(read, exps);
    std::printf("| %s | %.2f | %.2f %s | %.0f |\n", row.name.c_str(), row.best, floor,
                read > exps ? "read" : "exponentials", 100.0 * floor / row.best);
  }
}

void printResized(std::size_t threads, int rounds) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
  Frames frames({19, 512, 1024}, true);
  const Size target{2048, 1024};
  std::vector<float> out(target.area());
  double whole = std::numeric_limits<double>::infinity(), exponentials = whole, sparse = whole, sparseOwn = whole;
  std::vector<std::uint32_t> pixels, own;
  for (std::uint32_t i = 0; i < target.area(); i += 41) pixels.push_back(i);
  for (std::uint32_t i = 0; i < target.area() / 4; i += 10) own.push_back(i);
  for (int round = 0; round < rounds; ++round) {
    exponentials = std::min(exponentials, milliseconds([&] { exponentiate(19 * target.area()); }));
    whole = std::min(whole, milliseconds([&] { scoreResized(frames.next(), {}, target, out); }));
    sparse = std::min(sparse, milliseconds([&] {
                        scoreResizedPixels(frames.next(), {}, target, pixels, std::span(out).first(pixels.size()));
                      }));
    sparseOwn = std::min(sparseOwn,
                         milliseconds([&] { scorePixels(frames.next(), {}, own, std::span(out).first(own.size())); }));
  }
  std::printf(
      "\n%zu thread%s: MSP upsampled from 19x512x1024 float16 to 1024x2048 %.1f ms (its exponentials alone %.1f); "
      "%zu of its pixels %.2f ms; %zu pixels of 512x1024 %.2f ms\n",
      threads, threads == 1 ? "" : "s", whole, exponentials, pixels.size(), sparse, own.size(), sparseOwn);
}

/// Multiply-adds a second of one thread, from registers.
double multiplyAddsPerSecond() {
  double best = 0.0;
  for (int round = 0; round < 5; ++round) {
    constexpr std::size_t kVectors = 1U << 21U;
    double done = 0.0;
    const double ms = milliseconds([&] { done = static_cast<double>(bench::multiplyAdds(kVectors)); });
    best = std::max(best, 1e3 * done / ms);
  }
  return best;
}

/// Mask networks: from memberships, and from Q = 100 masks at the frame's resolution and at a quarter of its sides.
void printMasks(std::size_t threads, int rounds) {
  const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism, threads);
  constexpr int kQueries = 100, kColumns = 20;
  const Size target{1024, 512};
  Frames memberships({19, 512, 1024}, true), masks({kQueries, 512, 1024}, true), small({kQueries, 128, 256}, true);
  std::vector<float> classes(static_cast<std::size_t>(kQueries * kColumns)), out(target.area());
  std::mt19937 random(2);
  std::normal_distribution<float> noise(0.0F, 3.0F);
  for (float& value : classes) value = noise(random);
  const auto ofMasks = [&](const LogitsView& view) {
    OutputsView outputs;
    outputs[Output::MaskLogits] = view;
    outputs[Output::ClassLogits] = {.single = classes.data(), .channels = kQueries, .height = 1, .width = kColumns};
    return outputs;
  };
  double s = std::numeric_limits<double>::infinity(), s2 = s, own = s, up = s, eam = s;
  for (int round = 0; round < rounds; ++round) {
    const LogitsView stored = memberships.next();
    OutputsView ofS;
    ofS[Output::Membership] = stored;
    s = std::min(s, milliseconds([&] { score(ofS, {.method = methods::kRba}, out); }));
    s2 = std::min(s2, milliseconds([&] { score(ofS, {.method = methods::kMembershipMax}, out); }));
    own = std::min(own, milliseconds([&] { score(ofMasks(masks.next()), {.method = methods::kRba}, out); }));
    up = std::min(up,
                  milliseconds([&] { scoreResized(ofMasks(small.next()), {.method = methods::kRba}, target, out); }));
    eam = std::min(eam,
                   milliseconds([&] { scoreResized(ofMasks(small.next()), {.method = methods::kEam}, target, out); }));
  }
  const double products = 19.0 * kQueries * static_cast<double>(target.area());
  const double floor = 1e3 * products / (multiplyAddsPerSecond() * static_cast<double>(threads));
  std::printf(
      "\n%zu thread%s, 512x1024: rba from S %.2f ms, membership-max from S %.2f; rba from 100 masks %.1f, from 100 "
      "masks "
      "of 128x256 %.1f, eam %.1f; multiply-add floor %.1f\n",
      threads, threads == 1 ? "" : "s", s, s2, own, up, eam, floor);
}

void bmScore(benchmark::State& state, Method method, Shape shape, bool half) {
  Frames frames(shape, half);
  std::vector<float> out(shape.area());
  for (auto _ : state) score(frames.next(), {.method = method, .temperature = 1.6F, .voidChannel = 0}, out);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * shape.values() * (half ? 2 : 4)));
  state.SetLabel(simdTargetName());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--table") == 0) {
    const int rounds = argc > 2 ? std::atoi(argv[2]) : 15;
    std::printf("SIMD target %s, best of %d rounds, methods and floors taking turns\n", simdTargetName().c_str(),
                rounds);
    for (const std::size_t threads : {1U, 2U}) {
      printTable({19, 512, 1024}, true, threads, rounds);
      printTable({19, 512, 1024}, false, threads, rounds);
    }
    printTable({20, 512, 1024}, true, 2, rounds);
    printTable({19, 1024, 2048}, true, 2, rounds);
    printTable({20, 1024, 2048}, true, 2, rounds);
    for (const std::size_t threads : {1U, 2U}) printResized(threads, rounds);
    for (const std::size_t threads : {1U, 2U}) printMasks(threads, rounds);
    return 0;
  }
  for (const Method method : logitMethods())
    for (const bool half : {true, false})
      benchmark::RegisterBenchmark(
          (std::string(method.name()) + (half ? "/half/19x512x1024" : "/single/19x512x1024")).c_str(),
          [method, half](benchmark::State& state) {
            bmScore(state, method, {19, 512, 1024}, half);
          })
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
