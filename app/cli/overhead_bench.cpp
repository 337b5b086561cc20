// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/overhead_bench.h"

#include "analysis/scores/method_kinds.h"
#include "analysis/scores/score_function.h"

#include <algorithm>
#include <chrono>

namespace oodscope {
namespace {

constexpr const char* kOverhead = "overhead";

double valueAtShare(const std::vector<double>& sorted, double share) {
  return sorted[std::min(sorted.size() - 1, static_cast<std::size_t>(static_cast<double>(sorted.size()) * share))];
}

BenchFigure overheadFigure(const std::string& name, const std::string& on, std::vector<double> times) {
  std::ranges::sort(times);
  BenchFigure out;
  out.name = std::string(kOverhead).append(": ").append(name);
  out.on = on;
  out.median = times[times.size() / 2];
  out.p95 = valueAtShare(times, 0.95);
  out.p5 = valueAtShare(times, 0.05);
  out.runs = static_cast<int>(times.size());
  return out;
}

/// Milliseconds of the same frames without and with a method.
struct OverheadTimes {
  std::vector<double> alone, together, difference;
};

class OverheadBench {
public:
  OverheadBench(const LiveSet& set, const BenchOptions& options, const ProgressSink& progress,
                const std::stop_token& stop)
      : m_source(set.source()), m_frames(set.labelledFrames()), m_options(options), m_progress(progress), m_stop(stop) {
    const Size size = m_source.ownSize(m_frames.front());
    m_on = set.dataSet().name + ", " + std::to_string(size.width) + "x" + std::to_string(size.height);
  }

  std::vector<BenchFigure> run() {
    std::vector<BenchFigure> out;
    if (!m_source.freshOutputs(m_frames.front(), nullptr)) {  // warms up, too
      BenchFigure none;
      none.name = std::string(kOverhead) + ": network alone";
      none.notMeasured = "the scores are files: no network is run for them";
      out.push_back(none);
      return out;
    }
    std::vector<double> alone;
    for (const Method method : methods()) {
      const auto times = timesOf(method);
      if (!times) return {};
      alone.insert(alone.end(), times->alone.begin(), times->alone.end());
      out.push_back(overheadFigure("network and " + std::string(method.name()), m_on, times->together));
      out.push_back(overheadFigure(std::string(method.name()), m_on, times->difference));
    }
    if (!alone.empty()) out.insert(out.begin(), overheadFigure("network alone", m_on, alone));
    return out;
  }

private:
  [[nodiscard]] std::vector<Method> methods() const {
    std::vector<Method> out;
    const ScoreInputs inputs = m_source.inputs();
    for (const Method method : allMethods())
      if (!method.whyNot(inputs)) out.push_back(method);
    return out;
  }

  using Clock = std::chrono::steady_clock;
  static double since(Clock::time_point begin) {
    return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
  }

  void score(const OutputsView& outputs, Method method) const {
    // Which channels take part does not depend on how often the network is run.
    const Method asked = method.needsPass(m_source.inputs()) ? Method() : method;
    ScoreParameters how = m_source.scoreParameters({std::string(asked.name()), asked, 1.0F}, outputs);
    how.method = method;
    std::vector<float> scores(outputs.size().area());
    oodscope::score(outputs, how, scores);
  }

  /// Without a further pass the same run of the network is the one without the method, too: what differs from run to
  /// run is then no part of the difference.
  void time(std::size_t frame, Method method, OverheadTimes& out) const {
    const auto begin = Clock::now();
    const auto plain = m_source.freshOutputs(frame, nullptr);
    out.alone.push_back(since(begin));
    if (!method.needsPass(m_source.inputs())) {
      score(plain->view, method);
      out.together.push_back(since(begin));
    } else {
      const PassChoice pass = passChoice(*method.kind().pass, m_options.passes);
      const auto again = Clock::now();
      const auto further = m_source.freshOutputs(frame, &pass);
      score(further->view, method);
      out.together.push_back(since(again));
    }
    out.difference.push_back(out.together.back() - out.alone.back());
  }

  /// Nothing where stopped.
  std::optional<OverheadTimes> timesOf(Method method) {
    OverheadTimes out, first;
    const auto runs = static_cast<std::size_t>(std::max(3, m_options.runs / 10));
    time(m_frames.front(), method, first);  // what is made at first use is no cost of a frame
    for (std::size_t run = 0; run < runs; ++run) {
      if (m_stop.stop_requested()) return std::nullopt;
      m_progress({"bench", "overhead of " + std::string(method.name()), run, runs});
      time(m_frames[run % m_frames.size()], method, out);
    }
    return out;
  }

  const ScoreSource& m_source;
  std::vector<std::size_t> m_frames;
  const BenchOptions& m_options;
  const ProgressSink& m_progress;
  const std::stop_token& m_stop;
  std::string m_on;
};

}  // namespace

bool asksForOverhead(const BenchOptions& options) { return options.only.find(kOverhead) != std::string::npos; }

std::vector<BenchFigure> overheadFigures(const LiveSet& set, const BenchOptions& options, const ProgressSink& progress,
                                         const std::stop_token& stop) {
  return OverheadBench(set, options, progress, stop).run();
}

}  // namespace oodscope
