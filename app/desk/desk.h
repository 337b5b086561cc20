// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/comparison.h"
#include "app/desk/failure_study.h"
#include "app/desk/inference_runner.h"
#include "app/desk/results_board.h"
#include "app/desk/run_evaluator.h"
#include "app/desk/session_file.h"
#include "app/desk/session_model.h"
#include "app/desk/single_run.h"
#include "app/desk/workspace.h"

#include <memory>
#include <optional>

namespace oodscope {

/// What the window is about, without its widgets: the session, what is open, the run that is looked at and, beside it,
/// another and its failures. The order is that of dependence.
struct Desk {
  explicit Desk(WorkOptions options)
      : workspace(session, std::move(options)),
        file(session, workspace),
        run(workspace),
        comparison(workspace, run),
        failures(session, run),
        evaluator(workspace),
        results(workspace, session, evaluator) {}

  /// The set of the present view; nullptr where it is not open.
  [[nodiscard]] std::shared_ptr<const DataSet> currentSet() const {
    const OpenSet* open = workspace.findSet(QString::fromStdString(session.view().set));
    return open == nullptr ? nullptr : open->set;
  }
  /// The frame of the present view in its set.
  [[nodiscard]] std::optional<std::size_t> currentFrame() const {
    const auto set = currentSet();
    return set ? set->find(session.view().frame) : std::nullopt;
  }

  /// Nothing of what was asked for is still to come: all that can be is open, scored, exact and published.
  [[nodiscard]] bool isIdle() const {
    return JobPool::shared().isIdle() && !workspace.isOpening() && !workspace.runner().isBusy();
  }

  SessionModel session;
  Workspace workspace;
  SessionFile file;
  SingleRun run;
  Comparison comparison;
  FailureStudy failures;
  RunEvaluator evaluator;
  ResultsBoard results;
};

}  // namespace oodscope
