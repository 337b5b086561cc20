// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <QWidget>

#include <span>

namespace oodscope {

class CurvesPanel;
class FailureDesk;
class ScatterPlot;
struct Desk;

/// What tabs are made of; all outlive them.
struct TabParts {
  Desk& desk;
  FailureDesk& failures;
  CurvesPanel& curves;   ///< what the stages draw in
  ScatterPlot& scatter;  ///< the same
};

/// A tab of the window. A further one is a row in tabKinds().
struct TabKind {
  const char* title;
  bool needsTwoRuns;  ///< seen while two runs are compared alone
  /// An AnalysisTab, or a widget that others fill. The caller owns it.
  QWidget* (*make)(const TabParts& parts);
};
[[nodiscard]] std::span<const TabKind> tabKinds();

}  // namespace oodscope
