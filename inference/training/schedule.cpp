// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/schedule.h"

#include <cmath>
#include <numbers>

namespace oodscope {

double learningRateAt(Schedule schedule, double base, std::int64_t step, std::int64_t steps) {
  require(steps >= 1 && step >= 0 && step <= steps, "learningRateAt: no such step");
  const double progress = static_cast<double>(step) / static_cast<double>(steps);
  switch (schedule) {
    case Schedule::Constant:
      return base;
    case Schedule::Polynomial:
      return base * std::pow(1.0 - progress, 0.9);  // power: Romera et al., ERFNet, published training code
    case Schedule::Cosine:
      return base * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
  }
  throw ContractViolation("learningRateAt: unknown schedule");
}

double warmUpAt(std::int64_t step, std::int64_t steps) {
  require(step >= 0 && steps >= 0, "warmUpAt: no such step");
  return step + 1 >= steps ? 1.0 : static_cast<double>(step + 1) / static_cast<double>(steps);
}

std::string_view scheduleName(Schedule schedule) {
  switch (schedule) {
    case Schedule::Constant:
      return "constant";
    case Schedule::Polynomial:
      return "polynomial";
    case Schedule::Cosine:
      return "cosine";
  }
  throw ContractViolation("scheduleName: unknown schedule");
}

}  // namespace oodscope
