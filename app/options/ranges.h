// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/core/numbers.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

namespace oodscope {

/// A check for options that take real numbers: finite, from `least` to `most`, with a decimal point.
[[nodiscard]] inline CLI::Validator numberFrom(double least, double most) {
  const std::string range = roundTripText(least) + " to " + roundTripText(most);
  return CLI::Validator(
      [=](std::string& text) {
        const auto value = numberFromText(text);
        return value && *value >= least && *value <= most ? std::string()
                                                          : "'" + text + "' is not a number from " + range;
      },
      range);
}

/// The same for whole numbers; "1e3" and "3.0" are none.
[[nodiscard]] inline CLI::Validator wholeFrom(std::int64_t least, std::int64_t most) {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  return CLI::Validator(
      [=](std::string& text) {
        const auto value = wholeNumberFromText(text);
        return value && *value >= least && *value <= most ? std::string()
                                                          : "'" + text + "' is not a whole number from " + range;
      },
      range);
}

/// Of --threads: 0 stands for all cores. More than four a core only wait for each other, and each takes a stack.
[[nodiscard]] inline CLI::Validator threadCount() {
  constexpr std::int64_t kLeastBound = 64, kPerCore = 4;
  return wholeFrom(0, std::max(kLeastBound, kPerCore * static_cast<std::int64_t>(std::thread::hardware_concurrency())));
}

}  // namespace oodscope
