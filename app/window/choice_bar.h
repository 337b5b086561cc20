// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/workspace.h"
#include "app/session/edits.h"

#include <QToolBar>

class QLabel;
class QToolButton;

namespace oodscope {

class LabelledCombo;
class WindowActions;

/// The toolbar: which set, model, method and protocol is looked at, and the actions that are used all the time.
class ChoiceBar : public QToolBar {
  Q_OBJECT

public:
  ChoiceBar(Workspace& workspace, WindowActions& actions, QWidget* parent);

  /// What can be chosen, and what is.
  void showChoices(const ViewState& view);
  /// Screen pixels per picture pixel; empty: nothing is shown.
  void showZoom(std::optional<double> scale);
  [[nodiscard]] LabelledCombo* sets() const { return m_set; }
  [[nodiscard]] LabelledCombo* models() const { return m_model; }

Q_SIGNALS:
  void edited(const oodscope::Edit& edit);

private:
  LabelledCombo* addChoice(const QString& caption, int width, const QString& explanation);
  void addChoices(WindowActions& actions);
  void addViewActions(WindowActions& actions);
  void connectChoices();
  void chooseSet(int index);
  void chooseModel(int index);
  void fillModels(const ViewState& view);
  void addModelItems();
  void fillMethods(const ViewState& view);
  void addMethodItems(const ViewState& view);
  void fillProtocols(const ViewState& view);
  void addProtocolItems();
  void showFilters(const ViewState& view);
  void showComparing(bool on);

  Workspace& m_workspace;
  ViewState m_view;
  std::optional<bool> m_comparing;  ///< what the bar shows
  LabelledCombo *m_set = nullptr, *m_model = nullptr, *m_method = nullptr, *m_methodB = nullptr, *m_protocol = nullptr;
  QAction *m_swapInBar = nullptr, *m_methodBInBar = nullptr;
  QLabel* m_zoom = nullptr;
  QToolButton* m_filters = nullptr;
};

}  // namespace oodscope
