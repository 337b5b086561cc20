// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/live_bench.h"

#include "analysis/core/numbers.h"
#include "analysis/imaging/resize.h"
#include "analysis/scores/method_kinds.h"
#include "app/cli/overhead_bench.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

namespace oodscope {
namespace {

using Sets = std::vector<std::shared_ptr<LiveSet>>;

constexpr double kFullSetPixels = 100.0 * 512 * 1024;  // the bounds of whole sets are meant for these
constexpr double kFiveSetsPixels = 230.0 * 512 * 1024;
constexpr double kStackPixels = 210e6;
constexpr double kFullSetBound = 500, kFiveSetsBound = 1200, kStackBound = 1500;  // ms
constexpr double kLeastShare = 0.2;  // of these sizes: smaller ones show what starting costs, not the bound

/// Anonymous memory of this process, in MB: mapped files do not count.
std::optional<double> anonymousMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("RssAnon:")) {
      const auto digits = line.find_first_of("0123456789");
      const auto kilobytes = wholeNumberFromText(line.substr(digits, line.find(' ', digits) - digits));
      if (kilobytes) return static_cast<double>(*kilobytes) / 1024.0;
    }
  return std::nullopt;
}

std::string millions(double pixels) { return fixedText(pixels / 1e6, 1) + " Mpx"; }

class Bench {
public:
  Bench(const Sets& sets, const BenchOptions& options, const ProgressSink& progress, std::stop_token stop)
      : m_sets(sets), m_options(options), m_progress(progress), m_stop(std::move(stop)) {
    for (const auto& set : sets)
      if (pixels(*set) > pixels(largest())) m_largest = set;
  }

  BenchReport run() {
    m_report.floors = measureFloors();
    figure("threshold tick: set counts read", &Bench::thresholdTick);
    figure("threshold tick: visible frame repainted", &Bench::repaint);
    figure("temperature tick: visible frame rescored", &Bench::temperatureTick);
    figure("temperature tick: set curves from the sample", &Bench::sampleTick);
    figure("exact pass of the largest set, rescored", &Bench::exactPass);
    figure("exact pass under another protocol, nothing rescored", &Bench::otherProtocol);
    figure("all open sets exact for one temperature", &Bench::allSets);
    // Before what follows: that makes score maps that no window would hold.
    figure("resident memory with the sets open, mapped files apart", &Bench::memory);
    figure("exact metrics of a stack of scores", &Bench::stack);
    figure("F1* against 200 thresholds, 30 frames 1920x1080", &Bench::componentCurve);
    if (asksForOverhead(m_options))
      for (BenchFigure& own : overheadFigures(largest(), m_options, m_progress, m_stop))
        if (own.name.find(m_options.only) != std::string::npos) m_report.figures.push_back(std::move(own));
    m_report.complete = !m_stop.stop_requested();
    return std::move(m_report);
  }

private:
  /// Fills in a figure; false where it was stopped.
  using Measure = bool (Bench::*)(BenchFigure&);
  void figure(const char* name, Measure measure) {
    BenchFigure figure;
    figure.name = name;
    if (m_stop.stop_requested() || figure.name.find(m_options.only) == std::string::npos) return;
    if ((this->*measure)(figure)) m_report.figures.push_back(std::move(figure));
  }
  static bool refuse(BenchFigure& figure, std::string reason) {
    figure.notMeasured = std::move(reason);
    return true;
  }

