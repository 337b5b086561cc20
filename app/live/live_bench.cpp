// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/live/live_bench.h"

#include "analysis/imaging/resize.h"

#include <algorithm>
#include <chrono>
#include <fstream>

namespace oodscope {
namespace {

using Sets = std::vector<std::shared_ptr<LiveSet>>;

constexpr double kFullSetPixels = 100.0 * 512 * 1024;  // the bounds of whole sets are meant for these
constexpr double kFiveSetsPixels = 230.0 * 512 * 1024;
constexpr double kStackPixels = 210e6;

/// Anonymous memory of this process, in MB: mapped files do not count.
std::optional<double> anonymousMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) return std::stod(line.substr(8)) / 1024.0;
  return std::nullopt;
}

std::string millions(double pixels) {
  return std::to_string(static_cast<int>(pixels / 1e5) / 10.0).substr(0, 5) + " Mpx";
}

class Bench {
public:
  Bench(const Sets& sets, Method method, int runs, const ProgressSink& progress, std::stop_token stop)
      : m_sets(sets), m_method(method), m_runs(runs), m_progress(progress), m_stop(std::move(stop)) {
    for (const auto& set : sets)
      if (pixels(*set) > pixels(*largest())) m_largest = set;
  }

  BenchReport run() {
    m_report.floors = measureFloors();
    thresholdTick();
    temperatureTick();
    sampleTick();
    exactPass();
    allSets();
    memory();
    stack();
    componentCurve();
    m_report.complete = !m_stop.stop_requested();
    return std::move(m_report);
  }

private:
  [[nodiscard]] const std::shared_ptr<LiveSet>& largest() const { return m_largest ? m_largest : m_sets.front(); }
  static double pixels(const LiveSet& set) {
    double sum = 0;
    for (const std::size_t frame : set.labelledFrames()) sum += static_cast<double>(set.evaluationSize(frame).area());
    return sum;
  }
  /// Another one each time, so that nothing is held already.
  Configuration fresh() {
    m_temperature += 0.001F;
    const bool tempered = dependsOnTemperature(m_method);
    return {std::string(methodName(m_method)), m_method, tempered ? std::optional<float>(m_temperature) : std::nullopt};
  }
  [[nodiscard]] int slowRuns() const { return std::max(3, m_runs / 10); }

  /// Runs `work` after one warm-up; empty where stopped.
  template <class Work>
  std::optional<BenchFigure> timed(const char* name, int runs, const Work& work) {
    std::vector<double> times;
    for (int run = -1; run < runs; ++run) {
      if (m_stop.stop_requested()) return std::nullopt;
      m_progress({"bench", name, static_cast<std::size_t>(run + 1), static_cast<std::size_t>(runs) + 1});
      const auto begin = std::chrono::steady_clock::now();
      work();
      const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
      if (run >= 0) times.push_back(took);
    }
    std::ranges::sort(times);
    BenchFigure figure;
    figure.name = name;
    figure.median = times[times.size() / 2];
    figure.p95 = times[std::min(times.size() - 1, times.size() * 95 / 100)];
    figure.runs = runs;
    return figure;
  }

  void setFloor(BenchFigure& figure, double bytes, double exponentials) const {
    const double read = 1e3 * bytes / m_report.floors.bytesPerSecond;
    const double exps = 1e3 * exponentials / m_report.floors.exponentialsPerSecond;
    figure.floor = std::max(read, exps);
    figure.floorName = read > exps ? "read" : "exponentials";
  }

  /// Bytes and exponentials of scoring a frame from its logits; nothing where the source gives maps.
  [[nodiscard]] std::optional<std::pair<double, double>> workOf(const LiveSet& set, std::size_t frame) const {
    const auto logits = set.source().frameLogits(frame);
    if (!logits) return std::nullopt;
    const ScoreParameters how =
        set.source().scoreParameters({std::string(methodName(m_method)), m_method, 1.0F}, logits->view.channels);
    const bool all = how.channels.empty() || m_method == Method::Void;
    const double channels = all ? logits->view.channels : static_cast<double>(how.channels.size());
    const double bytes = channels * static_cast<double>(logits->view.size().area()) * (logits->view.half ? 2 : 4);
    const double exps =
        m_method == Method::MaxLogit ? 0 : channels * static_cast<double>(set.evaluationSize(frame).area());
    return std::pair{bytes, exps};
  }
  void setFloor(BenchFigure& figure, const Sets& sets) const {
    double bytes = 0, exps = 0;
    for (const auto& set : sets)
      for (const std::size_t frame : set->labelledFrames()) {
        const auto work = workOf(*set, frame);
        if (!work) return;
        bytes += work->first;
        exps += work->second;
      }
    setFloor(figure, bytes, exps);
  }
  void add(std::optional<BenchFigure> figure) {
    if (figure) m_report.figures.push_back(std::move(*figure));
  }

