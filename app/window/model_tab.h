// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "app/desk/coalescing_job.h"
#include "app/desk/workspace.h"
#include "widgets/panels/model_panel.h"

#include <QObject>

namespace oodscope {

[[nodiscard]] ModelAssumptions assumptionsOf(const Preprocessing& preprocessing, const OutputMeaning& outputs);
[[nodiscard]] Preprocessing preprocessingOf(const ModelAssumptions& assumptions);
[[nodiscard]] OutputMeaning outputsOf(const ModelAssumptions& assumptions);
[[nodiscard]] ModelCard modelCard(const OpenModel& model);

/// Fills the Model dock from what is open and carries its edits back. Latency is measured on a copy of the network, so
/// that a set being computed does not wait.
class ModelTab : public QObject {
  Q_OBJECT

public:
  ModelTab(Workspace& workspace, ModelPanel& panel);
  /// `current`: the model that is scored with.
  void show(const std::string& current);
  [[nodiscard]] bool isBusy() const { return m_job.isBusy(); }

Q_SIGNALS:
  void failed(const QString& text, const QString& file);

private:
  struct Request {
    QString name;
    std::filesystem::path file;
    ModelOptions options;
  };
  Workspace& m_workspace;
  ModelPanel& m_panel;
  CoalescingJob<Request, double> m_job;
};

}  // namespace oodscope
