// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/documents/provenance.h"

#include "analysis/core/sha256.h"
#include "analysis/scores/score_function.h"
#include "inference/models/model.h"

#include <thread>

namespace oodscope {

std::string programVersion() { return OODSCOPE_VERSION; }

std::vector<std::pair<std::string, std::string>> environmentFacts(int threads) {
  const int used = threads > 0 ? threads : static_cast<int>(std::thread::hardware_concurrency());
  return {{"program", "oodscope " + programVersion()},
          {"libtorch", torchVersion()},
          {"simd", simdTargetName()},
          {"threads", std::to_string(used)}};
}

std::string dataFingerprint(const DataSet& set) {
  Sha256 digest;
  const auto add = [&digest](const std::filesystem::path& file) {
    try {
      digest.add(sha256OfFile(file));
    } catch (const Error&) {
      digest.add(
          "unreadable");  // the frame is listed as failed; the fingerprint still tells this state of the set apart
    }
  };
  for (const Frame& frame : set.frames) {
    digest.add(frame.name);
    add(frame.image);
    if (frame.overlay) add(*frame.overlay);
    if (frame.label) add(*frame.label);
  }
  return digest.hex();
}

}  // namespace oodscope
