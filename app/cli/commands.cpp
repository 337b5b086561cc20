// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

#include <array>

namespace oodscope {

extern const CommandKind kEvaluateCommand, kInfoCommand, kSweepCommand, kMiouCommand, kTrainCommand, kDemoCommand,
    kBenchCommand, kReportCommand, kFigureCommand, kSubmitCommand, kResultsCommand, kFitCommand, kSynBoostCommand,
    kEnsembleCommand;

std::span<const CommandKind* const> commandKinds() {
  static constexpr std::array kKinds{&kEvaluateCommand, &kInfoCommand,    &kSweepCommand,   &kMiouCommand,
                                     &kTrainCommand,    &kDemoCommand,    &kBenchCommand,   &kReportCommand,
                                     &kFigureCommand,   &kSubmitCommand,  &kResultsCommand, &kFitCommand,
                                     &kSynBoostCommand, &kEnsembleCommand};
  return kKinds;
}

}  // namespace oodscope
