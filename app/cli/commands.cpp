// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

#include <array>

namespace oodscope {

// One line a command, in two places.
extern const CommandKind kEvaluateCommand;
extern const CommandKind kInfoCommand;
extern const CommandKind kSweepCommand;
extern const CommandKind kMiouCommand;
extern const CommandKind kTrainCommand;
extern const CommandKind kDemoCommand;
extern const CommandKind kBenchCommand;
extern const CommandKind kReportCommand;
extern const CommandKind kFigureCommand;
extern const CommandKind kSubmitCommand;
extern const CommandKind kExportCommand;
extern const CommandKind kResultsCommand;
extern const CommandKind kFitCommand;
extern const CommandKind kSynBoostCommand;
extern const CommandKind kShrinkCommand;
extern const CommandKind kEnsembleCommand;
extern const CommandKind kReproduceCommand;

std::span<const CommandKind* const> commandKinds() {
  static constexpr std::array kKinds{
      &kEvaluateCommand,   //
      &kInfoCommand,       //
      &kSweepCommand,      //
      &kMiouCommand,       //
      &kTrainCommand,      //
      &kDemoCommand,       //
      &kBenchCommand,      //
      &kReportCommand,     //
      &kFigureCommand,     //
      &kSubmitCommand,     //
      &kExportCommand,     //
      &kResultsCommand,    //
      &kFitCommand,        //
      &kSynBoostCommand,   //
      &kShrinkCommand,     //
      &kEnsembleCommand,   //
      &kReproduceCommand,  //
  };
  return kKinds;
}

}  // namespace oodscope
