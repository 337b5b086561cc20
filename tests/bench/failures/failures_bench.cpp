// SPDX-License-Identifier: GPL-3.0-or-later
// Failure lists of a set of real frames after the threshold moved: of the visible frame, of the whole set, a brush over
// it and a what-if. Usage: bench_failures SET-FOLDER MODEL [label] [--csv FILE]. Scores are held, as in the window.
#include "analysis/formats/atomic_file.h"
#include "analysis/metrics/protocol_rules.h"
#include "analysis/regions/failure_table.h"
#include "analysis/scores/method_kinds.h"
#include "app/documents/open_live_sets.h"
#include "app/studies/set_study.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

using namespace oodscope;

namespace {

double medianMs(const std::function<void(int)>& work, int repeats) {
  std::vector<double> times;
  for (int i = 0; i < repeats; ++i) {
    const auto begun = std::chrono::steady_clock::now();
    work(i);
    times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void writeCsv(const char* file, const LiveSet& live, const SetStudy& study) {
  const std::vector<std::string>& names = live.source().classNames();
  std::vector<FailureTableRow> rows;
  for (const auto* list : {&study.failures.falsePositives, &study.failures.missed})
    for (const ListedFailure& failure : *list) {
      FailureTableRow row;
      row.set = live.dataSet().name;
      row.frame = live.dataSet().frames[failure.frame].name;
      row.region = failure.region;
      row.size = study.sizeOf(failure.frame);
      if (failure.region.majorityClass && *failure.region.majorityClass < names.size())
        row.predictedClass = names[*failure.region.majorityClass];
      rows.push_back(std::move(row));
    }
  writeFileAtomically(file, failuresAsCsv(rows));
  for (const auto& [index, counts] : study.attribution.byPredictedClass)
    std::printf("  %-14s fp %8llu  fn %8llu  tp %8llu  tn %8llu\n", index < names.size() ? names[index].c_str() : "?",
                static_cast<unsigned long long>(counts.fp), static_cast<unsigned long long>(counts.fn),
                static_cast<unsigned long long>(counts.tp), static_cast<unsigned long long>(counts.tn));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: bench_failures SET-FOLDER MODEL [label] [--csv FILE]\n");
    return 2;
  }
  EvaluationRequest request;
  request.sets = {{argv[1], std::nullopt}};
  request.models = {{.path = argv[2], .preprocessing = {}, .outputs = {}, .sha256 = {}}};
  request.protocols = {protocols::kCourse};
  const char* csv = nullptr;
  for (int i = 3; i < argc; ++i) {
    if (std::strcmp(argv[i], "label") == 0) request.resolution = Resolution::Label;
    if (std::strcmp(argv[i], "--csv") == 0 && i + 1 < argc) csv = argv[i + 1];
  }
  const OpenLiveSets opened = openLiveSets(request, [](const Progress&) {}, {});
  const std::shared_ptr<LiveSet> live = opened.sources.front().sets.front();
  const Configuration msp{"msp", methods::kMsp, 1.0F};
  const auto exact = live->exact(msp, protocols::kCourse, std::nullopt, {});
  const float best = exact->metrics.bestF1Threshold.value_or(0.5F);
  const FrameContexts contexts(live);
  FailureOptions options{
      .threshold = static_cast<double>(best), .minArea = 500, .missedBelow = 0.75, .opening = true, .outlines = false};
  const auto first = studySet(contexts, msp, options, {});  // reads classes
  std::printf("%s: %zu frames of %dx%d, %zu regions, %zu missed\n", live->dataSet().name.c_str(), first->frames.size(),
              first->sizes.front().width, first->sizes.front().height, first->failures.falsePositives.size(),
              first->failures.missed.size());
  if (csv != nullptr) writeCsv(csv, *live, *first);
  const auto moved = [&](int i) {
    FailureOptions now = options;
    now.threshold = static_cast<double>(best) * (1.0 + 0.02 * i);
    return now;
  };
  std::printf("visible frame   %7.1f ms\n",
              medianMs([&](int i) { (void)studyFrame(contexts, msp, first->frames.front(), moved(i)); }, 9));
  std::printf("whole set       %7.1f ms\n", medianMs([&](int i) { (void)studySet(contexts, msp, moved(i), {}); }, 5));
  std::printf("brush           %7.1f ms\n",
              medianMs([&](int i) { (void)brushSet(*live, msp, {.low = 0.01 * i, .high = 0.5}, first.get(), {}); }, 5));
  std::printf(
      "what-if         %7.1f ms\n",
      medianMs(
          [&](int i) { (void)whatIf(contexts, msp, protocols::kCourse, best, {0.01F * static_cast<float>(i)}, {}); },
          3));
  return 0;
}
