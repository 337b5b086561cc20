// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/models/model_key.h"

#include "analysis/core/size_text.h"
#include "inference/models/processor.h"

#include <locale>
#include <sstream>

namespace oodscope {
namespace {

const char* deviceText(Device device) { return device == Device::Cuda ? "cuda" : "cpu"; }

}  // namespace

std::string logitsKeyText(const ModelInfo& info, const ComputedBy& by) {
  const Preprocessing& p = info.preprocessing;
  std::ostringstream key;
  key.imbue(std::locale::classic());
  key.precision(17);
  key << info.fingerprint << '|' << sizeText(p.input) << '|'
      << (p.resize == ResizeRule::PilBilinear ? "pil" : "bilinear8") << '|' << p.scale;
  for (const double value : p.mean) key << '|' << value;
  for (const double value : p.deviation) key << '|' << value;
  key << '|' << (p.bgr ? "bgr" : "rgb") << '|' << info.outputs.output;
  if (!info.arrayNames.empty()) key << " (" << info.arrayNames << ')';
  key << '|' << deviceText(by.device) << '|' << kArithmetic << '|' << architectureText(info) << '|' << by.arrangement
      << '|' << by.libraries << '|' << processorIdentity() << '|';
  if (by.asOneThread) {
    key << "as on 1 thread";
  } else {
    key << by.threads << " threads";
  }
  return key.str();
}

std::string verdictKeyText(const ModelInfo& info, const ComputedBy& by) {
  std::ostringstream key;
  key.imbue(std::locale::classic());
  key << kArithmetic << '\n'
      << by.libraries << '\n'
      << processorIdentity() << '\n'
      << by.threads << " threads\n"
      << deviceText(by.device) << '\n'
      << architectureText(info) << ' ' << info.fingerprint << " output " << info.outputs.output
      << (info.arrayNames.empty() ? "" : " (" + info.arrayNames + ")") << '\n'
      << sizeText(info.preprocessing.input);
  return key.str();
}

}  // namespace oodscope
