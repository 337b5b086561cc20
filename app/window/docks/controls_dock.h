// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/session/session.h"

#include <QObject>
#include <QStringList>

namespace oodscope {

class ControlsPanel;
struct Desk;

/// The controls of the view's own run: knobs to controls, edits of controls to the session.
class ControlsDock : public QObject {
  Q_OBJECT

public:
  ControlsDock(Desk& desk, ControlsPanel& panel, QObject* parent);

  void show(const ViewState& view);
  /// What can be chosen there: resolutions and channels.
  void showChoices(const ViewState& view);
  void setBestTemperature(std::optional<double> temperature, const QString& what);

private:
  void showPinSets(const ViewState& view);

  Desk& m_desk;
  ControlsPanel& m_panel;
  QStringList m_pinSets;  ///< as they are shown
  QString m_pinSet;
};

}  // namespace oodscope
