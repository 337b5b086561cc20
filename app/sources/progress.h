// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <functional>
#include <string>

namespace oodscope {

/// How far a long piece of work has come. total 0: not known.
struct Progress {
  std::string stage;    ///< "network", "scores", "components"
  std::string subject;  ///< set, model or method at work
  std::size_t done = 0;
  std::size_t total = 0;
};
/// Called from the working thread, often; must be quick and must not throw.
using ProgressSink = std::function<void(const Progress&)>;

/// A frame that could not be used, with the message for the user. The rest of its set goes on.
struct FailedFrame {
  std::string set;
  std::string frame;
  std::string message;
};

}  // namespace oodscope
