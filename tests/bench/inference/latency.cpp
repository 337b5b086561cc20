// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/model.h"

#include <cstdio>
#include <cstdlib>

/// bench_inference WEIGHTS [RUNS]: prints the median seconds of one frame.
int main(int argc, char** argv) {
  oodscope::prepareProcessForInference(argc, argv);
  if (argc < 2) {
    std::fprintf(stderr, "usage: %s WEIGHTS [RUNS]\n", argv[0]);
    return 2;
  }
  oodscope::Model model = oodscope::Model::load(argv[1]);
  std::printf("%.6f\n", model.measureLatency(argc > 2 ? std::atoi(argv[2]) : 3));
  return 0;
}