  void thresholdTick() {
    LiveSet& set = *largest();
    const auto counts = set.counts(fresh(), m_stop);
    if (!counts) return;
    const auto frame = set.labelledFrames().front();
    const auto scores = set.scores(frame, fresh());
    std::size_t next = 0;
    std::uint64_t sum = 0;
    auto figure = timed("threshold tick: set counts read", 10 * m_runs, [&] {
      next = (next + 7919) % scores->values().size();
      sum += counts->set(scores->values()[next], true).tp;
    });
    if (!figure) return;
    figure->bound = 8.0;
    figure->on = set.dataSet().name + ", " + std::to_string(counts->frames().size()) + " frames, repaint apart";
    add(std::move(figure));
  }

  void temperatureTick() {
    LiveSet& set = *largest();
    const std::vector<std::size_t> frames = set.labelledFrames();
    if (!workOf(set, frames.front())) {
      m_report.notes.emplace_back("temperature ticks: the scores are finished maps, no temperature moves them");
      return;
    }
    std::size_t next = 0;
    auto figure = timed("temperature tick: visible frame rescored", 4 * m_runs, [&] {
      const std::size_t frame = frames[next++ % frames.size()];
      static_cast<void>(set.source().score(frame, fresh(), set.evaluationSize(frame)));
    });
    if (!figure) return;
    figure->bound = 16.0;
    const Size size = set.evaluationSize(frames.front());
    figure->on = set.dataSet().name + ", " + std::to_string(size.width) + "x" + std::to_string(size.height);
    const auto work = workOf(set, frames.front());
    setFloor(*figure, work->first, work->second);
    add(std::move(figure));
  }

  void sampleTick() {
    std::optional<BenchFigure> worst;
    for (const auto& set : m_sets) {
      std::size_t sampled = 0;
      auto figure = timed("temperature tick: set curves from the sample", m_runs, [&] {
        if (const auto numbers = set->estimate(fresh(), Protocol::Course, m_stop)) sampled = numbers->samplePixels;
      });
      if (!figure) return;
      figure->bound = 25.0;
      figure->on = set->dataSet().name + " (the slowest), " + std::to_string(sampled) + " pixels";
      const std::size_t frame = set->labelledFrames().front();
      if (const auto work = workOf(*set, frame)) {
        const double share = static_cast<double>(sampled) / static_cast<double>(set->evaluationSize(frame).area());
        setFloor(*figure, work->first * share, work->second * share);
      }
      if (!worst || figure->p95 > worst->p95) worst = std::move(figure);
    }
    add(std::move(worst));
  }

  void exactPass() {
    LiveSet& set = *largest();
    auto figure = timed("exact pass of the largest set, rescored", slowRuns(),
                        [&] { static_cast<void>(set.exact(fresh(), Protocol::Course, std::nullopt, m_stop)); });
    if (!figure) return;
    figure->bound = 500.0 * pixels(set) / kFullSetPixels;
    figure->on =
        set.dataSet().name + ", " + millions(pixels(set)) + "; the bound is 500 ms for " + millions(kFullSetPixels);
    setFloor(*figure, {largest()});
    add(std::move(figure));
    const Configuration held = fresh();
    static_cast<void>(set.exact(held, Protocol::Course, std::nullopt, m_stop));
    auto again = timed("the same under another protocol, nothing rescored", slowRuns(),
                       [&] { static_cast<void>(set.exact(held, Protocol::Fishyscapes, std::nullopt, m_stop)); });
    if (!again) return;
    again->on = set.dataSet().name;
    setFloor(*again, 4 * pixels(set), 0);
    add(std::move(again));
  }

  void allSets() {
    auto figure = timed("all open sets exact for one temperature", slowRuns(), [&] {
      const Configuration configuration = fresh();
      for (const auto& set : m_sets)
        static_cast<void>(set->exact(configuration, Protocol::Course, std::nullopt, m_stop));
    });
    if (!figure) return;
    double all = 0;
    for (const auto& set : m_sets) all += pixels(*set);
    figure->bound = 1200.0 * all / kFiveSetsPixels;
    figure->on = std::to_string(m_sets.size()) + " sets, " + millions(all) + "; the bound is 1200 ms for " +
                 millions(kFiveSetsPixels);
    setFloor(*figure, m_sets);
    add(std::move(figure));
  }

