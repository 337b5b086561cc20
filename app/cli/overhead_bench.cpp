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

  /// The network on a frame, and the method on what it gives where there is one. Milliseconds.
  double timed(std::size_t frame, std::optional<Method> method) const {
    const bool needsPass = method && method->needsPass(m_source.inputs());
    PassChoice pass;
    if (needsPass) pass = passChoice(*method->kind().pass, m_options.passes);
    const auto begin = std::chrono::steady_clock::now();
    const auto outputs = m_source.freshOutputs(frame, needsPass ? &pass : nullptr);
    if (method) {
      // Which channels take part does not depend on how often the network is run.
      const Method asked = needsPass ? Method() : *method;
      ScoreParameters how = m_source.scoreParameters({std::string(asked.name()), asked, 1.0F}, outputs->view);
      how.method = *method;
      std::vector<float> scores(outputs->view.size().area());
      score(outputs->view, how, scores);
    }
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
  }

  /// Nothing where stopped.
  std::optional<OverheadTimes> timesOf(Method method) {
    OverheadTimes out;
    const auto runs = static_cast<std::size_t>(std::max(3, m_options.runs / 10));
    static_cast<void>(timed(m_frames.front(), method));  // what is made at first use is no cost of a frame
    for (std::size_t run = 0; run < runs; ++run) {
      if (m_stop.stop_requested()) return std::nullopt;
      m_progress({"bench", "overhead of " + std::string(method.name()), run, runs});
      const std::size_t frame = m_frames[run % m_frames.size()];
      out.alone.push_back(timed(frame, std::nullopt));
      out.together.push_back(timed(frame, method));
      out.difference.push_back(out.together.back() - out.alone.back());
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
