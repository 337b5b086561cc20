// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/live/sweep.h"
#include "app/window/coalescing_job.h"
#include "app/window/workspace.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace oodscope {

class SweepPlot;

/// The "T sweep" tab: AP and FPR95 against temperature for every open set, appearing as they come.
class SweepTab : public QWidget {
  Q_OBJECT

public:
  explicit SweepTab(Workspace& workspace, QWidget* parent = nullptr);
  ~SweepTab() override;

  /// Sweeps the view's method and protocol over all open sets whose frames are ready.
  void start(const ViewState& view);
  void cancel();
  void setTemperature(std::optional<double> temperature);
  [[nodiscard]] const SweepResult& result() const { return m_result; }
  [[nodiscard]] bool isBusy() const { return m_job.isBusy(); }

Q_SIGNALS:
  void temperatureEdited(double temperature);
  void bestFound(std::optional<double> temperature, const QString& what);
  void progressed(int done, int total);

private:
  struct Request {
    std::vector<std::shared_ptr<LiveSet>> sets;
    Method method = Method::Msp;
    Protocol protocol = Protocol::Course;
  };
  void show();

  Workspace& m_workspace;
  SweepPlot* m_plot = nullptr;
  QPushButton* m_button = nullptr;
  QLabel* m_note = nullptr;
  SweepResult m_result;
  int m_done = 0, m_total = 0;
  CoalescingJob<Request, SweepResult> m_job;
};

}  // namespace oodscope