  void memory() {
    const auto megabytes = anonymousMegabytes();
    if (!megabytes || m_stop.stop_requested()) return;
    BenchFigure figure;
    figure.name = "resident memory with the sets open, mapped files apart";
    std::uint64_t held = 0;
    for (const auto& set : m_sets) held += set->bytesHeld();
    figure.on = std::to_string(m_sets.size()) + " sets; labels, maps and samples are " + std::to_string(held >> 20U) +
                " MB of it";
    figure.unit = "MB";
    figure.median = figure.p95 = *megabytes;
    figure.bound = 1500.0;
    figure.runs = 1;
    add(std::move(figure));
  }

  void stack() {
    const Configuration configuration = fresh();
    std::vector<std::pair<std::shared_ptr<const ScoreMap>, std::shared_ptr<const LabelMap>>> frames;
    for (const auto& set : m_sets)
      for (const std::size_t frame : set->labelledFrames()) {
        if (m_stop.stop_requested()) return;
        frames.emplace_back(set->scores(frame, configuration), set->label(frame));
      }
    double all = 0;
    std::size_t count = 0;
    while (all < kStackPixels) all += static_cast<double>(frames[count++ % frames.size()].first->values().size());
    const Protocol protocol = Protocol::Fishyscapes;
    auto figure = timed("exact metrics of a stack of scores", slowRuns(), [&] {
      static_cast<void>(evaluateSet(
          count,
          [&](std::size_t i) {
            const auto& [map, label] = frames[i % frames.size()];
            return ScoredFrame{map->values(), label->values(), nullptr};
          },
          std::span(&protocol, 1), {}, m_stop));
    });
    if (!figure) return;
    figure->bound = 1500.0 * all / kStackPixels;
    figure->on = millions(all) + ", the sets' " + std::to_string(frames.size()) + " frames repeated";
    setFloor(*figure, 5 * all, 0);
    add(std::move(figure));
  }

  void componentCurve() {
    constexpr Size kSize{1920, 1080};
    constexpr std::size_t kFrames = 30, kThresholds = 200;
    LiveSet& set = *largest();
    const std::vector<std::size_t> ready = set.labelledFrames();
    const Configuration configuration = fresh();
    std::vector<ScoreMap> maps;
    std::vector<LabelMap> labels;
    std::vector<float> sorted;
    for (std::size_t i = 0; i < kFrames && !m_stop.stop_requested(); ++i) {
      const std::size_t frame = ready[i % ready.size()];
      maps.push_back(resizeBilinear(*set.scores(frame, configuration), kSize));
      labels.push_back(resizePilNearest(*set.label(frame), kSize));
      for (std::size_t p = i; p < maps.back().values().size(); p += 997) sorted.push_back(maps.back().values()[p]);
    }
    std::ranges::sort(sorted);
    std::vector<double> thresholds;
    for (std::size_t t = 0; t < kThresholds; ++t)
      thresholds.push_back(static_cast<double>(sorted[(sorted.size() - 1) * (t + 1) / (kThresholds + 1)]));
    std::vector<ScoredImage> images;
    for (std::size_t i = 0; i < maps.size(); ++i) images.push_back(scoredImage(maps[i], labels[i]));
    auto figure = timed("F1* against 200 thresholds, 30 frames 1920x1080", 3,
                        [&] { static_cast<void>(oodscope::componentCurve(images, thresholds, kObstacleTrack)); });
    if (!figure) return;
    auto separate = timed("separate thresholds", 1, [&] {
      for (std::size_t t = 0; t < kThresholds; t += 10)
        static_cast<void>(oodscope::componentCurve(images, std::span(thresholds).subspan(t, 1), kObstacleTrack));
    });
    if (!separate) return;
    figure->bound = 3000.0;
    figure->on = set.dataSet().name + ", resized; against 200 separate runs (20 timed)";
    figure->timesFast = 10 * separate->median / figure->median;
    add(std::move(figure));
  }

  Sets m_sets;
  Method m_method;
  int m_runs;
  const ProgressSink& m_progress;
  std::stop_token m_stop;
  std::shared_ptr<LiveSet> m_largest;
  float m_temperature = 1.0F;
  BenchReport m_report;
};

}  // namespace

BenchReport runBench(const Sets& sets, Method method, int runs, const ProgressSink& progress, std::stop_token stop) {
  Sets usable;
  for (const auto& set : sets)
    if (!set->labelledFrames().empty()) usable.push_back(set);
  require(!usable.empty(), "runBench: no labelled frame");
  return Bench(usable, method, runs, progress, std::move(stop)).run();
}

}  // namespace oodscope
