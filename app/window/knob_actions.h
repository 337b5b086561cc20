// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "analysis/statistics/run_side.h"
#include "app/session/session.h"
#include "app/window/window_actions.h"

#include <QObject>

namespace oodscope {

struct Desk;

/// The actions that edit knobs or steer inference, and what is checked among them.
class KnobActions : public QObject {
  Q_OBJECT

public:
  KnobActions(Desk& desk, WindowActions& actions, QObject* parent);

  void show(const ViewState& view);
  /// After what is open, or the source that is shown, changed: which methods can be chosen, and why the others cannot.
  void showChoices(const ViewState& view);

private:
  void connectLooks();
  void connectScores();
  void connectFilters(const WindowActions::FilterActions& actions, RunSide side);
  void connectInference();
  /// What is checked, and what the run's source cannot give, with the reason as a tool tip.
  void showFilters(const WindowActions::FilterActions& actions, const ViewState& run);
  /// By hundredths of the threshold's slider.
  void moveThreshold(int steps);

  Desk& m_desk;
  WindowActions& m_actions;
};

}  // namespace oodscope
