// SPDX-License-Identifier: GPL-3.0-or-later
#include "inference/training/schedule.h"

#include "analysis/core/error.h"

#include <array>
#include <cmath>
#include <numbers>

namespace oodscope {
namespace {

constexpr std::array kSchedules{Schedule::Constant, Schedule::Polynomial, Schedule::Cosine, Schedule::Step,
                                Schedule::Plateau};

}  // namespace

std::span<const Schedule> allSchedules() { return kSchedules; }

double learningRateAt(Schedule schedule, double base, std::int64_t step, std::int64_t steps, double last) {
  require(steps >= 1 && step >= 0 && step <= steps, "learningRateAt: no such step");
  const double progress = static_cast<double>(step) / static_cast<double>(steps);
  switch (schedule) {
    case Schedule::Constant:
      return base;
    case Schedule::Polynomial:
      return base * std::pow(1.0 - progress, 0.9);  // power: Romera et al., ERFNet, published training code
    case Schedule::Cosine:
      if (last == 0.0) return base * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
      return last + (base - last) * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
    case Schedule::Step:
    case Schedule::Plateau:
      break;
  }
  throw ContractViolation("learningRateAt: not a schedule of steps alone");
}

void observe(PlateauState& state, double loss, double factor, int patience) {
  constexpr double kThreshold = 1e-4;
  if (!state.least || loss < *state.least * (1.0 - kThreshold)) {
    state.least = loss;
    state.waited = 0;
    return;
  }
  if (++state.waited <= patience) return;
  state.share *= factor;
  state.waited = 0;
}

double learningRateOf(const TrainingOptions& options, const TrainingPlace& place) {
  const double warmUp = warmUpAt(place.step, options.warmUpSteps);
  const double base = options.learningRate;
  if (options.schedule == Schedule::Step) {
    require(options.stepEpochs >= 1, "learningRateOf: a step of no epoch");
    return warmUp * base * std::pow(options.stepFactor, place.epoch / options.stepEpochs);
  }
  if (options.schedule == Schedule::Plateau) return warmUp * base * place.plateau;
  const std::int64_t done = options.isRateByEpoch ? place.epoch : place.step;
  const std::int64_t all = options.isRateByEpoch ? place.epochs : place.steps;
  return warmUp * learningRateAt(options.schedule, base, done, all, options.finalLearningRate);
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
    case Schedule::Step:
      return "step";
    case Schedule::Plateau:
      return "plateau";
  }
  throw ContractViolation("scheduleName: unknown schedule");
}

}  // namespace oodscope
