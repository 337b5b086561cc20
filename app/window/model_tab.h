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
  /// `current`: the model that is scored with; `set`: that is shown, and statistics are fitted on.
  void show(const std::string& current, const std::string& set);
  [[nodiscard]] bool isBusy() const { return m_job.isBusy() || m_fit.isBusy(); }

Q_SIGNALS:
  void failed(const QString& text, const QString& file);

private:
  struct Request {
    QString name;
    std::filesystem::path file;
    ModelOptions options;
  };
  struct FitRequest {
    QString name;
    ModelEntry entry;
    ModelOptions options;
    std::shared_ptr<const DataSet> set;
    std::shared_ptr<LogitsStore> store;
  };
  void connectStatistics();
  void fit(const QString& name);
  /// The file that was written.
  [[nodiscard]] std::filesystem::path fitted(const FitRequest& request, const std::stop_token& stop);

  Workspace& m_workspace;
  ModelPanel& m_panel;
  QString m_set;
  CoalescingJob<Request, double> m_job;
  CoalescingJob<FitRequest, std::filesystem::path> m_fit;
};

}  // namespace oodscope
