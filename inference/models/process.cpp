// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/model.h"

#include <malloc.h>
#include <torch/cuda.h>
#include <torch/version.h>
#include <unistd.h>

#include <cstdlib>

namespace oodscope {

void keepFreedMemory() {
  // Activations are allocated and freed by the dozen megabytes: handing each back to the kernel costs a third of the
  // time.
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, -1);
}

void returnFreedMemory() {
  mallopt(M_MMAP_THRESHOLD, 512 << 10);
  mallopt(M_TRIM_THRESHOLD, 4 << 20);
  malloc_trim(0);
}

void prepareProcessForInference(int argc, char** argv) {
  keepFreedMemory();
  // libgomp reads its environment when it is loaded, which is before main: only a new process sees a change.
  if (argc < 1 || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  execv("/proc/self/exe", argv);  // returns only where it failed, and then waiting actively is merely slower
}

bool hasCuda() { return torch::cuda::is_available(); }

std::string torchVersion() { return TORCH_VERSION; }

}  // namespace oodscope