  [[nodiscard]] LiveSet& largest() const { return m_largest ? *m_largest : *m_sets.front(); }
  static double pixels(const LiveSet& set) {
    double sum = 0;
    for (const std::size_t frame : set.labelledFrames()) sum += static_cast<double>(set.evaluationSize(frame).area());
    return sum;
  }
  /// Another one each time, so that nothing is held already.
  Configuration fresh() {
    m_temperature += 0.001F;
    const bool tempered = m_options.method.usesTemperature();
    return configurationOf({m_options.method, m_options.filters},
                           tempered ? std::optional<float>(m_temperature) : std::nullopt);
  }
  [[nodiscard]] int slowRuns() const { return std::max(3, m_options.runs / 10); }
  /// Why a move of the temperature rescores nothing; empty where it does.
  [[nodiscard]] std::string unsupportedReason(const LiveSet& set) const {
    if (!m_options.method.usesTemperature())
      return "temperature does not change the ranking of " + std::string(m_options.method.name());
    if (!workOf(set, set.labelledFrames().front())) return "the scores are finished maps, no temperature moves them";
    return {};
  }
  /// A bound meant for so many pixels, brought to the size measured; none where that is too small to tell.
  static std::optional<double> scaledBound(double milliseconds, double measured, double meant) {
    if (measured < kLeastShare * meant) return std::nullopt;
    return milliseconds * measured / meant;
  }
  static std::string meantFor(double milliseconds, double meant) {
    return "; the bound is " + std::to_string(static_cast<int>(milliseconds)) + " ms for " + millions(meant);
  }

  /// Runs `work` after one warm-up; false where stopped.
  template <class Work>
  bool timed(BenchFigure& figure, int runs, const Work& work) {
    std::vector<double> times;
    for (int run = -1; run < runs; ++run) {
      if (m_stop.stop_requested()) return false;
      m_progress({"bench", figure.name, static_cast<std::size_t>(run + 1), static_cast<std::size_t>(runs) + 1});
      const auto begin = std::chrono::steady_clock::now();
      work();
      const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
      if (run >= 0) times.push_back(took);
    }
    std::ranges::sort(times);
    figure.median = times[times.size() / 2];
    figure.p95 = times[std::min(times.size() - 1, times.size() * 95 / 100)];
    figure.runs = runs;
    return !m_stop.stop_requested();
  }

  void setFloor(BenchFigure& figure, double bytes, double exponentials) const {
    const double read = 1e3 * bytes / m_report.floors.bytesPerSecond;
    const double exps = 1e3 * exponentials / m_report.floors.exponentialsPerSecond;
    figure.floor = std::max(read, exps);
    figure.floorName = read > exps ? "read" : "exponentials";
  }

