// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "inference/models/model.h"

#include <string>

namespace oodscope {

/// Raised when a change of this program changes logits by more than rounding, so that stored ones are not mixed.
/// 2: ENet without the ReLU after ext_conv2; keys that name what rounding depends on.
inline constexpr const char* kArithmetic = "float32-2";

/// What logits depend on besides the network's file and what is done with its input and output.
struct ComputedBy {
  Device device = Device::Cpu;
  std::string arrangement;  ///< its name
  std::string libraries;    ///< as libraryIdentity()
  int threads = 0;
  bool asOneThread =
      false;  ///< the same as on one thread to the last bit: the logits' key does not name the count then
};

/// See Model::logitsKey().
[[nodiscard]] std::string logitsKeyText(const ModelInfo& info, const ComputedBy& by);
/// What the verdict on a network's arrangements depends on.
[[nodiscard]] std::string verdictKeyText(const ModelInfo& info, const ComputedBy& by);

}  // namespace oodscope
