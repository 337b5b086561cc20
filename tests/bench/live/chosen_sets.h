// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/documents/open_live_sets.h"

#include <functional>
#include <string>

namespace oodscope::bench {

/// Takes "--model MODEL", "--store FOLDER" and the sets' folders from the arguments; `other` is offered the rest first,
/// with a call that gives the next argument, and says whether it took it.
using TakeArgument = std::function<bool(const std::string& argument, const std::function<std::string()>& next)>;

inline EvaluationRequest requestFromArguments(int argc, char** argv, const TakeArgument& other = {}) {
  EvaluationRequest request;
  request.resolution = Resolution::Network;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto next = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    if (other && other(argument, next)) continue;
    if (argument == "--model")
      request.models.push_back({.path = next()});
    else if (argument == "--store")
      request.store.folder = next();
    else
      request.sets.push_back({.path = argument});
  }
  return request;
}

}  // namespace oodscope::bench