  /// Bytes and exponentials of scoring a frame from its logits; nothing where the source gives maps.
  [[nodiscard]] std::optional<std::pair<double, double>> workOf(const LiveSet& set, std::size_t frame) const {
    const auto outputs = set.source().frameOutputs(frame);
    if (!outputs || !outputs->view.has(Output::Logits)) return std::nullopt;
    const LogitsView& logits = outputs->view[Output::Logits];
    const ScoreParameters how = set.source().scoreParameters(configurationOf(m_options.method, 1.0F), outputs->view);
    const bool all = how.channels.empty() || m_options.method.kind().readsAllChannels;
    const double channels = all ? logits.channels : static_cast<double>(how.channels.size());
    const double bytes = channels * static_cast<double>(logits.size().area()) * (logits.half ? 2 : 4);
    const double exps =
        m_options.method.kind().exponentialsPerLogit * channels * static_cast<double>(set.evaluationSize(frame).area());
    return std::pair{bytes, exps};
  }
  void setFloor(BenchFigure& figure, const std::vector<const LiveSet*>& sets) const {
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

  bool thresholdTick(BenchFigure& figure) {
    LiveSet& set = largest();
    const Configuration configuration = fresh();
    const auto counts = set.counts(configuration, m_stop);
    if (!counts) return false;
    const auto scores = set.scores(set.labelledFrames().front(), configuration);
    std::size_t next = 0;
    std::uint64_t sum = 0;
    figure.bound = 8.0;
    figure.on = set.dataSet().name + ", " + std::to_string(counts->frames().size()) + " frames";
    return timed(figure, 10 * m_options.runs, [&] {
      next = (next + 7919) % scores->values().size();
      sum += counts->set(scores->values()[next], true).tp;
    });
  }

  bool repaint(BenchFigure& figure) {
    figure.bound = 8.0;
    return refuse(figure, "the command line draws nothing: the window's latency overlay shows it");
  }

  bool temperatureTick(BenchFigure& figure) {
    LiveSet& set = largest();
    const std::vector<std::size_t> frames = set.labelledFrames();
    figure.bound = 16.0;
    if (const std::string reason = unsupportedReason(set); !reason.empty()) return refuse(figure, reason);
    const Size size = set.evaluationSize(frames.front());
    figure.on = set.dataSet().name + ", " + std::to_string(size.width) + "x" + std::to_string(size.height);
    std::size_t next = 0;
    if (!timed(figure, 4 * m_options.runs, [&] {
          const std::size_t frame = frames[next++ % frames.size()];
          static_cast<void>(set.source().score(frame, fresh(), set.evaluationSize(frame)));
        }))
      return false;
    const auto work = workOf(set, frames.front());
    setFloor(figure, work->first, work->second);
    return true;
  }

  bool sampleTick(BenchFigure& figure) {
    figure.bound = 25.0;
    if (const std::string reason = unsupportedReason(largest()); !reason.empty()) return refuse(figure, reason);
    if (!largest().estimatesQuickly(fresh()))
      return refuse(figure, "filtered scores are not sampled: they wait for rest");
    const BenchFigure asked = figure;
    for (const auto& set : m_sets) {
      BenchFigure own = asked;
      std::size_t sampled = 0;
      if (!timed(own, m_options.runs, [&] {
            if (const auto numbers = set->estimate(fresh(), Protocol(), m_stop)) sampled = numbers->samplePixels;
          }))
        return false;
      if (own.p95 < figure.p95) continue;
      figure = own;
      figure.on = set->dataSet().name + (m_sets.size() > 1 ? ", the slowest, " : ", ") + std::to_string(sampled) +
                  " pixels sampled";
      const std::size_t frame = set->labelledFrames().front();
      if (const auto work = workOf(*set, frame)) {
        const double share = static_cast<double>(sampled) / static_cast<double>(set->evaluationSize(frame).area());
        setFloor(figure, work->first * share, work->second * share);
      }
    }
    return true;
  }

  bool exactPass(BenchFigure& figure) {
    LiveSet& set = largest();
    figure.bound = scaledBound(kFullSetBound, pixels(set), kFullSetPixels);
    if (const std::string reason = unsupportedReason(set); !reason.empty()) return refuse(figure, reason);
    figure.on = set.dataSet().name + ", " + millions(pixels(set)) + meantFor(kFullSetBound, kFullSetPixels);
    setFloor(figure, {&set});
    return timed(figure, slowRuns(), [&] { static_cast<void>(set.exact(fresh(), Protocol(), std::nullopt, m_stop)); });
  }

  bool otherProtocol(BenchFigure& figure) {
    LiveSet& set = largest();
    const Configuration held = fresh();
    static_cast<void>(set.exact(held, Protocol(), std::nullopt, m_stop));
    figure.on = set.dataSet().name + ", " + millions(pixels(set));
    setFloor(figure, 4 * pixels(set), 0);
    return timed(figure, slowRuns(),
                 [&] { static_cast<void>(set.exact(held, protocols::kFishyscapes, std::nullopt, m_stop)); });
  }

  bool allSets(BenchFigure& figure) {
    double all = 0;
    std::vector<const LiveSet*> sets;
    for (const auto& set : m_sets) {
      all += pixels(*set);
      sets.push_back(set.get());
    }
    figure.bound = scaledBound(kFiveSetsBound, all, kFiveSetsPixels);
    if (m_sets.size() < 2) return refuse(figure, "one set is open: the figure above is the same");
    if (const std::string reason = unsupportedReason(largest()); !reason.empty()) return refuse(figure, reason);
    figure.on = std::to_string(m_sets.size()) + " sets, " + millions(all) + meantFor(kFiveSetsBound, kFiveSetsPixels);
    setFloor(figure, sets);
    return timed(figure, slowRuns(), [&] {
      const Configuration configuration = fresh();
      for (const auto& set : m_sets) static_cast<void>(set->exact(configuration, Protocol(), std::nullopt, m_stop));
    });
  }

  bool memory(BenchFigure& figure) {
    figure.bound = 1500.0;
    figure.unit = "MB";
    const auto megabytes = anonymousMegabytes();
    if (!megabytes) return refuse(figure, "the system does not say how much memory the process holds");
    std::uint64_t held = 0;
    for (const auto& set : m_sets) held += set->bytesHeld();
    figure.on = std::to_string(m_sets.size()) + (m_sets.size() == 1 ? " set" : " sets") +
                ", the bound is meant for five; labels, maps and samples are " + std::to_string(held >> 20U) +
                " MB of it";
    figure.median = figure.p95 = *megabytes;
    figure.runs = 1;
    return true;
  }

  bool stack(BenchFigure& figure) {
    const Configuration configuration = fresh();
    std::vector<std::pair<std::shared_ptr<const ScoreMap>, std::shared_ptr<const LabelMap>>> frames;
    for (const auto& set : m_sets)
      for (const std::size_t frame : set->labelledFrames()) {
        if (m_stop.stop_requested()) return false;
        frames.emplace_back(set->scores(frame, configuration), set->label(frame));
      }
    double all = 0;
    std::size_t count = 0;
    while (all < kStackPixels) all += static_cast<double>(frames[count++ % frames.size()].first->values().size());
    const Protocol protocol = protocols::kFishyscapes;
    figure.bound = scaledBound(kStackBound, all, kStackPixels);
    figure.on = millions(all) + ", the sets' " + std::to_string(frames.size()) + " frames repeated";
    setFloor(figure, 5 * all, 0);
    return timed(figure, slowRuns(), [&] {
      static_cast<void>(evaluateSet(
          count,
          [&](std::size_t i) {
            const auto& [map, label] = frames[i % frames.size()];
            return ScoredFrame{map->values(), label->values(), nullptr};
          },
          std::span(&protocol, 1), {}, m_stop));
    });
  }

  bool componentCurve(BenchFigure& figure) {
    constexpr Size kSize{1920, 1080};
    constexpr std::size_t kFrames = 30, kThresholds = 200, kTimed = 8;
    LiveSet& set = largest();
    const std::vector<std::size_t> ready = set.labelledFrames();
    const Configuration configuration = fresh();
    std::vector<ScoreMap> maps;
    std::vector<LabelMap> labels;
    std::vector<float> sorted;
    for (std::size_t i = 0; i < kFrames; ++i) {
      if (m_stop.stop_requested()) return false;
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
    figure.bound = 3000.0;
    figure.on = set.dataSet().name + ", resized; against 200 separate runs (8 timed)";
    const int runs = std::min(3, slowRuns());
    if (!timed(figure, runs, [&] { static_cast<void>(oodscope::componentCurve(images, thresholds, kObstacleTrack)); }))
      return false;
    BenchFigure separate;
    separate.name = "F1* at separate thresholds";
    std::size_t next = 0;
    if (!timed(separate, kTimed, [&] {
          const std::size_t t = next++ % kTimed * (kThresholds / kTimed);
          static_cast<void>(oodscope::componentCurve(images, std::span(thresholds).subspan(t, 1), kObstacleTrack));
        }))
      return false;
    figure.timesFast = static_cast<double>(kThresholds) * separate.median / figure.median;
    return true;
  }

  Sets m_sets;
  BenchOptions m_options;
  const ProgressSink& m_progress;
  std::stop_token m_stop;
  std::shared_ptr<LiveSet> m_largest;
  float m_temperature = 1.0F;
  BenchReport m_report;
};

}  // namespace

BenchReport runBench(const Sets& sets, const BenchOptions& options, const ProgressSink& progress,
                     std::stop_token stop) {
  Sets usable;
  for (const auto& set : sets)
    if (!set->labelledFrames().empty()) usable.push_back(set);
  require(!usable.empty(), "runBench: no labelled frame");
  return Bench(usable, options, progress, std::move(stop)).run();
}

}  // namespace oodscope
