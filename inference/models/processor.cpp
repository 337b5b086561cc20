// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/processor.h"

#include "analysis/core/sha256.h"

#include <array>
#include <cstdlib>
#include <fstream>

namespace oodscope {
namespace {

std::string identity() {
  std::ifstream in("/proc/cpuinfo");
  std::string name = "unknown processor", line;
  Sha256 digest;
  while (std::getline(in, line) && !line.empty()) {  // of the first core
    const std::string field = line.substr(0, line.find_first_of("\t:"));
    const std::size_t colon = line.find(": ");
    const std::string value = colon == std::string::npos ? "" : line.substr(colon + 2);
    if (field == "model name" || field == "Model name") name = value;
    static constexpr std::array kept{"vendor_id", "cpu family",      "model",       "model name", "stepping",
                                     "flags",     "CPU implementer", "CPU variant", "CPU part",   "Features"};
    for (const char* each : kept)
      if (field == each) digest.add(line + "\n");
  }
  for (const char* variable : {"ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA", "DNNL_MAX_CPU_ISA", "ONEDNN_CPU_ISA_HINTS",
                               "DNNL_CPU_ISA_HINTS", "ONEDNN_DEFAULT_FPMATH_MODE"})
    if (const char* value = std::getenv(variable); value != nullptr) digest.add(std::string(variable) + value + "\n");
  return name + " [" + digest.hex().substr(0, 8) + "]";
}

}  // namespace

const std::string& processorIdentity() {
  static const std::string text = identity();
  return text;
}

}  // namespace oodscope
